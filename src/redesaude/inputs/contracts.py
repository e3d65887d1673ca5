"""Contract options: factors in order, project companies with their finance, terms long enough, sites that have one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pandas as pd

from redesaude.errors import Problem
from redesaude.financing import FINANCING, Repayment, financings_where
from redesaude.inputs.book import Book, Sheet
from redesaude.inputs.faults import Fault
from redesaude.inputs.risks import numbers_in
from redesaude.language import N_

FACTORS = ("capex_factor", "opex_factor", "case_cost_factor", "delay_factor", "quality_factor")

OUT_OF_ORDER = Fault(
    "factors_out_of_order",
    N_("{column}: low {low}, most likely {mode}, high {high}"),
    N_("low <= most likely <= high"),
    N_("put the three factors in order"),
)
HALF_RANGE = Fault(
    "half_range",
    N_("only one of {column}_low and {column}_high is given"),
    N_("both, or neither"),
    N_("type the other one; until then the factor counts as certain"),
    severity="warning",
)
INCOMPLETE = Fault(
    "financing_incomplete",
    N_("{contract_id} has no {column}, which its financing ({financing}) needs"),
    N_("{column}, without which its payment cannot be worked out"),
    N_("type {column}, or choose another financing"),
)
DEBT_TOO_LONG = Fault(
    "debt_longer_than_term",
    N_("debt_years {debt_years} is more than term_years {term_years}"),
    N_("a loan that ends within the term"),
    N_("type a shorter debt_years or a longer term_years"),
)
TERM_TOO_SHORT = Fault(
    "term_too_short",
    N_("the term of {term_years} years ends before the shortest works are ready ({years_needed} years)"),
    N_("term_years above procurement and works: {years_needed}"),
    N_("type a longer term_years, or shorter procurement_months, build_months or delay_factor"),
)
TERM_SHORT_FOR_SOME = Fault(
    "term_short_for_some",
    N_("the term of {term_years} years ends before the longest works are ready ({years_needed} years)"),
    N_("term_years above procurement and works: {years_needed}"),
    N_("nothing, if those sizes are not meant for this contract; otherwise type a longer term_years"),
    severity="warning",
)
NOMINAL_IN_VAIN = Fault(
    "tax_inflation_in_vain",
    N_("tax_inflation is {tax_inflation}, but no loan is stated: the payment is capital recovery before tax"),
    N_("debt_years of a project company, from which its payment is solved after tax"),
    N_("type debt_years, or empty tax_inflation"),
    severity="warning",
)
#: a curve finer than by month of works of a year is more than any schedule states
MOST_PARTS = 12
BAD_PROFILE = Fault(
    "works_profile_not_whole",
    N_("'{works_profile}' does not say how all of the works are spent"),
    N_("at most {most} shares, none negative, together 1, with a decimal point and separated by semicolons"),
    N_("type for example 0.2; 0.5; 0.3, or empty it if the works are spent evenly"),
)
BAD_MILESTONES = Fault(
    "contribution_milestones_not_whole",
    N_("'{contribution_milestones}' does not say when all of the contribution is paid"),
    N_("a share of the works done (above 0, at most 1, rising) and the part paid then, for each; the parts together 1"),
    N_("type for example 0.3: 0.25; 0.6: 0.35; 1: 0.4, or empty it if it is paid as the works advance"),
)
MILESTONES_IN_VAIN = Fault(
    "contribution_milestones_in_vain",
    N_("contribution_milestones are stated, but {contract_id} has no public contribution to its works"),
    N_("contribution_share of a project company, which is paid at these milestones"),
    N_("type contribution_share, or empty contribution_milestones"),
    severity="warning",
)
NO_CONTRACT = Fault(
    "site_without_contract",
    N_("no contract suits {site_id}, a site of kind {kind}"),
    N_("at least one active contract that its contracts_allowed and the contracts' site_kinds allow"),
    N_("add a contract to contracts_allowed, empty it, add {kind} to the site_kinds of a contract, or set active: yes"),
)
NO_QUOTA = Fault(
    "cost_key_without_quota",
    N_("the cost_key of {contract_id} is fixed, but no municipality has a cost_quota"),
    N_("the agreed part of each municipality, on the sheet territories"),
    N_("type cost_quota on territories, or choose population, use or equal"),
)


def profile_in(text: str) -> list[float]:
    """Return the shares of ``0.2; 0.5; 0.3``; ValueError if they are not some that add up to 1. None where blank."""
    shares = numbers_in(text)
    if text.strip() and (not 0 < len(shares) <= MOST_PARTS or min(shares) < 0 or abs(sum(shares) - 1.0) > 1e-9):
        raise ValueError(text)
    return shares


def milestones_in(text: str) -> list[tuple[float, float]]:
    """Return (share of the works done, part paid) of each of ``0.3: 0.25; 1: 0.75``, in order; none where blank.

    ValueError unless the shares rise, above 0 and at most 1, and the parts are not negative and together 1.
    """
    pairs = [[float(number) for number in part.split(":")] for part in text.split(";")] if text.strip() else []
    shares, parts = ([pair[n] for pair in pairs if len(pair) == 2] for n in (0, 1))
    rising = all(0.0 < one < two for one, two in pairwise([*shares, 1.5])) and max(shares, default=1.0) <= 1.0
    whole = len(parts) == len(pairs) and min(parts, default=0.0) >= 0 and abs(sum(parts) - 1.0) <= 1e-9
    if pairs and not (rising and whole):
        raise ValueError(text)
    return list(zip(shares, parts, strict=True))


def check_contracts(book: Book) -> Iterator[Problem]:
    """Yield every contract option that cannot be priced, and every site without one."""
    sheet = book["contracts"]
    for factor in FACTORS:
        yield from _factor(sheet, factor)
    financing = sheet.frame["financing"]
    for code, way in FINANCING.items():
        mine = financing == code
        for column in way.needs if mine.any() else ():
            if sheet.sound(column):
                yield from sheet.where(mine & sheet.frame[column].isna(), column, INCOMPLETE)
    yield from sheet.where(sheet.frame["debt_years"] > sheet.frame["term_years"], "debt_years", DEBT_TOO_LONG)
    taxed = financings_where(lambda way: way.repayment is Repayment.COMPANY)
    untaxed = ~financing.isin(taxed) | ~(sheet.frame["debt_years"] > 0)
    yield from sheet.where((sheet.frame["tax_inflation"] > 0) & untaxed, "tax_inflation", NOMINAL_IN_VAIN)
    territories = book["territories"]
    if territories.sound("cost_quota") and not (territories.frame["cost_quota"] > 0).any():
        yield from sheet.where(sheet.frame["cost_key"] == "fixed", "cost_key", NO_QUOTA)
    yield from _works_in_time(sheet)
    yield from _terms(book)
    yield from _sites_without(book)


def _works_in_time(sheet: Sheet) -> Iterator[Problem]:
    """Curves and milestones that are none, and milestones of no contribution."""
    yield from _unread(sheet, "works_profile", profile_in, BAD_PROFILE)
    yield from _unread(sheet, "contribution_milestones", milestones_in, BAD_MILESTONES)
    contributed = sheet.frame["financing"].isin(financings_where(lambda way: way.contributed))
    idle = ~contributed | ~(sheet.frame["contribution_share"] > 0)
    staged = sheet.frame["contribution_milestones"].str.strip() != ""
    yield from sheet.where(staged & idle, "contribution_milestones", MILESTONES_IN_VAIN)


def _unread(sheet: Sheet, column: str, read: Callable[[str], object], fault: Fault) -> Iterator[Problem]:
    """Lists of shares of works that are none."""
    for row, text in sheet.frame[column].items():
        try:
            read(text)
        except ValueError:
            yield sheet.at(row, column, fault, most=MOST_PARTS)


def _factor(sheet: Sheet, factor: str) -> Iterator[Problem]:
    if not {f"{factor}_low", f"{factor}_high"} & sheet.letters.keys():
        return
    low, mode, high = (sheet.frame[f"{factor}{end}"] for end in ("_low", "", "_high"))
    disorder = (low > mode) | (mode > high) | (low > high)
    for row in sheet.frame.index[disorder]:
        yield sheet.at(row, factor, OUT_OF_ORDER, low=low[row], mode=mode[row], high=high[row])
    if sheet.sound(f"{factor}_low", f"{factor}_high"):
        yield from sheet.where(low.isna() ^ high.isna(), factor, HALF_RANGE)


def _terms(book: Book) -> Iterator[Problem]:
    """A term counts from signature, works included: it must outlast them."""
    months = book["sizes"].frame["build_months"]
    works = months[months > 0]
    if works.empty:
        return
    sheet = book["contracts"]
    frame = sheet.frame
    stated = frame["term_years"] > 0
    least = _years_needed(frame, float(works.min()))
    most = _years_needed(frame, float(works.max()))
    too_short = stated & (frame["term_years"] <= least)
    for row in frame.index[too_short]:
        yield sheet.at(row, "term_years", TERM_TOO_SHORT, years_needed=round(least[row], 2))
    for row in frame.index[stated & ~too_short & (frame["term_years"] <= most)]:
        yield sheet.at(row, "term_years", TERM_SHORT_FOR_SOME, years_needed=round(most[row], 2))


def _years_needed(contracts: pd.DataFrame, build_months: float) -> pd.Series:
    return (contracts["procurement_months"] + contracts["delay_factor"] * build_months) / 12


def eligible_contracts(book: Book) -> dict[str, list[str]]:
    """Site -> active contracts that its own list and its kind allow, in the order of the contracts sheet."""
    contracts = book["contracts"].frame
    stated = zip(*(contracts[name].tolist() for name in ("contract_id", "site_kinds", "active")), strict=True)
    options = [(contract, kinds) for contract, kinds, active in stated if active]
    sites = book["sites"].frame
    return {
        site: [c for c, kinds in options if c and (not kinds or kind in kinds) and (not own or c in own)]
        for site, kind, own in zip(*(sites[name] for name in ("site_id", "kind", "contracts_allowed")), strict=True)
    }


def _sites_without(book: Book) -> Iterator[Problem]:
    sites, contracts = book["sites"], book["contracts"]
    if not (contracts.sound("contract_id", "site_kinds") and sites.sound("kind", "contracts_allowed", "site_id")):
        return
    if contracts.frame.empty or "contract_id" not in contracts.letters:
        return
    suits = eligible_contracts(book)
    lonely = sites.frame["site_id"].map(lambda site: site != "" and not suits[site]).astype(bool)
    yield from sites.where(lonely, "contracts_allowed", NO_CONTRACT)
