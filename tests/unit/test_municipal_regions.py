"""What each municipality lacks today, and one workbook for each region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from report_example import example_plan
from typer.testing import CliRunner

from redesaude.assemble.demand import case_matrix
from redesaude.cli.app import app
from redesaude.cli.common import Exit
from redesaude.inputs.areas import areas_of
from redesaude.inputs.scenario import Scenario
from redesaude.plan.storage import write_plan
from redesaude.report.folder import place_report
from redesaude.report.municipal.supply import supply_today
from redesaude.report.municipal.workbooks import MOST, REGIONS, MunicipalTables, chosen, write_regions
from redesaude.report.view import view_of
from tiny import rows, scenario, settings, times


def today(**changes: pd.DataFrame) -> Scenario:
    """Two services of today, of which the second town reaches both within its standard of 30 minutes."""
    return scenario(
        settings=settings(occupancy=0.8),
        specialties=rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 30, "unmet_cost": 900}
        ),
        site_services=rows(
            *(
                {
                    "site_id": site,
                    "specialty_id": "cardio",
                    "size_id": size,
                    "status": "existing",
                    "contract_id": "direct",
                }
                for site, size in (("h1", "small"), ("h2", "large"))
            )
        ),
        travel_times=times({"t1": {"h1": 10, "h2": 90}, "t2": {"h1": 30, "h2": 20}, "t3": {"h1": 31, "h2": 200}}),
        **changes,
    )


def test_capacity_is_shared_by_the_cases_that_reach_it_in_time() -> None:
    one = today()
    first, second, third = case_matrix(one)[:, 0]
    small, large = one.sizes["capacity"] * 0.8
    table = supply_today(one).set_index("territory_id")
    shared = small / (first + second)
    expected = [first * shared, second * shared + large, 0.0]
    assert table["capacity"].to_list() == pytest.approx(expected)
    assert table["gap"].to_list() == pytest.approx([max(first - expected[0], 0), max(second - expected[1], 0), third])
    assert table.loc["t3", "marked"]  # most cases of all, and nothing in time
    assert not table.loc["t2", "marked"]


def test_what_municipalities_have_adds_up_to_what_anybody_reaches() -> None:
    one = today()
    assert supply_today(one)["capacity"].sum() == pytest.approx(one.sizes["capacity"].sum() * 0.8)
    alone = one.replace(site_services=one.site_services.iloc[:1])
    assert supply_today(alone)["capacity"].sum() == pytest.approx(one.sizes["capacity"].iloc[0] * 0.8)
    none = one.replace(site_services=one.site_services.iloc[:0])
    assert supply_today(none)["capacity"].sum() == 0.0
    assert np.array_equal(supply_today(none)["gap"], supply_today(none)["cases"])


def test_more_people_elsewhere_never_leave_a_municipality_more() -> None:
    one = today()
    more = one.replace(territories=one.territories.assign(population=one.territories["population"] * [1, 3, 1]))
    before, after = (supply_today(each).set_index("territory_id")["capacity"] for each in (one, more))
    assert after["t1"] < before["t1"]


def test_each_region_has_a_workbook_of_its_own_people(tmp_path: Path) -> None:
    view = view_of(example_plan(), "pt-BR")
    tables = MunicipalTables(view)
    write_regions(tables, tmp_path)
    areas = areas_of(view.scenario.territories)
    assert {file.name for file in tmp_path.iterdir()} == {f"{area.code}.xlsx" for area in areas}
    home = view.scenario.territories.set_index("territory_id")["region_id"].to_dict()
    for area in (area for area in areas if area.code in home.values()):
        sheet = load_workbook(tmp_path / f"{area.code}.xlsx")["Referências"]
        written = {str(cell.value) for line in sheet.iter_rows() for cell in line}
        assert {home[town] for town in written & home.keys()} == {area.code}
        mine = tables.supply[tables.supply["territory_id"].isin(area.territories)]
        assert tables.years_of(area)["cases"].sum() == pytest.approx(mine["cases"].sum())


def test_services_of_a_region_are_its_own_and_those_that_treat_its_people() -> None:
    plan = example_plan()
    tables = MunicipalTables(view_of(plan, "en"))
    for area in areas_of(plan.scenario.territories):
        of_its_people = plan.assignments[plan.assignments["territory_id"].isin(area.territories)]
        assert tables.services_of(area)["own"].sum() == pytest.approx(of_its_people["cases"].sum())


def test_many_regions_are_written_where_they_are_asked_for() -> None:
    one = today()
    names = [f"r{n}" for n in range(MOST + 1)]
    many = pd.concat([one.territories.iloc[:1].assign(territory_id=f"t{name}", region_id=name) for name in names])
    several = one.replace(territories=many)
    assert chosen(several, None) == []
    assert [area.code for area in chosen(several, ["r3", "r5"])] == ["r3", "r5"]
    assert len(chosen(several, ["all"])) == MOST + 1


def test_codes_that_no_file_can_have_get_plain_names(tmp_path: Path) -> None:
    plan = example_plan()
    odd = dict(zip(plan.scenario.territories["region_id"].unique(), ["a/b", "a:b"], strict=False))
    territories = plan.scenario.territories
    renamed = plan.scenario.replace(territories=territories.assign(region_id=territories["region_id"].map(odd)))
    write_regions(MunicipalTables(view_of(example_plan(renamed), "en")), tmp_path / "regions")
    assert [path.parent.name for path in tmp_path.rglob("*.xlsx")] == ["regions"] * len(areas_of(renamed.territories))
    assert {path.name for path in tmp_path.rglob("*.xlsx")} >= {"a-b.xlsx"}


def test_the_command_knows_the_regions_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "result").mkdir()
    write_plan(example_plan(), tmp_path / "result")
    codes = [area.code for area in areas_of(example_plan().scenario.territories)]
    command = ["report", str(tmp_path / "result"), "--out", str(tmp_path / "again"), "--regions", f"{codes[0]}x"]
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == Exit.WRONG_INPUT
    assert codes[0] in refused.stderr.split(f"{codes[0]}x")[1]


@pytest.mark.long
def test_the_command_writes_the_regions_that_are_asked_for(tmp_path: Path) -> None:
    place_report(example_plan(), tmp_path / "result", "en")
    codes = [area.code for area in areas_of(example_plan().scenario.territories)]
    assert sorted(file.stem for file in (tmp_path / "result" / REGIONS).iterdir()) == sorted(codes)
    command = ["report", str(tmp_path / "result"), "--no-studies", "--replace"]
    assert CliRunner().invoke(app, [*command, "--regions", codes[0]]).exit_code == 0
    assert [file.stem for file in (tmp_path / "result" / REGIONS).iterdir()] == codes[:1]
    assert CliRunner().invoke(app, [*command, "--pictures"]).exit_code == 0
    assert (tmp_path / "result" / "pictures" / "within-plan.svg").exists()
    refused = CliRunner().invoke(app, [*command, "--regions", f"{codes[0]}x"])
    assert refused.exit_code == Exit.WRONG_INPUT
    assert codes[0] in refused.stderr.split(f"{codes[0]}x")[1]
