"""The workbook ``sensitivity.xlsx`` and its page: where assumptions turn decisions, which matter together, and what
knowing them is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from redesaude.asking.sensitivity import Sensitivity
from redesaude.inputs.folder_names import SENSITIVITY
from redesaude.language import N_
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.knowing import TITLES as KNOWING_TITLES
from redesaude.report.asked.knowing import knowing_sheets, knowing_words
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sensitivity import assumption_name
from redesaude.report.workbook.sheet import Column
from redesaude.studies.sensitivity import FOUND
from redesaude.studies.verdicts import PROGRAMME

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "flips": N_("Where assumptions turn decisions"),
        "screening": N_("Which assumptions matter together"),
        **KNOWING_TITLES,
    }
)
#: lines of each kind on the page, and sites named in one of them
_ON_PAGE, _SITES = 8, 3
_FLIPS = N_(
    "The value of each assumption at which the contract decided and its rival cost the same, all else as it is, on the "
    "network of the plan. Those within the plausible range come first. The margin is what the rival costs more."
)
_SCREENED = N_(
    "All assumptions moved at once through their ranges ({count} trajectories of elementary effects, Morris 1991), the "
    "network of the plan priced again each time. The effect is what the whole range of an assumption makes on average, "
    "the spread how much that depends on the others; a new network could be better still. Few trajectories rank, they "
    "do not measure."
)
_FLIP = N_(
    "{site}: {decided} against {rival} turns at {value} ({assumption}: {today} today, plausible from {low} to {high})"
)
_NONE = N_("No assumption turns a decision within its range, taken by itself.")
_UNFIT = N_("{count} of the other plans given do not keep every rule of this scenario, and are left out.")
_MOST = N_(
    "{assumption}: moves the margin by {margin} and the cost of the plan by {cost}; turns a decision in {turned:.0%} "
    "of its moves"
)


def place_sensitivity(found: Sensitivity, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(found), out, language)


def asked(found: Sensitivity) -> Asked:
    """Return what is written of ``found``."""
    known = found.known
    tables = {
        "flips": found.flips,
        "screening": found.screened.table,
        "worth": known.worth,
        "indices": known.indices,
        "rivals": known.rivals,
    }
    return Asked(
        SENSITIVITY, found.plan, TITLES, lambda book: _write(book, found), tables, lambda view: page(view, found)
    )


def page(view: View, found: Sensitivity) -> Document:
    """Return the page: what is known in sentences, then its tables; of the flips those within the plausible range."""
    within = _flips(view, found.within)
    tables = [
        Shown(view.t(TITLES["flips"]), *within, view.t(_FLIPS)),
        *knowing_sheets(view, found.known).values(),
        Shown(view.t(TITLES["screening"]), *_screening(view, found), _screened(view, found)),
    ]
    return page_of(view, view.t(TITLES["flips"]), sensitivity_words(view, found, _ON_PAGE), tables)


def sensitivity_words(view: View, found: Sensitivity, most: int) -> Iterator[str]:
    """Yield a line for each of the nearest flips (sites of which the same is told in one), and for each of the
    assumptions that matter most; so many at most.
    """
    t, money = view.t, view.numbers.money
    if found.within.empty:
        yield t(_NONE)
    for told, sites in islice(_alike(view, found.within).items(), most):
        further = [t(N_("and {count} more"), count=len(sites) - _SITES)] if len(sites) > _SITES else []
        yield t(_FLIP, site=", ".join([*sites[:_SITES], *further]), **dict(told))
    for row in found.screened.table.dropna().head(most).to_dict("records"):
        amounts = {"margin": money(row["margin_effect"]), "cost": money(row["cost_effect"])}
        yield t(_MOST, assumption=assumption_name(view, row), turned=row["turned"], **amounts)
    if found.unfit:
        yield t(_UNFIT, count=found.unfit)
    yield from knowing_words(view, found.known)


_VALUES = (("value", "break_even"), ("today", "value"), ("low", "low"), ("high", "high"))


def _alike(view: View, flips: pd.DataFrame) -> dict[tuple[tuple[str, str], ...], list[str]]:
    """Return the sites of which the same is to be told, by the words of :data:`_FLIP`, in the order of the flips."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for row in flips.to_dict("records"):
        values = {name: f"{row[column]:.4g}" for name, column in _VALUES}
        told = {**_opponents(view, row), "assumption": assumption_name(view, row), **values}
        found.setdefault(tuple(told.items()), []).append(_site(view, row))
    return found


def _site(view: View, row: Mapping[Any, Any]) -> str:
    site = row["site_id"]
    return view.t(N_("whole programme")) if site == PROGRAMME else view.names.sites.get(site, site)


def _opponents(view: View, row: Mapping[Any, Any]) -> dict[str, str]:
    names = view.names.contracts
    decided, rival = row["decided_id"], row["rival_id"]
    return {
        "decided": names.get(decided, decided) if decided else view.t(N_("the contracts of the plan")),
        "rival": names.get(rival, rival) if rival else view.t(N_("direct administration everywhere")),
    }


def _write(book: Book, found: Sensitivity) -> None:
    view = book.view
    sheet = book.sheet("flips", (30, 44, 26, 26, 12, 12, 12, 14, 24, 16), view.t(_FLIPS))
    sheet.table(*_flips(view, found.flips), freeze=2)
    sheet = book.sheet("screening", (44, 12, 12, 12, 16, 16, 16, 16, 14), _screened(view, found))
    sheet.table(*_screening(view, found), freeze=1)
    for name, shown in knowing_sheets(view, found.known).items():
        sheet = book.sheet(name, _WIDTHS[name], shown.note)
        if name == "worth":
            for sentence in knowing_words(view, found.known):
                sheet.text(sentence, "sentence")
        sheet.table(shown.rows, list(shown.columns), freeze=1)


_WIDTHS: Mapping[str, tuple[int, ...]] = {
    "worth": (44, 12, 12, 12, 16, 16, 16, 16, 32),
    "indices": (34, 44, 13, 13, 13, 13, 13, 13, 32),
    "rivals": (50, 18, 18, 16),
}


def _screened(view: View, found: Sensitivity) -> str:
    return view.t(_SCREENED, count=found.screened.trajectories)


def _flips(view: View, flips: pd.DataFrame) -> tuple[pd.DataFrame, list[Column]]:
    t, value = view.t, view.t(N_("{money}, present value"), money=view.numbers.symbol)
    rows = flips.to_dict("records")
    opponents = [_opponents(view, row) for row in rows]
    table = flips.assign(
        site=[_site(view, row) for row in rows],
        name=[assumption_name(view, row) for row in rows],
        decided=[each["decided"] for each in opponents],
        rival=[each["rival"] for each in opponents],
        told=[t(FOUND[row["found"]], search_low=row["search_low"], search_high=row["search_high"]) for row in rows],
    )
    return table, [
        Column("site", t(N_("Site"))),
        Column("name", t(N_("Assumption"))),
        Column("decided", t(N_("Decided"))),
        Column("rival", t(N_("Rival"))),
        Column("value", t(N_("Today")), "", "general"),
        Column("low", t(N_("Low")), "", "general"),
        Column("high", t(N_("High")), "", "general"),
        Column("break_even", t(N_("Turns at")), "", "general"),
        Column("told", t(N_("Where"))),
        Column("margin", t(N_("Margin today")), value, "money"),
    ]


def _screening(view: View, found: Sensitivity) -> tuple[pd.DataFrame, list[Column]]:
    t, value = view.t, view.t(N_("{money}, present value"), money=view.numbers.symbol)
    table = found.screened.table
    table = table.assign(name=[assumption_name(view, row) for row in table.to_dict("records")])
    return table, [
        Column("name", t(N_("Assumption"))),
        Column("value", t(N_("Today")), "", "general"),
        Column("low", t(N_("Low")), "", "general"),
        Column("high", t(N_("High")), "", "general"),
        Column("margin_effect", t(N_("Moves the margin by")), value, "money"),
        Column("margin_spread", t(N_("Spread")), value, "money"),
        Column("cost_effect", t(N_("Moves the plan's cost by")), value, "money"),
        Column("cost_spread", t(N_("Spread")), value, "money"),
        Column("turned", t(N_("Moves that turn a decision")), t(N_("share")), "percent"),
    ]
