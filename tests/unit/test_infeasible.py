"""Each kind of hard rule where it alone leaves no plan: it is named, and the advice, followed, makes one possible."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import network_example as network
import pandas as pd
import pytest
import resources_example as resources
from impossible import CASES, NEAR, Tables, loaded, personnel, scenario_of, sites, size, specialty

from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.language import translator
from redesaude.plan.plan import Plan
from redesaude.promises import causes
from redesaude.promises.rules import RULES
from redesaude.solving import highs
from redesaude.solving.clock import Clock
from redesaude.solving.elastic import elastic_model
from redesaude.solving.highs import SolverResult
from redesaude.solving.infeasible import smallest_change
from redesaude.solving.options import Limits
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude_models.standard_form import LinearModel
from tiny import EXACT, rows, settings, tables


def plan_of(stated: Tables) -> Plan:
    return solve(scenario_of(stated), replace(EXACT, certificate=False))


@pytest.mark.few(3)
@pytest.mark.parametrize("name", CASES)
def test_the_rule_that_binds_is_named_and_the_advice_makes_a_plan_possible(name: str) -> None:
    case = CASES[name]
    plan = plan_of(case.stated)
    assert plan.status == Status.INFEASIBLE
    told = plan.reason if name.endswith(" or") else plan.reason[:1]
    assert any(case.named in sentence for sentence in told), plan.reason
    assert not any("unmet_cost" in sentence for sentence in plan.reason)
    assert plan_of(case.stated | case.advised).status in (Status.OPTIMAL, Status.FEASIBLE)


@pytest.mark.parametrize("name", ["capital", "personnel", "load", "staff", "volume", "access", "max_services"])
def test_no_machine_id_is_told_in_several_periods(name: str) -> None:
    stated = CASES[name].stated
    given = stated.get("settings", settings()).set_index("name")["value"].to_dict()
    periods = rows(
        {"period_id": "early", "first_year": 2025, "years": 1},
        {"period_id": "late", "first_year": 2026, "years": 1},
    )
    shared = settings(**given | {"base_year": 2025, "horizon_years": 2})
    plan = plan_of(stated | {"periods": periods, "settings": shared})
    assert plan.status == Status.INFEASIBLE
    assert plan.reason
    assert not any("|" in sentence for sentence in plan.reason), plan.reason
    if name == "capital":
        assert "In early: Limit" in plan.reason[0]


def test_the_rule_that_binds_is_named_before_those_who_would_wait_unpriced() -> None:
    """Works of a year, nobody to treat meanwhile, no price of waiting: refused, unless no plan is possible anyway."""
    case = CASES["max_services"]
    works = case.stated["sizes"].assign(build_months=12.0, capex=10.0)
    built = {"sizes": works, "settings": settings(horizon_years=4)}
    plan = plan_of(case.stated | built)
    assert plan.status == Status.INFEASIBLE
    assert case.named in plan.reason[0]
    assert "waiting has no price" in plan.reason[-1]
    with pytest.raises(InputError, match="waiting has no price"):
        plan_of(case.stated | case.advised | built)


SATELLITES = rows(*({"site_id": h, "specialty_id": "cardio", "decision": "open"} for h in ("h2", "h3")))


def covered(share: float) -> Scenario:
    stations = rows(resources.station("s1", "t1"))
    promised = rows({"promise": "cover", "share": share})
    return resources.example(stations=stations, station_times=pd.DataFrame(), emergency=promised)


def test_a_hub_without_room_is_named() -> None:
    plan = solve(network.example(decisions=SATELLITES), EXACT)
    assert plan.status == Status.INFEASIBLE
    assert "supports_max of the size of cardio at h1 is 1; satellites that need it: 2" in plan.reason[0]
    sizes = rows(network.SIZES[0], network.SIZES[1] | {"supports_max": 2}, network.SIZES[2])
    assert solve(network.example(sizes=sizes, decisions=SATELLITES), EXACT).has_decisions


def test_a_promise_of_the_emergency_network_is_named() -> None:
    plan = solve(covered(0.9), EXACT)
    assert plan.status == Status.INFEASIBLE
    assert "The promise cover of the emergency network in whole area misses 44.0 of 54.0" in plan.reason[0]
    assert solve(covered(10 / 60), EXACT).has_decisions


#: the network where everybody must be treated and clinics open at once; those that cannot have a hub, cannot open
TREATED = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "transfer_minutes": 60, "transfer_cost": 3})
AT_ONCE = rows(network.SIZES[0] | {"build_months": 0}, network.SIZES[1] | {"capacity": 200}, network.SIZES[2])
FAR = rows({"specialty_id": "cardio", "support_years": 2, "hub_cost": 5, "satellite_cost": 7, "max_minutes": 10})


def alone_in_the_network(stated: str) -> Scenario:
    """Cases in which ``stated`` contradicts no rule that could give way, but how a network is built."""
    given = {"specialties": TREATED, "sizes": AT_ONCE, "load_ceilings": rows(), "funding": rows()}
    if stated == "hub_room":  # t2 and t3 each reach their own clinic alone, and the hub supports one
        return network.example(**given | {"specialties": TREATED.assign(ceiling_minutes=10)})
    if stated == "min_centres":  # two hospitals; no clinic is near enough to a hub
        return network.example(**given | {"specialties": TREATED.assign(min_centres=3), "support": FAR})
    if stated == "must_open":
        return network.example(**given | {"decisions": SATELLITES[:1], "support": FAR})
    # the only site must be a clinic, and there is nowhere to send the severe half
    clinic = rows({"site_id": "h2", "specialty_id": "cardio", "size_id": "clinic", "status": "required"})
    there = network.example().travel_times
    near = there[there["destination_id"] == "h2"].reset_index(drop=True)
    one_site = {"sites": rows({"site_id": "h2", "territory_id": "t2"}), "site_services": clinic, "travel_times": near,
                "support": FAR}  # fmt: skip
    return network.example(**given | one_site)


ALONE = {
    "hub_room": "supports_max of the size of cardio at h1 is 1; satellites that need it: 2",
    "min_centres": "min_centres of cardio is 3; centres possible: 2",
    "must_open": "cardio at h2 would have to stay closed",
    "required_size": "cardio at h2 would have to open in another size",
}


@pytest.mark.parametrize("kind", ALONE)
def test_a_rule_that_no_other_rule_could_give_way_to_is_named_alone(kind: str) -> None:
    plan = solve(alone_in_the_network(kind), EXACT)
    assert plan.status == Status.INFEASIBLE
    assert ALONE[kind] in plan.reason[0]
    assert not [sentence for sentence in plan.reason if sentence.startswith(("or: ", "and: "))], plan.reason


def enough_alone(given: Scenario) -> tuple[set[str], set[str]]:
    """The kinds of rules and promises there are, and those that make a plan possible by giving way alone.

    Leaving people untreated is no rule of the plan's: it is told only where no rule is to blame.
    """
    elastic = elastic_model(assemble(given))
    there = set(elastic.present()) - {"u"}
    runs = {kind: highs.solve(elastic.alone(kind), Limits(gap=0.0, seconds=20.0)).termination for kind in there}
    return there, {kind for kind, ended in runs.items() if ended == Termination.GAP_REACHED}


@pytest.mark.long
def test_each_kind_of_hard_rule_has_a_case_in_which_it_alone_is_the_cause() -> None:
    """A kind that is added to the rules, or a promise that is made elastic, fails here until it has its case."""
    stated = {name: scenario_of(case.stated) for name, case in CASES.items()}
    stated |= {kind: alone_in_the_network(kind) for kind in ALONE} | {"emergency": covered(0.9)}
    found = [enough_alone(given) for given in stated.values()]
    kinds = {rule.component for rule in RULES}.union(*(there for there, _ in found))
    sole = {kind for kind in kinds if any(alone == {kind} for _, alone in found)}
    assert kinds - sole == set()


def test_two_kinds_that_must_give_way_together_are_named_together() -> None:
    """One centre is too few for the people of t1 and t2, and nobody lives within a minute of h2 but t3."""
    stated = {
        "specialties": rows(specialty(ceiling_minutes=25, max_centres=1)),
        "sizes": rows(size(capex=10)),
        "funding": rows({"funding_id": "works", "kind": "capital", "amount": 10}),
    }
    plan = plan_of(stated)
    assert plan.status == Status.INFEASIBLE
    assert len(plan.reason) == 2
    assert any("max_centres of cardio is 1; centres needed: 2" in sentence for sentence in plan.reason)
    assert plan.reason[1].startswith("and: ")
    mended = {"specialties": NEAR, "funding": rows({"funding_id": "works", "kind": "capital", "amount": 20})}
    assert plan_of(stated | mended).has_decisions


def test_two_rules_that_bind_at_once_are_named_whatever_each_must_change() -> None:
    """Pay of 420 where 5 are allowed, and 30 cases from outside where 20 are: nobody is said to be untreatable."""
    stated = personnel(10) | {"sites": sites()[:1], "load_ceilings": loaded(20)["load_ceilings"]}
    plan = plan_of(stated)
    assert plan.status == Status.INFEASIBLE
    assert any("Limit pay" in sentence for sentence in plan.reason)
    assert any("Type 30 in cases" in sentence for sentence in plan.reason)
    assert not any("treated nowhere" in sentence for sentence in plan.reason)
    mended = stated | {"fiscal": personnel(840)["fiscal"], "load_ceilings": loaded(30)["load_ceilings"]}
    assert plan_of(mended).has_decisions


def test_a_load_ceiling_goes_by_its_area_and_period() -> None:
    """The hub's region and its macro-region are told apart; in both periods the same is short, and is said once."""
    periods = ({"period_id": p, "first_year": 2025 + n, "years": 1} for n, p in enumerate(("early", "late")))
    macro = tables()["territories"].assign(macroregion_id=["m1", "m1", "m2"])
    both = rows(
        {"site_id": "h1", "specialty_id": "all", "area": "region", "cases": 20},
        {"site_id": "h1", "specialty_id": "cardio", "area": "macroregion", "cases": 10},
    )
    stated = loaded(20) | {"load_ceilings": both, "territories": macro, "periods": rows(*periods)}
    plan = plan_of(stated | {"settings": settings(base_year=2025, horizon_years=2)})
    assert plan.status == Status.INFEASIBLE
    told = [sentence.split("): ")[0].split("(")[1] for sentence in plan.reason]
    assert sorted(told) == ["cardio, macroregion", "region"]


def test_time_that_ends_is_told_and_blames_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = SolverResult(Termination.TIME_LIMIT, None, None, None)
    monkeypatch.setattr("redesaude.solving.infeasible.solve", lambda *_: ended)
    given = assemble(Scenario.from_tables(tables() | CASES["max_centres"].stated))
    told = smallest_change(given, Limits(gap=0.0, seconds=20.0))
    assert told == (causes.NO_TIME,)


def test_runs_are_held_to_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def run(model: LinearModel, limits: Limits) -> SolverResult:
        given.append(limits.seconds)
        return highs.solve(model, limits)

    monkeypatch.setattr("redesaude.solving.infeasible.solve", run)
    at_hand = assemble(Scenario.from_tables(tables() | CASES["max_centres"].stated))
    clock = Clock(10.0, read=lambda: 0.0)
    told = smallest_change(at_hand, Limits(gap=0.0, seconds=10.0, clock=clock))
    assert "max_centres" in told[0].message
    assert sum(given) <= 10.0


@pytest.mark.parametrize("language", ["en", "pt-BR", "vi"])
def test_no_noun_follows_a_number_that_may_be_one(language: str) -> None:
    """One contract, two contracts: what is counted stands before its number, in every language."""
    say = translator(language)
    counting = [rule.sentence for rule in RULES if rule.number and rule.component not in ("capacity", "min_value")]
    assert len(counting) == 6
    for sentence in counting:
        assert ": {needed}. " in say(
            sentence, **{name: f"{{{name}}}" for _, name, *_ in Formatter().parse(sentence) if name}
        )


#: what binds in the later of two periods alone, and what is said of it
LATER = {
    "staff": (
        {
            "sizes": rows(size()),
            "staffing": rows({"specialty_id": "cardio", "role_id": "nurse", "cases_per_fte": 10}),
            "workforce": rows(
                {"role_id": "nurse", "period_id": "early", "stock": 6},
                {"role_id": "nurse", "period_id": "late", "stock": 2, "training_max": 1},
            ),
        },
        "In late: nurse in whole area: 3.0 full-time people are missing",
    ),
    "pay": (
        personnel(1000)
        | {
            "fiscal": rows(
                {"fiscal_id": "pay", "kind": "personnel", "base_amount": 1000, "share": 0.5, "committed": 300}
                | {"period_id": "late"}
            )
        },
        "In late: Limit pay: at least 220 above the 200 allowed is needed. Type 0.72 in its share",
    ),
    "load": (
        loaded(20)
        | {
            "load_ceilings": rows(
                {"site_id": "h1", "specialty_id": "all", "area": "region", "cases": 20, "period_id": "late"}
            )
        },
        "In late: Load ceiling at h1 (region): at least 10 cases a year",
    ),
    "centres": (
        {
            "specialties": NEAR,
            "centre_limits": rows(
                {"specialty_id": "cardio", "region_id": "all", "centres": 1, "period_id": "late"},
            ),
        },
        "In late: cardio in whole area: centres on the sheet centre_limits is 1",
    ),
    "access": (
        {
            "sites": sites()[:1],
            "access_targets": rows(
                {"specialty_id": "cardio", "region_id": "all", "minutes": 25, "share": 0.9, "period_id": "late"}
            ),
        },
        "In late: cardio, region whole area: the promise of 90% of cases within 25 minutes",
    ),
    "stations": (
        {
            "stations": rows({"station_id": "s1", "territory_id": "t1"}),
            "station_times": rows(
                {"station_id": "s1", "territory_id": "t1", "minutes": 5},
                {"station_id": "s1", "territory_id": "t2", "minutes": 5},
                {"station_id": "s1", "territory_id": "t3", "minutes": 50},
            ),
            "emergency": rows({"promise": "cover", "share": 0.9, "period_id": "late"}),
        },
        "In late: The promise cover of the emergency network in whole area misses 24.0 of 54.0.",
    ),
}
LATER_PERIODS = {
    "periods": rows(
        {"period_id": "early", "first_year": 2025, "years": 1},
        {"period_id": "late", "first_year": 2026, "years": 1},
    ),
    "settings": settings(base_year=2025, horizon_years=2, personnel_share=0.5),
}


@pytest.mark.parametrize("name", LATER)
def test_a_promise_that_cannot_be_kept_names_its_periods_unless_they_are_all(name: str) -> None:
    stated, told = LATER[name]
    plan = plan_of(stated | LATER_PERIODS)
    assert plan.status == Status.INFEASIBLE
    assert plan.reason[0].startswith(told), plan.reason
    always = {sheet: table.drop(columns="period_id", errors="ignore") for sheet, table in stated.items()}
    if name != "staff":  # a role has one row for all periods
        assert "In " not in plan_of(always | LATER_PERIODS).reason[0]
