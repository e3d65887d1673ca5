"""Delay never gains where waiting has no price: longer works, longer delays, longer procurement, on every line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import network_example as network
import numpy as np
import pandas as pd
import pytest
import resources_example as resources
from hypothesis import given, settings
from hypothesis import strategies as some

from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.pricing import price
from redesaude.finance.services import Services
from redesaude.inputs.scenario import Scenario
from redesaude.lines import SERVICE_LINES, Kind, of_kind
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from tiny import EXACT, PPP, rows, scenario, tables, times, with_columns
from tiny import settings as stated

#: lines of services that public budgets spend
SPENT = (*SERVICE_LINES[Kind.CAPITAL], *SERVICE_LINES[Kind.RUNNING])
#: waiting that has no price: none is stated, or all are treated elsewhere meanwhile
UNPRICED = (
    {"unmet_cost": np.nan, "elsewhere_share": 0.0},
    {"unmet_cost": np.nan, "elsewhere_share": 0.4},
    {"unmet_cost": 0.0, "elsewhere_share": 1.0},
    {"unmet_cost": 7.0, "elsewhere_share": 1.0},
)
#: who finances the works
FINANCING: dict[str, dict[str, Any]] = {
    "budget": {"financing": "budget"},
    "provider": {"financing": "provider"},
    "company": {"financing": "project_company"},
    "loan": {"financing": "project_company", "debt_years": 12.0, "gearing": 0.6, "debt_rate": 0.05, "tax_share": 0.3,
             "cover": np.nan},
}  # fmt: skip


def one(kind: type[Any], **values: Any) -> Any:
    return kind(**{name: np.array([value]) for name, value in values.items()})


@some.composite
def cases(draw: Callable[..., Any]) -> tuple[Services, Terms, Calendar]:
    """A service that is new or grows, under a contract of any kind, with everything stated that may cost something."""

    def number(low: float, high: float) -> float:
        return draw(some.floats(low, high, allow_nan=False))

    old = number(0.0, 0.9)
    services = one(
        Services,
        works=number(1.0, 900.0),
        lifecycle=number(0.0, 20.0),
        fixed=number(0.0, 90.0),
        per_case=number(0.0, 9.0),
        capacity=50.0,
        build_years=number(0.0, 4.0),
        before_fixed=old * number(0.0, 90.0),
        before_lifecycle=old * number(0.0, 20.0),
        before_share=old,
        **draw(some.sampled_from(UNPRICED)),
    )
    terms = one(
        Terms,
        **FINANCING[draw(some.sampled_from(sorted(FINANCING)))],
        **{name: number(0.5, 2.0) for name in ("capex_factor", "opex_factor", "case_factor", "delay_factor")},
        **{name: number(0.0, 0.2) for name in ("transaction_share", "design_share", "supervision_share")},
        contribution_share=number(0.0, 0.9),
        company_return=0.07,
        equity_return=number(0.0, 0.12),
        term_years=number(8.0, 30.0),
        procurement_years=number(0.0, 3.0),
        counts_as_ppp=number(0.0, 1.0),
        counts_as_personnel=1.0,
        state_share=1.0,
        payment_tax_share=number(0.0, 0.1),
        residual_share=number(0.0, 0.5),
        tax_returned_share=draw(some.sampled_from([0.0, 1.0])),
        hands_over=draw(some.sampled_from([0.0, 1.0])),
        fixed_payment_share=draw(some.sampled_from([np.nan, 0.0, 0.6])),
        works_profile=draw(some.sampled_from(["", "0.2; 0.5; 0.3", "1; 0"])),
        works_inflation=number(0.0, 0.1),
        years_from_base=draw(some.sampled_from([0.0, 2.0])),
        contribution_milestones=draw(some.sampled_from(["", "0.3: 0.6; 1: 0.4", "1: 1"])),
    )
    return services, terms, Calendar(2025, 2025, draw(some.sampled_from([6, 25])), number(0.0, 0.12))


SLOWER = ("build_years", "delay_factor", "procurement_years")


@pytest.mark.few(1)
@pytest.mark.parametrize("delay", SLOWER)
@given(case=cases(), more=some.floats(0.01, 2.5))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_no_line_of_a_service_gains_by_a_delay(delay: str, case: tuple[Services, Terms, Calendar], more: float) -> None:
    assert_no_gain(delay, case, more)


@pytest.mark.long
@pytest.mark.parametrize("delay", SLOWER)
@given(case=cases(), more=some.floats(0.01, 2.5))
@settings(max_examples=1000, deadline=None, derandomize=True)
def test_nor_in_thousands_of_draws(delay: str, case: tuple[Services, Terms, Calendar], more: float) -> None:
    assert_no_gain(delay, case, more)


@pytest.mark.parametrize("share", [np.nan, 0.0, 0.6])
def test_a_provider_gains_nothing_by_works_that_cross_the_end_of_a_year(share: float) -> None:
    """Half a year of works: from its middle on they fall in the year before the first payment, half a year later not.

    In whole years the repayment is then some 4 % less, while half a year more of waiting costs half of that.
    """
    services = one(Services, works=800.0, lifecycle=0.0, fixed=0.0, per_case=0.0, capacity=50.0, build_years=0.5,
                   before_fixed=0.0, before_lifecycle=0.0, before_share=0.0, unmet_cost=np.nan)  # fmt: skip
    terms = one(Terms, financing="provider", capex_factor=1.0, opex_factor=1.0, case_factor=1.0, company_return=0.07,
                equity_return=0.1, term_years=25.0, procurement_years=0.5, delay_factor=1.0, transaction_share=0.0,
                counts_as_ppp=0.0, counts_as_personnel=1.0, state_share=1.0, fixed_payment_share=share)  # fmt: skip
    assert_no_gain("procurement_years", (services, terms, Calendar(2025, 2025, 25, 0.06)), 0.5)


@pytest.mark.parametrize("financing", sorted(FINANCING))
@pytest.mark.parametrize("build_years", [0.0, 1.0, 0.5])
@pytest.mark.parametrize("rise", [0.0, 0.06])
def test_a_date_that_rounding_puts_before_its_year_is_of_that_year(
    financing: str, build_years: float, rise: float
) -> None:
    """0.1 + 0.2 + ... years is a hair less than a whole number of them: works cost the same then."""
    services = one(Services, works=800.0, lifecycle=0.0, fixed=0.0, per_case=0.0, capacity=50.0,
                   build_years=build_years, before_fixed=0.0, before_lifecycle=0.0, before_share=0.0,
                   unmet_cost=np.nan)  # fmt: skip
    found = []
    for procurement in (2.0, np.nextafter(2.0, 0.0), 2.0 - 5e-10):
        terms = one(Terms, **FINANCING[financing], capex_factor=1.0, opex_factor=1.0, case_factor=1.0,
                    company_return=0.07, equity_return=0.1, term_years=20.0, procurement_years=procurement,
                    delay_factor=1.0, transaction_share=0.0, counts_as_ppp=0.0, counts_as_personnel=1.0,
                    state_share=1.0, works_inflation=rise)  # fmt: skip
        prices = price(services, terms, Calendar(2025, 2025, 25, 0.06))
        found.append([prices.cost[0], prices.case_cost[0]])
    assert sum(found[0]) > 0
    assert found[1] == pytest.approx(found[0], rel=1e-6)
    assert found[2] == pytest.approx(found[0], rel=1e-6)


@pytest.mark.parametrize("way", ["company", "loan"])
def test_a_company_gains_nothing_by_a_milestone_that_crosses_the_end_of_a_year(way: str) -> None:
    """Works of 1.16 years, a week longer: what is paid at 30 % of them falls in the company's year before the last."""
    services = one(Services, works=1.0, lifecycle=0.0, fixed=0.0, per_case=0.0, capacity=50.0, build_years=0.82,
                   before_fixed=0.0, before_lifecycle=0.0, before_share=0.0, unmet_cost=np.nan)  # fmt: skip
    terms = one(Terms, **FINANCING[way], capex_factor=1.0, opex_factor=1.0, case_factor=1.0, company_return=0.07,
                equity_return=0.1, term_years=8.0, procurement_years=0.0, delay_factor=1.42, transaction_share=0.0,
                contribution_share=0.5, contribution_milestones="0.3: 0.6; 1: 0.4", works_profile="1; 0",
                counts_as_ppp=0.0, counts_as_personnel=1.0, state_share=1.0)  # fmt: skip
    for more in (0.0156, 0.2, 0.6, 0.9, 1.1):
        assert_no_gain("delay_factor", (services, terms, Calendar(2025, 2025, 25, 0.0)), more)


@pytest.mark.parametrize("inflation", [0.0, 0.06])
def test_a_company_gains_nothing_by_works_that_fall_on_one_year_instead_of_two(inflation: float) -> None:
    """Works of 4 and a half months from October, or from January on: most of a contribution is paid in the first."""
    services = one(Services, works=1.0, lifecycle=0.0, fixed=0.0, per_case=0.0, capacity=50.0, build_years=0.375,
                   before_fixed=0.0, before_lifecycle=0.0, before_share=0.0, unmet_cost=np.nan)  # fmt: skip
    terms = one(Terms, **FINANCING["company"], capex_factor=1.0, opex_factor=1.0, case_factor=1.0, company_return=0.07,
                equity_return=0.0, term_years=8.0, procurement_years=1.75, delay_factor=1.0, transaction_share=0.0,
                contribution_share=0.75, contribution_milestones="0.3: 0.6; 1: 0.4", works_inflation=inflation,
                counts_as_ppp=0.0, counts_as_personnel=1.0, state_share=1.0)  # fmt: skip
    for more in (0.05, 0.25, 0.5, 1.0):
        assert_no_gain("procurement_years", (services, terms, Calendar(2025, 2025, 6, 0.0)), more)


def assert_no_gain(delay: str, case: tuple[Services, Terms, Calendar], more: float) -> None:
    services, terms, calendar = case
    sooner = price(services, terms, calendar)
    if delay == "build_years":
        services = replace(services, build_years=services.build_years + more)
    else:
        terms = replace(terms, **{delay: getattr(terms, delay) + more})
    later = price(services, terms, calendar)
    for first, then in ((sooner.cost, later.cost), (sooner.case_cost, later.case_cost)):
        assert then[0] >= first[0] - 1e-6 * max(1.0, abs(first[0]))


@pytest.mark.parametrize("elsewhere", [{"unmet_cost": np.nan}, {"unmet_cost": 9.0, "treated_elsewhere_share": 1.0}])
def test_only_contracts_of_the_specialty_that_waits_unpriced_are_overseen_from_the_decision(
    elsewhere: dict[str, float],
) -> None:
    """Stroke care has a price of waiting: its contract is overseen from the signature, whatever kidneys say."""
    kidney, stroke = ({"specialty_id": name, "cases_per_100k": 100_000} for name in ("kidney", "stroke"))
    small = {"size_id": "s", "capacity": 40, "capex": 1.0}
    grown = {"site_id": "h1", "specialty_id": "kidney", "size_id": "l", "contract_id": "own", "decision": "open"}
    plan = solved(scenario(
        settings=stated(horizon_years=10, base_year=2025, discount_rate=0.0),
        territories=rows({"territory_id": "t1", "population": 60}),
        sites=rows({"site_id": "h1", "territory_id": "t1"}, {"site_id": "h2", "territory_id": "t1"}),
        travel_times=times({"t1": {"h1": 0, "h2": 0}}),
        specialties=rows(kidney | elsewhere, stroke | {"unmet_cost": 9000.0}),
        sizes=rows(*({"specialty_id": s} | small | size
                     for s in ("kidney", "stroke") for size in ({}, {"size_id": "l", "capacity": 80}))),
        contracts=rows({"contract_id": "today", "delivery_model": "direct"},
                       {"contract_id": "own", "oversight_cost": 60.0, "procurement_months": 12}),
        site_services=rows({"site_id": "h1", "specialty_id": "stroke", "status": "forbidden"},
                           {"site_id": "h2", "specialty_id": "kidney", "status": "forbidden"},
                           {"site_id": "h1", "specialty_id": "kidney", "size_id": "s", "status": "existing",
                            "contract_id": "today"}),
        decisions=rows(grown, grown | {"site_id": "h2", "specialty_id": "stroke"}),
    ))  # fmt: skip
    seen = plan.costs[plan.costs["line"] == "oversight"].groupby("site_id")["npv"].sum()
    assert seen.to_dict() == pytest.approx({"h1": 10 * 60.0, "h2": 9 * 60.0})


CONTRACT = {"design_share": 0.08, "supervision_share": 0.06, "transaction_share": 0.05, "transaction_cost": 90.0,
            "oversight_cost": 60.0, "procurement_months": 4, "delay_factor": 1.2}  # fmt: skip
CONTRACTS = (
    {"contract_id": "own", "delivery_model": "oss", "capex_factor": 1.3} | CONTRACT,
    PPP | {"contract_id": "own", "contribution_share": 0.3} | CONTRACT,
    {"contract_id": "own", "delivery_model": "purchase", "financing": "provider", "equity_return": 0.08,
     "term_years": 12} | CONTRACT,
)  # fmt: skip
DELAYS = {
    "build_months": ("sizes", "build_months", 17.0),
    "delay_factor": ("contracts", "delay_factor", 0.6),
    "procurement_months": ("contracts", "procurement_months", 20.0),
}


def grown(contract: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """A service of today that is enlarged under another contract; nobody states what waiting costs."""
    today = {"site_id": "h1", "specialty_id": "cardio", "size_id": "s", "status": "existing", "contract_id": "direct"}
    large = {"site_id": "h1", "specialty_id": "cardio", "size_id": "l", "contract_id": "own", "decision": "open"}
    size = {"specialty_id": "cardio", "size_id": "s", "capacity": 60, "fixed_cost": 200, "cost_per_case": 5}
    return tables(
        settings=stated(horizon_years=20, base_year=2025, discount_rate=0.06),
        territories=rows({"territory_id": "t1", "population": 60}),
        sites=rows({"site_id": "h1", "territory_id": "t1", "fixed_cost": 30}),
        travel_times=times({"t1": {"h1": 0}}),
        sizes=rows(size, {**size, "size_id": "l", "capacity": 90, "capex": 3000, "build_months": 14,
                          "lifecycle_share": 0.02}),
        contracts=rows({"contract_id": "direct", "delivery_model": "direct", "oversight_cost": 1.0}, contract),
        site_services=rows(today),
        decisions=rows(large),
    )  # fmt: skip


def changed(base: dict[str, pd.DataFrame], delay: str) -> dict[str, pd.DataFrame]:
    sheet, column, more = DELAYS[delay]
    return base | {sheet: with_columns(base[sheet], **{column: base[sheet][column].fillna(0) + more})}


def solved(case: Scenario) -> Plan:
    plan = solve(case, EXACT)
    assert plan.has_decisions, plan.reason
    assert plan.audit.passed
    return plan


@pytest.mark.few(2)
@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("contract", CONTRACTS, ids=["budget", "company", "provider"])
def test_no_line_of_a_contract_gains_by_a_delay(contract: dict[str, Any], delay: str) -> None:
    base = grown(contract)
    sooner, later = solved(scenario(**base)), solved(scenario(**changed(base, delay)))
    assert (later.openings["contract_id"] == "own").all()
    assert later.objective >= sooner.objective * (1 - 1e-9)


@pytest.mark.few(2)
@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("contract", CONTRACTS, ids=["budget", "company", "provider"])
def test_nor_where_all_are_treated_elsewhere_meanwhile(contract: dict[str, Any], delay: str, weight: float) -> None:
    base = grown(contract)
    special = base["specialties"].assign(unmet_cost=5000.0, treated_elsewhere_share=1.0)
    base |= {"specialties": special, "settings": pd.concat([base["settings"], stated(waiting_weight=weight)])}
    sooner, later = solved(scenario(**base)), solved(scenario(**changed(base, delay)))
    assert "elsewhere" in set(later.costs["line"])
    assert "waiting" not in set(later.costs["line"])
    assert later.objective >= sooner.objective * (1 - 1e-9)


def satellites(**delays: float) -> Scenario:
    """The network of tiers without a price of waiting: everybody reaches the end-line hospital at once."""
    sizes = [{**size, "build_months": delays.get("build_months", 12.0), "treats_share_mature": np.nan}
             if size["size_id"] == "clinic" else size
             for size in network.SIZES]  # fmt: skip
    contract = {"contract_id": "direct", "delay_factor": delays.get("delay_factor", 1.0),
                "procurement_months": delays.get("procurement_months", 0.0)}  # fmt: skip
    nobody = {"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": np.nan, "trips_per_case": 1,
              "transfer_minutes": 60, "transfer_cost": 3}  # fmt: skip
    running = rows({"site_id": "h1", "specialty_id": "cardio", "size_id": "hospital", "status": "existing",
                    "contract_id": "direct"},
                   {"site_id": "h4", "specialty_id": "cardio", "size_id": "end_line", "status": "existing",
                    "contract_id": "direct"})  # fmt: skip
    base = network.example()
    return network.example(
        sizes=rows(*sizes), contracts=rows(contract), specialties=rows(nobody),
        site_services=pd.concat([base.site_services[base.site_services["status"] == "forbidden"][
            ["site_id", "specialty_id", "size_id", "status"]], running], ignore_index=True),
        support=rows({"specialty_id": "cardio", "hub_cost": 50, "satellite_cost": 70}),
        decisions=rows({"site_id": "h3", "specialty_id": "cardio", "decision": "open"}),
        load_ceilings=rows(), funding=rows(),
    )  # fmt: skip


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "delay", [{"build_months": 22.0}, {"delay_factor": 1.9}, {"procurement_months": 11.0}], ids=lambda d: next(iter(d))
)
def test_support_of_a_satellite_gains_nothing_by_a_delay(delay: dict[str, float]) -> None:
    sooner, later = solved(satellites()), solved(satellites(**delay))
    assert later.objective >= sooner.objective * (1 - 1e-9)
    paid = [plan.costs.loc[plan.costs["line"] == "support", "npv"].sum() for plan in (sooner, later)]
    assert paid[0] == pytest.approx(paid[1])


def test_every_line_that_budgets_spend_is_in_a_case_of_these_laws() -> None:
    """A line that is added is tried here, or this fails; what stations, people and closings cost waits for nothing."""
    met = {line for c in CONTRACTS for line in solved(scenario(**grown(c))).costs["line"]}
    met |= set(solved(satellites()).costs["line"])
    apart = {line for line in of_kind(Kind.CAPITAL, Kind.RUNNING) if line not in met}
    assert set(SPENT) <= met
    assert apart <= {"training", "recruitment", "station_works", "station_running", "ambulances", "closing"}
    assert apart & set(resources.example_plan().costs["line"])
