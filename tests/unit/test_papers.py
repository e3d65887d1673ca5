"""Papers as files: PDF, text documents and pictures with the extra, HTML and SVG without it."""

from __future__ import annotations

import io
from pathlib import Path

import docx as python_docx
import pytest
from appraisal_example import example_plan as appraisable_plan
from PIL import Image
from test_brief import packed_once
from test_decision import LANGUAGES, placed

from printed import sizes
from redesaude.plan.plan import Plan
from redesaude.report.brief import brief
from redesaude.report.document import extra
from redesaude.report.document.blocks import Document, Heading, Paragraph, Table
from redesaude.report.document.docx import docx
from redesaude.report.document.pdf import pdf
from redesaude.report.drawing.png import png
from redesaude.report.drawing.shapes import Drawing
from redesaude.report.drawing.shapes import Path as Lines
from redesaude.report.folder import Asked, place_report
from redesaude.report.map.scales import LAYERS
from redesaude.report.papers import NO_PACK, term_sheets, write_papers
from redesaude.report.studies import Studies, studies_of
from redesaude.report.view import view_of

PAPER = Document(
    "Título",
    "plano",
    "pt-BR",
    (
        Heading("Khoản 1"),
        Paragraph("Một câu.", "page1!D7"),
        Paragraph("Rascunho", kind="warning"),
        Table(("Nome", "Valor"), (("a\x0b ", "1,5"),), frozenset({1})),
    ),
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return appraisable_plan()


@pytest.fixture(scope="module")
def studies(plan: Plan) -> Studies:
    return studies_of(plan)


@pytest.mark.few(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_brief_prints_on_four_pages_at_eight_points(language: str) -> None:
    printed = pdf(brief(packed_once(language)))
    assert printed.startswith(b"%PDF-")
    pages = sizes(printed)
    assert 1 < len(pages) <= 4
    assert min(size for page in pages for size in page) >= 8.0 - 1e-2


def test_a_paper_is_printed_in_the_same_bytes_again() -> None:
    assert pdf(PAPER) == pdf(PAPER)


def test_a_text_document_holds_what_the_paper_says() -> None:
    made = python_docx.Document(io.BytesIO(docx(PAPER)))
    told = [paragraph.text for paragraph in made.paragraphs]
    assert told[:5] == ["Título", "plano", "Khoản 1", "Một câu. page1!D7", "Rascunho"]
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [["Nome", "Valor"], ["a ", "1,5"]]


@pytest.mark.long
def test_each_contract_has_a_draft_that_can_be_edited(plan: Plan, studies: Studies) -> None:
    view = view_of(plan, "pt-BR", studies)
    drafts = dict(term_sheets(view))
    contracts = view.scenario.contracts.set_index("contract_id")["delivery_model"]
    pairs = view.plan.openings[["site_id", "contract_id"]].drop_duplicates()
    assert len(drafts) == (pairs["contract_id"].map(contracts) != "direct").sum() > 0
    for draft in drafts.values():
        made = python_docx.Document(io.BytesIO(docx(draft)))
        assert made.paragraphs[0].text == draft.title
        words = {cell.text for table in made.tables for cell in table._cells}
        assert {"Objeto e prazo", "Pagamento", "Mecanismo"} <= words
        assert "MINUTA" in made.paragraphs[2].text


@pytest.mark.long
def test_drafts_are_text_documents_with_the_extra_and_html_without(
    plan: Plan, studies: Studies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, there, ending in (("with", True, ".docx"), ("without", False, ".html")):
        monkeypatch.setattr(extra, "installed", lambda there=there: there)
        place_report(plan, tmp_path / name, "en", studies=studies)
        assert {path.suffix for path in (tmp_path / name / "term_sheets").iterdir()} == {ending}


def test_without_the_extra_the_brief_is_html_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "installed", lambda: False)
    write_papers(packed_once("en"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["brief.html"]


@pytest.mark.long
def test_without_the_extra_html_and_svg_are_written_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra, "installed", lambda: False)
    done = place_report(placed(), tmp_path / "result", "en", asked=Asked(pictures=True))
    assert NO_PACK in [note.sentence for note in done.notes]
    assert not (tmp_path / "result" / "brief.pdf").exists()
    assert (tmp_path / "result" / "brief.html").exists()
    names = {path.name for path in (tmp_path / "result" / "pictures").iterdir()}
    of = ["", "-cardio", "-stroke"]
    asked = {f"{layer}{own}-{when}" for layer in LAYERS for own in of for when in ("today", "plan")}
    asked -= {f"change{own}-today" for own in of}
    assert names == {f"{name}.svg" for name in asked}


def test_a_picture_has_the_colours_of_its_shapes() -> None:
    ring = ((10.0, 10.0), (90.0, 10.0), (90.0, 90.0), (10.0, 90.0))
    hole = ((40.0, 40.0), (60.0, 40.0), (60.0, 60.0), (40.0, 60.0))
    image = Image.open(io.BytesIO(png(Drawing(100.0, 100.0, "", (Lines((ring, hole), "#2166ac"),)))))
    assert image.size == (200, 200)
    assert image.getpixel((50, 100)) == (0x21, 0x66, 0xAC)
    assert image.getpixel((100, 100)) == (255, 255, 255)  # a hole is a hole
    assert image.getpixel((5, 5)) == (255, 255, 255)
