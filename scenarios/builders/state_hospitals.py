"""The hospitals of Mato Grosso in the scenario, and the buildings of its programme; both stand in ``facts/``."""

from __future__ import annotations

from builders.state_facts import codes, texts
from redesaude.drafting.hospitals import Hospital, NewBuild

HOSPITALS = tuple(
    Hospital(h["cnes"], h["name"], h["kind"], codes(h["only"]), codes(h["contracts"]), h["owner"])
    for h in texts("hospitals")
)

NEW_BUILDS = tuple(
    NewBuild(
        b["municipality"], b["name"], b["profile"], b["paid"], b["suffix"], codes(b["opens"]), b["stands"] == "yes"
    )
    for b in texts("new_builds")
)
