"""Put scenario, travel and prices together into one planning problem, and remember which row means what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.assemble.decided import decided_flags, precedence_rows
from redesaude.assemble.demand import case_matrix, journey_rows, people, travel_cost
from redesaude.assemble.eligibility import law_notices
from redesaude.assemble.emergency import emergency_rows
from redesaude.assemble.lapses import PricedLapses
from redesaude.assemble.options import (
    PricedOptions,
    closing_table,
    hosting_table,
    option_table,
    price_options,
    service_table,
)
from redesaude.assemble.phases import phases_of
from redesaude.assemble.requirements import decision_problems, requirement_problems
from redesaude.assemble.rooms import TodaysRooms, room_rows, todays_rooms
from redesaude.assemble.shared import Shared, hosting_rows, letting_rows, shared_of
from redesaude.assemble.spending import Spenders
from redesaude.assemble.steps import PricedSteps, price_steps, step_rows
from redesaude.assemble.support import Agreed, starts_of, support_rows
from redesaude.assemble.tiers import reach_with_transfers, tier_rows
from redesaude.assemble.waiting import waiting_problems
from redesaude.errors import InputError, Problem
from redesaude.finance.fiscal import contract_value
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, positions
from redesaude.promises import Draft, stated
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude.travel.reach import reach_problems
from redesaude_models.arrays import Floats, Ints
from redesaude_models.problem import (
    Decided,
    Demand,
    Journeys,
    Options,
    PlanningProblem,
    Services,
    Specialties,
    Steps,
    Waits,
)
from redesaude_models.referral import Tiers


@dataclass(frozen=True)
class Assembled:
    """A planning problem and the tables that say what its rows are.

    ``services``, ``hosting``, ``lettings`` and ``options.table`` are data frames in the row order of the problem;
    ``options.prices`` and ``steps.prices`` are their cost lines, ``lapses.change`` what leaving changes of them, and
    ``hosting_lines`` those of sites (NPV by period).
    ``letting_lines`` (lettings, periods, periods) are what a contract costs in each period (last axis) by that in
    which it is let, ``oversight_lines`` (lettings, periods) what it costs in the others while it runs.
    ``closings`` are today's services that must close, with their cost as ``npv``; ``rooms`` are what those of today
    have for people who wait.
    ``minutes`` is ``(territories, sites)``. ``notices`` are warnings found while assembling.
    """

    scenario: Scenario
    problem: PlanningProblem
    minutes: Minutes
    services: pd.DataFrame
    phases: Phases
    options: PricedOptions
    steps: PricedSteps
    lapses: PricedLapses
    hosting: pd.DataFrame
    lettings: pd.DataFrame
    hosting_lines: dict[str, Floats]
    letting_lines: dict[str, Floats]
    oversight_lines: dict[str, Floats]
    closings: pd.DataFrame
    rooms: TodaysRooms
    notices: tuple[Problem, ...] = ()


def assemble(scenario: Scenario) -> Assembled:
    """Return the planning problem of ``scenario``; InputError where cases that must be treated reach no
    site or could only wait at no price, or a required or decided service has no size and contract left.
    """
    phases = phases_of(scenario)
    minutes = travel_minutes(scenario)
    offer = _offer(scenario, phases)
    demand = _demand(scenario, phases)
    journeys = _journeys(scenario, minutes, demand, offer.services, phases)
    notices = _notices(scenario, offer, demand, journeys)
    shared = shared_of(scenario, offer.hosting, phases)
    need = _Need(demand, journeys, _within_reach(demand, journeys, len(offer.services)))
    network = _network(scenario, offer, need, minutes, phases)
    problem = _problem(scenario, offer, shared, need, network, phases=phases)
    rows, rooms = room_rows(scenario, todays_rooms(scenario), offer.options, offer.steps, problem)
    problem = replace(problem, rooms=rows)
    inhabitants = np.array([people(scenario, t) for t in range(len(phases))], dtype=float).T
    draft = Draft(
        scenario, phases, offer.options.table, inhabitants, _spenders(scenario, offer, shared, network, phases)
    )
    return Assembled(
        scenario,
        stated(problem, draft),
        minutes,
        offer.services,
        phases,
        offer.options,
        offer.steps,
        network.lapses,
        shared.hosting,
        shared.lettings,
        shared.hosting_lines,
        shared.letting_lines,
        shared.oversight_lines,
        offer.closings,
        rooms,
        notices,
    )


@dataclass(frozen=True)
class _Offer:
    """What may be chosen, with its price, and the services of today that must close (``closing_cost``: NPV)."""

    services: pd.DataFrame
    hosting: pd.DataFrame
    options: PricedOptions
    steps: PricedSteps
    closings: pd.DataFrame
    closing_cost: Floats


@dataclass(frozen=True)
class _Need:
    """Who needs care, where they may go, and the cases that can reach each service."""

    demand: Demand
    journeys: Journeys
    within_reach: Floats


@dataclass(frozen=True)
class _Network:
    """What services are in time and to each other: steps, decisions taken, agreements and tiers."""

    services: Services
    steps: Steps
    waits: Waits
    lapses: PricedLapses
    decided: Decided | None
    agreed: Agreed
    tiers: Tiers


def _offer(scenario: Scenario, phases: Phases) -> _Offer:
    hosting = hosting_table(scenario)
    services = service_table(scenario)
    services, table = _only_with_options(services, option_table(scenario))
    if impossible := (*requirement_problems(scenario, table), *decision_problems(scenario, table)):
        raise InputError(impossible, scenario.settings.language)
    options = price_options(scenario, table, phases)
    closing_cost = services["closing_cost"].fillna(0.0).to_numpy(float)
    steps = price_steps(options, closing_cost, phases, scenario.settings.perspective)
    closings = closing_table(scenario, services)
    closings["npv"] = closings["closing_cost"].fillna(0.0) * phases.firsts[0]
    return _Offer(services, hosting, options, steps, closings, closing_cost * phases.firsts[0])


def _notices(scenario: Scenario, offer: _Offer, demand: Demand, journeys: Journeys) -> tuple[Problem, ...]:
    reach = _reach(scenario, demand, journeys)
    waiting = _sound(scenario, tuple(waiting_problems(scenario, offer.options, demand, journeys)))
    return (*reach, *waiting, *law_notices(scenario))


def _network(scenario: Scenario, offer: _Offer, need: _Need, minutes: Minutes, phases: Phases) -> _Network:
    options, table = offer.options, offer.options.table
    decided, frozen = decided_flags(scenario, offer.services, table)
    steps, waits, lapses = step_rows(options, offer.steps, phases, frozen, scenario.settings.perspective)
    rows = _services(scenario, offer.services, offer.closing_cost)
    starts = starts_of(options, offer.steps, steps, phases)
    agreed = support_rows(scenario, offer.services, table, starts, minutes=minutes, phases=phases)
    tiers = tier_rows(scenario, rows, table, agreed, within_reach=need.within_reach, minutes=minutes, phases=phases)
    return _Network(rows, steps, waits, lapses, decided, agreed, tiers)


def _problem(
    scenario: Scenario, offer: _Offer, shared: Shared, need: _Need, network: _Network, *, phases: Phases
) -> PlanningProblem:
    """The problem before its promises are stated."""
    service = offer.options.table["service"].to_numpy(np.int64)
    widened = reach_with_transfers(network.tiers, service, need.within_reach)
    return PlanningProblem(
        periods=tuple(scenario.periods["period_id"]),
        territories=tuple(scenario.territories["territory_id"]),
        sites=tuple(scenario.sites["site_id"]),
        contracts=tuple(scenario.contracts["contract_id"]),
        lots=tuple(dict.fromkeys(shared.lettings["lot_id"])),
        specialties=_specialties(scenario),
        demand=need.demand,
        services=network.services,
        options=_options(offer.options, widened, phases),
        journeys=need.journeys,
        hosting=hosting_rows(scenario, shared),
        lettings=letting_rows(scenario, shared),
        max_services=_limit(scenario.sites["max_services"]),
        max_contracts=_limit(scenario.contracts["max_contracts"]),
        requires=_requires(scenario, offer.services),
        constant=float(offer.closings["npv"].sum()),
        steps=network.steps,
        waits=network.waits,
        lapses=network.lapses.rows,
        decided=network.decided,
        precedence=precedence_rows(scenario, offer.services),
        max_starts=_limit(scenario.periods["max_starts"]),
        emergency=emergency_rows(scenario, need.demand, need.journeys, phases),
        tiers=network.tiers,
        support=network.agreed.support,
    )


def _spenders(scenario: Scenario, offer: _Offer, shared: Shared, network: _Network, phases: Phases) -> Spenders:
    return Spenders(
        scenario=scenario,
        priced=offer.options,
        steps=offer.steps,
        services=offer.services,
        closings=offer.closings,
        hosting=shared.hosting,
        hosting_yearly=shared.hosting_yearly,
        lettings=shared.lettings,
        letting_flows=shared.letting_flows,
        phases=phases,
        agreed=network.agreed,
        transfers=network.tiers.source,
    )


def _only_with_options(services: pd.DataFrame, options: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Drop services that no size and contract can deliver, and number the services of the options."""
    wanted, offered = (list(zip(each["site_id"], each["specialty_id"], strict=True)) for each in (services, options))
    kept = set(offered)
    services = services[np.array([place in kept for place in wanted], dtype=bool)].reset_index(drop=True)
    number = {place: n for n, place in enumerate(place for place in wanted if place in kept)}
    return services, options.assign(service=np.array([number[place] for place in offered], dtype=np.int64))


def _demand(scenario: Scenario, phases: Phases) -> Demand:
    cases = np.stack([case_matrix(scenario, period) for period in range(len(phases))], axis=-1)
    territory, specialty = np.nonzero((cases > 0).any(axis=-1))
    unmet = scenario.specialties["unmet_cost"].to_numpy(float)[specialty]
    return Demand(
        territory=territory,
        specialty=specialty,
        cases=cases[territory, specialty],
        unmet_cost=np.nan_to_num(unmet)[:, None] * phases.annuities,
        must_treat=np.isnan(unmet),
    )


def _journeys(scenario: Scenario, minutes: Minutes, demand: Demand, services: pd.DataFrame, phases: Phases) -> Journeys:
    site = positions(scenario.sites["site_id"], services["site_id"])
    specialty = positions(scenario.specialties["specialty_id"], services["specialty_id"])
    d, k, times = journey_rows(scenario, minutes, (demand.territory, demand.specialty), (site, specialty))
    cost = travel_cost(scenario)[demand.specialty[d]] * times
    return Journeys(demand=d, service=k, minutes=times, cost=cost[:, None] * phases.annuities)


def _reach(scenario: Scenario, demand: Demand, journeys: Journeys) -> tuple[Problem, ...]:
    needed, reached = (np.zeros((len(scenario.territories), len(scenario.specialties)), dtype=bool) for _ in range(2))
    needed[demand.territory, demand.specialty] = True
    reached[demand.territory[journeys.demand], demand.specialty[journeys.demand]] = True
    return _sound(scenario, tuple(reach_problems(scenario, needed, reached)))


def _sound(scenario: Scenario, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return ``problems``; InputError where one of them is an error."""
    if any(problem.severity == "error" for problem in problems):
        raise InputError(problems, scenario.settings.language)
    return problems


def _specialties(scenario: Scenario) -> Specialties:
    table = scenario.specialties
    return Specialties(
        ids=tuple(table["specialty_id"]),
        nearest=(table["assignment"] == "nearest").to_numpy(bool),
        single_source=table["single_source"].to_numpy(bool),
        min_centres=_limit(table["min_centres"]),
        max_centres=_limit(table["max_centres"]),
    )


def _services(scenario: Scenario, services: pd.DataFrame, closing_cost: Floats) -> Services:
    return Services(
        site=positions(scenario.sites["site_id"], services["site_id"]),
        specialty=positions(scenario.specialties["specialty_id"], services["specialty_id"]),
        existing=services["existing"].to_numpy(bool),
        required=services["required"].to_numpy(bool),
        closing_cost=closing_cost,
    )


def _within_reach(demand: Demand, journeys: Journeys, services: int) -> Floats:
    """Yearly cases that can reach each service at all, in the period with most."""
    by_period = [np.bincount(journeys.service, cases, minlength=services) for cases in demand.cases[journeys.demand].T]
    return np.asarray(np.max(by_period, axis=0), dtype=float)


def _options(options: PricedOptions, within_reach: Floats, phases: Phases) -> Options:
    """The options without their least volumes, which are promises."""
    table, service = options.table, options.table["service"].to_numpy(np.int64)
    cost, case_cost = options.running.cost.copy(), options.running.case_cost.copy()
    cost[:, 0] = options.prices.cost.sum(axis=1) - options.running.cost[:, 1:].sum(axis=1)
    case_cost[:, 0] = options.prices.case_cost[:, 0]
    return Options(
        service=service,
        size=tuple(table["size_id"]),
        contract=options.contract,
        works=options.services.works > 0,
        capacity=np.minimum(options.services.capacity, within_reach[service]),  # a tighter big-M, same plans
        min_cases=np.zeros(len(table)),
        volume_hard=np.ones(len(table), dtype=bool),
        volume_price=np.zeros((len(table), len(phases))),
        cost=cost,
        case_cost=case_cost,
        value=contract_value(options.services, options.terms),
        required_size=table["required_size"].to_numpy(bool),
    )


def _limit(column: pd.Series) -> Ints:
    """An optional whole-number limit as the problem wants it: -1 where blank."""
    return column.fillna(-1).to_numpy(np.int64)


def _requires(scenario: Scenario, services: pd.DataFrame) -> Ints:
    """Rows (service, service it needs at the same site), -1 where the needed one can never open there."""
    row = {pair: n for n, pair in enumerate(zip(services["site_id"], services["specialty_id"], strict=True))}
    pairs = [
        (n, row.get((site, needed), -1))
        for specialty, needed in zip(
            scenario.requires["specialty_id"], scenario.requires["required_specialty_id"], strict=True
        )
        for (site, name), n in row.items()
        if name == specialty
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def input_problems(scenario: Scenario) -> tuple[Problem, ...]:
    """Return the problems of ``scenario`` that show only when it is put together: territories out of reach."""
    try:
        return assemble(scenario).notices
    except InputError as error:
        return error.problems
