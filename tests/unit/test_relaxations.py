"""What may give way where no plan is possible: each set is tried, costs what the changed input costs, and is ranked."""

from __future__ import annotations

import math
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from impossible import CASES, barred, personnel, scenario_of, sites, specialty
from test_cli import run
from test_infeasible import alone_in_the_network, covered

from redesaude.asking.relaxations import RELAXATIONS, MayGiveWay, may_give_way
from redesaude.errors import InputError
from redesaude.inputs.drafted_variant import draft_variant
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.language import LANGUAGES, said, translator
from redesaude.plan.plan import Plan
from redesaude.promises.causes import CUT
from redesaude.report.asked.relaxations import TITLES, page
from redesaude.report.document.html import html
from redesaude.report.view import view_of
from redesaude.solving.relaxations import Relaxation
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from tiny import EXACT, rows

#: the ways in which a scenario may leave no plan, and the case of each; that a journey is too long is told before
TWELVE = {
    "capacity": "capacity",
    "least volume": "volume",
    "budget": "capital",
    "co-location": "colocation",
    "staff": "staff",
    "load ceiling": "load",
    "lot": "min_value",
    "legal limit": "personnel",
    "decisions that contradict": "barred",
    "regional promise": "regional access",
    "max centres": "max_centres",
}


def asked(name: str) -> MayGiveWay:
    plan = Plan(scenario_of(CASES[name].stated), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE)
    return may_give_way(plan, replace(EXACT, certificate=False))


@pytest.mark.few(6)
@pytest.mark.parametrize("way", TWELVE)
def test_what_is_named_is_enough_and_was_tried(way: str) -> None:
    case = CASES[TWELVE[way]]
    found = asked(TWELVE[way])
    told = [" ".join(map(translator("en").tell, each.sentences)) for each in found.ranked]
    assert any(case.named in sentence for sentence in told), told
    assert all(math.isfinite(each.found) and each.least <= each.found + 1e-6 for each in found.ranked)
    costs = found.table["found"].to_list()
    assert costs == sorted(costs)
    assert list(found.table.columns) == list(RELAXATIONS)
    assert not found.cut


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ["max_centres", "capital", "load", "regional access"])
def test_it_costs_what_the_input_with_its_advice_costs(name: str) -> None:
    """The smallest change is what the case advises, so that both are the same scenario."""
    case = CASES[name]
    advised = solve(scenario_of(case.stated | case.advised), replace(EXACT, certificate=False))
    assert advised.objective is not None
    assert min(abs(each.found - advised.objective) for each in asked(name).ranked) < 1e-4 * advised.objective


#: where cells do what the sentences say, and where none do: rows to be taken off, contracts that exclude each other,
#: a limit that the whole of its base is too little for
TYPED = ("max_centres", "capital", "load", "volume", "capacity", "staff", "access", "regional access", "max_services",
         "max_contracts", "max_starts", "min_value", "works alone", "nearest alone", "single_source alone", "barred",
         "must_open or", "access of all", "services of all")  # fmt: skip
UNTYPED = ("colocation", "precedence", "personnel", "one_contract", "required_size or")


@pytest.mark.few(3)
@pytest.mark.parametrize("name", TYPED)
def test_the_cells_of_a_set_are_a_variant_that_has_a_plan(name: str) -> None:
    found = asked(name)
    cells = [each.cells for each in found.ranked if each.cells]
    assert cells, [translator("en").tell(one) for each in found.ranked for one in each.sentences]
    for typed in cells:
        made = draft_variant(found.plan.scenario, [(cell.place, cell.value) for cell in typed], name="x")
        assert solve(made.variant, replace(EXACT, certificate=False)).has_decisions


def _in_network(stated: str) -> Scenario:
    """Cases of the emergency network, of hubs and of a legal limit that a larger share of its base is enough for."""
    narrow = personnel(1_000)
    return {
        "hub_room": lambda: alone_in_the_network("hub_room"),
        "cover": lambda: covered(0.9),
        "legal limit": lambda: scenario_of(narrow | {"fiscal": narrow["fiscal"].assign(share=0.01)}),
    }[stated]()


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("stated", "sheet"), {"hub_room": "sizes", "cover": "emergency", "legal limit": "fiscal"}.items()
)
def test_a_hub_a_promise_of_ambulances_and_a_legal_limit_have_their_cells_too(stated: str, sheet: str) -> None:
    scenario = _in_network(stated)
    plan = Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE)
    cells = [each.cells for each in may_give_way(plan, replace(EXACT, certificate=False)).ranked]
    mine = [typed for typed in cells if typed and {cell.place.partition("/")[0] for cell in typed} == {sheet}]
    assert mine, cells
    made = draft_variant(scenario, [(cell.place, cell.value) for cell in mine[0]], name="x")
    assert solve(made.variant, replace(EXACT, certificate=False)).has_decisions


def test_a_decision_about_more_than_what_is_barred_is_not_taken_off_by_a_click() -> None:
    """What forbids it at every site would allow it at all of them: the sentence alone says what to do."""
    everywhere = rows({"site_id": "all", "specialty_id": "cardio", "decision": "forbid"})
    plan = Plan(
        scenario_of(barred("yes") | {"decisions": everywhere}), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE
    )
    sets = may_give_way(plan, replace(EXACT, certificate=False)).ranked
    assert sets
    assert all(each.cells == () for each in sets)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", UNTYPED)
def test_what_no_cell_does_is_said_alone(name: str) -> None:
    named = CASES[name].named
    sets = [each for each in asked(name).ranked if named in " ".join(map(translator("en").tell, each.sentences))]
    assert sets
    assert all(each.cells == () for each in sets)


def test_a_journey_that_is_too_long_for_all_is_told_and_its_advice_makes_a_plan_possible() -> None:
    """With h1 alone, t3 is 50 minutes from care, beyond a ceiling of 25."""
    stated = {"specialties": rows(specialty(ceiling_minutes=25)), "sites": sites()[:1]}
    with pytest.raises(InputError, match="raise ceiling_minutes"):
        solve(scenario_of(stated), EXACT)
    for advised in (
        {"specialties": rows(specialty(ceiling_minutes=50))},
        {"sites": sites()},
        {"specialties": rows(specialty(ceiling_minutes=25, unmet_cost=1_000))},
    ):
        assert solve(scenario_of(stated | advised), EXACT).has_decisions


#: any sentence of the catalogues
_SENTENCE = said("No plan found yet")


def test_what_may_give_way_has_a_page_in_three_languages() -> None:
    """As its sheet, the cheapest set first; where nothing was found that is said."""
    plan = Plan(scenario_of(CASES["max_centres"].stated), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE)
    set_of_rules = Relaxation("rooms", (_SENTENCE,), 0.5, 1234.0, -math.inf)
    found = {language: MayGiveWay(plan, (set_of_rules,), cut=True) for language in LANGUAGES}
    pages = {language: html(page(view_of(plan, language), each)) for language, each in found.items()}
    for language, told in pages.items():
        for words in (TITLES["relaxations"], CUT.message, _SENTENCE.message):
            assert escape(translator(language)(words)) in told
        assert "50" in told
        assert "-inf" not in told
    nothing = html(page(view_of(plan), MayGiveWay(plan, (), cut=False)))
    assert "No change of the rules was found" in nothing


@pytest.mark.long
def test_why_of_a_result_without_a_plan_writes_what_may_give_way(tmp_path: Path) -> None:
    write_scenario(tmp_path / "w.xlsx", scenario_of(CASES["max_centres"].stated))
    assert run("solve", "w.xlsx", "--no-studies", "--out", "r", folder=tmp_path).returncode == 2
    told = run("why", "r", "--out", "y", folder=tmp_path)
    assert told.returncode == 2, told.stderr
    assert "Type 2 in it" in told.stdout
    assert (tmp_path / "y" / "why.xlsx").is_file()
    assert "Type 2 in it" in (tmp_path / "y" / "why.html").read_text(encoding="utf-8")
    assert (tmp_path / "y" / "tables" / "relaxations.csv").read_text(encoding="utf-8").startswith("rank,kind")
