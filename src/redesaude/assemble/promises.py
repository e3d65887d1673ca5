"""Access and money promises as rows over the problem's arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from redesaude.assemble.options import PricedOptions
from redesaude.assemble.steps import PricedSteps
from redesaude.finance.discounting import Floats
from redesaude.finance.fiscal import Use, capital_use, personnel_use, ppp_use, running_use
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, areas, in_area, rows_of
from redesaude.inputs.tables import ALL
from redesaude_models.problem import AccessPromise, Demand, Ints, Journeys, MoneyPromise


@dataclass(frozen=True)
class Target:
    """One access promise spelled out: ``specialty`` and ``period`` are positions, ``region`` as in ``in_area``."""

    id: str
    specialty: int
    region: str
    period: int
    minutes: float
    share: float
    hard: bool
    price: float


def access_targets(scenario: Scenario) -> Iterator[Target]:
    """Yield the whole-area promise of each specialty, then the rows of ``access_targets``, spelled out by period."""
    specialties = scenario.specialties
    ids = specialties["specialty_id"].to_list()

    def targets(s: int, region: str, minutes: float, period_id: str, row: Any) -> Iterator[Target]:
        for period, suffix in _periods(scenario, period_id):
            name = f"{ids[s]}|{region}|{minutes:g}|{row[0]:g}{suffix}"
            yield Target(name, s, region, period, minutes, *row)

    for s, row in enumerate(rows_of(specialties)):
        if not np.isnan(row.access_share) and not np.isnan(row.access_minutes):
            yield from targets(s, ALL, row.access_minutes, "", (row.access_share, row.access_hard, row.access_price))
    for row in rows_of(scenario.access_targets):
        chosen = specialties["specialty_id"].isin([row.specialty_id]) | (row.specialty_id == ALL)
        for s in np.flatnonzero(chosen).tolist():
            standard = specialties["access_minutes"].iloc[s] if np.isnan(row.minutes) else row.minutes
            for region in areas(scenario.territories, row.region_id):
                yield from targets(s, region, float(standard), row.period_id, (row.share, row.hard, row.price))


def _periods(scenario: Scenario, period_id: str) -> Iterator[tuple[int, str]]:
    """Position of each period meant (all where blank), with what tells its promise from that of other periods."""
    ids = scenario.periods["period_id"].to_list()
    for position, name in enumerate(ids):
        if period_id in ("", name):
            yield position, f"|{name}" if len(ids) > 1 else ""


@dataclass(frozen=True)
class Limit:
    """A row of ``funding`` or ``fiscal`` in one ``period`` (position)."""

    id: str
    period: int
    row: Any


def limits_of(scenario: Scenario, sheet: Literal["funding", "fiscal"]) -> Iterator[Limit]:
    """Yield the rows of ``sheet`` spelled out by period; a period's own row wins over one for every period."""
    found: dict[str, Limit] = {}
    rows = list(rows_of(getattr(scenario, sheet)))
    for row in sorted(rows, key=lambda row: row.period_id != ""):
        code = getattr(row, f"{sheet}_id")
        for period, suffix in _periods(scenario, row.period_id):
            found[code + suffix] = Limit(code + suffix, period, row)
    yield from found.values()


def access_promises(
    scenario: Scenario, demand: Demand, journeys: Journeys, phases: Phases
) -> tuple[AccessPromise, ...]:
    """Return the access promises over the rows of ``demand`` and ``journeys``; prices become NPV."""
    first = np.searchsorted(journeys.demand, np.arange(len(demand.territory) + 1))  # they are ordered by demand
    promises: dict[str, AccessPromise] = {}
    for target in access_targets(scenario):
        here = in_area(scenario.territories, target.region)
        demands = np.flatnonzero((demand.specialty == target.specialty) & here[demand.territory])
        if not len(demands):
            continue  # nobody to promise to
        reached = _ranges(first[demands], first[demands + 1])
        promises[target.id] = AccessPromise(
            id=target.id,
            specialty=target.specialty,
            region=target.region,
            minutes=target.minutes,
            period=target.period,
            share=target.share,
            demands=demands,
            journeys=reached[journeys.minutes[reached] <= target.minutes + 1e-9],
            hard=target.hard,
            price=0.0 if target.hard else target.price * float(phases.annuities[target.period]),
        )
    return tuple(promises.values())


def _ranges(start: Ints, end: Ints) -> Ints:
    """Return the whole numbers from each start to its end (not included), one range after the other."""
    length = end - start
    before = np.cumsum(length) - length
    return np.asarray(np.arange(length.sum()) + np.repeat(start - before, length), dtype=np.int64)


@dataclass(frozen=True)
class Spenders:
    """What may use money: options and steps with their terms, hosting of sites and lots let, with their labels.

    Then agreements (agreements, periods) and transfers (a case), with the specialty of each.
    """

    priced: PricedOptions
    steps: PricedSteps
    hosting_contract: pd.Series
    hosting_yearly: Floats
    letting_contract: pd.Series
    letting_yearly: Floats
    agreement_specialty: pd.Series
    agreement_yearly: Floats
    transfer_specialty: pd.Series
    transfer_cost: Floats


def money_promises(scenario: Scenario, spenders: Spenders, phases: Phases) -> tuple[MoneyPromise, ...]:
    """Return the rows of ``funding`` and ``fiscal`` over the options by period; prices become NPV."""
    return (*_funding(scenario, spenders, phases), *_fiscal(scenario, spenders, phases))


def _funding(scenario: Scenario, spenders: Spenders, phases: Phases) -> Iterator[MoneyPromise]:
    priced, steps = spenders.priced, spenders.steps
    options = priced.table
    for limit in limits_of(scenario, "funding"):
        row = limit.row
        covered = _covers(options["contract_id"], row.contracts) * _covers(options["specialty_id"], row.specialties)
        running = row.kind == "running"
        whole = running and not row.specialties  # costs of whole sites belong to no single specialty
        between = running and not row.contracts  # what services pay each other is under no contract
        use = (running_use if running else capital_use)(priced.services, priced.terms)
        later = not running and limit.period > 0  # works after the first period are those of its steps
        worth = phases.annuities if running else phases.firsts
        yield MoneyPromise(
            id=limit.id,
            kind=row.kind,
            period=limit.period,
            limit=row.amount,
            fixed=use[0] * covered * (not later),
            per_case=use[1] * covered,
            hosting=spenders.hosting_yearly * _covers(spenders.hosting_contract, row.contracts) * whole,
            lettings=spenders.letting_yearly * _covers(spenders.letting_contract, row.contracts) * whole,
            hard=row.hard,
            price=0.0 if row.hard else row.price * float(worth[limit.period]),
            steps=_works_of_steps(steps) * covered[steps.target] * later,
            agreements=spenders.agreement_yearly[:, limit.period]
            * between
            * _covers(spenders.agreement_specialty, row.specialties),
            transfers=spenders.transfer_cost * between * _covers(spenders.transfer_specialty, row.specialties),
        )


def _works_of_steps(steps: PricedSteps) -> Floats:
    """Expected works that the budget pays for each step."""
    return np.where(steps.target >= 0, capital_use(steps.services, steps.terms)[0], 0.0)


def _fiscal(scenario: Scenario, spenders: Spenders, phases: Phases) -> Iterator[MoneyPromise]:
    for limit in limits_of(scenario, "fiscal"):
        row = limit.row
        fixed, per_case = _fiscal_use(scenario, spenders, row.kind, row.reading)
        yield MoneyPromise(
            id=limit.id,
            kind=row.kind,
            period=limit.period,
            limit=row.base_amount * row.share - row.committed,
            fixed=fixed,
            per_case=per_case,
            hosting=np.zeros(len(spenders.hosting_yearly)),
            lettings=np.zeros(len(spenders.letting_yearly)),
            hard=row.hard,
            price=0.0 if row.hard else row.price * float(phases.annuities[limit.period]),
        )


def _fiscal_use(scenario: Scenario, spenders: Spenders, kind: str, reading: str) -> Use:
    if kind == "ppp":
        return ppp_use(spenders.priced.services, spenders.priced.terms, reading)
    return personnel_use(spenders.priced.services, spenders.priced.terms, scenario.settings.personnel_share)


def _covers(labels: pd.Series, wanted: tuple[str, ...]) -> Floats:
    """1 where the label is wanted (or none is named), else 0."""
    return np.asarray(labels.isin(wanted) if wanted else np.ones(len(labels)), dtype=float)
