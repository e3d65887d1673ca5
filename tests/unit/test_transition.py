"""Until a service opens its patients are treated in services of today as far as these run; only the rest waits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from redesaude.assemble import assemble
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.audit import audit
from redesaude.plan.benefits import outcomes
from redesaude.plan.by_year import by_year
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.milestones import milestones
from redesaude.plan.plan import Plan
from redesaude.plan.supply_by_year import supply_by_year
from redesaude.report.view import view_of
from redesaude.report.workbook.decisions import decisions_frame
from redesaude.solving.solve import solve
from tiny import EXACT, Tables, rows, scenario, settings, tables, times

#: cases of the three territories of the example, all of cardio
CASES = 60.0


def move(
    closing: str = "when_replaced", sizes: Any = None, services: Any = (), sheets: Tables | None = None, **changes: Any
) -> Scenario:
    """Today 30 of the 60 cases are treated at h1, for 30 a year and 4 a case; all of them at h2 once it is built.

    The works take two years; a case waits at 600 a year, in a large service it takes 0.1 and 3 and 0.05 of works.
    """
    special = {"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 600, "max_centres": 1}
    special |= changes.pop("special", {})
    size = rows(
        {"specialty_id": "cardio", "size_id": "small", "capacity": 30, "fixed_cost": 30, "cost_per_case": 4},
        {"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 10, "cost_per_case": 3,
         "capex": 50, "build_months": 24},
    )  # fmt: skip
    place = {"specialty_id": "cardio", "status": "forbidden"}
    service = rows(
        {**place, "site_id": "h1", "size_id": "small", "status": "existing", "contract_id": "direct",
         "closing": closing},
        {**place, "site_id": "h1", "size_id": "large"},
        {**place, "site_id": "h2", "size_id": "small"},
        *services,
    )  # fmt: skip
    return scenario(
        specialties=rows(special),
        sizes=size if sizes is None else sizes,
        sites=tables()["sites"].iloc[:2],
        site_services=service,
        travel_times=times({"t1": {"h1": 0, "h2": 5}, "t2": {"h1": 20, "h2": 5}, "t3": {"h1": 50, "h2": 5}}),
        settings=settings(base_year=2025, horizon_years=10, **changes),
        **(sheets or {}),
    )


def solved(case: Scenario) -> Plan:
    plan = solve(case, EXACT)
    assert plan.has_decisions
    assert audit(plan).passed, [check for check in audit(plan).checks if not check.passed]
    return plan


def lines(plan: Plan) -> dict[str, float]:
    return {str(line): float(npv) for line, npv in plan.costs.groupby("line")["npv"].sum().items()}


def treated(plan: Plan) -> np.ndarray:
    table = by_year(Appraisal(plan))
    return table.loc[table["region_id"] == ALL, "treated"].to_numpy(float)


def test_a_service_that_ends_runs_on_until_it_is_replaced_by_hand() -> None:
    plan = solved(move())
    found = lines(plan)
    assert found["waiting"] == pytest.approx(2 * 600 * (CASES - 30))
    assert found["fixed_running"] == pytest.approx(2 * 30 + 8 * 10)
    assert found["case_running"] == pytest.approx(2 * 4 * 30 + 8 * 3 * CASES)
    assert found.get("elsewhere", 0.0) == 0.0  # 5 a case today, 3.15 in the large size
    assert Appraisal(plan).meanwhile().runs_until() == {("h1", "cardio"): 2.0}
    np.testing.assert_allclose(treated(plan), [30, 30] + 8 * [CASES])


def test_at_once_it_ends_with_the_first_day() -> None:
    plan = solved(move("at_once"))
    assert lines(plan)["waiting"] == pytest.approx(2 * 600 * CASES)
    np.testing.assert_allclose(treated(plan), [0, 0] + 8 * [CASES])


def test_a_case_there_costs_no_less_than_where_all_are_treated_at_last() -> None:
    dear = move().sizes.assign(fixed_cost=[30, 900])
    found = lines(solved(move(sizes=dear)))
    assert found["elsewhere"] == pytest.approx(2 * 30 * ((900 + 5) / 100 + 3 - 5))


def test_the_nearest_are_told_as_treated_there() -> None:
    plan = solved(move(special={"access_minutes": 10}))
    appraisal = Appraisal(plan)
    guests = appraisal.guests(appraisal.meanwhile())
    nearest = plan.assignments["territory_id"].to_numpy()[guests["assignment"].to_numpy(int)]
    cases = dict(zip(nearest, guests["cases"], strict=True))
    demand = plan.assignments.set_index("territory_id")["cases"]
    assert cases["t1"] == pytest.approx(min(30.0, demand["t1"]))
    assert sum(cases.values()) == pytest.approx(30.0)
    table = by_year(appraisal)
    first = table[(table["region_id"] == ALL) & (table["year"] == 2025)]
    assert first["share_within_standard"].to_list() == pytest.approx([cases["t1"] / CASES])


def test_benefits_and_cash_flow_tell_the_same() -> None:
    plan = solved(move(special={"dalys_in_time": 2.0, "dalys_late": 1.0}))
    npv = outcomes(plan).groupby("item")["npv"].sum()
    assert npv["cases_waiting"] == pytest.approx(2 * 30)
    assert npv["waiting_money"] == pytest.approx(lines(plan)["waiting"])
    assert npv["cases_in_time"] + npv["cases_late"] == pytest.approx(2 * 30 + 8 * CASES)
    flows = cash_flow(Appraisal(plan))
    assert flows["real"].sum() == pytest.approx(plan.objective)
    early = flows[(flows["year"] < 2027) & (flows["site_id"] == "h1")].groupby("year")["real"].sum()
    assert early.to_list() == pytest.approx([30 + 4 * 30] * 2)


def test_what_a_kept_service_has_free_is_used_once() -> None:
    """Kept for the 10 cases of t1 alone, h1 treats 20 others until theirs opens, for what cases cost."""
    only_t1 = {"t1": {"h1": 0}, "t2": {"h1": 20, "h2": 5}, "t3": {"h1": 50, "h2": 5}}
    case = move(special={"max_centres": 2}, services=()).replace(travel_times=times(only_t1))
    plan = solved(case)
    sent = plan.assignments.groupby("site_id")["cases"].sum()
    waiting = sent["h2"] - (30 - sent["h1"])
    assert lines(plan)["waiting"] == pytest.approx(2 * 600 * waiting)
    np.testing.assert_allclose(treated(plan), [30, 30] + 8 * [CASES])


def test_no_more_are_treated_than_can_reach_a_service_of_today() -> None:
    near = times({"t1": {"h1": 0, "h2": 5}, "t2": {"h2": 5}, "t3": {"h2": 5}})
    plan = solved(move().replace(travel_times=near))
    of_t1 = float(plan.assignments.set_index("territory_id")["cases"]["t1"])
    assert of_t1 < 30
    np.testing.assert_allclose(treated(plan), [of_t1] * 2 + 8 * [CASES])


@pytest.mark.parametrize("change", [{"waiting_weight": 0.0}, {"special": {"unmet_cost": 4.9}}])
def test_where_it_costs_more_than_waiting_nothing_runs_on(change: dict[str, Any]) -> None:
    case = move(**change)
    assert not len(assemble(case).rooms.table)
    assert Appraisal(solved(case)).meanwhile().runs_until() == {}


def test_without_late_openings_the_model_has_no_rooms() -> None:
    case = move()
    at_once = case.replace(sizes=case.sizes.assign(build_months=0.0))
    assert assemble(at_once).problem.rooms.of.size == 0
    assert not any(name.startswith("rooms") for name in assemble(at_once).problem.stated())


@pytest.mark.few(2)
@pytest.mark.parametrize("elsewhere", [0.0, 0.3, 0.6, 1.0])
def test_treating_more_elsewhere_never_raises_waiting(elsewhere: float) -> None:
    fewer, more = (
        lines(solved(move(special={"treated_elsewhere_share": share}))).get("waiting", 0.0)
        for share in (elsewhere, min(1.0, elsewhere + 0.2))
    )
    assert more <= fewer + 1e-6
    assert fewer == pytest.approx(2 * 600 * max((1 - elsewhere) * CASES - 30, 0.0), abs=1e-6)


@pytest.mark.few(1)
@pytest.mark.parametrize("months", [6, 24, 30])
def test_a_later_opening_never_gains_at_weight_one(months: int) -> None:
    """The service is used in full, and today's is cheap."""
    sizes = move().sizes.assign(capacity=[30, CASES], fixed_cost=[0, 600], cost_per_case=[1, 9], build_months=months)
    later = sizes.assign(build_months=months + 6.0)
    assert solved(move(sizes=later)).objective >= solved(move(sizes=sizes)).objective - 1e-6


def test_what_is_as_today_costs_what_today_costs() -> None:
    """Nothing changes where today's service is kept for all that it can treat, whatever becomes of those that end."""
    kept = move(special={"max_centres": 1}, services=[])
    kept = kept.replace(site_services=kept.site_services.assign(status=["existing", "forbidden", "forbidden"]))
    only = kept.replace(sites=kept.sites.iloc[:1], travel_times=times({t: {"h1": 5} for t in ("t1", "t2", "t3")}))
    only = only.replace(site_services=only.site_services[only.site_services["site_id"] == "h1"])
    costs = [solved(with_closing(only, closing)).objective for closing in ("when_replaced", "at_once")]
    assert costs[0] == pytest.approx(costs[1])
    assert costs[0] == pytest.approx(10 * (30 + 4 * 30 + 600 * 30))


@pytest.mark.parametrize(("months", "ends"), [(24.0, 2027.0), (60.0, 2030.0)])
def test_a_service_that_runs_on_has_its_dates_capacity_and_people(months: float, ends: float) -> None:
    """Its end is told when it is replaced, in a later period too; until then it has the room that it fills."""
    case = move(sheets=TWO | NURSES)
    plan = solved(case.replace(sizes=case.sizes.assign(build_months=months)))
    appraisal = Appraisal(plan)
    stages = milestones(appraisal).set_index(["site_id", "milestone"])[["start", "end"]]
    assert stages.loc[("h1", "running_on")].to_list() == [2025.0, ends]
    assert stages.loc[("h1", "closing")].to_list() == [ends, ends]
    supply = supply_by_year(appraisal)
    supply = supply[supply["region_id"] == ALL].set_index("year")[["capacity", "staff"]]
    assert supply.loc[2025 : ends - 1, "capacity"].to_list() == pytest.approx([30.0] * int(ends - 2025))
    assert supply.loc[2025 : ends - 1, "staff"].to_list() == pytest.approx([3.0 + 30 / 20] * int(ends - 2025))
    assert supply.loc[ends].to_list() == pytest.approx([100.0, 3.0 + CASES / 20])


def test_guests_of_a_service_that_is_kept_need_its_people() -> None:
    only_t1 = {"t1": {"h1": 0}, "t2": {"h1": 20, "h2": 5}, "t3": {"h1": 50, "h2": 5}}
    case = move(special={"max_centres": 2}, sheets=NURSES).replace(travel_times=times(only_t1))
    supply = supply_by_year(Appraisal(solved(case)))
    first = supply[(supply["region_id"] == ALL) & (supply["year"] == 2025)]
    assert first[["capacity", "staff"]].to_numpy().tolist() == [pytest.approx([30.0, 3.0 + 30 / 20])]


#: two periods, the first of four years
TWO: Tables = {
    "periods": rows(
        {"period_id": "p1", "first_year": 2025, "years": 4}, {"period_id": "p2", "first_year": 2029, "years": 6}
    )
}
#: full-time people of services
NURSES: Tables = {"staffing": rows({"role_id": "nurse", "specialty_id": "cardio", "fte": 3, "cases_per_fte": 20})}


def ending_later(closing: str) -> Scenario:
    """Today's service must be kept in the first period and may not be in the second: h2 is built in the second."""
    of = {"specialty_id": "cardio"}
    decided = rows(
        {**of, "site_id": "h1", "period_id": "p1", "decision": "freeze"},
        {**of, "site_id": "h2", "period_id": "p1", "decision": "forbid"},
        {**of, "site_id": "h2", "period_id": "p2", "decision": "open", "contract_id": "direct", "size_id": "large"},
    )
    return move(closing, sheets=TWO | {"decisions": decided})


def test_what_ends_in_a_later_period_runs_on_there_by_hand() -> None:
    plan = solved(ending_later("when_replaced"))
    assert set(plan.openings["site_id"][plan.openings["period_id"] == "p2"]) == {"h2"}
    found = lines(plan)
    assert found["waiting"] == pytest.approx(2 * 600 * (CASES - 30))
    assert found["fixed_running"] == pytest.approx(6 * 30 + 4 * 10)
    assert found["unmet"] == pytest.approx(4 * 600 * (CASES - 30))
    assert Appraisal(plan).meanwhile().runs_until() == {("h1", "cardio"): 6.0}
    np.testing.assert_allclose(treated(plan), 6 * [30.0] + 4 * [CASES])
    flows = cash_flow(Appraisal(plan))
    assert flows["real"].sum() == pytest.approx(plan.objective)
    npv = outcomes(plan).groupby("item")["npv"].sum()
    assert npv["cases_waiting"] == pytest.approx(2 * 30)
    assert npv["cases_in_time"] + npv["cases_late"] == pytest.approx(6 * 30 + 4 * CASES)


def test_at_once_it_ends_with_its_period() -> None:
    plan = solved(ending_later("at_once"))
    assert lines(plan)["waiting"] == pytest.approx(2 * 600 * CASES)
    np.testing.assert_allclose(treated(plan), 4 * [30.0] + 2 * [0.0] + 4 * [CASES])


def test_it_runs_on_into_the_next_period_for_what_was_begun_before() -> None:
    """The works of the first period last five years, a year of the second period too."""
    case = move(sheets=TWO)
    plan = solved(case.replace(sizes=case.sizes.assign(build_months=60.0)))
    found = lines(plan)  # at 600 a case and year whether it waits or is sent away
    assert found["waiting"] + found.get("unmet", 0.0) == pytest.approx(5 * 600 * (CASES - 30))
    assert Appraisal(plan).meanwhile().runs_until() == {("h1", "cardio"): 5.0}
    np.testing.assert_allclose(treated(plan), 5 * [30.0] + 5 * [CASES])


def test_it_is_not_kept_for_what_is_begun_after_it_has_ended() -> None:
    """At h2 fifty are treated from the third year on, half of all while it grows: h1 has no room for the others."""
    grown = rows(
        {"specialty_id": "cardio", "size_id": "small", "capacity": 30, "fixed_cost": 30, "cost_per_case": 4},
        {"specialty_id": "cardio", "size_id": "large", "capacity": 50, "fixed_cost": 10, "cost_per_case": 3,
         "capex": 50, "build_months": 24},
        {"specialty_id": "cardio", "size_id": "huge", "capacity": 100, "fixed_cost": 10, "cost_per_case": 3,
         "capex": 90, "build_months": 24},
    )  # fmt: skip
    decided = rows(
        *(
            {"site_id": "h2", "specialty_id": "cardio", "period_id": period, "decision": "open",
             "contract_id": "direct", "size_id": size}
            for period, size in (("p1", "large"), ("p2", "huge"))
        )
    )  # fmt: skip
    no_more = {"specialty_id": "cardio", "site_id": "h1", "size_id": "huge", "status": "forbidden"}
    plan = solved(move(sizes=grown, services=[no_more], sheets=TWO | {"decisions": decided}))
    assert Appraisal(plan).meanwhile().runs_until() == {("h1", "cardio"): 2.0}
    np.testing.assert_allclose(treated(plan), 2 * [30.0] + 2 * [50.0] + 2 * [CASES / 2] + 4 * [CASES])


def with_closing(case: Scenario, closing: str) -> Scenario:
    return case.replace(site_services=case.site_services.assign(closing=closing))


def test_the_audit_tells_a_plan_that_waits_in_vain() -> None:
    plan = solved(move("at_once"))
    other = with_closing(plan.scenario, "when_replaced")
    assert not audit(replace(plan, scenario=other)).passed


def test_decisions_tell_until_when_it_runs_on_in_the_readers_language() -> None:
    def told(closing: str) -> dict[str, str]:
        frame = decisions_frame(view_of(solved(move(closing, language="pt-BR"))))
        return dict(zip(frame["site_id"].astype(str), frame["kept"].astype(str), strict=True))

    assert "(2026-S2)" in told("when_replaced")["h1"]
    assert told("when_replaced")["h2"] == told("at_once")["h1"] == ""
