"""Access that lasts: what a plan gives for a few years only is told apart from what it gives for good."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.plan.lasting import falls, lasting, lost
from redesaude.report.falls import fall_sentences
from redesaude.report.studied import Studied
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.years import years_frame
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, times


def replaced(near: float = 50.0, growth: float = 0.0) -> Scenario:
    """Today 30 of 60 cases are treated where they live, in t1; once a service in t2 is built, in two years, all there.

    It is ``near`` minutes from t1 and 5 from the 30 cases of t2; within 10 minutes is in time.
    """
    place = {"specialty_id": "cardio", "status": "forbidden"}
    return scenario(
        specialties=rows({"specialty_id": "cardio", "name": "Heart", "cases_per_100k": 100_000, "unmet_cost": 600,
                          "max_centres": 1, "access_minutes": 10}),
        sizes=rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": 30, "fixed_cost": 30, "cost_per_case": 4},
            {"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 10, "cost_per_case": 3,
             "capex": 50, "build_months": 24},
        ),
        territories=rows(
            {"territory_id": "t1", "name": "Old", "region_id": "west", "population": 30},
            {"territory_id": "t2", "name": "New", "region_id": "east", "population": 30, "growth_rate": growth},
        ),
        sites=rows({"site_id": "h1", "territory_id": "t1"}, {"site_id": "h2", "territory_id": "t2"}),
        site_services=rows(
            {**place, "site_id": "h1", "size_id": "small", "status": "existing", "contract_id": "direct"},
            {**place, "site_id": "h1", "size_id": "large"},
            {**place, "site_id": "h2", "size_id": "small"},
        ),
        travel_times=times({"t1": {"h1": 0, "h2": near}, "t2": {"h1": 50, "h2": 5}}),
        settings=settings(base_year=2025, horizon_years=6),
    )  # fmt: skip


def test_who_is_near_only_until_a_service_of_today_ends_does_not_keep_it() -> None:
    """In time are the 30 of t1 at first, and the 30 of t2 later: the share stands, but what lasts rises."""
    studied = Studied(solve(replaced(), EXACT))
    whole = studied.years[studied.years["region_id"] == ALL].set_index("year")
    np.testing.assert_allclose(whole["share_within_standard"], [0.5] * 6)
    np.testing.assert_allclose(whole["share_lasting"], [0.0, 0.0] + [0.5] * 4)
    regions = studied.years[studied.years["region_id"] != ALL].set_index(["region_id", "year"])["share_lasting"]
    assert regions["west"].to_list() == [0.0] * 6
    assert regions["east"].to_list() == [0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    assert years_frame(view_of(studied.plan, "en"))["lasting"].to_list() == whole["share_lasting"].to_list()


def test_where_nobody_loses_all_of_it_lasts() -> None:
    years = Studied(solve(replaced(near=5.0), EXACT)).years
    assert years["share_lasting"].to_list() == pytest.approx(years["share_within_standard"].to_list())


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "falls from 50.0% in 2026 to 0.0% in 2027"),
        ("pt-BR", "cai de 50,0% em 2026 para 0,0% em 2027"),
        ("vi", "giảm từ 50,0% năm 2026 xuống 0,0% năm 2027"),
    ],
)
def test_a_year_in_which_the_share_falls_is_told_with_who_and_why(language: str, words: str) -> None:
    case = replaced()
    far = case.replace(travel_times=case.travel_times.assign(minutes=case.travel_times["minutes"].replace(5.0, 50.0)))
    (told,) = fall_sentences(view_of(solve(far, EXACT), language))
    assert words in told
    assert "Heart, Old (30)" in told


def test_a_first_year_below_what_today_s_services_treat_is_told() -> None:
    """Ended at once, h1 treats nobody in the years until h2 is open, and its people are the 30 of t1."""
    case = replaced()
    ended = case.replace(site_services=case.site_services.assign(closing="at_once"))
    (told,) = fall_sentences(view_of(solve(ended, EXACT), "en"))
    assert told.startswith("In 2025 0.0% of the cases are within the standard, fewer than the 50.0%")
    assert "30 cases a year are no longer within it, most of them Heart, Old (30)" in told


def test_without_a_fall_nothing_is_told() -> None:
    assert fall_sentences(view_of(solve(replaced(), EXACT), "en")) == []


def test_a_fall_by_people_alone_is_told_as_that() -> None:
    """Nothing is built; out of reach in t2, people grow from one period to the next."""
    case = replaced(growth=0.1)
    services = case.site_services.assign(status=["existing", "forbidden", "forbidden"])
    more = rows({"specialty_id": "cardio", "status": "forbidden", "site_id": "h2", "size_id": "large"})
    periods = rows(
        {"period_id": "p1", "first_year": 2025, "years": 3}, {"period_id": "p2", "first_year": 2028, "years": 3}
    )
    still = scenario(
        **{name: getattr(case, name) for name in ("specialties", "sizes", "territories", "sites", "travel_times")},
        settings=settings(base_year=2025, horizon_years=6),
        site_services=pd.concat([services, more], ignore_index=True).fillna({"contract_id": ""}),
        periods=periods,
    )
    (told,) = fall_sentences(view_of(solve(still, EXACT), "en"))
    assert "in 2027" in told
    assert "in 2028" in told
    assert "no municipality loses it" in told


def test_the_summary_has_the_sentence(tmp_path: Path) -> None:
    case = replaced()
    far = case.replace(travel_times=case.travel_times.assign(minutes=case.travel_times["minutes"].replace(5.0, 50.0)))
    view = view_of(solve(far, EXACT), "en")
    write_audit_workbook(view, tmp_path / "audit.xlsx")
    book = openpyxl.load_workbook(tmp_path / "audit.xlsx")
    (told,) = fall_sentences(view)
    for name in ("summary", "years"):
        assert any(told in str(cell.value) for line in book[name].iter_rows() for cell in line), name


def test_years_that_fall_one_after_the_other_are_one_fall() -> None:
    whole = pd.Series([0.3, 0.5, 0.4, 0.4999, 0.4998, 0.45, 0.6], index=range(2027, 2034))
    assert falls(whole) == [(2028, 2029), (2030, 2032)]
    assert falls(whole[[2030, 2031]]) == []  # less than a reader sees


def test_who_loses_most_stands_first_and_gains_are_not_set_off() -> None:
    columns = ["year", "specialty_id", "territory_id", "cases", "share_within_standard"]
    table = pd.DataFrame(
        [
            (2030, "a", "t1", 10.0, 1.0), (2031, "a", "t1", 10.0, 0.5),
            (2030, "a", "t2", 40.0, 0.5), (2031, "a", "t2", 40.0, 0.25),
            (2030, "a", "t3", 90.0, 0.1), (2031, "a", "t3", 90.0, 1.0),
            (2030, "b", "t1", 90.0, np.nan), (2031, "b", "t1", 90.0, np.nan),
        ],
        columns=columns,
    )  # fmt: skip
    assert lost(table, 2030, 2031).to_numpy().tolist() == [["a", "t2", 10.0], ["a", "t1", 5.0]]


def test_without_a_standard_nothing_lasts() -> None:
    table = pd.DataFrame(
        {"year": [2030], "specialty_id": ["a"], "territory_id": ["t1"], "share_within_standard": [np.nan]}
    )
    assert lasting(replaced(), table.assign(cases=1.0)).empty
