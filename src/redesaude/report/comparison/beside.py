"""Two plans side by side, in the words of a reader: what a page shows of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from redesaude.asking.difference import difference
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.report.asked.words import SHORT, difference_words
from redesaude.report.comparison.words import PAYERS
from redesaude.report.figures import in_last_period
from redesaude.report.terms import CHANGES
from redesaude.report.view import View
from redesaude.studies.beside import Beside

_MOVED = N_("Cases a year treated elsewhere: {cases}; municipalities concerned: {places}.")
_NOBODY = N_("Nobody is treated elsewhere.")
_LISTED = N_("Listed are the {count} moves of the most cases.")
#: moves that a page lists, those of the most cases
MOST = 5_000


def beside_words(view: View, found: Beside) -> dict[str, Any]:
    """Return the words and tables of a page on ``found``; ``view`` is that of its first plan."""
    t, numbers = view.t, view.numbers
    told = difference(found.first, found.second)
    moves = found.moves
    cases, places = numbers.decimal(float(moves["cases"].sum()), 1), moves["territory_id"].nunique()
    return {
        "short": t(SHORT[told.answer]),
        "difference": difference_words(view, told, found.second),
        "figures": _figures(view, found),
        "changes": [change_words(view, row) for row in found.changes.to_dict("records")],
        "moved": t(_MOVED, cases=cases, places=places) if len(moves) else t(_NOBODY),
        "cut": t(_LISTED, count=numbers.decimal(MOST)) if len(moves) > MOST else "",
        "moves": [_move(view, row) for row in moves.head(MOST).to_dict("records")],
        "payers": [[t(PAYERS[row.payer].name), *_pair(view, row.first, row.second)] for row in rows_of(found.payers)],
        "access": [_access(view, row) for row in found.access.to_dict("records")],
    }


def change_words(view: View, row: Mapping[Any, Any]) -> list[str]:
    """Return site, specialty, change, and contract before and after."""
    names, t = view.names, view.t
    site, specialty = str(row["site_id"]), str(row["specialty_id"])
    contracts = [names.contracts.get(str(row[name]), str(row[name])) for name in ("contract_before", "contract_after")]
    told = [names.sites.get(site, site), names.specialties.get(specialty, specialty), t(CHANGES[row["change"]])]
    return [*told, *contracts]


def _figures(view: View, found: Beside) -> list[list[str]]:
    """Cost, its proven least, sites, services and cases sent away of both, and the difference."""
    t, numbers = view.t, view.numbers
    plans = (found.first, found.second)
    least = ["" if plan.bound is None else numbers.money(plan.bound) for plan in plans]
    ends = [in_last_period(plan, plan.openings) for plan in plans]
    away = [float(in_last_period(plan, plan.unmet)["cases"].sum()) for plan in plans]
    return [
        [t(N_("Whole-life cost")), *_pair(view, *(plan.objective or 0.0 for plan in plans))],
        [t(N_("No plan costs less than")), *least, ""],
        [t(N_("Sites")), *_counts(view, *(end["site_id"].nunique() for end in ends))],
        [t(N_("Services")), *_counts(view, *(len(end) for end in ends))],
        [t(N_("Cases sent away, a year")), *_counts(view, *away)],
    ]


def _pair(view: View, first: float, second: float) -> list[str]:
    """Two amounts and their difference."""
    money = view.numbers.money
    return [money(first), money(second), _signed(second - first, money(abs(second - first)))]


def _counts(view: View, first: float, second: float) -> list[str]:
    count = view.numbers.decimal
    return [count(first), count(second), _signed(second - first, count(abs(second - first)))]


def _signed(value: float, text: str) -> str:
    """``text``, that of the amount of ``value``, with its sign; blank for none."""
    return "" if value == 0 else f"{'+' if value > 0 else '-'}{text}"


def _move(view: View, row: Mapping[Any, Any]) -> list[str]:
    names = view.names
    sites = [
        names.sites.get(str(row[name]), str(row[name])) or view.t(N_("sent away"))
        for name in ("from_site_id", "to_site_id")
    ]
    place, specialty = str(row["territory_id"]), str(row["specialty_id"])
    told = [names.territories.get(place, place), names.specialties.get(specialty, specialty)]
    return [*told, *sites, view.numbers.decimal(row["cases"], 1)]


def _access(view: View, row: Mapping[Any, Any]) -> list[str]:
    """Specialty, share within the standard of both, and mean minutes of both."""
    numbers, specialty = view.numbers, str(row["specialty_id"])
    shares = [_known(row[name], numbers.percent) for name in ("first", "second")]
    minutes = [_known(row[name], numbers.decimal) for name in ("first_minutes", "second_minutes")]
    return [view.names.specialties.get(specialty, specialty), *shares, *minutes]


def _known(value: float, told: Callable[[float], str]) -> str:
    """``value`` as ``told``; blank where it is unknown."""
    return "" if np.isnan(value) else told(value)
