"""Rows for planning instruments: figures are those of the plan, fields are official, blanks say who fills them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from appraisal_example import contracts, example
from network_example import example_plan as network_plan
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from report_example import example_plan, example_scenario
from resources_example import example_plan as resources_plan

from redesaude.inputs.tables import ALL
from redesaude.payers import SERVICE_PAYERS
from redesaude.plan.by_year import by_year, by_year_and_municipality
from redesaude.plan.plan import Plan
from redesaude.report.instruments.brazil.agreed_volumes import PPI
from redesaude.report.instruments.brazil.digisus import cycles
from redesaude.report.instruments.brazil.words import SOURCES
from redesaude.report.instruments.country import BRAZIL, VIETNAM, country_of
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import Field, Instrument
from redesaude.report.instruments.registry import INSTRUMENTS
from redesaude.report.instruments.workbook import write_planning
from redesaude.report.municipal import workbooks
from redesaude.report.view import view_of
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario

FILLED = "FFFFF3D6"


def followed(plan: Plan) -> Plan:
    """The plan with an indicator that it says and one that is typed."""
    own = rows({"indicator_id": "reached", "formula": "in_time", "per": "cases"}, {"indicator_id": "deaths"})
    return replace(plan, scenario=plan.scenario.replace(indicators=scenario(indicators=own).indicators))


@cache
def shared_facts() -> Facts:
    """A plan with a consortium, of whose running cost municipalities pay a part, and federal money."""
    case = example(
        contracts=contracts({"contract_id": "share", "cost_key": "population"}),
        sites=example().sites.assign(contracts_allowed=["direct", "share", "purchase"]),
        payers=rows({"site_id": "h1", "payer": "federal", "share": 0.25, "kind": "running"}),
    )
    return Facts(view_of(followed(solve(case, EXACT)), "en"), "pt-BR")


@cache
def table(name: str) -> pd.DataFrame:
    return next(each for each in INSTRUMENTS[BRAZIL].instruments if each.name == name).filled(shared_facts())


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of :func:`written` by language."""
    return defaultdict(lambda: tmp_path_factory.mktemp("planning"))


def written(folders: dict[str, Path], language: str) -> Path:
    """The planning rows of the example in a language, written once."""
    folder = folders[language]
    if not (folder / "planning.xlsx").exists():
        (folder / "tables").mkdir()
        write_planning(view_of(followed(example_plan()), language), folder)
    return folder / "planning.xlsx"


@pytest.mark.parametrize("instrument", INSTRUMENTS[BRAZIL].instruments, ids=lambda each: each.name)
def test_rows_have_declared_fields_alone_and_what_is_to_be_filled_in_is_nowhere_invented(
    instrument: Instrument,
) -> None:
    made = instrument.made(shared_facts())
    assert len(made)
    keys = [field.key for field in instrument.fields]
    assert len(set(keys)) == len(keys)
    for field in instrument.fields:
        assert field.key in made.columns or field.fills, field.key
        if field.kind in ("money", "number", "decimal", "percent"):
            assert field.source or field.fills, field.key  # each figure says where it is from


def test_money_of_the_programme_is_that_of_the_plan_year_by_year() -> None:
    facts = shared_facts()
    years = facts.studied.years
    whole = years[(years["region_id"] == ALL) & years["year"].isin(facts.programmed)].groupby("year")
    expected = whole[[f"cost_{payer}" for payer in SERVICE_PAYERS]].sum().sum(axis=1)
    for name in ("PAS", "PAS_despesas"):
        found = table(name).groupby("ano")["previsao"].sum()
        assert found.to_list() == pytest.approx(expected.to_list())
        assert table(name)[list(SOURCES)].sum(axis=1).to_list() == pytest.approx(table(name)["previsao"].to_list())
    federal = table("PAS").groupby("ano")["uniao"].sum()
    assert federal.to_list() == pytest.approx(whole["cost_federal"].sum().to_list())
    assert federal.sum() > 0


def test_what_is_agreed_is_what_is_paid_and_shares_make_a_whole() -> None:
    facts, agreed, invested = shared_facts(), table("CIB_anexo_I"), table("CIB_anexo_II")
    running = facts.running(facts.full_year)
    assert agreed["custeio"].sum() == pytest.approx(running["real"].sum())
    capital = facts.paid.loc[facts.paid["kind"] == "capital", "real"].sum()
    assert invested["investimento"].sum() == pytest.approx(capital)
    for name, sheet in (("custeio", agreed), ("investimento", invested)):
        paid = sheet[sheet[name] > 0]
        assert len(paid)
        parts = paid[[f"{name}_{who}" for who in SOURCES]].sum(axis=1)
        assert parts.to_list() == pytest.approx([1.0] * len(paid))
    part = (agreed["custeio"] * agreed["custeio_municipios"].fillna(0.0)).sum()
    bills = facts.studied.bills
    assert part == pytest.approx(bills.loc[bills["year"] == facts.full_year, "real"].astype(float).sum())
    assert table("CIB_anexo_III")["valor"].sum() == pytest.approx(part)
    assert part > 0
    assert agreed["cases"].sum() == pytest.approx(facts.services["cases"].sum())


def test_the_resolution_tells_the_sums_of_its_annexes_in_legal_form() -> None:
    facts, draft = shared_facts(), table("CIB")
    texts = " ".join(draft["texto"])
    for name, sheet in (("custeio", "CIB_anexo_I"), ("investimento", "CIB_anexo_II")):
        assert facts.numbers.money(table(sheet)[name].sum()) in texts
    assert facts.numbers.money(table("CIB_anexo_III")["valor"].sum()) in texts
    parts = draft["dispositivo"].to_list()
    assert parts.index("Considerando") < parts.index("Resolve") < parts.index("Art. 1º") < parts.index("Art. 8º")
    assert draft.loc[draft["texto"] == "", "dispositivo"].tolist()[:2] == ["Resolução CIB nº", "Data"]


def test_every_municipality_with_cases_has_its_targets_and_bills() -> None:
    facts = shared_facts()
    towns = set(facts.scenario.territories["territory_id"])
    for name in ("PMS", "PAS_municipal"):
        assert set(table(name)["territory_id"]) == towns
    bills = facts.studied.bills
    due = bills[bills["year"].isin(facts.programmed)].groupby("year")["real"].sum().astype(float)
    found = table("PAS_municipal").groupby("ano")["previsao"].sum()
    assert found.reindex(due.index).to_list() == pytest.approx(due.to_list())


@pytest.mark.parametrize("case", ["shared", "periods", "by hand"])
def test_quantities_agreed_are_all_cases_and_their_values_what_running_takes(case: str) -> None:
    made = {"shared": shared_facts().view.plan, "periods": network_plan(), "by hand": example_plan()}[case]
    facts = Facts(view_of(made, "en"), "pt-BR")
    ppi, plan = PPI.filled(facts), facts.view.plan
    for period, year in facts.full_years.items():
        mine = ppi[ppi["period_id"] == period]
        inside, away = (rows[rows["period_id"] == period] for rows in (plan.assignments, plan.unmet))
        assert mine["cases"].sum() == pytest.approx(inside["cases"].sum() + away["cases"].sum())
        assert mine.loc[mine["executor"] == "", "cases"].sum() == pytest.approx(away["cases"].sum())
        services = set(inside[["site_id", "specialty_id"]].itertuples(index=False, name=None))
        paid = facts.running(year)
        keys = zip(paid["site_id"], paid["specialty_id"], strict=True)
        expected = paid["real"][[key in services for key in keys]].sum()
        assert mine["valor_total"].sum() == pytest.approx(expected)
        assert expected > 0


def test_the_regional_plan_has_every_region_and_adds_up_to_supply_and_running_cost() -> None:
    facts, pri = shared_facts(), table("PRI")
    assert set(pri["region_id"]) == set(facts.regions)
    for name in ("cases", "capacity", "gap"):
        assert pri[name].sum() == pytest.approx(facts.municipal.supply[name].sum())
    assert (pri["sobreposicao"] >= -1e-9).all()
    running = facts.running(facts.full_year)
    assert pri["recursos"].sum() == pytest.approx(running.loc[running["specialty_id"] != "", "real"].sum())
    assert pri[list(SOURCES)].sum().sum() == pytest.approx(pri["recursos"].sum())
    assert table("PRI_servicos")["capacity"].sum() == pytest.approx(facts.services["capacity"].sum())


def test_accounts_hold_what_each_year_plans_once_for_each_report() -> None:
    facts, accounts = shared_facts(), table("RDQA")
    paid = table("PAS").groupby("ano")["previsao"].sum()
    treated = facts.whole.set_index("year")["treated"]
    for (year, _), rows_ in accounts.groupby(["ano", "relatorio"]):
        money = rows_.loc[rows_["bloco"].str.startswith("I -"), "previsto"].sum()
        assert money == pytest.approx(paid[year])
        made = rows_.loc[rows_["item"].str.startswith("Produção"), "previsto"]
        assert made.to_list() == pytest.approx([treated[year]])
        assert rows_.loc[rows_["bloco"].str.startswith("II -"), "previsto"].isna().all()
    assert accounts.groupby("ano")["relatorio"].nunique().to_list() == [4] * len(facts.programmed)


def test_the_supporter_has_every_region_each_month_by_the_25th_and_every_municipality_to_tick(
    folders: dict[str, Path],
) -> None:
    facts, months = shared_facts(), table("apoiador_mensal")
    assert months.groupby("region_id")["mes"].apply(list).to_dict() == {r: list(range(1, 13)) for r in facts.regions}
    assert months["entrega"].str.startswith("25/").all()
    assert set(table("apoiador_plano")["region_id"]) == set(table("apoiador_quadrimestre")["region_id"])
    assert sorted(table("municipios")["territory_id"]) == sorted(facts.scenario.territories["territory_id"])
    sheet = load_workbook(written(folders, "pt-BR"))["municipios"]
    offered = [rule for rule in sheet.data_validations.dataValidation if "sim" in str(rule.formula1)]
    assert len(offered) == 6  # PMS, PAS, three of RDQA, RAG


def test_targets_are_those_of_the_years_in_their_cycle() -> None:
    facts = shared_facts()
    assert cycles(2027, 0) == [2024, 2028]
    assert cycles(2027, 2) == [2026, 2030]
    assert cycles(2028, 0) == [2028, 2032]
    pes = table("PES")
    within = pes[pes["indicador"].str.contains("em até")].set_index("vigencia")
    for start in cycles(facts.horizon[0], 0):
        row = within.loc[f"{start}-{start + 3}"]
        for n in range(4):
            of_year = facts.whole[facts.whole["year"] == start + n]["share_within_standard"]
            due = 100 * of_year.iloc[0] if len(of_year) else float("nan")
            assert row[f"meta_prevista_{n + 1}"] == pytest.approx(due, nan_ok=True)
    today = facts.today.loc[("cardio", ALL)]
    assert within["linha_base_valor"].unique() == pytest.approx([100 * today["share_within_standard"]])


@pytest.mark.parametrize("plan", [example_plan, lambda: shared_facts().view.plan])
def test_years_of_municipalities_add_up_to_those_of_the_area(plan: object) -> None:
    appraisal = Facts(view_of(plan(), "en"), "pt-BR").studied.appraisal  # type: ignore[operator]
    towns, area = by_year_and_municipality(appraisal), by_year(appraisal)
    area = area[area["region_id"] == ALL]
    for name in ("cases", "treated"):
        found = towns.groupby(["year", "specialty_id"])[name].sum()
        assert found.to_list() == pytest.approx(area.set_index(["year", "specialty_id"])[name].sort_index().to_list())
    near = (towns["cases"] * towns["share_within_standard"]).groupby([towns["year"], towns["specialty_id"]]).sum()
    whole = area.assign(near=area["cases"] * area["share_within_standard"]).set_index(["year", "specialty_id"])["near"]
    assert near.to_list() == pytest.approx(whole.sort_index().fillna(0.0).to_list())


def vietnamese(name: str, facts: Facts) -> pd.DataFrame:
    return next(each for each in INSTRUMENTS[VIETNAM].instruments if each.name == name).filled(facts)


@cache
def tiered_facts() -> Facts:
    return Facts(view_of(followed(network_plan()), "en"), "vi")


@cache
def staffed_facts() -> Facts:
    return Facts(view_of(resources_plan(), "en"), "vi")


@pytest.mark.parametrize("instrument", INSTRUMENTS[VIETNAM].instruments, ids=lambda each: each.name)
def test_vietnamese_rows_have_declared_fields_alone(instrument: Instrument) -> None:
    parts = [instrument.made(facts) for facts in (tiered_facts(), staffed_facts())]
    assert any(len(made) for made in parts)
    for made in parts:
        for field in instrument.fields:
            assert field.key in made.columns or field.fills, field.key
            if field.kind in ("money", "number", "decimal", "percent"):
                assert field.source or field.fills, field.key


def test_techniques_are_the_agreements_of_the_plan_and_independence_its_maturity() -> None:
    facts = tiered_facts()
    pairs, plan = vietnamese("ky_thuat", facts), facts.view.plan
    keys = ["specialty_id", "hub_site_id", "satellite_site_id", "first_year", "last_year", "hub_cost", "satellite_cost"]
    found, expected = (table.sort_values(keys)[keys].to_numpy().tolist() for table in (pairs, plan.support))
    assert found == expected
    assert found
    stages = facts.studied.milestones
    mature = set(stages.loc[stages["milestone"] == "maturity", "site_id"])
    assert set(pairs.loc[pairs["doc_lap"] != "", "satellite_site_id"]) == mature & set(pairs["satellite_site_id"])
    assert pairs[["ma", "ten", "tinh_trang", "dao_tao"]].isna().all().all()


def test_journeys_out_of_a_province_are_all_of_the_plan_and_of_today() -> None:
    facts = tiered_facts()
    made, plan, names = vietnamese("chuyen_tuyen", facts), facts.view.plan, facts.names
    for period in facts.scenario.periods["period_id"]:
        mine, trips = made[made["period_id"] == period], plan.assignments[plan.assignments["period_id"] == period]
        out = [
            names.region_of_territory[town] != names.region_of_site(site)
            for town, site in zip(trips["territory_id"], trips["site_id"], strict=True)
        ]
        assert mine["phuong_an"].sum() == pytest.approx(trips["cases"][out].sum())
        sent = plan.transfers[plan.transfers["period_id"] == period]
        up = [
            names.region_of_site(one) != names.region_of_site(other)
            for one, other in zip(sent["from_site_id"], sent["to_site_id"], strict=True)
        ]
        assert mine["chuyen_len"].sum() == pytest.approx(sent["cases"][up].sum())
    assert (made["thay_doi"] - made["phuong_an"] + made["hien_nay"]).abs().max() == pytest.approx(0.0)
    assert made["phuong_an"].sum() + made["chuyen_len"].sum() > 0


def test_stations_and_staff_are_those_of_the_plan_and_radius_holds_the_standard() -> None:
    facts = staffed_facts()
    stations, staff, plan = vietnamese("tram_115", facts), vietnamese("dao_tao", facts), facts.view.plan
    assert stations["ambulances"].sum() == plan.stations["ambulances"].sum() > 0
    assert sorted(stations["station_id"]) == sorted(plan.stations["station_id"])
    assert (stations["phut"].dropna() <= facts.scenario.settings.emergency_minutes).all()
    modelled = stations[stations["ban_kinh"] > 0]
    assert len(modelled)  # 18 minutes are stated from s2 to t3, 33 km away
    for name in ("need", "trained", "recruited", "available"):
        assert staff[name].sum() == pytest.approx(plan.workforce[name].astype(float).sum())


def test_reviews_have_every_province_year_by_year_and_half_year_by_half_year() -> None:
    facts = tiered_facts()
    yearly, halves = vietnamese("danh_gia_nam", facts), vietnamese("danh_gia_6_thang", facts)
    treated = facts.by_region[facts.by_region["year"].isin(facts.programmed)]["treated"].sum()
    assert yearly["treated"].sum() == pytest.approx(treated)
    assert set(yearly["region_id"]) == set(facts.regions)
    assert halves.groupby("region_id")["half"].nunique().to_dict() == {
        region: 2 * len(facts.programmed) for region in facts.regions
    }


@pytest.mark.long
def test_where_regions_are_many_there_are_rows_of_those_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST", 1)
    (tmp_path / "tables").mkdir()
    view = view_of(example_plan(), "en")
    kept = {"none": (None, set()), "one": (["r1"], {"t1"}), "all": (["all"], {"t1", "t2", "t3"})}
    for asked, towns in kept.values():
        write_planning(view, tmp_path, asked)
        for name in ("pms", "pas_municipal", "ppi"):
            read = pd.read_csv(tmp_path / "tables" / f"planning_{name}.csv", dtype=str)
            assert set(read["territory_id"]) == towns, name
        guide = load_workbook(tmp_path / "planning.xlsx")["guide"]
        told = any("--regions" in str(cell.value) for line in guide.iter_rows() for cell in line)
        assert told == (len(towns) < 3)
        every = pd.read_csv(tmp_path / "tables" / "planning_municipios.csv", dtype=str)
        assert len(every) == 3


@pytest.mark.parametrize("country", INSTRUMENTS)
def test_what_is_printed_in_full_is_wide_enough_to_be_read(country: str) -> None:
    """Letters of 10 points shrink with the sheet to the 784 points of a lying page: to 7 at least."""
    for instrument in INSTRUMENTS[country].instruments:
        if not instrument.on_screen:
            taken = sum(0.75 * (7 * field.width + 5) for field in instrument.fields if field.kind != "id")
            assert 10 * min(1.0, 784 / taken) >= 7.0, instrument.name


def test_a_country_gets_its_own_sheets_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    plan = network_plan()
    settings = replace(plan.scenario.settings, currency="VND")
    write_planning(view_of(replace(plan, scenario=plan.scenario.replace(settings=settings)), "pt-BR"), tmp_path)
    book = load_workbook(tmp_path / "planning.xlsx")
    assert book.sheetnames == ["guide", *(each.name for each in INSTRUMENTS[VIETNAM].instruments)]
    for instrument in INSTRUMENTS[VIETNAM].instruments:
        top = header_row(book[instrument.name], instrument.fields)
        labels = [book[instrument.name].cell(top, n + 1).value for n in range(len(instrument.fields))]
        assert labels == [field.label for field in instrument.fields]


def header_row(sheet: Worksheet, fields: tuple[Field, ...]) -> int:
    found = next(cell.row for line in sheet.iter_rows(max_col=1) for cell in line if cell.value == fields[0].label)
    assert isinstance(found, int)
    return found


def blanks(sheet: Worksheet, fields: tuple[Field, ...], top: int) -> Iterator[tuple[Field, str]]:
    """Fields with a blank cell in the first row of the table, with the colour of that cell."""
    for place, field in enumerate(fields, 1):
        cell = sheet.cell(top + 2, place)
        if cell.value is None:
            yield field, str(cell.fill.fgColor.rgb)


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["vi", "pt-BR", "en"])
def test_official_names_stand_in_every_language_and_blanks_are_marked_with_who_fills_them(
    folders: dict[str, Path], language: str
) -> None:
    t = view_of(example_plan(), language).t
    book = load_workbook(written(folders, language))
    assert book.sheetnames == ["guide", *(each.name for each in INSTRUMENTS[BRAZIL].instruments)]
    for instrument in INSTRUMENTS[BRAZIL].instruments:
        sheet, fields = book[instrument.name], instrument.fields
        top = header_row(sheet, fields)
        assert [sheet.cell(top, n).value for n in range(1, len(fields) + 1)] == [field.label for field in fields]
        for field, colour in blanks(sheet, fields, top):
            assert (colour == FILLED) == bool(field.fills), (instrument.name, field.key)
        below = [sheet.cell(top + 1, n).value or "" for n in range(1, len(fields) + 1)]
        for field, told in zip(fields, below, strict=True):
            if field.fills:
                assert told.endswith(t(field.fills))
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes
        assert sheet.print_area


def test_tables_hold_the_same_rows_with_codes(folders: dict[str, Path]) -> None:
    tables = written(folders, "vi").parent / "tables"
    facts = Facts(view_of(followed(example_plan()), "vi"), "pt-BR")
    for instrument in INSTRUMENTS[BRAZIL].instruments:
        made = instrument.filled(facts)
        read = pd.read_csv(tables / f"{instrument.table}.csv", dtype=str)
        assert list(read.columns) == [field.key for field in instrument.fields]
        assert len(read) == len(made)
        for code in ("site_id", "territory_id"):
            if code in read:
                assert set(read[code].dropna()) == {str(value) for value in made[code] if value}


def test_the_country_is_what_the_settings_say_and_nothing_is_guessed(tmp_path: Path) -> None:
    scenario = example_scenario()

    def told(**changes: str) -> tuple[str, str] | None:
        found = country_of(scenario.replace(settings=replace(scenario.settings, **changes)))
        return (found.country, found.setting) if found else None

    assert told(currency="BRL") == ("brazil", "currency")
    assert told(currency="USD", ppp_law="VN-57") == ("vietnam", "ppp_law")
    assert told(currency="BRL", payer_defaults="vietnam") == ("vietnam", "payer_defaults")
    assert told(currency="USD") is None
    nowhere = scenario.replace(settings=replace(scenario.settings, currency="USD"))
    (tmp_path / "tables").mkdir()
    write_planning(view_of(example_plan(nowhere), "en"), tmp_path)
    book = load_workbook(tmp_path / "planning.xlsx")
    assert book.sheetnames == ["guide"]
    assert any("payer_defaults" in str(cell.value) for line in book["guide"].iter_rows() for cell in line)
    assert list((tmp_path / "tables").iterdir()) == []
