"""The risk register: distributions complete and possible, lists of numbers that can be read, shares that are shares."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault, nearest
from redesaude.language import N_

#: what each distribution cannot do without
PARAMETERS = {
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "lognormal": ("mean", "sigma"),
    "discrete": ("outcomes", "probabilities"),
    "reference_class": ("outcomes",),
    "percentiles": ("p10", "p50", "p90"),
}
#: targets of which contracts state a range of their own
WITH_OWN_RANGE = ("capex", "opex", "case_cost", "delay", "quality")
#: targets of which nothing but that range is drawn: what is paid by quality is in the contract
ONLY_OWN_RANGE = ("quality",)
_ALLOCATION = ("contracts", "specialties", "borne_by")
#: stands in ``borne_by`` for every contract that is not named there
OTHERS = "*"

NO_PARAMETER = Fault(
    "risk_without_parameter",
    N_("the distribution {distribution} has no {column}"),
    N_("{column}, without which it cannot be drawn"),
    N_("type {column}, or choose another distribution"),
)
OUT_OF_ORDER = Fault(
    "risk_out_of_order",
    N_("low {low}, most likely {mode}, high {high}"),
    N_("low <= most likely <= high"),
    N_("put the three numbers in order"),
)
PERCENTILES_OUT_OF_ORDER = Fault(
    "risk_percentiles_out_of_order",
    N_("p10 {p10}, p50 {p50}, p90 {p90}"),
    N_("p10 <= p50 <= p90, and p10 of a factor above 0"),
    N_("put the three percentiles in order"),
)
BAD_LIST = Fault(
    "risk_list_unreadable",
    N_("'{value}' is not a list of numbers"),
    N_("numbers with a decimal point, separated by semicolons"),
    N_("type for example 0.9; 1; 1.3"),
)
BAD_PROBABILITIES = Fault(
    "risk_probabilities",
    N_("the probabilities are {value}"),
    N_("one for each of the {count} outcomes, none negative, together 1"),
    N_("correct the probabilities, or the outcomes"),
)
BAD_SHARES = Fault(
    "risk_shares_unreadable",
    N_("'{value}' does not say who bears what"),
    N_("contract: share, with shares from 0 to 1, separated by semicolons"),
    N_("type for example {suggestion}: 0.2, or leave it blank if the public side bears all"),
)
UNKNOWN_BEARER = Fault(
    "risk_unknown_contract",
    N_("'{found}' is not on the sheet contracts"),
    N_("a contract_id of the sheet contracts"),
    N_("correct the code, or add '{found}' to the sheet contracts"),
    near=N_("did you mean {suggestion}?"),
)
NEGATIVE = Fault(
    "risk_negative_factor",
    N_("{column} is {value}, below zero"),
    N_("factors of zero or more (1 changes nothing)"),
    N_("correct {column}; only a discount_rate has outcomes that are added"),
)
NO_OWN_RANGE = Fault(
    "risk_no_own_range",
    N_("contracts have no range of {target}"),
    N_("another distribution, or one of the targets capex, opex, case_cost, delay and quality"),
    N_("choose another distribution"),
)
ONLY_RANGES = Fault(
    "risk_only_own_range",
    N_("what is paid by quality is drawn from the indicators of each contract, not from {distribution}"),
    N_("the distribution contract (how these ranges move), or none (listed, and not drawn)"),
    N_("choose contract or none, and state the parts reached on the sheet quality_indicators"),
)
OWN_RANGE_LIMITED = Fault(
    "risk_own_range_limited",
    N_("{column} limits a row that says how the contracts' own ranges move"),
    N_("a blank: each contract's range is already what the public side pays"),
    N_("empty {column}, or choose another distribution"),
)
LIMITED = Fault(
    "risk_limited_in_vain",
    N_("{column} limits a risk on {target}"),
    N_("a blank: {target} is the same whatever the contract"),
    N_("empty {column}"),
)
TWO_OWN_RANGES = Fault(
    "risk_own_range_twice",
    N_("row {first} says already how the contracts' ranges of {target} move"),
    N_("one row with the distribution contract for each target"),
    N_("delete one of the two rows"),
)


def numbers_in(text: str) -> list[float]:
    """Return the numbers of ``0.9; 1; 1.3``; ValueError if one is not a finite number."""
    numbers = [float(word) for word in text.split(";") if word.strip()]
    if any(not abs(number) < float("inf") for number in numbers):
        raise ValueError(text)
    return numbers


def shares_in(text: str) -> dict[str, float]:
    """Return the shares of ``contract: 0.2; other: 0``; ValueError if one is not a share from 0 to 1."""
    shares = {}
    for part in filter(str.strip, text.split(";")):
        contract, _, share = part.partition(":")
        shares[contract.strip()] = float(share)
    if not all(contract and 0.0 <= share <= 1.0 for contract, share in shares.items()):
        raise ValueError(text)
    return shares


def public_share(shares: Mapping[str, float], contract: str) -> float:
    """Return the share of a deviation that the public side bears under ``contract``: all of it where none is stated."""
    return shares.get(contract, shares.get(OTHERS, 1.0))


@about("risks")
def check_risks(book: Book) -> Iterator[Problem]:
    """Yield every risk that cannot be drawn or allocated."""
    sheet = book["risks"]
    for row in sheet.frame.index:
        missing = list(_missing(sheet, row))
        yield from missing or _contents(sheet, row)
        yield from _bearers(book, row)
    yield from _own_ranges(sheet)


def _missing(sheet: Sheet, row: Hashable) -> Iterator[Problem]:
    record = sheet.frame.loc[row]  # type: ignore[call-overload]
    for name in PARAMETERS.get(record["distribution"], ()):
        if sheet.sound(name) and (pd.isna(record[name]) or record[name] == ""):
            yield sheet.at(row, _there(sheet, name), NO_PARAMETER, column=name)


def _there(sheet: Sheet, name: str) -> str:
    """The column, or that of the distribution where it is absent."""
    return name if name in sheet.letters else "distribution"


def _contents(sheet: Sheet, row: Hashable) -> Iterator[Problem]:
    """What is wrong with parameters that are there."""
    record = sheet.frame.loc[row]  # type: ignore[call-overload]
    used = PARAMETERS.get(record["distribution"], ())
    if "mode" in used and not record["low"] <= record["mode"] <= record["high"]:
        yield sheet.at(row, "low", OUT_OF_ORDER)
    if "p50" in used:
        least = -np.inf if record["target"] == "discount_rate" else 0.0
        if not least < record["p10"] <= record["p50"] <= record["p90"]:
            yield sheet.at(row, "p10", PERCENTILES_OUT_OF_ORDER)
    lists: dict[str, list[float]] = {}
    for name in ("outcomes", "probabilities"):
        if name in used:
            try:
                lists[name] = numbers_in(record[name])
            except ValueError:
                yield sheet.at(row, name, BAD_LIST)
    yield from _probabilities(sheet, row, lists)
    lowest = {"low": record["low"], "mean": record["mean"], "outcomes": min(lists.get("outcomes", [0.0]))}
    for name, value in lowest.items():
        if name in used and record["target"] != "discount_rate" and value < 0:
            yield sheet.at(row, name, NEGATIVE, value=value)


def _probabilities(sheet: Sheet, row: Hashable, lists: dict[str, list[float]]) -> Iterator[Problem]:
    if len(lists) == 2:
        outcomes, weights = lists["outcomes"], lists["probabilities"]
        if len(outcomes) != len(weights) or min(weights) < 0 or abs(sum(weights) - 1.0) > 1e-9:
            yield sheet.at(row, "probabilities", BAD_PROBABILITIES, count=len(outcomes))


def _bearers(book: Book, row: Hashable) -> Iterator[Problem]:
    sheet, contracts = book["risks"], book["contracts"]
    text = str(sheet.frame.loc[row]["borne_by"])  # type: ignore[call-overload]
    known = list(contracts.frame["contract_id"]) if contracts.sound("contract_id") else []
    try:
        shares = shares_in(text)
    except ValueError:
        suggestion = next(iter(known), "ppp")
        yield sheet.at(row, "borne_by", BAD_SHARES, suggestion=suggestion)
        return
    for contract in shares:
        if known and contract not in (*known, OTHERS):
            near = nearest(contract, known)
            yield sheet.at(row, "borne_by", UNKNOWN_BEARER, found=contract, suggestion=near)


def _own_ranges(sheet: Sheet) -> Iterator[Problem]:
    own = sheet.frame[sheet.frame["distribution"] == "contract"]
    for row in own.index[~own["target"].isin(WITH_OWN_RANGE)]:
        yield sheet.at(row, "distribution", NO_OWN_RANGE)
    other = ~sheet.frame["distribution"].isin(["contract", "none"])
    for row in sheet.frame.index[sheet.frame["target"].isin(ONLY_OWN_RANGE) & other]:
        yield sheet.at(row, "distribution", ONLY_RANGES)
    yield from _limits(sheet, sheet.frame["distribution"] == "contract", _ALLOCATION, OWN_RANGE_LIMITED)
    yield from _limits(sheet, sheet.frame["target"] == "demand", ("contracts", "borne_by"), LIMITED)
    yield from _limits(sheet, sheet.frame["target"] == "discount_rate", _ALLOCATION, LIMITED)
    first = own.drop_duplicates("target").reset_index().set_index("target").iloc[:, 0]
    for row in own.index[own.duplicated("target")]:
        yield sheet.at(row, "target", TWO_OWN_RANGES, first=first[own.loc[row, "target"]])


def _all_public(stated: object) -> bool:
    """Whether shares say only what a blank means: that the public side bears it all."""
    try:
        return isinstance(stated, str) and set(shares_in(stated).values()) == {1.0}
    except ValueError:  # told by itself
        return False


def _limits(sheet: Sheet, rows: pd.Series, columns: tuple[str, ...], fault: Fault) -> Iterator[Problem]:
    """Columns of ``rows`` that are filled where they mean nothing."""
    for column in columns:
        filled = sheet.frame[column].map(lambda stated: bool(stated) and not _all_public(stated)).astype(bool)
        yield from sheet.where(rows & filled, column, fault)
