"""Rules that may leave no plan: for each kind its rows in the model, what its number is, and the planner's sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from redesaude.inputs.lots import lot_name
from redesaude.inputs.tables import BY_NAME
from redesaude.language import N_, Said, said
from redesaude.promises import undoing
from redesaude.promises.advice import Cell, advised, cells_in
from redesaude.promises.kind import Put
from redesaude_models.keys import Keys, keys_of


class Amount(NamedTuple):
    """The number of a rule: ``size`` of it in the unit of its row, as ``typed``, and ``unit``, typed for one of a row.

    A change of ``size`` is a change by all of itself.
    """

    size: float
    typed: float
    unit: float = 1.0


@dataclass(frozen=True)
class Rule:
    """A kind of rule: the ``component`` of its rows and what is said of one that gives way.

    ``labels`` are what the index of a row holds, in order; ``amount`` is its number, by default the bound of the row.
    A rule without ``number`` holds or does not, which is a change by all of itself. ``tied`` rules give way only where
    what they are about is open. ``cell`` says which cell has the number: its sheet, the labels of its key, its column;
    of a rule without number also what to type in it. ``mends`` yields the cells of other rules, from what their index
    holds and what is needed.
    """

    component: str
    labels: tuple[str, ...]
    sentence: str
    amount: Callable[[Put, Keys, tuple[Any, ...]], Amount] | None = None
    number: bool = True
    tied: bool = False
    cell: tuple[str, tuple[str, ...], str] | None = None
    typed: str = ""
    mends: Callable[[Put, dict[str, Any], float], Iterator[Cell]] | None = None

    def amount_of(self, put: Put, keys: Keys, index: tuple[Any, ...], bound: float) -> Amount:
        """Return the number of the rule whose row has this ``index`` and ``bound``."""
        if not self.number:
            return Amount(1.0, 0.0)
        return Amount(max(abs(bound), 1.0), abs(bound)) if self.amount is None else self.amount(put, keys, index)


def _capacity(put: Put, keys: Keys, index: tuple[Any, ...]) -> Amount:
    o = keys.option.index(index[:-1])
    size, typed = float(put.problem.options.capacity[o]), float(put.options.table["capacity"].iloc[o])
    return Amount(max(size, 1e-9), typed, typed / size if size > 0 else 1.0)


def _least_value(put: Put, keys: Keys, index: tuple[Any, ...]) -> Amount:
    least = float(put.problem.lettings.min_value[keys.letting.index(index[:-1])])
    return Amount(1.0, least, least)


def _hub_room(put: Put, keys: Keys, index: tuple[Any, ...]) -> Amount:
    room = put.problem.support.room.tolist()
    most = float(max(n for key, n in zip(keys.option, room, strict=True) if key[:2] == index[:2]))
    return Amount(max(most, 1.0), most)


_OPTION = ("site", "specialty", "size", "contract", "period")

RULES = (
    Rule(
        "max_services",
        ("site", "period"),
        N_("max_services of {site} is {limit}; specialties needed there: {needed}. Type {needed} in it."),
        cell=("sites", ("site",), "max_services"),
    ),
    Rule(
        "max_centres",
        ("specialty", "period"),
        N_("max_centres of {specialty} is {limit}; centres needed: {needed}. Type {needed} in it."),
        cell=("specialties", ("specialty",), "max_centres"),
    ),
    Rule(
        "min_centres",
        ("specialty", "period"),
        N_("min_centres of {specialty} is {limit}; centres possible: {needed}. Type {needed} in it."),
        cell=("specialties", ("specialty",), "min_centres"),
    ),
    Rule(
        "max_contracts",
        ("contract", "period"),
        N_("max_contracts of {contract} is {limit}; contracts needed: {needed}. Type {needed} in it."),
        cell=("contracts", ("contract",), "max_contracts"),
    ),
    Rule(
        "min_value",
        ("contract", "lot", "period"),
        N_(
            "The least contract value of {contract}, {limit}, cannot be reached in {lot}; {needed} can. "
            "Type {needed} in its min_value, or let more in one lot."
        ),
        _least_value,
        cell=("contracts", ("contract",), "min_value"),
    ),
    Rule(
        "max_starts",
        ("this_period",),
        N_("max_starts of {this_period} is {limit}; works that must begin in it: {needed}. Type {needed} in it."),
        cell=("periods", ("this_period",), "max_starts"),
    ),
    Rule(
        "capacity",
        _OPTION,
        N_(
            "{specialty} at {site} (size {size}): a capacity of {limit} is too small, {needed} is needed. "
            "Type {needed} in its capacity, or allow a larger size."
        ),
        _capacity,
        tied=True,
        cell=("sizes", ("specialty", "size"), "capacity"),
    ),
    Rule(
        "hub_room",
        ("site", "specialty", "period"),
        N_(
            "supports_max of the size of {specialty} at {site} is {limit}; satellites that need it: {needed}. "
            "Type {needed} in it."
        ),
        _hub_room,
        tied=True,
        mends=undoing.hub_supports,
    ),
    Rule(
        "precedence",
        ("precedence", "period"),
        N_(
            "Order of services: {specialty} at {site} would have to open before {other} at {other_site}, which does "
            "not open early enough. Lower periods_between, or take the row off the sheet precedence."
        ),
        number=False,
    ),
    Rule(
        "colocation",
        ("requires", "period"),
        N_(
            "{specialty} at {site} would have to open without {other} beside it. "
            "Allow {other} there, or take the row off the sheet requires."
        ),
        number=False,
    ),
    Rule(
        "one_contract",
        ("site", "period"),
        N_(
            "{site} would have to run under several contracts at once. Give its services one contract in site_services "
            "and decisions, take off the decisions that want another (active: no), or allow some of them at another "
            "site."
        ),
        number=False,
    ),
    Rule(
        "works",
        ("site", "contract", "period"),
        N_(
            "{contract} at {site} has no works to deliver. "
            "Type no in its needs_works, or give the site another contract."
        ),
        number=False,
        cell=("contracts", ("contract",), "needs_works"),
        typed="no",
    ),
    Rule(
        "must_open",
        ("site", "specialty", "period"),
        N_(
            "{specialty} at {site} would have to stay closed, which is decided or required otherwise. "
            "Take off its decision (active: no), or make it allowed in site_services."
        ),
        number=False,
        mends=undoing.let_close,
    ),
    Rule(
        "required_size",
        ("site", "specialty", "period"),
        N_(
            "{specialty} at {site} would have to open in another size than the one required. "
            "Leave its size_id blank in site_services."
        ),
        number=False,
    ),
    Rule(
        "barred",
        _OPTION,
        N_(
            "{specialty} at {site} (size {size}, {contract}) would have to be open, which the sheet decisions rules "
            "out. Take off the decision that closes, forbids, freezes or postpones it (active: no)."
        ),
        number=False,
        mends=undoing.let_open,
    ),
    Rule(
        "nearest",
        ("territory", "site", "specialty", "period"),
        N_(
            "{specialty}: people of {territory} would have to pass {site}, their nearest open service. "
            "Type planned in its assignment, or give that service more capacity."
        ),
        number=False,
        cell=("specialties", ("specialty",), "assignment"),
        typed="planned",
    ),
)


class Told(NamedTuple):
    """What is said of a rule that gives way, and by how much of itself."""

    sentence: Said
    share: float


def told_of(rule: Rule, put: Put, rows: list[tuple[tuple[Any, ...], Amount, float]]) -> Iterator[Told]:
    """Yield what is said of the rules of a kind that give way: index, number and change (below 0: less) of each row.

    A rule that has the same number in every period is told once, with its largest change.
    """
    found: dict[tuple[tuple[str, str], ...], tuple[Amount, float, tuple[Any, ...]]] = {}
    for index, amount, change in rows:
        names = tuple(_names(rule, put, index).items())
        if names not in found or abs(change) > abs(found[names][1]):
            found[names] = amount, change, index
    for names, (amount, change, index) in found.items():
        exact = amount.typed + change * amount.unit
        margin = 1e-6 * max(1.0, abs(exact))
        needed = math.ceil(exact - margin) if change > 0 else math.floor(exact + margin)
        numbers = {"limit": f"{amount.typed:,.0f}", "needed": f"{needed:,.0f}"}
        cells = _cells(rule, put, index, (amount.typed, needed))
        yield Told(advised(said(rule.sentence, **dict(names), **numbers), cells), abs(change) / amount.size)


def _cells(rule: Rule, put: Put, index: tuple[Any, ...], amounts: tuple[float, float]) -> Iterator[Cell]:
    """The cell that has the number of a rule, with what is needed in it; none where the number is from elsewhere."""
    of, (now, needed) = dict(zip(rule.labels, index, strict=True)), amounts
    if rule.mends is not None:
        yield from rule.mends(put, of, needed)
    if rule.cell is None:
        return
    sheet, labels, column = rule.cell
    stated = {key: of[label] for key, label in zip(BY_NAME[sheet].key, labels, strict=True)}
    if not rule.typed:
        stated[column] = now
    yield from cells_in(put.scenario, sheet, column, (rule.typed or float(needed), needed > now), **stated)


def _names(rule: Rule, put: Put, index: tuple[Any, ...]) -> dict[str, str]:
    """The names of what a row is about, the period left out."""
    problem, keys = put.problem, keys_of(put.problem)
    found: dict[str, str] = {}
    for label, value in zip(rule.labels, index, strict=True):
        if label in ("precedence", "requires"):
            service = keys.service[int(getattr(problem, label)[value][0])]
            site, specialty = _other(put, label, value, service)
            found |= _named(put, "site", service[0]) | _named(put, "specialty", service[1])
            found["other_site"] = _named(put, "site", site)["site"]
            found["other"] = _named(put, "specialty", specialty)["specialty"]
        elif label != "period":
            found |= _named(put, label, value)
    return found


def _other(put: Put, sheet: str, row: int, service: tuple[str, ...]) -> tuple[str, str]:
    """Site and specialty of the service that must be there too, also where it can never open."""
    problem, keys = put.problem, keys_of(put.problem)
    other = int(getattr(problem, sheet)[row][1])
    if other >= 0:
        return keys.service[other][0], keys.service[other][1]
    rows = getattr(put.scenario, sheet)
    rows = rows[rows["specialty_id"] == service[1]]
    if sheet == "requires":
        asked = [(service[0], name) for name in rows["required_specialty_id"]]
    else:
        rows = rows[rows["site_id"] == service[0]]
        asked = list(zip(rows["after_site_id"], rows["after_specialty_id"], strict=True))
    return next(pair for pair in asked if pair not in set(keys.service))


_SHEETS = {"site": "sites", "specialty": "specialties", "contract": "contracts", "territory": "territories"}


def _named(put: Put, label: str, code: str) -> dict[str, str]:
    """The name on its sheet of what has this code; the code itself where it has none."""
    if label == "lot":
        return {label: lot_name(put.scenario, code)}
    if label not in _SHEETS:
        return {label: code}
    table = getattr(put.scenario, _SHEETS[label])
    return {label: str(dict(zip(table[f"{label}_id"], table["name"], strict=True))[code])}
