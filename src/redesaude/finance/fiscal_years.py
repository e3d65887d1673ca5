r"""Fiscal limits year by year: payments of PPPs, pay of staff, running cost, guarantees and what would be owed.

Amounts are undiscounted currency of the base year, shape ``(years,)`` from the first year of the calendar on, its tail
included. A limit is a share of a base (such as net current revenue) less what is committed outside the plan.

Personnel limits of Brazil's fiscal responsibility law come in three levels: alert at 90 %, prudential at 95 % and legal
at 100 % of the share (for a state executive 44.1, 46.55 and 49 % of net current revenue).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from redesaude.finance.arguments import (
    Amount,
    Amounts,
    ArgumentError,
    NumberByYear,
    Numbers,
    Positives,
    Rate,
    Share,
    checked,
)
from redesaude.finance.cashflow import financed_works, lay_out, yearly_capital_payment
from redesaude.finance.company_loan import shares_year
from redesaude.finance.company_pricing import debt_per_works
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal import Reading, personnel_use, replaced_use
from redesaude.finance.services import Services, Timing, share_of_years, spans_of, timing_of
from redesaude.financing import PPP_LINES
from redesaude.lines import CARE_LINES
from redesaude_models.arrays import Floats

#: share of revenue that a state executive may spend on staff (LC 101/2000, art. 20), and the levels within it (art. 22)
LEGAL_PERSONNEL_SHARE = 0.49
PERSONNEL_LEVELS: Mapping[str, float] = MappingProxyType({"alert": 0.90, "prudential": 0.95, "legal": 1.00})


@dataclass(frozen=True)
class LimitUse:
    """Use of a limit by year, arrays ``(years,)``: ``used`` by the plan, and the ``limit`` left to it (currency/year).

    ``committed`` is used outside the plan, ``base`` what the limit is a share of.
    """

    used: Floats
    limit: Floats
    committed: Floats
    base: Floats

    @property
    def share(self) -> Floats:
        """What is used as a share of the limit left to the plan; infinite where nothing is left."""
        return np.where(self.limit > 0, self.used / np.where(self.limit > 0, self.limit, 1.0), np.inf)

    @property
    def base_share(self) -> Floats:
        """What is used, inside the plan and outside it, as a share of the base."""
        return (self.used + self.committed) / self.base

    @property
    def met(self) -> np.ndarray:
        """Whether the limit is kept, to a millionth."""
        return self.used <= self.limit + 1e-6 * np.maximum(np.abs(self.limit), 1.0)


@checked
def limit_use(
    used: NumberByYear, base: Positives, share: Amount, committed: Amounts = 0.0, base_growth_per_year: Rate = 0.0
) -> LimitUse:
    """Return the use by year of a limit of ``share`` of ``base`` (currency/year), the base growing in real terms."""
    used = np.asarray(used, dtype=float)
    grown = np.asarray(base, dtype=float) * (1.0 + base_growth_per_year) ** np.arange(len(used))
    if np.broadcast_shapes(np.shape(committed), used.shape) != used.shape:
        raise ArgumentError("committed", f"an array of shape {np.shape(committed)}", "one number, or one for each year")
    outside = np.broadcast_to(np.asarray(committed, dtype=float), used.shape)
    return LimitUse(used, share * grown - outside, outside, grown)


@checked
def personnel_limits(base: Amount, legal_share: Share = LEGAL_PERSONNEL_SHARE) -> dict[str, float]:
    """Return the amount (currency/year) at which each level of the personnel limit is reached."""
    return {level: part * legal_share * base for level, part in PERSONNEL_LEVELS.items()}


@checked
def personnel_level(used: Amounts, base: Positives, legal_share: Share = LEGAL_PERSONNEL_SHARE) -> np.ndarray:
    """Return the highest level exceeded by all pay, ``used`` (currency/year), elementwise; an empty text where none."""
    ratio = np.asarray(used, dtype=float) / (legal_share * np.asarray(base, dtype=float))
    levels = np.array(["", *PERSONNEL_LEVELS])
    return levels[np.searchsorted(list(PERSONNEL_LEVELS.values()), ratio, side="left")]


@checked
def ppp_by_year(
    services: Services,
    terms: Terms,
    calendar: Calendar,
    cases: Floats,
    reading: Reading = "all",
    *,
    part: Floats | float = 1.0,
) -> Floats:
    """Return the payments of PPPs that count in each year, under a reading of the PPP limit.

    ``all`` payments, their ``capital`` part, or ``net`` of what direct administration would spend on the same service;
    ``cases`` a year of each service, ``part`` of its payments that counts.
    """
    timing, years = timing_of(services, terms), calendar.years
    if reading == "capital":
        paid = share_of_years(timing.opened, timing.opened + timing.payment_years, years)
        capital = np.where(terms.ppp, yearly_capital_payment(services, terms, timing), 0.0)
        return np.asarray((part * capital * services.pays_works) @ paid)
    counted = np.broadcast_to(part, len(services))
    payments = np.asarray(counted @ ppp_payments(services, terms, calendar, cases))
    return payments - _replaced(services, terms, calendar, cases, counted) if reading == "net" else payments


def ppp_payments(services: Services, terms: Terms, calendar: Calendar, cases: Floats) -> Floats:
    """Return what PPPs are paid each year, ``(services, years)``, with ``cases`` a year of each service."""
    flows = lay_out(services, terms, calendar)
    return np.asarray(sum(flows[line][0] + flows[line][1] * cases[:, None] for line in PPP_LINES))


def _replaced(services: Services, terms: Terms, calendar: Calendar, cases: Floats, part: Floats) -> Floats:
    """What direct administration would spend each year on the part of what PPPs are paid for, once open."""
    fixed, per_case = replaced_use(services, terms)
    yearly = np.where(terms.ppp, part * (fixed + per_case * cases), 0.0)
    return np.asarray(yearly @ spans_of(services, timing_of(services, terms), calendar).own)


@checked
def personnel_by_year(
    services: Services,
    terms: Terms,
    calendar: Calendar,
    cases: Floats,
    personnel_share: Share,
    *,
    left_out: np.ndarray | None = None,
    part: Floats | float = 1.0,
) -> Floats:
    """Return the pay of staff that counts in each year of the horizon, from the opening of each service on.

    ``personnel_share`` is the part of running cost that is pay. ``left_out`` marks services whose staff does not count
    whatever their terms say: the switch for social organisations. ``part`` is that of each service which counts.
    """
    counted = part * (np.ones(len(services)) if left_out is None else np.where(left_out, 0.0, 1.0))
    spans = spans_of(services, timing_of(services, terms), calendar)
    today = replace(services, fixed=services.before_fixed, per_case=services.per_case * services.before_share)
    turns = (
        (today, terms.before_signature, spans.today),
        (today, terms, spans.interim),
        (services, terms, spans.own),
        (services, terms.after_term, spans.after),
    )
    total = np.zeros(calendar.years)
    for running, under, years in turns:
        fixed, per_case = personnel_use(running, under, personnel_share)
        total += (counted * (fixed + per_case * cases)) @ years
    return total


def running_by_year(services: Services, terms: Terms, calendar: Calendar, cases: Floats) -> Floats:
    """Return all yearly payments that fall on a running envelope: own running cost, companies, providers."""
    flows = lay_out(services, terms, calendar)
    parts = [flows[line][0] + flows[line][1] * cases[:, None] for line in CARE_LINES]
    return np.asarray(sum(part.sum(axis=0) for part in parts))


def termination_payments(services: Services, terms: Terms, calendar: Calendar) -> Floats:
    """Return the debt of each project company at the end of each year, ``(services, years)``: a contingent liability.

    What the public side would have to take over if the contract ended then. Zero before the service opens, and where
    the contract does not state its loan.
    """
    timing = timing_of(services, terms)
    owed = debt_per_works(terms, timing)
    financed = financed_works(services, terms) * services.pays_works
    return financed[:, None] * _at_year_ends(owed, timing, calendar.years)


def _at_year_ends(stock: Floats, timing: Timing, years: int) -> Floats:
    """A stock known after the works and after each year from that of the opening on, at the end of each year.

    Where the opening is within a year, it stands from the end of that year on.
    """
    passed = np.arange(1, years + 1) - timing.opening_year[:, None]
    within = shares_year(timing.build, timing.opened_share)[:, None]
    position = np.clip(passed, 0, stock.shape[1] - 1).astype(int)
    return np.where(passed >= within, np.take_along_axis(stock, position, axis=1), 0.0)


@checked
def guarantees(payments_per_year: Numbers, months: Amounts) -> Floats:
    """Return the guarantee to hold (currency): ``months`` of each year's payments to project companies."""
    return np.asarray(np.asarray(payments_per_year, dtype=float) * np.asarray(months, dtype=float) / 12.0)
