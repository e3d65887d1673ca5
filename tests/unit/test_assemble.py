"""From a scenario to the rows of the planning problem: what may open where, and at which numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from redesaude.assemble import Assembled, assemble
from redesaude.assemble.options import option_table
from redesaude.errors import InputError
from redesaude.report.names import names_of
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, PPP, rows, scenario, settings, tables, times

SPECIALTIES, SIZES = tables()["specialties"], tables()["sizes"]
TWO_CONTRACTS = rows({"contract_id": "direct"}, PPP)


def assembled(**changes: pd.DataFrame) -> Assembled:
    return assemble(scenario(**changes))


def option(found: Assembled, site: str, size: str, contract: str = "direct") -> Any:
    """The one option of this site, size and contract."""
    table = found.options.table
    mask = (table["site_id"] == site) & (table["size_id"] == size) & (table["contract_id"] == contract)
    (row,) = table[mask].itertuples()
    return row


def statuses(found: Assembled, site: str) -> dict[tuple[str, str], str]:
    """(size, contract) -> status of the options at a site."""
    table = found.options.table[found.options.table["site_id"] == site]
    return dict(zip(zip(table["size_id"], table["contract_id"], strict=True), table["status"], strict=True))


# --- cases ----------------------------------------------------------------------------------------------------


def test_cases_are_the_rate_on_the_population_grown_to_the_middle_of_the_period() -> None:
    found = assembled(
        territories=tables()["territories"].assign(growth_rate=[0.0, 0.02, -0.01]),
        settings=settings(base_year=2025, horizon_years=4),
        periods=rows({"period_id": "p", "first_year": 2027, "years": 4}),
    ).problem.demand
    assert found.cases[:, 0] == pytest.approx([10, 20 * 1.02**4, 30 * 0.99**4])


@pytest.mark.parametrize("stated", [1, 4, 10, 18])
def test_the_last_period_grows_over_the_years_whose_costs_it_carries(stated: int) -> None:
    """Two years from 2025, then on to the end of twenty: people of 2026 and of 2036, whatever length is stated."""
    given = scenario(
        territories=tables()["territories"].assign(growth_rate=0.05),
        settings=settings(base_year=2025, horizon_years=20, currency="BRL"),
        periods=rows(
            {"period_id": "p1", "first_year": 2025, "years": 2},
            {"period_id": "p2", "first_year": 2027, "years": stated},
        ),
    )
    found = assemble(given)
    assert found.problem.demand.cases[0] == pytest.approx([10 * 1.05, 10 * 1.05**11])
    first, second = (
        found.phases.calendar.first_year + (b + e) / 2
        for b, e in zip(found.phases.begins, found.phases.ends, strict=True)
    )
    assert (first, second) == (2026, 2036)
    told = [(p.code, p.sheet, p.cell) for p in given.notices if p.code == "last_period_runs_on"]
    assert told == ([] if stated == 18 else [("last_period_runs_on", "periods", "C3")])
    assert names_of(given).periods == {"p1": "2025-2026", "p2": "2027-2044"}


def test_known_demand_replaces_the_rate_and_that_of_the_period_comes_first() -> None:
    known = rows(
        {"territory_id": "t1", "specialty_id": "cardio", "period_id": "p1", "cases": 3},
        {"territory_id": "t1", "specialty_id": "cardio", "cases": 8},
        {"territory_id": "t2", "specialty_id": "cardio", "cases": 0},
    )
    found = assembled(demand=known).problem.demand
    assert found.territory.tolist() == [0, 2]  # nobody to treat in t2: no row
    assert found.cases[:, 0].tolist() == [3, 30]


def test_a_case_without_price_must_be_treated() -> None:
    assert assembled().problem.demand.must_treat.all()
    priced = assembled(
        specialties=SPECIALTIES.assign(unmet_cost=7.0), settings=settings(horizon_years=3)
    ).problem.demand
    assert not priced.must_treat.any()
    assert priced.unmet_cost[:, 0].tolist() == [21.0] * 3


def test_journeys_end_at_the_ceiling() -> None:
    found = assembled(specialties=SPECIALTIES.assign(ceiling_minutes=30.0)).problem.journeys
    assert sorted(found.minutes.tolist()) == [0, 0, 20, 30]


def test_travel_is_priced_both_ways_for_all_who_travel() -> None:
    said = settings(
        patient_time_weight=0.5, patient_time_value=12, patient_minute_cost=0.3, companions=2, horizon_years=3
    )
    found = assembled(settings=said, specialties=SPECIALTIES.assign(trips_per_case=4.0)).problem.journeys
    per_minute = 0.5 * 2 * 4 * (2 * 12 / 60 + 0.3)  # weight x both ways x trips x (people's time + the road)
    assert found.cost[:, 0] == pytest.approx(found.minutes * per_minute * 3)


# --- what may open where --------------------------------------------------------------------------------------


def test_contracts_suit_sites_by_list_and_by_kind() -> None:
    sites = rows(
        {"site_id": "h1", "territory_id": "t1", "contracts_allowed": "direct"},
        {"site_id": "h2", "territory_id": "t3", "kind": "private"},
    )
    contracts = rows(
        {"contract_id": "direct"}, {**PPP, "site_kinds": "private, new"}, {"contract_id": "oss", "site_kinds": "public"}
    )
    found = assembled(sites=sites, contracts=contracts).hosting
    assert found[["site_id", "contract_id"]].to_numpy().tolist() == [["h1", "direct"], ["h2", "direct"], ["h2", "ppp"]]


def test_sites_of_a_lot_share_a_letting() -> None:
    sites = tables()["sites"].assign(lot_id=["north", "north"])
    assert len(assembled(contracts=TWO_CONTRACTS).problem.lettings.lot) == 4  # each site is a lot of its own
    shared = assembled(sites=sites, lots=rows({"lot_id": "north"}), contracts=TWO_CONTRACTS).problem
    assert shared.lots == ("north",)
    assert shared.hosting.let.tolist() == [0, 1, 0, 1]


def test_forbidden_and_listed_services() -> None:
    forbidden = rows({"site_id": "h1", "specialty_id": "cardio", "status": "forbidden"})
    assert assembled(site_services=forbidden).services["site_id"].tolist() == ["h2"]
    one_size = rows({"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "forbidden"})
    assert set(statuses(assembled(site_services=one_size), "h1")) == {("large", "direct")}
    listed = rows({"site_id": "h2", "specialty_id": "cardio", "status": "allowed"})
    only = assembled(site_services=listed, specialties=SPECIALTIES.assign(sites_allowed="listed"))
    assert only.services["site_id"].tolist() == ["h2"]


def test_a_required_size_and_a_required_service() -> None:
    found = assembled(
        site_services=rows(
            {"site_id": "h1", "specialty_id": "cardio", "status": "required"},
            {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
        )
    )
    assert found.problem.services.required.tolist() == [True, False]
    assert found.options.table["required_size"].tolist() == [False, False, False, True]


def test_a_service_of_today_may_be_kept_converted_or_enlarged_but_not_made_smaller() -> None:
    def today(size: str) -> pd.DataFrame:
        return rows(
            {"site_id": "h1", "specialty_id": "cardio", "size_id": size, "status": "existing", "contract_id": "direct"}
        )

    small = assembled(site_services=today("small"), contracts=TWO_CONTRACTS)
    assert statuses(small, "h1") == {
        ("small", "direct"): "kept", ("small", "ppp"): "converted",
        ("large", "direct"): "resized", ("large", "ppp"): "resized",
    }  # fmt: skip
    large = assembled(site_services=today("large"), contracts=TWO_CONTRACTS)
    assert set(statuses(large, "h1")) == {("large", "direct"), ("large", "ppp")}
    assert set(statuses(large, "h2").values()) == {"new"}


def test_only_what_is_missing_is_built() -> None:
    found = assembled(
        sizes=SIZES.assign(capex=[100, 250], lifecycle_share=0.1),
        site_services=rows(
            {
                "site_id": "h1",
                "specialty_id": "cardio",
                "size_id": "small",
                "status": "existing",
                "contract_id": "direct",
            }
        ),
    )
    works = dict(
        zip(
            zip(found.options.table["site_id"], found.options.table["size_id"], strict=True),
            found.options.services.works,
            strict=True,
        )
    )
    assert works == {("h1", "small"): 0, ("h1", "large"): 150, ("h2", "small"): 100, ("h2", "large"): 250}
    assert found.problem.options.works.tolist() == [False, True, True, True]
    assert found.options.services.lifecycle.tolist() == [10, 25, 10, 25]  # all of the asset is renewed


def test_exceptions_of_a_size_come_before_those_of_every_size() -> None:
    found = assembled(
        site_services=rows(
            {"site_id": "h1", "specialty_id": "cardio", "status": "allowed", "capacity": 30, "fixed_cost": 1},
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "allowed", "capacity": 70},
        )
    )
    small, large = option(found, "h1", "small"), option(found, "h1", "large")
    assert (small.capacity, small.fixed_cost, small.cost_per_case) == (30, 1, 9)
    assert (large.capacity, large.fixed_cost, large.cost_per_case) == (70, 1, 7)
    assert option(found, "h2", "large").capacity == 100


def test_exceptions_for_every_size_count_for_the_service_of_today_too() -> None:
    """Enlarging costs the difference of the site's own figures; audit and assembly read them alike."""
    plan = solve(
        scenario(
            sizes=SIZES.assign(capex=[1000.0, 2000.0]),
            site_services=rows(
                {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                 "contract_id": "direct", "closing_cost": 10_000},
                {"site_id": "h1", "specialty_id": "cardio", "status": "allowed", "capex": 5000},
            ),
            sites=rows({"site_id": "h1", "territory_id": "t1"}),
            travel_times=times({"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h1": 50}}),
        ),
        EXACT,
    )  # fmt: skip
    assert plan.openings["status"].tolist() == ["resized"]
    assert plan.objective == pytest.approx(920.0)  # both sizes are worth 5,000 here: nothing to build


def test_capacity_is_at_occupancy_and_no_more_than_can_come() -> None:
    found = assembled(settings=settings(occupancy=0.8), specialties=SPECIALTIES.assign(ceiling_minutes=30.0)).problem
    assert found.options.capacity.tolist() == [30, 30, 32, 50]  # 10 + 20 reach h1; 20 + 30 reach h2


def test_co_location_where_the_other_can_never_be() -> None:
    pair = rows(*({"specialty_id": s, "cases_per_100k": 100_000} for s in ("cardio", "icu")))
    found = assembled(
        specialties=pair,
        sizes=pd.concat([SIZES, rows({"specialty_id": "icu", "size_id": "one", "capacity": 99})], ignore_index=True),
        requires=rows({"specialty_id": "cardio", "required_specialty_id": "icu"}),
        site_services=rows({"site_id": "h2", "specialty_id": "icu", "status": "forbidden"}),
    )
    names = [*zip(found.services["site_id"], found.services["specialty_id"], strict=True), None]
    pairs = [(names[a], names[b] if b >= 0 else None) for a, b in found.problem.requires.tolist()]
    assert pairs == [(("h1", "cardio"), ("h1", "icu")), (("h2", "cardio"), None)]


# --- what must close, and what nobody needs --------------------------------------------------------------------


def test_a_service_of_today_that_is_forbidden_closes_at_its_cost() -> None:
    plan = solve(
        scenario(
            site_services=rows(
                {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                 "contract_id": "direct", "closing_cost": 100},
                {"site_id": "h1", "specialty_id": "cardio", "status": "forbidden"},
            )
        ),
        EXACT,
    )  # fmt: skip
    assert plan.openings["site_id"].tolist() == ["h2"]
    assert plan.objective == pytest.approx(920.0 + 100.0)
    assert plan.bound == pytest.approx(1020.0)
    assert plan.costs.loc[plan.costs["line"] == "closing", "npv"].tolist() == [100.0]


def test_sending_everyone_away_may_be_the_plan() -> None:
    plan = solve(scenario(specialties=SPECIALTIES.assign(unmet_cost=1.0)), EXACT)
    assert plan.status == Status.OPTIMAL
    assert len(plan.openings) == 0
    assert plan.objective == pytest.approx(60.0)


def test_nobody_to_treat_is_a_plan_too() -> None:
    plan = solve(scenario(specialties=SPECIALTIES.assign(cases_per_100k=0.0)), EXACT)
    assert plan.status == Status.OPTIMAL
    assert plan.objective == 0.0


@pytest.mark.parametrize("size", ["", "small"])
def test_a_required_service_without_a_size_left_is_told(size: str) -> None:
    required = {"site_id": "h1", "specialty_id": "cardio", "size_id": size, "status": "required"}
    barred = [{**required, "size_id": name, "status": "forbidden"} for name in ("small", "large") if name != size]
    today = {**required, "size_id": "large", "status": "existing", "contract_id": "direct"}
    services = rows(required, today) if size else rows(required, *barred)
    contracts = rows({"contract_id": "direct"})
    with pytest.raises(InputError) as caught:
        assemble(scenario(site_services=services, contracts=contracts))
    assert [problem.code for problem in caught.value.problems] == ["required_impossible"]
    assert "h1" in str(caught.value)


def test_what_follows_from_a_scenario_is_made_once_and_anew_for_another() -> None:
    case = scenario()
    assert option_table(case) is option_table(case)
    larger = case.replace(sizes=case.sizes.assign(capacity=2.0 * case.sizes["capacity"]))
    assert (option_table(larger)["capacity"] == 2.0 * option_table(case)["capacity"]).all()
