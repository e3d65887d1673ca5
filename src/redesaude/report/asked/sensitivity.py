"""The workbook ``sensitivity.xlsx``: where assumptions turn decisions, and which matter together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from redesaude.asking.sensitivity import Sensitivity
from redesaude.inputs.folder_names import SENSITIVITY
from redesaude.language import N_
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sensitivity import assumption_name
from redesaude.report.workbook.sheet import Column
from redesaude.studies.sensitivity import FOUND
from redesaude.studies.verdicts import PROGRAMME

TITLES: Mapping[str, str] = MappingProxyType(
    {"flips": N_("Where assumptions turn decisions"), "screening": N_("Which assumptions matter together")}
)
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
_MOST = N_(
    "{assumption}: moves the margin by {margin} and the cost of the plan by {cost}; turns a decision in {turned:.0%} "
    "of its moves"
)


def place_sensitivity(found: Sensitivity, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder at ``out`` and return where it is, with what there is to tell."""
    tables = {"flips": found.flips, "screening": found.screened.table}
    return place_asked(Asked(SENSITIVITY, found.plan, TITLES, lambda book: _write(book, found), tables), out, language)


def sensitivity_words(view: View, found: Sensitivity, most: int) -> Iterator[str]:
    """Yield a line for each of the nearest flips, and for each of the assumptions that matter most; so many at most."""
    t, money = view.t, view.numbers.money
    if found.within.empty:
        yield t(_NONE)
    for row in found.within.head(most).to_dict("records"):
        values = {name: f"{row[column]:.4g}" for name, column in _VALUES}
        yield t(_FLIP, site=_site(view, row), **_opponents(view, row), assumption=assumption_name(view, row), **values)
    for row in found.screened.table.dropna().head(most).to_dict("records"):
        amounts = {"margin": money(row["margin_effect"]), "cost": money(row["cost_effect"])}
        yield t(_MOST, assumption=assumption_name(view, row), turned=row["turned"], **amounts)


_VALUES = (("value", "break_even"), ("today", "value"), ("low", "low"), ("high", "high"))


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
    t, money = book.view.t, book.view.numbers.symbol
    value = t(N_("{money}, present value"), money=money)
    sheet = book.sheet("flips", (30, 44, 26, 26, 12, 12, 12, 14, 24, 16), t(_FLIPS))
    rows = found.flips.to_dict("records")
    opponents = [_opponents(book.view, row) for row in rows]
    flips = found.flips.assign(
        site=[_site(book.view, row) for row in rows],
        name=[assumption_name(book.view, row) for row in rows],
        decided=[each["decided"] for each in opponents],
        rival=[each["rival"] for each in opponents],
        told=[t(FOUND[row["found"]], search_low=row["search_low"], search_high=row["search_high"]) for row in rows],
    )
    columns = [
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
    sheet.table(flips, columns, freeze=2)
    note = t(_SCREENED, count=found.screened.trajectories)
    sheet = book.sheet("screening", (44, 12, 12, 12, 16, 16, 16, 16, 14), note)
    table = found.screened.table
    table = table.assign(name=[assumption_name(book.view, row) for row in table.to_dict("records")])
    columns = [
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
    sheet.table(table, columns, freeze=1)
