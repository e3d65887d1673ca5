"""Access and money promises as rows over the problem's arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.options import PricedOptions
from redesaude.finance.discounting import Calendar, Floats
from redesaude.finance.fiscal import Use, capital_use, personnel_use, ppp_use, running_use
from redesaude.inputs.scenario import Scenario, areas, in_area, rows_of
from redesaude.inputs.tables import ALL
from redesaude_models.problem import AccessPromise, Demand, Ints, Journeys, MoneyPromise


@dataclass(frozen=True)
class Target:
    """One access promise spelled out: ``specialty`` is a position in the table, ``region`` as in ``in_area``."""

    id: str
    specialty: int
    region: str
    minutes: float
    share: float
    hard: bool
    price: float


def access_targets(scenario: Scenario) -> Iterator[Target]:
    """Yield the whole-area promise of each specialty, then the rows of ``access_targets`` spelled out."""
    specialties = scenario.specialties
    ids = specialties["specialty_id"].to_list()

    def target(s: int, region: str, minutes: float, row: Any) -> Target:
        return Target(f"{ids[s]}|{region}|{minutes:g}|{row[0]:g}", s, region, minutes, *row)

    for s, row in enumerate(rows_of(specialties)):
        if not np.isnan(row.access_share) and not np.isnan(row.access_minutes):
            yield target(s, ALL, row.access_minutes, (row.access_share, row.access_hard, row.access_price))
    for row in rows_of(scenario.access_targets):
        chosen = specialties["specialty_id"].isin([row.specialty_id]) | (row.specialty_id == ALL)
        for s in np.flatnonzero(chosen).tolist():
            standard = specialties["access_minutes"].iloc[s] if np.isnan(row.minutes) else row.minutes
            for region in areas(scenario.territories, row.region_id):
                yield target(s, region, float(standard), (row.share, row.hard, row.price))


def access_promises(
    scenario: Scenario, demand: Demand, journeys: Journeys, annuity: float
) -> tuple[AccessPromise, ...]:
    """Return the access promises over the rows of ``demand`` and ``journeys``; prices become NPV."""
    first = np.searchsorted(journeys.demand, np.arange(len(demand.territory) + 1))  # they are ordered by demand
    promises: dict[str, AccessPromise] = {}
    for target in access_targets(scenario):
        here = in_area(scenario.territories, target.region)
        demands = np.flatnonzero((demand.specialty == target.specialty) & here[demand.territory])
        if not len(demands) or (target.id in promises and promises[target.id].hard):
            continue  # nobody to promise to, or promised firmly already
        reached = _ranges(first[demands], first[demands + 1])
        promises[target.id] = AccessPromise(
            id=target.id,
            specialty=target.specialty,
            region=target.region,
            minutes=target.minutes,
            period=0,
            share=target.share,
            demands=demands,
            journeys=reached[journeys.minutes[reached] <= target.minutes + 1e-9],
            hard=target.hard,
            price=0.0 if target.hard else target.price * annuity,
        )
    return tuple(promises.values())


def _ranges(start: Ints, end: Ints) -> Ints:
    """Return the whole numbers from each start to its end (not included), one range after the other."""
    length = end - start
    before = np.cumsum(length) - length
    return np.asarray(np.arange(length.sum()) + np.repeat(start - before, length), dtype=np.int64)


@dataclass(frozen=True)
class Spenders:
    """What may use money: the options with their terms, the hosting of sites and the lots let, with their labels."""

    priced: PricedOptions
    hosting_contract: pd.Series
    hosting_yearly: Floats
    letting_contract: pd.Series
    letting_yearly: Floats


def money_promises(scenario: Scenario, spenders: Spenders, calendar: Calendar) -> tuple[MoneyPromise, ...]:
    """Return the rows of ``funding`` and ``fiscal`` over the options; prices become NPV."""
    return (*_funding(scenario, spenders, calendar), *_fiscal(scenario, spenders, calendar))


def _funding(scenario: Scenario, spenders: Spenders, calendar: Calendar) -> Iterator[MoneyPromise]:
    priced = spenders.priced
    options = priced.table
    for row in rows_of(scenario.funding):
        covered = _covers(options["contract_id"], row.contracts) * _covers(options["specialty_id"], row.specialties)
        running = row.kind == "running"
        use = (running_use if running else capital_use)(priced.services, priced.terms)
        whole = running and not row.specialties  # costs of whole sites belong to no single specialty
        yield MoneyPromise(
            id=row.funding_id,
            kind=row.kind,
            period=0,
            limit=row.amount,
            fixed=use[0] * covered,
            per_case=use[1] * covered,
            hosting=spenders.hosting_yearly * _covers(spenders.hosting_contract, row.contracts) * whole,
            lettings=spenders.letting_yearly * _covers(spenders.letting_contract, row.contracts) * whole,
            hard=row.hard,
            price=0.0 if row.hard else row.price * (calendar.annuity() if running else float(calendar.factors()[0])),
        )


def _fiscal(scenario: Scenario, spenders: Spenders, calendar: Calendar) -> Iterator[MoneyPromise]:
    for row in rows_of(scenario.fiscal):
        fixed, per_case = _fiscal_use(scenario, spenders, row.kind, row.reading)
        yield MoneyPromise(
            id=row.fiscal_id,
            kind=row.kind,
            period=0,
            limit=row.base_amount * row.share - row.committed,
            fixed=fixed,
            per_case=per_case,
            hosting=np.zeros(len(spenders.hosting_yearly)),
            lettings=np.zeros(len(spenders.letting_yearly)),
            hard=row.hard,
            price=0.0 if row.hard else row.price * calendar.annuity(),
        )


def _fiscal_use(scenario: Scenario, spenders: Spenders, kind: str, reading: str) -> Use:
    if kind == "ppp":
        return ppp_use(spenders.priced.services, spenders.priced.terms, reading)
    return personnel_use(spenders.priced.services, spenders.priced.terms, scenario.settings.personnel_share)


def _covers(labels: pd.Series, wanted: tuple[str, ...]) -> Floats:
    """1 where the label is wanted (or none is named), else 0."""
    return np.asarray(labels.isin(wanted) if wanted else np.ones(len(labels)), dtype=float)
