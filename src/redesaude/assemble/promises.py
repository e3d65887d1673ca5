"""Access and money promises as rows over the problem's arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from redesaude.assemble.options import PricedOptions
from redesaude.assemble.spending import Spenders
from redesaude.finance.fiscal import personnel_use, ppp_use
from redesaude.finance.phases import Phases
from redesaude.inputs.areas import areas, in_area
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.lines import Kind
from redesaude_models.problem import AccessPromise, Demand, Ints, Journeys, MoneyPromise, Use


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


def money_promises(scenario: Scenario, spenders: Spenders, phases: Phases) -> tuple[MoneyPromise, ...]:
    """Return the rows of ``funding`` and ``fiscal`` by period over all that spends money; prices become NPV."""
    return (*_funding(scenario, spenders, phases), *_fiscal(scenario, spenders.priced, phases))


def _funding(scenario: Scenario, spenders: Spenders, phases: Phases) -> Iterator[MoneyPromise]:
    """Each ceiling: the sum of the lines of its kind that it covers."""
    spendings = [list(spenders.spendings(period)) for period in range(len(phases))]
    for limit in limits_of(scenario, "funding"):
        row = limit.row
        uses = [each.covered(row) for each in spendings[limit.period] if each.kind == row.kind]
        worth = phases.firsts if row.kind == Kind.CAPITAL else phases.annuities
        yield MoneyPromise(
            id=limit.id,
            kind=row.kind,
            period=limit.period,
            limit=row.amount,
            uses=tuple(use for use in uses if use.amount.any()),
            hard=row.hard,
            price=0.0 if row.hard else row.price * float(worth[limit.period]),
            spent=spenders.always(limit.period, row.kind, row),
        )


def _fiscal(scenario: Scenario, priced: PricedOptions, phases: Phases) -> Iterator[MoneyPromise]:
    for limit in limits_of(scenario, "fiscal"):
        row = limit.row
        if row.kind == "ppp":
            fixed, per_case = ppp_use(priced.services, priced.terms, row.reading)
        else:
            fixed, per_case = personnel_use(priced.services, priced.terms, scenario.settings.personnel_share)
        yield MoneyPromise(
            id=limit.id,
            kind=row.kind,
            period=limit.period,
            limit=row.base_amount * row.share - row.committed,
            uses=(Use("option", limit.period, fixed), Use("case", limit.period, per_case)),
            hard=row.hard,
            price=0.0 if row.hard else row.price * float(phases.annuities[limit.period]),
        )
