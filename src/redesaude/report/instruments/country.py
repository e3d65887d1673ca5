"""The country whose planning instruments are written: as the settings state it, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from redesaude.inputs.scenario import Scenario

BRAZIL, VIETNAM = "brazil", "vietnam"

#: settings that tell a country, the one that tells it most plainly first, and what their values say
_TOLD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "payer_defaults": {BRAZIL: BRAZIL, VIETNAM: VIETNAM},
        "ppp_law": {"BR-11079": BRAZIL, "VN-64": VIETNAM, "VN-57": VIETNAM},
        "currency": {"BRL": BRAZIL, "VND": VIETNAM},
    }
)


@dataclass(frozen=True)
class Told:
    """A country, and the setting and its value that tell it."""

    country: str
    setting: str
    value: str


def country_of(scenario: Scenario) -> Told | None:
    """Return the country of a scenario by the first of its settings that tells one; None where none does."""
    for setting, values in _TOLD.items():
        value = str(getattr(scenario.settings, setting))
        if value in values:
            return Told(values[value], setting, value)
    return None
