"""From a scenario to the promises of the planning problem: whom they cover, what they count, what a miss costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_assemble import SIZES, SPECIALTIES, TWO_CONTRACTS, assembled

from redesaude.errors import InputError
from redesaude.inputs.areas import in_area
from redesaude.promises.access import targets_by_period
from redesaude.promises.pledges import pledges
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude_models.access import AccessPromise
from redesaude_models.money import MoneyPromise
from tiny import EXACT, PPP, rows, scenario, settings, tables, times


def access_rows(**changes: pd.DataFrame) -> dict[str, tuple[str, float, bool]]:
    return {a.id: (a.region, a.share, a.hard) for a in assembled(**changes).problem.of(AccessPromise)}


def test_access_promises_are_spelled_out() -> None:
    found = access_rows(
        specialties=SPECIALTIES.assign(access_minutes=25.0, access_share=0.5),
        access_targets=rows(
            {"specialty_id": "all", "region_id": "each", "minutes": 40, "share": 0.3, "hard": "no", "price": 2},
            {"specialty_id": "cardio", "region_id": "east", "share": 0.6},
        ),
    )
    assert found == {
        "cardio|all|25|0.5": ("all", 0.5, True),
        "cardio|east|40|0.3": ("east", 0.3, False),
        "cardio|west|40|0.3": ("west", 0.3, False),
        "cardio|east|25|0.6": ("east", 0.6, True),
    }


def test_access_may_be_promised_to_macro_regions() -> None:
    found = access_rows(
        territories=tables()["territories"].assign(macroregion_id=["north", "south", "south"]),
        access_targets=rows(
            {"specialty_id": "cardio", "region_id": "each_macroregion", "minutes": 40, "share": 0.3},
            {"specialty_id": "cardio", "region_id": "south", "minutes": 40, "share": 0.6},
        ),
    )
    assert {name: share for name, (_, share, _) in found.items()} == {
        "cardio|north|40|0.3": 0.3,
        "cardio|south|40|0.3": 0.3,
        "cardio|south|40|0.6": 0.6,
    }


def test_a_promise_covers_the_demand_and_journeys_of_its_area() -> None:
    found = assembled(
        territories=tables()["territories"].assign(macroregion_id=["north", "south", "south"]),
        access_targets=rows({"specialty_id": "cardio", "region_id": "south", "minutes": 30, "share": 0.6}),
    ).problem
    (promise,) = found.of(AccessPromise)
    territory = found.demand.territory
    assert sorted(territory[promise.demands]) == [1, 2]
    near = (territory[found.journeys.demand] >= 1) & (found.journeys.minutes <= 30)
    assert promise.journeys.tolist() == np.flatnonzero(near).tolist() != []


def test_a_code_of_both_a_region_and_a_macro_region_is_the_region() -> None:
    territories = tables()["territories"].assign(macroregion_id="west")
    assert in_area(territories, "west").tolist() == (territories["region_id"] == "west").tolist()
    assert in_area(territories, "all").all()


WEST = {"specialty_id": "cardio", "minutes": 30, "share": 0.9, "region_id": "west", "hard": "yes"}
EACH = WEST | {"region_id": "each", "hard": "no", "price": 7.0}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("twice", [(EACH, EACH | {"region_id": "west"}), (WEST, WEST | {"region_id": "each"})])
def test_a_promise_made_twice_is_told_whatever_the_order(order: int, twice: tuple[dict[str, object], ...]) -> None:
    with pytest.raises(InputError) as caught:
        scenario(access_targets=rows(*twice[::order]))
    assert [p.code for p in caught.value.problems] == ["promise_twice"]


#: pairs of rows of which one would silently take the place of the other, by their sheet
PAIRS = {
    "centres of all specialties": (
        "centre_limits",
        {"specialty_id": "all", "region_id": "all", "centres": 1, "hard": "no", "price": 5.0},
        {"specialty_id": "cardio"},
    ),
    "centres of each region": (
        "centre_limits",
        {"specialty_id": "cardio", "region_id": "each", "centres": 1, "hard": "no", "price": 5.0},
        {"region_id": "west"},
    ),
    "services of each region": (
        "programme_targets",
        {"measure": "services", "region_id": "each", "amount": 1, "hard": "no", "price": 5.0},
        {"region_id": "west"},
    ),
    "lots of a period": (
        "lot_limits",
        {"contract_id": "direct", "services": 1, "hard": "no", "price": 5.0},
        {"period_id": "p1"},
    ),
    "stations, another share": (
        "emergency",
        {"promise": "cover", "region_id": "each", "share": 0.5, "hard": "no", "price": 5.0},
        {"region_id": "west", "share": 0.9},
    ),
    "stations, firm for fewer": (
        "emergency",
        {"promise": "cover", "region_id": "each", "share": 0.9, "hard": "no", "price": 5.0},
        {"region_id": "west", "share": 0.1, "hard": "yes"},
    ),
    "ambulances, firm for fewer": (
        "emergency",
        {"promise": "ambulances", "region_id": "each", "people_per_ambulance": 20, "hard": "no", "price": 5.0},
        {"region_id": "west", "people_per_ambulance": 60, "hard": "yes"},
    ),
}
STATION = {"stations": rows({"station_id": "s1", "territory_id": "t1"}), "contracts": rows({"contract_id": "direct"})}
TIMES = {"station_times": rows(*({"station_id": "s1", "territory_id": t, "minutes": 5} for t in ("t1", "t2", "t3")))}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("name", PAIRS)
def test_no_row_of_any_sheet_silently_takes_the_place_of_another(name: str, order: int) -> None:
    sheet, one, other = PAIRS[name]
    period = {"periods": rows({"period_id": "p1", "first_year": 2025, "years": 10})}
    year = {"settings": settings(currency="BRL", base_year=2025, horizon_years=10)}
    with pytest.raises(InputError) as caught:
        scenario(**{sheet: rows(*[one, {**one, "price": 9.0, **other}][::order])}, **STATION, **TIMES, **period, **year)
    assert [p.code for p in caught.value.problems] == ["promise_twice"]


def test_a_firm_promise_of_stations_tops_an_elastic_one_that_asks_no_more() -> None:
    each = {"promise": "cover", "region_id": "each", "share": 0.5, "hard": "no", "price": 5.0}
    firm = {"promise": "cover", "region_id": "west", "share": 0.9, "hard": "yes"}
    for order in (1, -1):
        made = scenario(emergency=rows(*[each, firm][::order]), **STATION, **TIMES)
        assert {(p.region, p.amount, p.hard) for p in pledges(made)} == {("west", 0.9, True), ("east", 0.5, False)}


def test_each_region_is_promised_nothing_where_none_is_named() -> None:
    nowhere = tables()["territories"].drop(columns="region_id")
    target = rows({"specialty_id": "cardio", "region_id": "each", "minutes": 30, "share": 0.9})
    with pytest.raises(InputError) as caught:
        scenario(territories=nowhere, access_targets=target)
    assert [(p.code, p.cell) for p in caught.value.problems] == [("no_region", "B2")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_firm_promise_tops_an_elastic_one_about_the_same_once_it_stands(order: int) -> None:
    """In the west it is firm, elsewhere it has its price; while it waits for a variant there is the elastic one."""
    for active, firm in (("yes", {"west": True, "east": False}), ("no", {"west": False, "east": False})):
        case = scenario(access_targets=rows(*(WEST | {"active": active}, EACH)[::order]))
        assert {target.region: target.hard for target in targets_by_period(case)} == firm
        plan = solve(case, EXACT)
        assert plan.audit.passed
        found = plan.promises[plan.promises["kind"] == "access"].set_index("region_id")
        assert found["hard"].to_dict() == firm
        assert bool(found["met"]["west"]) or active == "no"  # firm or at its price


@pytest.mark.parametrize("order", [1, -1])
def test_a_firm_pledge_of_the_emergency_network_tops_an_elastic_one(order: int) -> None:
    each = {"promise": "cover", "region_id": "each", "share": 0.5, "hard": "no", "price": 1.0}
    west = each | {"region_id": "west", "share": 0.9, "hard": "yes"}
    near = rows({"station_id": "b", "territory_id": "t1", "minutes": 5})
    stated = {"emergency": rows(*(each, west)[::order]), "stations": rows({"station_id": "b", "territory_id": "t1"})}
    found = {p.region: (p.hard, p.amount) for p in pledges(scenario(**stated, station_times=near))}
    assert found == {"west": (True, 0.9), "east": (False, 0.5)}


def test_a_promise_of_nothing_where_nothing_is_near_holds() -> None:
    nothing = rows({"specialty_id": "cardio", "region_id": "west", "minutes": 0, "share": 0})
    only_h2 = {"sites": tables()["sites"].iloc[1:], "travel_times": times({t: {"h2": 30} for t in ("t1", "t2", "t3")})}
    assert solve(scenario(access_targets=nothing, **only_h2), EXACT).status == Status.OPTIMAL


def test_money_promises_cover_the_contracts_and_specialties_they_name() -> None:
    found = assembled(
        contracts=rows({"contract_id": "direct", "oversight_cost": 5}, {**PPP, "oversight_cost": 7}),
        sites=tables()["sites"].assign(fixed_cost=[11, 13]),
        sizes=SIZES.assign(capex=[100, 200]),
        funding=rows(
            {"funding_id": "capital", "amount": 1},
            {"funding_id": "whole", "kind": "running", "amount": 2},
            {"funding_id": "direct only", "kind": "running", "amount": 3, "contracts": "direct"},
            {"funding_id": "cardio only", "kind": "running", "amount": 4, "specialties": "cardio"},
        ),
    ).problem
    capital, whole, direct, cardio = (
        {use.of: use.amount for use in promise.uses} for promise in found.of(MoneyPromise)
    )
    is_direct = found.options.contract == 0
    assert np.array_equal(capital["option"], np.where(is_direct, [100, 100, 200, 200] * 2, 0))
    assert "hosting" not in capital
    assert whole["hosting"].tolist() == [11, 11, 13, 13]
    assert whole["letting"].tolist() == [5, 7, 5, 7]
    assert np.array_equal(direct["option"], np.where(is_direct, whole["option"], 0))
    assert direct["hosting"].tolist() == [11, 0, 13, 0]
    assert direct["letting"].tolist() == [5, 0, 5, 0]
    assert np.array_equal(cardio["option"], whole["option"])
    assert not {"hosting", "letting"} & {*cardio}


def test_fiscal_room_is_the_share_of_the_base_less_what_is_committed() -> None:
    limit = rows({"fiscal_id": "rcl", "kind": "ppp", "base_amount": 38.032e9, "share": 0.05, "committed": 0.5e9})
    (found,) = assembled(contracts=TWO_CONTRACTS, fiscal=limit).problem.of(MoneyPromise)
    assert found.limit == pytest.approx(1.9016e9 - 0.5e9)


def test_a_limit_overspent_already_costs_its_excess_and_the_gap_still_closes() -> None:
    spent = rows(
        {"fiscal_id": "ppp", "kind": "ppp", "base_amount": 10, "share": 0.5, "committed": 20, "hard": "no", "price": 2}
    )
    plan = solve(scenario(fiscal=spent), EXACT)
    assert plan.objective == pytest.approx(920 + 2 * 15)
    assert plan.status == Status.OPTIMAL


@pytest.mark.parametrize("fiscal_id", ["x", "y"])
def test_a_code_names_one_limit_only(fiscal_id: str) -> None:
    money = {
        "funding": rows({"funding_id": "x", "kind": "running", "amount": 1e6}, {"funding_id": "z", "amount": 1}),
        "fiscal": rows({"fiscal_id": fiscal_id, "kind": "personnel", "base_amount": 1e6, "share": 1}),
    }
    if fiscal_id == "y":
        assert len(assembled(**money).problem.of(MoneyPromise)) == 3
        return
    with pytest.raises(InputError) as caught:
        scenario(**money)
    assert [(p.code, p.sheet, p.cell) for p in caught.value.problems] == [("limit_named_twice", "fiscal", "A2")]


def test_prices_of_promises_are_net_present() -> None:
    found = assembled(
        settings=settings(horizon_years=2, discount_rate=0.1, discount_timing="end"),
        specialties=SPECIALTIES.assign(access_minutes=25.0, access_share=0.5, access_hard="no", access_price=10.0),
        sizes=SIZES.assign(min_cases=5.0, min_cases_hard="no", min_cases_price=3.0),
        funding=rows(
            {"funding_id": "once", "amount": 1, "hard": "no", "price": 2},
            {"funding_id": "yearly", "kind": "running", "amount": 1, "hard": "no", "price": 2},
        ),
    ).problem
    annuity = 1 / 1.1 + 1 / 1.21
    assert found.of(AccessPromise)[0].price == pytest.approx(10 * annuity)
    assert found.options.volume_price == pytest.approx(np.full((4, 1), 3 * annuity))
    assert [m.price for m in found.of(MoneyPromise)] == pytest.approx([2 / 1.1, 2 * annuity])
