"""What is not known of a problem or a scenario is never passed over: each way, study and audit declines.

A field nobody reads is added where one may be: to the problem, to a part of it, to a promise, and to the model a
variable that says nothing of its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import partial
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyomo.environ as pyo
import pytest
from network_example import example as network_example
from resources_example import example as resources_example

from random_networks import random_network
from random_tables import phased_tables
from random_tiers import network_tables
from redesaude.assemble import Assembled, assemble
from redesaude.errors import FaultError, InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import BY_NAME
from redesaude.plan.audit import audit
from redesaude.plan.evidence import Outcome
from redesaude.solving.core.journey_core import cheapest, core_of
from redesaude.solving.decomposed import DecomposedEngine
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import Way
from redesaude.solving.infeasible import smallest_change
from redesaude.solving.layout import layout_of
from redesaude.solving.location.pure_location import pure_location
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import DEFAULTS, Large, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.solve import solve
from redesaude.studies.strategies import status_quo
from redesaude_models import network
from redesaude_models.access import AccessPromise
from redesaude_models.network import build_model
from redesaude_models.parts import Amounts, Holds, Marks, Rows, UnknownPartError
from redesaude_models.problem import PlanningProblem, Specialties
from redesaude_models.standard_form import linear_model
from tiny import rows, scenario, tables


def _nothing() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class WithQuota(PlanningProblem):
    quota: Rows = field(default_factory=_nothing)


@dataclass(frozen=True)
class WithSomething(PlanningProblem):
    something: Any = None


@dataclass(frozen=True)
class WithCurfew(Specialties):
    curfew: Marks = field(default_factory=_nothing)


@dataclass(frozen=True)
class WithNights(AccessPromise):
    nights: Amounts = field(default_factory=_nothing)


def _own(part: Any) -> dict[str, Any]:
    return {each.name: getattr(part, each.name) for each in fields(part)}


def _quota(problem: PlanningProblem) -> PlanningProblem:
    return WithQuota(**_own(problem), quota=np.array([3]))


def _undeclared(problem: PlanningProblem) -> PlanningProblem:
    return WithSomething(**_own(problem), something=np.array([0.5]))


def _curfew(problem: PlanningProblem) -> PlanningProblem:
    return replace(problem, specialties=WithCurfew(**_own(problem.specialties), curfew=np.array([True])))


def _nights(problem: PlanningProblem) -> PlanningProblem:
    first, *others = problem.promises
    return replace(problem, promises=(WithNights(**_own(first), nights=np.array([2.0])), *others))


UNKNOWN = {"quota": _quota, "something": _undeclared, "curfew": _curfew, "nights": _nights}


def case(unknown: str) -> Assembled:
    """One specialty in one size at two sites: a pure location problem, but for what is unknown."""
    sizes = tables()["sizes"].iloc[1:].reset_index(drop=True)
    wanted = tables()["specialties"].assign(access_minutes=40, access_share=0.5, access_hard="no", access_price=1)
    known = scenario(sizes=sizes, specialties=wanted) if unknown == "nights" else scenario(sizes=sizes)
    found = assemble(known)
    return replace(found, problem=UNKNOWN[unknown](found.problem))


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_the_model_refuses_what_none_of_its_pages_has_looked_at(unknown: str) -> None:
    with pytest.raises(UnknownPartError, match=unknown):
        build_model(case(unknown).problem)


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_a_problem_with_something_unknown_is_not_plain(unknown: str) -> None:
    assert pure_location(case("quota").problem) is None
    known = assemble(scenario(sizes=tables()["sizes"].iloc[1:].reset_index(drop=True))).problem
    assert pure_location(known) is not None
    assert pure_location(case(unknown).problem) is None


def _ways() -> list[Way]:
    return [*DirectEngine().ways, *DecomposedEngine().ways]


#: as usual, and with everything taken for large
_SEARCHES = (DEFAULTS, SearchParameters(large=Large(journeys=1, one_specialty=1, columns=1)))


@pytest.mark.few(11)
@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize("way", [pytest.param(way, id=f"{n} {way.name}") for n, way in enumerate(_ways())])
@pytest.mark.parametrize("parameters", _SEARCHES, ids=["as usual", "large"])
def test_every_way_of_solving_declines(way: Way, unknown: str, parameters: SearchParameters) -> None:
    search = Search(Limits(gap=0.0, seconds=20.0), Reporter(), lambda: False, parameters=parameters)
    try:
        found = way.run(case(unknown), search)
    except UnknownPartError as error:
        found, said = None, str(error)
        assert unknown in said
    assert found is None


@pytest.mark.parametrize("engine", ["auto", "direct", "decomposed"])
def test_solve_says_what_it_does_not_know_and_blames_nobody(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redesaude.solving.solve.assemble", lambda _: case("quota"))
    with pytest.raises(FaultError, match="quota"):
        solve(case("quota").scenario, SolveOptions(gap=0.0, time_limit=20.0, engine=engine))


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_the_study_of_the_infeasible_declines(unknown: str) -> None:
    with pytest.raises(UnknownPartError, match=unknown):
        smallest_change(case(unknown), Limits(gap=0.0, seconds=20.0))


def test_what_is_not_annotated_is_neither_left_out_nor_made_free() -> None:
    problem = case("something").problem
    for treat in (partial(core_of, problem, cheapest(problem, 1)), problem.promises_alone, problem.promised_journeys):
        with pytest.raises(UnknownPartError, match="something"):
            treat()


def test_a_promise_that_nobody_makes_elastic_is_not_kept_hard_in_silence() -> None:
    @dataclass(frozen=True)
    class Firm:
        firm: Annotated[np.ndarray, Holds.HARD]

    problem = WithSomething(**_own(assemble(scenario()).problem), something=Firm(np.array([True])))
    with pytest.raises(UnknownPartError, match="firm"):
        problem.promises_alone()


def test_an_unknown_variable_leaves_the_model_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing of its place: the ways that take the model apart decline, the whole model is solved."""

    def add(m: pyo.ConcreteModel, *_: Any) -> None:
        m.weather = pyo.Var(["rain"], bounds=(0, 1))
        m.wet = pyo.Constraint(expr=m.weather["rain"] >= 0.5)
        known(m, *_)

    known: Callable[..., None] = network.add_net_present_cost
    monkeypatch.setattr(network, "PAGES", (*network.PAGES[:-1], add))
    assembled = assemble(scenario())
    with pytest.raises(UnknownPartError, match="weather"):
        layout_of(linear_model(build_model(assembled.problem)), assembled.problem)
    told: list[str] = []
    plan = solve(
        scenario(), SolveOptions(gap=0.0, time_limit=20.0, engine="decomposed"), lambda at: told.append(at.message)
    )
    assert plan.objective == pytest.approx(920.0)
    assert any("weather" in message for message in told)


def _with_a_term_that_is_over() -> Scenario:
    """Three periods, and a contract that ends within them, after which services may change again."""
    found = phased_tables(0, 3, 3)
    short = {"contract_id": "short", "delivery_model": "oss", "term_years": 4, "after_term": "direct"}
    return scenario(**{**found, "contracts": pd.concat([found["contracts"], rows(short)], ignore_index=True)})


def _known() -> list[PlanningProblem]:
    """Problems of every shape, and each with one of its parts left out."""
    cases = [scenario(), network_example(), resources_example(), _with_a_term_that_is_over()]
    makers: list[Callable[[int], Any]] = [random_network, network_tables, lambda seed: phased_tables(seed, 3, 3)]
    for maker in makers:
        for seed in range(4):
            try:
                cases.append(scenario(**maker(seed)))
                assemble(cases[-1])
            except InputError:
                cases.pop()
    return [assemble(each).problem for each in cases]


@pytest.fixture(scope="module")
def known() -> list[PlanningProblem]:
    return _known()


@pytest.mark.long
def test_whatever_is_stated_today_is_read(known: list[PlanningProblem]) -> None:
    """Nothing known is refused, also where another part that goes with it is left out."""
    for problem in known:
        build_model(problem)
        build_model(problem.promises_alone())
        build_model(core_of(problem, cheapest(problem, 1)).problem)
        for each in fields(problem):
            if each.default is not MISSING or each.default_factory is not MISSING:
                empty = each.default if each.default_factory is MISSING else each.default_factory()
                try:
                    build_model(replace(problem, **{each.name: empty}))
                except (IndexError, KeyError, ValueError):  # others name its rows
                    continue


def test_together_they_state_every_field_there_is(known: list[PlanningProblem]) -> None:
    """Else the test above would say nothing of some; what is left are rare rows."""
    stated = frozenset().union(*(problem.stated() for problem in known))
    parts = {name.split(".")[0] for name in stated}
    assert parts >= {each.name for each in fields(PlanningProblem)} - {
        "territories", "sites", "contracts", "lots", "pool", "constant", "decided", "precedence", "max_starts",
    }  # fmt: skip


@dataclass(frozen=True)
class WithCurfews(Scenario):
    curfews: pd.DataFrame = field(default_factory=pd.DataFrame)


def _with_curfews(known: Scenario) -> Scenario:
    return WithCurfews(**_own(known), curfews=pd.DataFrame({"site_id": ["h1"]}))


def test_today_is_not_told_of_a_scenario_with_an_unknown_table() -> None:
    assert status_quo(scenario()).variant_id == "status_quo"
    with pytest.raises(FaultError, match="curfews"):
        status_quo(_with_curfews(scenario()))


def test_the_audit_does_not_pass_what_it_does_not_know() -> None:
    plan = solve(scenario(), SolveOptions(gap=0.0, time_limit=20.0, engine="direct"))
    assert audit(plan).passed
    found = audit(replace(plan, scenario=_with_curfews(plan.scenario)))
    assert [(check.name, check.detail) for check in found.checks if not check.passed] == [
        ("all that the scenario states is audited", "at curfews")
    ]


def test_an_unknown_column_of_a_known_table_is_declined_too() -> None:
    plan = solve(scenario(), SolveOptions(gap=0.0, time_limit=20.0, engine="direct"))
    known = plan.scenario
    strange = known.replace(sites=known.sites.assign(beds=3.0))
    found = audit(replace(plan, scenario=strange))
    assert [check.detail for check in found.checks if not check.passed] == ["at sites.beds"]
    with pytest.raises(FaultError, match=r"sites\.beds"):
        status_quo(strange)


def test_a_table_that_names_no_reader_is_declined_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    lots = BY_NAME["lots"]
    monkeypatch.setitem(BY_NAME, "lots", replace(lots, read_by=()))
    stated = scenario().replace(lots=pd.DataFrame({"lot_id": ["a"], "name": ["a"]}))
    assert stated.unknown_to("audit") == stated.unknown_to("status_quo") == ["lots"]
    monkeypatch.setitem(BY_NAME, "lots", lots)
    assert stated.unknown_to("audit") == stated.unknown_to("status_quo") == []


def test_a_hard_promise_of_an_unknown_kind_is_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = solve(scenario(), SolveOptions(gap=0.0, time_limit=20.0, engine="direct"))
    broken = {"curfew|h1": Outcome("curfew", 10.0, 4.0, 6.0, hard=True)}
    monkeypatch.setattr("redesaude.plan.audit.outcomes", lambda _: broken)
    failed = [check.name for check in audit(plan).checks if not check.passed]
    assert "other hard promises kept" in failed
