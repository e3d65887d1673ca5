"""What sites, programmes and the plan cost in each joint draw of the risks, all at the prices of the finance engine."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.phases import at_rate
from redesaude.finance.pricing import price
from redesaude.finance.risks import ADDED, TERMS_FIELD, Draws
from redesaude.inputs.scenario import rows_of
from redesaude.studies.alternatives import AS_DECIDED, Alternatives, restated
from redesaude.studies.repricing import Assignment
from redesaude.studies.surface import REST, Surface, surface
from redesaude.studies.volume import room, unmet_cost
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Floats

#: the line that is no payment: cases that wait, at the cost of an unmet case
WAITING = "waiting"
#: discount rates that are drawn are rounded to this, so that few have to be priced
RATE_STEP = 0.0025
_NOT_LINES = {*TERMS_FIELD, *ADDED, "demand"}


@dataclass(frozen=True)
class Outcomes:
    """Net present cost in each draw, currency of the base year.

    Attributes
    ----------
    sites : (site, contract) -> array ``(2, draws)``: payments, and the cost of waiting, of the lines that belong to
        the site (services, hosting, its share of letting if it alone came to the contract).
    programmes : contract -> the same, summed over all sites under that programme (see :class:`Alternatives`).
    comparator : the same with the public sector comparator at every site.
    plan : ``(draws,)``, every line of the plan as decided: its objective, if all came out as expected.

    """

    sites: dict[tuple[str, str], Floats]
    programmes: dict[str, Floats]
    comparator: Floats
    plan: Floats


def outcomes_checked(known: Alternatives, draws: Draws) -> tuple[Outcomes, float]:
    """Return :func:`outcomes` and the :func:`interpolation_error` of the prices behind them."""
    world = _World(known, draws)
    return outcomes(known, draws, world), interpolation_error(known, draws, world=world)


def outcomes(known: Alternatives, draws: Draws, world: _World | None = None) -> Outcomes:
    """Return what everything costs in each of the ``draws``; ``world`` is that of all of them, where at hand."""
    settings = known.repricing.scenario.settings
    rates = settings.discount_rate + draws.factor("discount_rate")
    if not draws.register.covering("discount_rate", "", ""):
        return (world or _World(known, draws)).outcomes()
    rates = np.maximum(np.round(rates / RATE_STEP) * RATE_STEP, 0.0)
    parts: list[tuple[np.ndarray, Outcomes]] = []
    for rate in np.unique(rates):
        rows = np.flatnonzero(rates == rate)
        there = restated(known, replace(known.repricing.plan, scenario=at_rate(known.repricing.scenario, float(rate))))
        parts.append((rows, _World(there, draws.only(rows)).outcomes()))
    return _joined(parts)


def _joined(parts: list[tuple[np.ndarray, Outcomes]]) -> Outcomes:
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    first = parts[0][1]

    def all_of(name: str, key: object) -> Floats:
        return np.asarray(np.concatenate([getattr(part, name)[key] for _, part in parts], axis=-1)[..., order])

    return Outcomes(
        sites={key: all_of("sites", key) for key in first.sites},
        programmes={key: all_of("programmes", key) for key in first.programmes},
        comparator=np.concatenate([part.comparator for _, part in parts], axis=-1)[..., order],
        plan=np.concatenate([part.plan for _, part in parts])[order],
    )


class _World:
    """The network under one discount rate, each service priced for every draw."""

    def __init__(self, known: Alternatives, draws: Draws) -> None:
        self.known, self.draws, self.prices = known, draws, known.repricing
        self.apart = sorted({WAITING} | {r.target for r in draws.register.risks if r.target not in _NOT_LINES})
        self.services = list(rows_of(self.prices.plan.openings))
        self._priced_for = draws
        self._surfaces: dict[tuple[str, float | None], Surface] = {}

    def only(self, rows: np.ndarray) -> _World:
        """Return the draws numbered ``rows`` alone, at the prices of all."""
        fewer = copy(self)
        fewer.draws = self.draws.only(rows)
        return fewer

    def outcomes(self) -> Outcomes:
        """Price every draw."""
        sites, alone = {}, {c: _let(table) for c, table in self._alone.items()}
        for site in self.prices.sites:
            for contract in self.known.priced(site):
                sites[site, contract] = self._site(site, contract) + _payment(alone[contract][site])
                sites[site, contract] += self._treated_alone[contract][site]

        def together(assignment: Assignment) -> Floats:
            shared = float(_let(self.prices.letting(assignment, together=True)).sum())
            already = sum(float(alone[contract][site]) for site, contract in assignment.items())
            beside = np.sum(list(_by_site(self.prices.meanwhile(assignment, together=True)).values()), axis=0)
            beside -= np.sum([self._treated_alone[c][site] for site, c in assignment.items()], axis=0)
            return np.asarray(
                np.sum([sites[pair] for pair in assignment.items()], axis=0) + _payment(shared - already) + beside
            )

        programmes = {contract: together(assignment) for contract, assignment in self.known.programmes.items()}
        plan = programmes[AS_DECIDED].sum(axis=0) + self._elsewhere()
        return Outcomes(sites, programmes, together(self.known.comparator), plan)

    def _surface(self, contract: str, quality: float | None = None) -> Surface:
        """The prices of all services under a contract, asked for when the first of them is; at its expected quality."""
        if (contract, quality) not in self._surfaces:
            self._surfaces[contract, quality] = self._priced(contract, quality)
        return self._surfaces[contract, quality]

    def _priced(self, contract: str, quality: float | None) -> Surface:
        terms = self.prices.terms(self.prices.everywhere(contract))
        if quality is not None:
            terms = replace(terms, quality_factor=np.full_like(terms.quality_factor, quality))
        delays = terms.delay_factor.copy(), terms.delay_factor.copy()
        for row in np.flatnonzero(self.prices.services.works > 0):
            service = self.services[row]
            if contract in self.known.priced(service.site_id):
                drawn = self._priced_for.factor("delay", contract, service.specialty_id, service.site_id)
                delays[0][row], delays[1][row] = drawn.min(), drawn.max()
        calendar, perspective = self.prices.appraisal.calendar, self.prices.scenario.settings.perspective
        return surface(self.prices.services, terms, calendar, perspective, delays=delays, apart=self.apart)

    def _site(self, site: str, contract: str) -> Floats:
        """Payments and waiting of the services of a site and its hosting, shape ``(2, draws)``."""
        hosting = self._alone[contract]["hosting"][site] * self._hosting_factor(contract, site)
        rows = np.flatnonzero(self.prices.site_of_service == site).tolist()
        services = [self.service(row, contract) for row in rows]
        return np.asarray(np.stack([hosting, np.zeros_like(hosting)]) + np.sum(services, axis=0))

    def exact(self, draw: int, contracts: list[str]) -> float:
        """Return what the services cost in one draw under ``contracts`` (one for each), asked of the engine anew."""
        one = self.only(np.array([draw]))
        where = [(c, s.specialty_id, s.site_id) for c, s in zip(contracts, self.services, strict=True)]
        factors: dict[str, Any] = {
            name: np.array([one.draws.factor(target, *place)[0] for place in where])
            for target, name in TERMS_FIELD.items()
        }
        terms = replace(self.prices.terms(self.prices.decided), **factors)
        perspective = self.prices.scenario.settings.perspective
        found = price(self.prices.services, terms, self.prices.appraisal.calendar, perspective)
        cases = np.array([one._treated(row)[0] for row in range(len(where))])
        total = 0.0
        for line, fixed in found.fixed.items():
            lines = [one.draws.factor(line, *place)[0] for place in where]
            total += float((fixed + found.per_case[line] * cases) @ lines)
        return total

    def service(self, row: int, contract: str) -> Floats:
        """Return payments and waiting of one service, shape ``(2, draws)``."""
        service = self.services[row]
        where = contract, service.specialty_id, service.site_id
        delay, *factors = (self.draws.factor(target, *where) for target in ("delay", "capex", "opex", "case_cost"))
        costs = self._costs(row, contract, delay, factors)
        for line in costs:
            if line != REST:
                costs[line] = costs[line] * self.draws.factor(line, *where)
        waiting = costs.pop(WAITING)
        return np.stack([np.sum(list(costs.values()), axis=0), waiting])

    def _costs(self, row: int, contract: str, delay: Floats, factors: list[Floats]) -> dict[str, Floats]:
        """Cost by line: in the quality that is paid it is linear, so that two prices give it at any."""
        service, cases = self.services[row], self._treated(row)
        own = self.draws.register.ranges[contract, "quality"]
        if own.high <= own.low:
            return self._surface(contract).cost(row, delay, factors, cases)
        none, whole = (self._surface(contract, paid).cost(row, delay, factors, cases) for paid in (0.0, 1.0))
        paid = self.draws.factor("quality", contract, service.specialty_id, service.site_id)
        return {line: none[line] + paid * (whole[line] - none[line]) for line in none}

    def _wanted(self, row: int) -> Floats:
        """Cases a year that come to a service."""
        service = self.services[row]
        demand = self.draws.factor("demand", "", service.specialty_id, service.site_id)
        return np.asarray(self.prices.cases[row] * demand)

    def _treated(self, row: int) -> Floats:
        """Cases a year treated of those that come."""
        return np.asarray(np.minimum(self._wanted(row), self._room[row]))

    def _hosting_factor(self, contract: str, site: str) -> Floats:
        """Draws of the hosting of a site against its expected value: as the contract's running cost."""
        expected = self.draws.register.ranges[contract, "opex"].mean
        return self.draws.own_range("opex", contract, site) / expected if expected else np.ones(self.draws.count)

    @cached_property
    def _alone(self) -> dict[str, pd.DataFrame]:
        """Hosting and letting by contract and site, each site coming to the contract alone (NPV)."""
        return {c: self.prices.letting(self.prices.everywhere(c), together=False) for c in self.prices.contracts}

    @cached_property
    def _treated_alone(self) -> dict[str, dict[str, Floats]]:
        """What is treated in services of today until others open beyond the plan, by contract and site, at its dates.

        As expected: in a draw whoever waits longer waits without them, under any contract alike.
        """
        everywhere = {c: self.prices.everywhere(c) for c in self.prices.contracts}
        return {c: _by_site(self.prices.meanwhile(sites, together=False)) for c, sites in everywhere.items()}

    def _elsewhere(self) -> Floats:
        """What the plan costs beside its sites: journeys, cases sent away, closings, prices of missed promises.

        Journeys follow the cases treated, cases sent away the demand and what no longer finds room. Prices of missed
        promises are those of the plan.
        """
        lines = other_lines(self.known)
        total = np.full(self.draws.count, float(lines[~lines["line"].isin(["travel", "unmet"])]["npv"].sum()))
        for row in rows_of(lines[lines["line"] == "unmet"]):
            total += row.npv * self.draws.factor("demand", "", row.specialty_id)
        travel = lines[lines["line"] == "travel"].set_index(["site_id", "specialty_id", "period_id"])["npv"].to_dict()
        annuity = self.prices.appraisal.annuity_of
        for row, service in enumerate(self.services):
            treated, cases = self._treated(row), self.prices.cases[row]
            if cases > 0:
                place = service.site_id, service.specialty_id, service.period_id
                total += travel.get(place, 0.0) * treated / cases
            sent_away = self._wanted(row) - treated
            total += np.nan_to_num(self._unmet_cost[row]) * annuity[service.period_id] * sent_away
        return total

    @cached_property
    def _unmet_cost(self) -> Floats:
        """Cost of a case sent away of each service's specialty; NaN where every case must be treated."""
        return unmet_cost(self.prices.plan)

    @cached_property
    def _room(self) -> Floats:
        """Most cases each service treats."""
        return room(self.prices.plan)


def _let(letting: pd.DataFrame) -> pd.Series:
    """What letting and overseeing costs by site, hosting left out (NPV)."""
    return letting.drop(columns="hosting").sum(axis=1)


def _by_site(lines: pd.DataFrame) -> dict[str, Floats]:
    """Payments and waiting of each site (NPV), the same in every draw: ``(2, 1)``."""
    waiting = lines[WAITING].to_numpy(float) if WAITING in lines else np.zeros(len(lines))
    paid = lines.to_numpy(float).sum(axis=1) - waiting
    return dict(zip(lines.index, np.stack([paid, waiting], axis=1)[:, :, None], strict=True))


def _payment(npv: float) -> Floats:
    """The same payment in every draw, and no waiting."""
    return np.array([[npv], [0.0]])


def other_lines(known: Alternatives) -> pd.DataFrame:
    """Return the cost lines of the plan that stay whatever the contracts: site_id to npv, as its costs have them."""
    scenario = known.repricing.scenario
    ids = scenario.territories["territory_id"], scenario.sites["site_id"]
    minutes = pd.DataFrame(travel_minutes(scenario), index=ids[0], columns=ids[1])
    return known.repricing.appraisal.lines_beside(minutes).rename("npv").reset_index()


def interpolation_error(known: Alternatives, draws: Draws, count: int = 8, world: _World | None = None) -> float:
    """Return the largest relative difference between what draws cost here and the engine's own price of them.

    Compared for the services of the plan as decided, in the first ``count`` draws, each priced by itself, at the prices
    from which all ``draws`` are interpolated: those of ``world``, where it is at hand.
    """
    world = (world or _World(known, draws)).only(np.arange(min(count, draws.count)))
    contracts = [known.repricing.decided[service.site_id] for service in world.services]
    drawn = np.sum([world.service(row, contract) for row, contract in enumerate(contracts)], axis=(0, 1))
    exact = [world.exact(n, contracts) for n in range(world.draws.count)]
    return float(np.max(np.abs(drawn / np.array(exact) - 1.0), initial=0.0))
