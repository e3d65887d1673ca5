"""From cash flows to the coefficients of the optimiser: the same arrays that the report prints line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated

import numpy as np

from redesaude.finance.arguments import Amount, Endless, Whole, Years, check_fields, checked
from redesaude.finance.cashflow import lay_out
from redesaude.finance.contracts import Duration, Letting, Terms, within
from redesaude.finance.discounting import Calendar
from redesaude.finance.phases import Phases
from redesaude.finance.services import Services, tail_years, timing_of
from redesaude_models.arrays import Floats

Budget = Annotated[str, ("government", "state")]
"""whose cost counts"""


@dataclass(frozen=True)
class Prices:
    """Net present cost of services by line: ``fixed`` when open and ``per_case`` for each yearly case assigned.

    Both map a line to an array of shape ``(services,)``, or ``(services, periods)`` where told by the period in which
    the money falls due, in currency of the base year.
    """

    fixed: dict[str, Floats]
    per_case: dict[str, Floats]

    def take(self, rows: np.ndarray) -> Prices:
        """Return the prices of the given services."""
        return Prices(*({line: npv[rows] for line, npv in part.items()} for part in (self.fixed, self.per_case)))

    @property
    def cost(self) -> Floats:
        """Net present cost when open, all lines."""
        return np.asarray(sum(self.fixed.values()))

    @property
    def case_cost(self) -> Floats:
        """Net present cost of one yearly case, all lines."""
        return np.asarray(sum(self.per_case.values()))


@checked
def price(services: Services, terms: Terms, calendar: Calendar, perspective: Budget = "government") -> Prices:
    """Discount the cash flows of each service under its terms: arrays ``(services,)``.

    ``perspective`` is ``government``, or ``state`` which leaves out the running cost that municipalities pay. Payments
    owed after the horizon for works already delivered are counted in full. Linear in the works and running cost of
    each service.
    """
    by_period = price_by_period(services, terms, calendar, (0,), perspective)
    return Prices(*({line: npv[:, 0] for line, npv in part.items()} for part in (by_period.fixed, by_period.per_case)))


@checked
def price_by_period(
    services: Services, terms: Terms, calendar: Calendar, begins: tuple[int, ...], perspective: Budget = "government"
) -> Prices:
    """Return :func:`price` by the period in which the money falls due: arrays ``(services, periods)``.

    ``begins`` are the years, from the first, in which the periods begin; the last takes what falls due after the
    horizon.
    """
    years = tail_years(timing_of(services, terms), terms, calendar.horizon_years)
    long = replace(calendar, tail_years=years)
    flows = lay_out(services, terms, long, perspective)
    spans = [slice(*pair) for pair in pairwise((*begins, None))]

    def discounted(flow: Floats, factors: Floats) -> Floats:
        return np.stack([flow[:, span] @ factors[span] for span in spans], axis=1)

    worth = long.factors_by_line(flows)
    return Prices(
        fixed={line: discounted(fixed, worth[line]) for line, (fixed, _) in flows.items()},
        per_case={line: discounted(per_case, worth[line]) for line, (_, per_case) in flows.items()},
    )


#: a contract that goes on as it is
UNENDING = Duration(np.inf, np.inf)


@dataclass(frozen=True)
class Held:
    """When a contract runs for a lot, in years from the first: ``since`` a year until the year ``until``; whether it
    was ``already_let`` before, and since when it is counted then (``first_signed``).
    """

    since: Whole = 0
    until: Endless = np.inf
    already_let: bool = False
    first_signed: Years = 0.0

    def __post_init__(self) -> None:
        check_fields(self)


@checked
def letting_flows(
    transaction_cost: Amount,
    oversight_cost: Amount,
    procurement_years: Years,
    horizon_years: Whole,
    *,
    held: Held = Held(),
    duration: Duration = UNENDING,
) -> dict[str, Floats]:
    """Return what letting and overseeing one contract for a lot costs each year, by line, shape ``(horizon_years,)``.

    ``transaction_cost`` is currency, spent in the year since which it is ``held``; ``oversight_cost`` currency/year
    from signature on (or from that year, where its ``duration`` says so), as long as it lasts. A contract already let
    costs its oversight, from the start. It is let again, at the same cost, whenever its ``duration`` says. Lines:
    ``transaction``, ``oversight``.
    """
    year = np.arange(horizon_years, dtype=float)
    signed = held.since + (0.0 if held.already_let else procurement_years)
    ends = min(held.until, np.inf if held.already_let else signed + duration.lasts_years)
    overseen_from = held.since if duration.from_decision else signed
    overseen = np.clip(np.minimum(year + 1, ends) - np.maximum(year, overseen_from), 0.0, 1.0)
    first = held.first_signed if held.already_let else signed
    passed = [np.floor(np.maximum(end - first - 1e-9, 0.0) / duration.again_years) for end in (year, year + 1)]
    again = np.where((year >= held.since) & (year < held.until), passed[1] - passed[0], 0.0)
    return {
        "transaction": transaction_cost * (again + ((year == held.since) & (not held.already_let))),
        "oversight": oversight_cost * overseen,
    }


def letting_in_period(
    letting: Letting, duration: Duration, phases: Phases, period: int, *, already_let: bool, runs_today: bool
) -> dict[str, Floats]:
    """Return :func:`letting_flows` of a contract that runs for a lot in a period, in which it is let, or was before.

    Procurement that outlasts its period ends with it: oversight then goes on. A contract that ends with its term is
    settled when it is let: its oversight until then is the cost of that period, and later ones cost nothing; unless
    some service runs under it today (``runs_today``), of which the plan knows no end. One that is let again, again
    every term: counted from the signature of the first period, from the first year where it runs today, and in the
    period in which it is let later, from that signature.
    """
    begin, end, years = phases.begins[period], phases.ends[period], phases.calendar.horizon_years
    if duration.ends and not runs_today:
        if already_let:
            return {line: np.zeros(years) for line in ("transaction", "oversight")}
        return letting_flows(*letting, years, held=Held(begin), duration=duration)
    first = 0.0 if runs_today else within(letting, float(phases.ends[0])).procurement_years
    held = Held(begin, end, already_let, first)
    return letting_flows(*within(letting, end - begin), years, held=held, duration=duration)


@checked
def letting_cost(
    transaction_cost: Amount,
    oversight_cost: Amount,
    procurement_years: Years,
    calendar: Calendar,
    *,
    already_let: bool,
    duration: Duration = UNENDING,
) -> dict[str, float]:
    """Return the NPV of :func:`letting_flows` over the horizon of ``calendar``, by line."""
    years = calendar.horizon_years
    held = Held(already_let=already_let)
    flows = letting_flows(transaction_cost, oversight_cost, procurement_years, years, held=held, duration=duration)
    factors = calendar.factors()[:years]
    return {line: float(factors @ flow) for line, flow in flows.items()}
