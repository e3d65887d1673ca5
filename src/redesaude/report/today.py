"""How the pages say whence it is known who is treated today: stated on the sheet ``today``, or modelled."""

from __future__ import annotations

from collections.abc import Mapping

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.view import View
from redesaude.studies.today import Origin, origin

_WORDS: Mapping[Origin, str] = {
    Origin.STATED: N_("as stated"),
    Origin.MODELLED: N_("modelled"),
    Origin.BOTH: N_("as stated, else modelled"),
}
_STATED = N_("Today is as stated on the sheet today of the input: its rows say who is treated, and where.")
_MODELLED = N_(
    "Today is modelled: the services that exist, at their capacities, treat as many of today's people as they "
    "can reach; whom others treat that the input does not list is not known."
)
_BOTH = N_(
    "Where the sheet today of the input has rows for a municipality and specialty, today is as stated. Of everybody "
    "else it is modelled: the services that exist treat as many as they can reach in the room that is left."
)
_NOTES: Mapping[Origin, str] = {Origin.STATED: _STATED, Origin.MODELLED: _MODELLED, Origin.BOTH: _BOTH}
_OUTSIDE = N_(
    "{cases} {cases:case a year is|cases a year are} treated outside the area today, which is not within the standard."
)


def whence(view: View) -> str:
    """Return in a word or two whence today is known."""
    return view.t(_WORDS[origin(view.scenario)])


def how_known(view: View) -> str:
    """Return in a few words whence today is known, and of which people it is told."""
    return view.t(N_("{how}, people of {year}"), how=whence(view), year=int(view.scenario.settings.base_year))


def today_note(view: View) -> str:
    """Return the sentences that say whence today is known, and how many are treated outside the area."""
    note, outside = view.t(_NOTES[origin(view.scenario)]), treated_outside(view)
    return f"{note} {view.t(_OUTSIDE, cases=view.numbers.decimal(outside))}" if outside > 0 else note


def treated_outside(view: View) -> float:
    """Return how many cases a year are treated outside the area today."""
    rows = view.studied.today
    return float(rows.loc[rows["region_id"] == ALL, "outside"].sum())
