"""The appraisal written out in formulas: what it shows, what LibreOffice makes of it, and what the engine says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from appraisal_example import contracts, example_plan, solved

from recalculation import needs_libreoffice, recalculated
from redesaude.inputs.scenario import Scenario
from redesaude.lines import Source, of_source
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import PUBLIC_PAYERS, cash_flow
from redesaude.plan.plan import Plan
from redesaude.report.studies import Studies, studies_of
from redesaude.report.view import view_of
from redesaude.report.workbook import appraisal, write_audit_workbook
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.pages import PAGES
from redesaude.report.workbook.value import programme_frame, sites_frame, waterfall_frame
from redesaude.studies.alternatives import AS_DECIDED, alternatives
from redesaude.studies.appraise import PROGRAMME, START, Appraised, appraise
from redesaude.studies.repricing import COMPONENTS
from tiny import rows, settings

CENT = 0.005

LOAN = {
    "contract_id": "ppp", "debt_years": 12, "dscr": 1.3, "tax_rate": 0.34, "gearing": 0.7, "debt_rate": 0.06,
    "equity_return": 0.12, "payment_tax_rate": 0.08, "tax_returned_government_share": 0.5,
    "tax_returned_state_share": 0.2, "contribution_share": 0.25, "capex_factor_low": 0.9, "capex_factor": 1.0,
    "capex_factor_high": 1.3, "delay_factor": 1.1, "design_share": 0.02, "supervision_share": 0.01,
}  # fmt: skip
DIRECT = {
    "contract_id": "direct", "capex_factor_low": 1.05, "capex_factor_high": 1.65, "transaction_share": 0.02,
    "transaction_cost": 11, "oversight_cost": 2, "residual_share": 0.05, "design_share": 0.05,
    "supervision_share": 0.03,
}  # fmt: skip
TENDER = {"contract_id": "ppp", "bidders": 2, "retender_months": 9, "retender_cost_share": 0.5}
AVAILABLE = {"contract_id": "ppp", "payment_mechanism": "availability", "expected_deduction_share": 0.04}
#: what quality leaves of a payment: a range, and what is certain
BY_QUALITY = {"quality_factor_low": 0.8, "quality_factor": 0.95, "quality_factor_high": 1.02}
QUALITY = (
    {"contract_id": "ppp", **BY_QUALITY}, {"contract_id": "share", **BY_QUALITY},
    {"contract_id": "purchase", "quality_factor": 0.9, "payment_tax_rate": 0.05},
)  # fmt: skip
PURCHASE = {"contract_id": "purchase", "payment_tax_rate": 0.05, "tax_returned_government_share": 0.3}
RISKS = rows(
    {"risk_id": "soil", "name": "Bad soil", "target": "capex", "distribution": "triangular", "low": 1, "mode": 1.1,
     "high": 1.5, "contracts": "direct, ppp", "borne_by": "ppp: 0.4"},
    {"risk_id": "rain", "target": "delay", "distribution": "triangular", "low": 1, "mode": 1.2, "high": 2},
    {"risk_id": "wages", "target": "opex", "distribution": "pert", "low": 0.9, "mode": 1, "high": 1.3,
     "contracts": "share", "specialties": "cardio"},
)  # fmt: skip
COMMON = {"horizon_years": 10, "base_year": 2024, "patient_minute_cost": 0.1, "discount_rate": 0.085, "inflation": 0.04}

RELET = (
    {"contract_id": "purchase", "after_term": "relet", "term_years": 3, "transaction_cost": 5, "oversight_cost": 1,
     "procurement_months": 6, "fixed_payment_share": 0.4, "stated_volume_share": 0.8},
    {"contract_id": "share", "after_term": "relet", "term_years": 4, "transaction_cost": 8, "fixed_payment_share": 0.3},
    {"contract_id": "ppp", "term_years": 6, "debt_years": 5, "after_term": "direct"},
)  # fmt: skip
PERIODS = rows(
    {"period_id": "p0", "first_year": 2025, "years": 3},
    {"period_id": "p1", "first_year": 2028, "years": 3},
    {"period_id": "p2", "first_year": 2031, "years": 4},
)
GROWING = rows(
    {"territory_id": "t1", "region_id": "west", "population": 18, "growth_rate": 0.08},
    {"territory_id": "t2", "region_id": "east", "population": 22, "growth_rate": 0.09},
    {"territory_id": "t3", "region_id": "east", "population": 15, "growth_rate": 0.05},
)
#: nobody waits at a stated price, and everything must be treated
AT_ANY_PRICE = rows(
    {"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 90, "trips_per_case": 0.5,
     "unmet_cost": 400}
)  # fmt: skip
#: a path with enlargements, and a contract that takes the place of another in the last period
PATH = rows(
    *(
        {"site_id": site, "specialty_id": "cardio", "size_id": size, "contract_id": contract, "period_id": period,
         "decision": "open"}
        for site, states in {
            "h1": ("small direct", "small direct", "large share"),
            "h3": ("small purchase", "large purchase", "large purchase"),
        }.items()
        for period, (size, contract) in zip(("p0", "p1", "p2"), (state.split() for state in states), strict=True)
    )
)  # fmt: skip
TODAY = rows(
    {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing", "contract_id": "direct"},
    {"site_id": "h3", "specialty_id": "cardio", "size_id": "small", "status": "existing", "contract_id": "purchase"},
)
ALL_TERMS = contracts(LOAN, DIRECT, PURCHASE, *RELET)
PHASED = {"periods": PERIODS, "settings": settings(**COMMON), "territories": GROWING, "specialties": AT_ANY_PRICE}

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "discounted": {"settings": settings(**COMMON)},
    "end of year": {"settings": settings(**COMMON, discount_timing="end")},
    "loan and taxes": {"settings": settings(**COMMON), "contracts": contracts(LOAN, DIRECT, PURCHASE)},
    "rates of later years": {
        "settings": settings(**COMMON),
        "contracts": contracts(LOAN, DIRECT),
        "discount_rates": rows({"from_year": 2028, "rate": 0.04}, {"from_year": 2033, "rate": 0.02}),
    },
    "state": {"settings": settings(**COMMON, perspective="state"), "contracts": contracts(LOAN, DIRECT)},
    "works alike, begun from other contracts": {
        "contracts": contracts(LOAN, DIRECT),
        "territories": rows(
            *({"territory_id": f"t{n}", "region_id": "west", "population": 45} for n in (1, 2, 3)),
        ),
    },
    "tender": {"settings": settings(**COMMON), "contracts": contracts(TENDER, AVAILABLE, LOAN)},
    "quality": {"settings": settings(**COMMON, perspective="state"), "contracts": contracts(LOAN, DIRECT, *QUALITY)},
    "risks": {"settings": settings(**COMMON), "contracts": contracts(LOAN, DIRECT), "risks": RISKS},
    "relet": {"settings": settings(**COMMON), "contracts": contracts(LOAN, DIRECT, *RELET)},
    "periods": PHASED,
    "periods, path": PHASED | {"contracts": ALL_TERMS, "decisions": PATH, "risks": RISKS, "site_services": TODAY},
    "periods, all terms": PHASED | {"contracts": ALL_TERMS, "risks": RISKS},
}


def _live(plan: Plan, folder: Path) -> appraisal.Appraisal:
    book = Book(folder / "plan.xlsx", view_of(plan), {page.name: page.title for page in PAGES})
    return appraisal.write_bridges(book, appraise(plan), alternatives(plan))


@pytest.mark.few(1)
@pytest.mark.parametrize("case", CASES)
def test_every_bridge_in_formulas_is_that_of_the_engine(case: str, tmp_path: Path) -> None:
    plan = solved(**CASES[case])
    engine, found = appraise(plan), _live(plan, tmp_path)
    bridge = engine.bridge.set_index(["site_id", "contract_id", "component"])["npv"]
    for (site, contract), cells in found.sites.items():
        for step in (START, *COMPONENTS):
            expected = bridge[site, contract, step]
            assert cells[step].value == pytest.approx(expected, abs=1e-6), (site, contract, step)
    for contract, cells in found.programmes.items():
        for step in (START, *COMPONENTS) if contract != "comparator" else ():
            expected = bridge[PROGRAMME, contract, step]
            assert cells[step].value == pytest.approx(expected, abs=1e-6), (contract, step)
    of_sites = plan.costs["line"].isin(of_source(Source.SERVICE, Source.SITE, Source.LETTING))
    meanwhile = [
        npv for *_, line, _, npv in Appraisal(plan).transition_lines() if line in set(plan.costs["line"][of_sites])
    ]
    expected = plan.costs["npv"][of_sites].sum() - sum(meanwhile)  # in services of today until those decided open
    assert found.programmes[AS_DECIDED]["cost"].value == pytest.approx(expected, abs=1e-6)
    clinical = engine.options.set_index(["site_id", "contract_id"])["clinical_npv"]
    assert {key: cells["clinical"].value for key, cells in found.sites.items()} == pytest.approx(
        {key: clinical[key] for key in found.sites}
    )


def test_options_worked_out_are_the_eligible_ones_the_decided_and_the_comparator(tmp_path: Path) -> None:
    found = _live(example_plan(), tmp_path)
    assert {contract for site, contract in found.sites if site == "h3"} == {"purchase", "direct"}
    assert {contract for site, contract in found.sites if site == "h2"} == {"direct", "ppp", "share"}


def test_a_comparator_that_is_taxed_is_not_written_in_formulas() -> None:
    assert appraisal.can_be_live(alternatives(example_plan()))
    taxed = solved(contracts=contracts({"contract_id": "direct", "payment_tax_rate": 0.1}))
    assert not appraisal.can_be_live(alternatives(taxed))


# --- what LibreOffice makes of it -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solved(**{**CASES["risks"], "contracts": contracts(LOAN, DIRECT, PURCHASE, AVAILABLE)})


@pytest.fixture(scope="module")
def studies(plan: Plan) -> Studies:
    return studies_of(plan)


@pytest.fixture(scope="module")
def path(plan: Plan, studies: Studies, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("value") / "plan.xlsx"
    write_audit_workbook(view_of(plan, studies=studies), target)
    return target


def _computed(book: Any, folder: Path) -> Any:
    """What LibreOffice computes for ``book``, without any value that it shows."""
    book.save(folder / "plan.xlsx")
    return openpyxl.load_workbook(recalculated(folder / "plan.xlsx", folder), data_only=True)


def _formulas(book: Any) -> Iterator[tuple[str, str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from ((sheet.title, cell.coordinate, str(cell.value)) for cell in row if cell.data_type == "f")


@pytest.mark.long
@needs_libreoffice
def test_every_formula_recalculates_to_the_value_it_shows(path: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(path)
    fresh, shown = _computed(book, tmp_path), openpyxl.load_workbook(path, data_only=True)
    count: dict[str, int] = {}
    for sheet, place, formula in _formulas(book):
        expected, found = shown[sheet][place].value, fresh[sheet][place].value
        count[sheet] = count.get(sheet, 0) + 1
        if isinstance(expected, (int, float)):
            assert found == pytest.approx(expected, abs=CENT), f"{sheet}!{place} {formula}"
        else:
            assert (found or "") == (expected or ""), f"{sheet}!{place} {formula}"
    assert count["appraisal"] > 1000
    assert {"value", "cash_flow", "fiscal", "risks", "sensitivity"} <= count.keys()


def _tables(book: Any, first: str) -> Iterator[dict[str, Any]]:
    """The rows of the tables of sheet ``value`` whose first header is ``first``, header -> value."""
    header: list[Any] = []
    for row in book["value"].iter_rows(values_only=True):
        cells = list(row)[:14]
        if cells[0] in ("Programme", "Site") and cells[1] == "Contract":
            header = cells
        elif header and header[0] == first and isinstance(cells[2], (int, float)):
            yield dict(zip(reversed(header), reversed(cells), strict=True))  # the first of two equal headers wins


def _assert_bridges(book: Any, engine: Appraised) -> None:
    """Sheet ``value`` shows the bridges of ``engine``, of programmes and sites, to the cent."""
    programme = engine.programme.set_index("contract_id")
    shown = {row["Programme"]: row for row in _tables(book, "Programme") if "Value for money" in row}
    names = {"the plan as decided": AS_DECIDED, **{c: c for c in programme.index if c}}
    assert shown.keys() == names.keys()
    for name, row in shown.items():
        expected = programme.loc[names[name]]
        assert row["Comparator"] == pytest.approx(expected["psc_npv"], abs=CENT), name
        assert row["Cost"] == pytest.approx(expected["cost_npv"], abs=CENT), name
        assert row["Value for money"] == pytest.approx(expected["vfm"], abs=CENT), name
        assert row["Denominator"] == pytest.approx(expected["denominator"], abs=CENT), name
    bridge = engine.bridge.set_index(["site_id", "contract_id", "component"])["npv"]
    steps = {appraisal.COMPONENT_NAMES[step]: step for step in (START, *COMPONENTS)}
    rows = [row for row in _tables(book, "Site") if "Taxes" in row]
    assert rows
    for row in rows:
        for header, step in steps.items():
            expected = bridge[row["Site"], row["Contract"], step]
            assert row[header] == pytest.approx(expected, abs=CENT), (row["Site"], row["Contract"], step)


@pytest.mark.long
@needs_libreoffice
def test_bridges_shown_are_those_of_the_engine(path: Path, studies: Studies, tmp_path: Path) -> None:
    _assert_bridges(_computed(openpyxl.load_workbook(path), tmp_path), studies.appraised)


def _cell(book: Any, of_what: str, place: str) -> Any:
    """The value on the assumptions sheet of the number ``place`` (sheet and column) that belongs to ``of_what``."""
    for row in book["assumptions"].iter_rows():
        if (row[0].value, row[7].value) == (of_what, place):
            return row[2]
    raise AssertionError(f"{place} of {of_what} is not on the assumptions sheet")


def _changed(scenario: Scenario) -> Scenario:
    table = scenario.contracts.copy()
    row = table["contract_id"] == "direct"
    table.loc[row, "capex_factor_high"] = 2.4
    table.loc[row, "procurement_months"] = 20
    table.loc[table["contract_id"] == "ppp", ["opex_factor", "transaction_share"]] = 0.97, 0.09
    return scenario.replace(contracts=table, settings=replace(scenario.settings, discount_rate=0.045))


@pytest.mark.long
@needs_libreoffice
def test_changed_assumptions_recalculate_the_bridges_as_the_engine_would(
    path: Path, plan: Plan, studies: Studies, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(path)
    _cell(book, "Settings", "settings.discount_rate").value = 0.045
    _cell(book, "direct", "contracts.capex_factor_high").value = 2.4
    _cell(book, "direct", "contracts.procurement_months").value = 20
    _cell(book, "ppp", "contracts.opex_factor").value = 0.97
    _cell(book, "ppp", "contracts.transaction_share").value = 0.09
    engine = appraise(replace(plan, scenario=_changed(plan.scenario)))
    before, after = (a.programme.set_index("contract_id")["vfm"] for a in (studies.appraised, engine))
    assert (before - after).abs().max() > 1.0
    _assert_bridges(_computed(book, tmp_path), engine)


# --- what the page says ---------------------------------------------------------------------------------------------


def _words(path: Path, sheet: str) -> str:
    book = openpyxl.load_workbook(path, data_only=True)
    return "\n".join(str(c) for row in book[sheet].iter_rows(values_only=True) for c in row if c is not None)


def test_waterfall_leads_from_the_comparator_to_the_cost(plan: Plan, studies: Studies) -> None:
    frame = programme_frame(view_of(plan, studies=studies), studies, None)
    bars = waterfall_frame(str, frame[frame["contract_id"] == AS_DECIDED].iloc[0].to_dict())
    assert bars["after"].iloc[-2] == pytest.approx(bars["after"].iloc[-1])
    tops = bars["from"] + bars["dearer"] + bars["cheaper"]
    moved = ~bars["total"].astype(bool)
    assert tops[moved].to_list() == pytest.approx(
        pd.concat([bars["after"], bars["after"] - bars["step"]], axis=1).max(axis=1)[moved].to_list()
    )


def test_a_range_that_holds_zero_is_told_as_not_distinguishable(plan: Plan, studies: Studies) -> None:
    frame = sites_frame(view_of(plan, studies=studies), studies, None)
    told = frame[frame["p5"].notna()]
    inside = (told["p5"] <= 0) & (told["p95"] >= 0)
    assert len(told) > 0
    assert (told["reading"].str.startswith("not distinguishable") == inside).all()
    assert told["probability"].between(0, 1).all()


def test_options_are_ranked_cheapest_first_and_the_dominated_marked(plan: Plan, studies: Studies) -> None:
    frame = sites_frame(view_of(plan, studies=studies), studies, None)
    ranked = frame[frame["rank"].notna()]
    assert all(group["cost"].is_monotonic_increasing for _, group in ranked.groupby("site_id"))
    marked = {(r["site_id"], r["contract_id"]) for r in frame.to_dict("records") if "dominated" in r["standing"]}
    options = studies.appraised.options
    assert marked == set(
        options.loc[options["dominated"], ["site_id", "contract_id"]].itertuples(index=False, name=None)
    )


def test_without_studies_the_sheets_stay_and_say_so(plan: Plan, tmp_path: Path) -> None:
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    for sheet in ("value", "cash_flow", "fiscal", "risks", "sensitivity", "term_sheets", "appraisal"):
        assert "were left out" in _words(tmp_path / "plan.xlsx", sheet)


@pytest.mark.long
def test_without_direct_administration_there_is_cash_flow_but_no_comparison(tmp_path: Path) -> None:
    table = contracts()
    table.loc[table["contract_id"] == "direct", "delivery_model"] = "foundation"
    plan = solved(contracts=table)
    write_audit_workbook(view_of(plan, studies=studies_of(plan)), tmp_path / "plan.xlsx")
    for sheet in ("value", "risks", "sensitivity", "appraisal"):
        assert "nothing to compare with" in _words(tmp_path / "plan.xlsx", sheet)
    assert "Public money by kind" in _words(tmp_path / "plan.xlsx", "cash_flow")


@pytest.mark.long
def test_codes_that_are_names_of_columns_stay_codes(tmp_path: Path) -> None:
    funding = rows(
        {"funding_id": "year", "kind": "capital", "amount": 5000},
        {"funding_id": "total", "kind": "running", "amount": 5000},
    )
    named_badly = contracts(LOAN, PURCHASE)
    named_badly["contract_id"] = named_badly["contract_id"].replace("purchase", "total")
    here = rows({"site_id": "h3", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                 "contract_id": "total"})  # fmt: skip
    plan = solved(contracts=named_badly, funding=funding, site_services=here)
    write_audit_workbook(view_of(plan, studies=studies_of(plan)), tmp_path / "plan.xlsx")
    flows = cash_flow(Appraisal(plan))
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)
    for source in ("year", "total"):
        paid = flows.loc[(flows["source"] == source) & flows["payer"].isin(PUBLIC_PAYERS), "real"].sum()
        assert paid > 0
        assert any(table.get(source) == pytest.approx(paid) for table in _totals(book["cash_flow"]))
    by_contract = plan.costs.loc[plan.costs["contract_id"] == "total", "npv"].sum()
    assert by_contract > 0
    assert any(table.get("total") == pytest.approx(by_contract) for table in _totals(book["costs"]))


def _totals(sheet: Any) -> Iterator[dict[str, Any]]:
    """Header -> total of each table that has a row of totals; of headers alike the first holds."""
    header: tuple[Any, ...] = ()
    for row in sheet.iter_rows(values_only=True):
        if row[0] in ("Year", "Cost line", "Kind of cost", "Site"):
            header = row
        if row[0] == "Total":
            yield dict(reversed([(str(name), value) for name, value in zip(header, row, strict=True)]))


def test_every_contract_that_is_not_direct_has_a_term_sheet_that_says_it_is_a_draft(plan: Plan, path: Path) -> None:
    words = _words(path, "term_sheets")
    decided = plan.openings.drop_duplicates("site_id")
    others = decided[decided["contract_id"] != "direct"]
    assert len(others) > 0
    assert words.count("DRAFT FOR LAWYERS") == len(others)
    for site, contract in others[["site_id", "contract_id"]].itertuples(index=False):
        assert f"{site} · {contract}" in words


@pytest.mark.long
def test_term_sheet_of_a_project_company_tells_its_payment_and_its_share_of_the_limit(tmp_path: Path) -> None:
    plan = example_plan()
    assert "ppp" in set(plan.openings["contract_id"])
    studies = studies_of(plan)
    write_audit_workbook(view_of(plan, studies=studies), tmp_path / "plan.xlsx")
    flows = studies.appraised.cash_flow
    paid = flows[flows["line"] == "unitary_payment"].groupby(["site_id", "year"])["real"].sum().groupby("site_id").max()
    words = _words(tmp_path / "plan.xlsx", "term_sheets")
    for amount in paid:
        assert f"R$ {amount:,.0f} in a full year" in words
        assert f"at most {amount / 500:.2%} of the limit on payments to project companies" in words
