"""Put scenario, travel and prices together into one planning problem, and remember which row means what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.assemble.decided import decided_flags, precedence_rows
from redesaude.assemble.demand import case_matrix, journey_rows, people, travel_cost
from redesaude.assemble.eligibility import law_notices
from redesaude.assemble.emergency import emergency_rows
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
from redesaude.assemble.spending import LettingFlows, Spenders
from redesaude.assemble.steps import PricedSteps, price_steps, step_rows
from redesaude.assemble.support import starts_of, support_rows
from redesaude.assemble.tiers import reach_with_transfers, tier_rows
from redesaude.assemble.waiting import waiting_problems, waits_unpriced
from redesaude.errors import InputError, Problem
from redesaude.finance.contracts import Terms, durations_of, lettings_of, terms_of
from redesaude.finance.discounting import Floats
from redesaude.finance.fiscal import contract_value
from redesaude.finance.phases import Phases
from redesaude.finance.pricing import letting_in_period
from redesaude.inputs.scenario import Scenario, positions
from redesaude.lines import Source, of_source
from redesaude.promises import Draft, stated
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude.travel.reach import reach_problems
from redesaude_models.problem import (
    Demand,
    Hosting,
    Ints,
    Journeys,
    Lettings,
    Options,
    PlanningProblem,
    Services,
    Specialties,
)


@dataclass(frozen=True)
class Assembled:
    """A planning problem and the tables that say what its rows are.

    ``services``, ``hosting``, ``lettings`` and ``options.table`` are data frames in the row order of the problem;
    ``options.prices`` and ``steps.prices`` are their cost lines, ``hosting_lines`` those of sites (NPV by period).
    ``letting_lines`` (lettings, periods, periods) are what a contract costs in each period (last axis) by that in
    which it is let, ``oversight_lines`` (lettings, periods) what it costs in the others while it runs.
    ``closings`` are today's services that must close, with their cost as ``npv``.
    ``minutes`` is ``(territories, sites)``. ``notices`` are warnings found while assembling.
    """

    scenario: Scenario
    problem: PlanningProblem
    minutes: Minutes
    services: pd.DataFrame
    phases: Phases
    options: PricedOptions
    steps: PricedSteps
    hosting: pd.DataFrame
    lettings: pd.DataFrame
    hosting_lines: dict[str, Floats]
    letting_lines: dict[str, Floats]
    oversight_lines: dict[str, Floats]
    closings: pd.DataFrame
    notices: tuple[Problem, ...] = ()


def assemble(scenario: Scenario) -> Assembled:
    """Return the planning problem of ``scenario``; InputError where cases that must be treated reach no
    site or could only wait at no price, or a required or decided service has no size and contract left.
    """
    phases = phases_of(scenario)
    minutes = travel_minutes(scenario)
    hosting = hosting_table(scenario)
    services = service_table(scenario)
    services, table = _only_with_options(services, option_table(scenario, services, hosting))
    if impossible := (*requirement_problems(scenario, table), *decision_problems(scenario, table)):
        raise InputError(impossible, scenario.settings.language)
    options = price_options(scenario, table, phases)
    closing_cost = services["closing_cost"].fillna(0.0).to_numpy(float)
    steps = price_steps(options, closing_cost, phases, scenario.settings.perspective)
    closings = closing_table(scenario, services)
    closings["npv"] = closings["closing_cost"].fillna(0.0) * phases.firsts[0]
    demand = _demand(scenario, phases)
    journeys = _journeys(scenario, minutes, demand, services, phases)
    reach = _reach(scenario, demand, journeys)
    waiting = _sound(scenario, tuple(waiting_problems(scenario, options, demand, journeys)))
    notices = (*reach, *waiting, *law_notices(scenario))
    lettings, let = _lettings(hosting)
    hosting_yearly = _hosting_yearly(scenario, hosting, terms_of(scenario.contracts))
    hosting_lines = {"hosting": hosting_yearly[:, None] * phases.annuities}
    letting_flows = _letting_flows(scenario, lettings, phases)
    letting_lines, oversight_lines = letting_flows.worth(phases)
    decided, frozen = decided_flags(scenario, services, options.table)
    step, wait = step_rows(options, steps, phases, frozen)
    rows = _services(scenario, services, closing_cost * phases.firsts[0])
    starts = starts_of(options, steps, step, phases)
    agreed = support_rows(scenario, services, options.table, starts, minutes=minutes, phases=phases)
    first_reach = _within_reach(demand, journeys, len(services))
    tiers = tier_rows(scenario, rows, options.table, agreed, within_reach=first_reach, minutes=minutes, phases=phases)
    widened = reach_with_transfers(tiers, options.table["service"].to_numpy(np.int64), first_reach)
    spenders = Spenders(
        scenario=scenario,
        priced=options,
        steps=steps,
        services=services,
        closings=closings,
        hosting=hosting,
        hosting_yearly=hosting_yearly,
        lettings=lettings,
        letting_flows=letting_flows,
        phases=phases,
        agreed=agreed,
        transfers=tiers.source,
    )
    problem = PlanningProblem(
        periods=tuple(scenario.periods["period_id"]),
        territories=tuple(scenario.territories["territory_id"]),
        sites=tuple(scenario.sites["site_id"]),
        contracts=tuple(scenario.contracts["contract_id"]),
        lots=tuple(dict.fromkeys(lettings["lot_id"])),
        specialties=_specialties(scenario),
        demand=demand,
        services=rows,
        options=_options(options, widened, phases),
        journeys=journeys,
        hosting=_hosting(scenario, hosting, let, hosting_lines),
        lettings=_lettings_rows(scenario, lettings, letting_lines, oversight_lines),
        max_services=_limit(scenario.sites["max_services"]),
        max_contracts=_limit(scenario.contracts["max_contracts"]),
        requires=_requires(scenario, services),
        constant=float(closings["npv"].sum()),
        steps=step,
        waits=wait,
        decided=decided,
        precedence=precedence_rows(scenario, services),
        max_starts=_limit(scenario.periods["max_starts"]),
        emergency=emergency_rows(scenario, demand, journeys, phases),
        tiers=tiers,
        support=agreed.support,
    )
    inhabitants = np.array([people(scenario, t) for t in range(len(phases))], dtype=float).T
    draft = Draft(scenario, phases, options.table, inhabitants, spenders)
    return Assembled(
        scenario,
        stated(problem, draft),
        minutes,
        services,
        phases,
        options,
        steps,
        hosting,
        lettings,
        hosting_lines,
        letting_lines,
        oversight_lines,
        closings,
        notices,
    )


def _only_with_options(services: pd.DataFrame, options: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Drop services that no size and contract can deliver, and number the services of the options."""
    place = ["site_id", "specialty_id"]
    services = services.merge(options[place].drop_duplicates(), on=place).reset_index(drop=True)
    numbered = services[place].assign(service=np.arange(len(services)))
    return services, options.merge(numbered, on=place).reset_index(drop=True)


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


def _lettings(hosting: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """The pairs (contract, lot) that hosting rows belong to, and each hosting row's place among them."""
    pair = ["contract_id", "lot_id"]
    lettings = pd.DataFrame(hosting.groupby(pair, as_index=False, sort=False).agg(existing=("existing", "any")))
    numbered = lettings[pair].assign(let=np.arange(len(lettings)))
    return lettings, hosting.merge(numbered, on=pair, how="left")["let"].to_numpy(np.int64)


def _by_contract(scenario: Scenario, table: pd.DataFrame, column: str) -> Floats:
    return scenario.contracts.set_index("contract_id")[column].loc[table["contract_id"]].to_numpy(float)


def _hosting_yearly(scenario: Scenario, hosting: pd.DataFrame, terms: Terms) -> Floats:
    """Yearly cost of hosting any service at the site, at the contract's fixed-cost factor (currency/year)."""
    contract = positions(scenario.contracts["contract_id"], hosting["contract_id"])
    fixed = scenario.sites.set_index("site_id")["fixed_cost"].loc[hosting["site_id"]].to_numpy(float)
    return np.asarray(fixed * terms.opex_factor[contract])


def _letting_flows(scenario: Scenario, lettings: pd.DataFrame, phases: Phases) -> LettingFlows:
    """Return what each contract costs each year, by the period in which it is let, and where it goes on."""
    terms = lettings_of(scenario.contracts)
    lasting = durations_of(scenario.contracts, from_decision=waits_unpriced(scenario))
    shape = len(lettings), len(phases), phases.calendar.horizon_years
    let, going_on = ({line: np.zeros(shape) for line in of_source(Source.LETTING)} for _ in range(2))
    for n, (contract, existing) in enumerate(zip(lettings["contract_id"], lettings["existing"], strict=True)):
        for t in range(len(phases)):
            for found, already in ((let, bool(existing) and t == 0), (going_on, True)):
                flows = letting_in_period(
                    terms[contract], lasting[contract], phases, t, already_let=already, runs_today=bool(existing)
                )
                for line, flow in flows.items():
                    found[line][n, t] = flow
    return LettingFlows(let, going_on)


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


def _hosting(scenario: Scenario, hosting: pd.DataFrame, let: Ints, lines: dict[str, Floats]) -> Hosting:
    needs_works = scenario.contracts.set_index("contract_id")["needs_works"].loc[hosting["contract_id"]]
    return Hosting(
        site=positions(scenario.sites["site_id"], hosting["site_id"]),
        contract=positions(scenario.contracts["contract_id"], hosting["contract_id"]),
        let=let,
        cost=np.asarray(sum(lines.values())),
        needs_works=needs_works.to_numpy(bool),
    )


def _lettings_rows(
    scenario: Scenario, lettings: pd.DataFrame, lines: dict[str, Floats], oversight: dict[str, Floats]
) -> Lettings:
    lots = pd.Series(list(dict.fromkeys(lettings["lot_id"])))
    let, going_on = (np.asarray(sum(part.values())) for part in (lines, oversight))
    let = let.sum(axis=-1)
    return Lettings(
        contract=positions(scenario.contracts["contract_id"], lettings["contract_id"]),
        lot=positions(lots, lettings["lot_id"]),
        cost=np.hstack([let[:, :1], going_on[:, 1:]]),
        signing=let - going_on,
        min_value=_by_contract(scenario, lettings, "min_value"),
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
