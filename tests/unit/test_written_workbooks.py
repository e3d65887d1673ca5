"""Every workbook of a result: a second reader opens it, it links to nothing outside, and input text is never run."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from answers_example import answers
from appraisal_example import example_plan as appraisable_plan
from openxml_audit import OpenXmlValidator
from report_example import example_plan, example_scenario, table

from redesaude.inputs.template import write_workbook
from redesaude.report.decision.pages import PAGES as DECISION_PAGES
from redesaude.report.folder import write_report
from redesaude.report.studies import studies_of
from redesaude.report.view import view_of
from redesaude.report.workbook.figures import parts
from redesaude.report.workbook.pages import PAGES as AUDIT_PAGES
from redesaude.report.workbook.story import story
from written import HOSTILE, LONGEST_TITLE, hold_nothing_foreign, is_valid, read_again


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result whose input has hostile text wherever a planner may write."""
    scenario, bad = example_scenario(), iter(HOSTILE * 20)
    named = {
        name: getattr(scenario, name).assign(name=[next(bad) for _ in range(len(getattr(scenario, name)))])
        for name in ("territories", "specialties", "sites", "contracts", "funding", "fiscal")
    }
    fact = {"name": next(bad), "place": next(bad), "covers": next(bad), "source": next(bad), "source_date": next(bad)}
    named["known_contracts"] = table("known_contracts", fact)
    settings = replace(scenario.settings, title=HOSTILE[0])
    plan = example_plan(scenario.replace(**named, settings=settings))
    out = write_report(plan, tmp_path_factory.mktemp("written") / "result", "en", studies=False)
    write_workbook(out / "new.xlsx", {}, blank=True)
    return out


def _books(folder: Path) -> Iterator[Path]:
    books = sorted(folder.rglob("*.xlsx"))
    names = {"audit.xlsx", "plan.xlsx", "decision.xlsx", "planning.xlsx", "references.xlsx", "scenario.xlsx"}
    assert names <= {book.name for book in books}
    return (book for book in books if book.name != "plan.xlsx")  # audit.xlsx, byte by byte: test_report_folder


def test_the_package_holds_no_macro_and_links_to_nothing_but_the_workbook_beside(folder: Path) -> None:
    for book in _books(folder):
        hold_nothing_foreign(book)


@pytest.mark.long
def test_a_second_reader_opens_every_workbook_and_no_formula_is_of_the_input(folder: Path) -> None:
    for book in _books(folder):
        read_again(book)


@pytest.mark.long
def test_what_commands_answer_is_valid_read_again_and_holds_nothing_foreign(tmp_path: Path) -> None:
    """Answers, actuals, a review and a comparison, of an input with hostile text wherever a planner may write."""
    for book in answers(tmp_path, "pt-BR", HOSTILE).values():
        hold_nothing_foreign(book)
        read_again(book)
        is_valid(book)


def test_key_figures_have_names_in_both_workbooks(folder: Path) -> None:
    audit = openpyxl.load_workbook(folder / "audit.xlsx", data_only=True)
    decision = openpyxl.load_workbook(folder / "decision.xlsx")
    plan = example_plan()
    view = view_of(plan)
    facts = {fact.name: fact for _, _, told in parts(story(view)) for fact in told if fact.name}
    names = {"total_cost", "public_money", "works_and_equipment", "lower_bound", "gap_to_bound", "treated"}
    assert set(facts) == names | {"within_standard"}
    assert set(facts) == set(audit.defined_names) == set(decision.defined_names)
    for name, fact in facts.items():
        (sheet, cell), *more = audit.defined_names[name].destinations
        assert not more
        assert audit[sheet][cell].value == pytest.approx(fact.value), name
        ((sheet, cell),) = decision.defined_names[name].destinations
        assert fact.told(view.numbers) in decision[sheet][cell].value
    assert facts["total_cost"].value == pytest.approx(plan.objective)
    assert facts["lower_bound"].value == pytest.approx(plan.bound)


@pytest.mark.long
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_tabs_are_in_the_reader_s_language_and_what_points_at_them_finds_them(tmp_path: Path, language: str) -> None:
    out = write_report(example_plan(), tmp_path / "result", language, studies=False)
    names = {page.name for page in (*DECISION_PAGES, *AUDIT_PAGES)}
    for name in ("decision.xlsx", "regions/r1.xlsx"):
        book = openpyxl.load_workbook(out / name)
        shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
        assert len(set(map(str.lower, shown))) == len(shown) > 1
        assert not {*shown} & names
        assert max(map(len, shown)) <= LONGEST_TITLE
        assert not re.search(r"[\[\]:*?/\\]", "".join(shown))
        for defined in book.defined_names.values():
            assert {sheet for sheet, _ in defined.destinations} <= {*book.sheetnames}
        assert all(sheet.print_area for sheet in book if sheet.sheet_state == "visible")
    assert {*openpyxl.load_workbook(out / "audit.xlsx").sheetnames} <= names  # names that others rely on


def test_the_validator_finds_parts_out_of_their_order(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / "references.xlsx") as whole, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad:
        for name in whole.namelist():
            bad.writestr(name, whole.read(name).replace(b"<sheetData>", b"<mergeCells/><sheetData>"))
    assert not OpenXmlValidator(max_errors=1).validate(tmp_path / "bad.xlsx").is_valid


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "pt-BR", "vi"])
def test_every_workbook_and_document_is_valid_against_the_schema_of_its_format(tmp_path: Path, language: str) -> None:
    plan = appraisable_plan()
    out = write_report(plan, tmp_path / "result", language, studies=studies_of(plan))
    files = [path for path in out.rglob("*") if path.suffix in {".xlsx", ".docx"}]
    assert {path.suffix for path in files} == {".xlsx", ".docx"}
    for path in files:
        is_valid(path)
