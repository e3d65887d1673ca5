"""A service that ends is called by what becomes of it on every paper; its people are told where to go until then."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from redesaude.plan.endings import Fate
from redesaude.plan.plan import Plan
from redesaude.report.decision import write_decision
from redesaude.report.decision.decisions import decisions_frame
from redesaude.report.instruments.brazil.programme import PAS
from redesaude.report.instruments.brazil.words import STAGES as IN_BRAZIL
from redesaude.report.instruments.facts import IN_ORDER, Facts
from redesaude.report.instruments.vietnam.words import STAGES as IN_VIETNAM
from redesaude.report.municipal.references import references
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, times

#: of the two sites: municipalities, and who owns the first
PLACES = {
    Fate.CLOSED: (("t1", "t2"), "public"),
    Fate.MOVED: (("t1", "t1"), "public"),
    Fate.UNCONTRACTED: (("t1", "t2"), "private"),
}


@cache
def ending(fate: Fate, closing: str = "when_replaced") -> Plan:
    """Today 30 of 60 cases are treated at h1, until all are at h2, which is built in two years."""
    towns, kind = PLACES[fate]
    place = {"specialty_id": "cardio", "status": "forbidden"}
    plan = solve(
        scenario(
            specialties=rows({"specialty_id": "cardio", "name": "Heart", "cases_per_100k": 100_000, "unmet_cost": 600,
                              "max_centres": 1}),
            sizes=rows(
                {"specialty_id": "cardio", "size_id": "small", "capacity": 30, "fixed_cost": 30, "cost_per_case": 4},
                {"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 10, "cost_per_case": 3,
                 "capex": 50, "build_months": 24},
            ),
            territories=rows(*({"territory_id": t, "region_id": "west", "population": 30} for t in ("t1", "t2"))),
            sites=rows(
                {"site_id": "h1", "name": "Old", "territory_id": towns[0], "kind": kind},
                {"site_id": "h2", "name": "New", "territory_id": towns[1], "kind": "public"},
            ),
            site_services=rows(
                {**place, "site_id": "h1", "size_id": "small", "status": "existing", "contract_id": "direct",
                 "closing": closing, "closing_cost": 7},
                {**place, "site_id": "h1", "size_id": "large"},
                {**place, "site_id": "h2", "size_id": "small"},
            ),
            travel_times=times({t: {"h1": 5, "h2": 5} for t in ("t1", "t2")}),
            settings=settings(base_year=2025, horizon_years=6),
        ),
        EXACT,
    )  # fmt: skip
    assert plan.has_decisions
    return plan


@pytest.mark.parametrize("fate", Fate)
def test_planning_sheets_call_it_so(fate: Fate) -> None:
    facts = Facts(view_of(ending(fate), "en"), "pt-BR")
    assert facts.stages_in(2026)["h1", "cardio"] == ["running_on"]
    (last,) = {stage for year in (2026, 2027) for stage in facts.stages_in(year)["h1", "cardio"]} - {"running_on"}
    assert last == fate
    assert facts.goes_on(facts.stages[facts.stages["milestone"] == last], IN_BRAZIL) == f"{IN_BRAZIL[fate]}, Old (1)"
    for words in (IN_BRAZIL, IN_VIETNAM):
        assert set(words) == set(IN_ORDER)


@pytest.mark.parametrize(
    ("fate", "verb"),
    [(Fate.CLOSED, "Encerrar"), (Fate.MOVED, "Mudar de local"), (Fate.UNCONTRACTED, "Deixar de contratar")],
)
def test_its_cost_is_an_action_called_so(fate: Fate, verb: str) -> None:
    made = PAS.filled(Facts(view_of(ending(fate), "en"), "pt-BR"))
    (action,) = made.loc[made["previsao"].round(6) == 7.0, "acao"]
    assert action.startswith(verb)
    assert action.endswith("Heart (Old)")


@pytest.mark.parametrize(("fate", "word"), [(Fate.CLOSED, "closes"), (Fate.MOVED, "moves")])
def test_the_page_of_decisions_tells_when_it_ends(fate: Fate, word: str) -> None:
    frame = decisions_frame(view_of(ending(fate), "en")).set_index("site_id")
    assert frame.loc["h1", "contract"] == word
    assert "(2026-H2)" in frame.loc["h1", "why"]


def test_references_tell_where_people_go_until_the_first_choice_opens() -> None:
    for closing, until in (("when_replaced", "Old (runs on: 2026-H2)"), ("at_once", "")):
        table = references(view_of(ending(Fate.CLOSED, closing), "en"))
        assert set(table["first"]) == {"New"}
        assert set(table["until"]) <= {until, ""}
        assert (until in set(table["until"])) or not until


def test_references_name_the_place_outside_where_people_go_until_then() -> None:
    """Most people of the town go there today: until its centre opens, or, where nobody treats them, as before."""
    sizes = {"specialty_id": "cardio", "size_id": "small", "capacity": 90, "fixed_cost": 30, "build_months": 24}
    away = {"territory_id": "t1", "specialty_id": "cardio", "outside": "Far City", "share": 0.7}
    plan = solve(scenario(sizes=rows(sizes), today=rows(away)), EXACT)
    until = references(view_of(plan, "en")).set_index("territory_id")["until"]
    assert until["t1"] == "Far City (outside the area)"
    assert set(until.drop("t1")) == {""}
    cheap = {"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 0.01, "trips_per_case": 0.5}
    nobody = solve(scenario(sizes=rows(sizes), specialties=rows(cheap), today=rows(away)), EXACT)
    assert nobody.openings.empty
    assert references(view_of(nobody, "en")).set_index("territory_id")["until"]["t1"] == until["t1"]


def test_the_decision_file_has_what_ends_below_what_opens(tmp_path: Path) -> None:
    view = view_of(ending(Fate.MOVED), "en")
    write_decision(write_audit_workbook(view, tmp_path / "audit.xlsx"), tmp_path / "decision.xlsx")
    sheet = load_workbook(tmp_path / "decision.xlsx").worksheets[1]
    told = [[str(cell.value) for cell in line if cell.value] for line in sheet.iter_rows()]
    heading = next(n for n, line in enumerate(told) if line == ["Services of today that end at their place"])
    row = next(line for line in told[heading:] if "Old" in line[0])
    assert row[2] == "moves"
    assert "(2026-H2)" in " ".join(row)
    assert not any("moves" in line for line in told[:heading])
