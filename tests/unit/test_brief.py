"""The brief: the words and cells of page 1, its pictures and tables, in one page that asks for nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from report_example import example_plan, example_scenario
from selenium.webdriver import Chrome
from test_decision import placed

from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.report.brief import brief
from redesaude.report.decision import write_decision
from redesaude.report.decision.pack import Pack
from redesaude.report.decision.pages import PAGES as DECISION_PAGES
from redesaude.report.document.blocks import Document, Paragraph, Pictures, Table
from redesaude.report.document.html import html
from redesaude.report.drawing.columns import Part, columns
from redesaude.report.drawing.shapes import Circle, Text
from redesaude.report.drawing.shapes import Path as Lines
from redesaude.report.drawing.svg import svg
from redesaude.report.map.layers import TODAY, all_layers
from redesaude.report.map.picture import Pictures as MapPictures
from redesaude.report.map.scales import LAYERS, NONE
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.pages import PAGES as AUDIT_PAGES
from redesaude.report.workbook.story import story


@cache
def packed_once(language: str) -> Pack:
    """Both workbooks of the example, written once for all that look at them."""
    return packed(placed(), Path(mkdtemp()), language)


def packed(plan: Plan, folder: Path, language: str = "en") -> Pack:
    """Both workbooks of a plan, written."""
    audit = write_audit_workbook(view_of(plan, language), folder / "audit.xlsx")
    return write_decision(audit, folder / "decision.xlsx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("brief")


@pytest.fixture(scope="module")
def pack(folder: Path) -> Pack:
    return packed(placed(), folder)


@pytest.fixture(scope="module")
def paper(pack: Pack) -> Document:
    return brief(pack)


def test_it_tells_every_sentence_of_page_1(paper: Document, pack: Pack) -> None:
    told = [block.text for block in paper.blocks if isinstance(block, Paragraph)]
    lines = [line.text for section in story(pack.view) for line in section.lines]
    assert told[1 : 1 + len(lines)] == lines


def test_every_cell_that_it_names_is_there_and_filled(paper: Document, folder: Path) -> None:
    books = {name: openpyxl.load_workbook(folder / name, data_only=True) for name in ("audit.xlsx", "decision.xlsx")}
    tables = [block for block in paper.blocks if isinstance(block, Table)]
    named = [f"{table.file} {cells}" for table in tables for cells in table.cells if cells]
    named += [f"audit.xlsx {b.cells}" for b in paper.blocks if isinstance(b, Paragraph) and b.cells]
    named += [part for b in paper.blocks if isinstance(b, Pictures) for part in b.cells.split("; ") if "!" in part]
    assert len(named) > 15
    assert [len(b.drawings) for b in paper.blocks if isinstance(b, Pictures)] == [2, 2]
    for file, _, cells in (name.partition(" ") for name in named):
        sheet, _, area = cells.partition("!")
        found = books[file][sheet][area]
        flat = [c for row in found for c in row] if isinstance(found, tuple) else [found]
        assert any(cell.value is not None for cell in flat), cells


def test_the_rows_of_its_tables_are_those_of_the_cells_that_they_name(paper: Document, folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "decision.xlsx", data_only=True)
    tables = [block for block in paper.blocks if isinstance(block, Table) and block.file == "decision.xlsx"]
    assert len(tables) == 2
    for row, cells in ((row, cells) for table in tables for row, cells in zip(table.rows, table.cells, strict=True)):
        sheet, _, area = cells.partition("!")
        assert row[0] in {cell.value for cell in book[sheet][area][0]}


def test_the_page_asks_for_nothing_and_names_stay_text(paper: Document) -> None:
    page = html(paper)
    assert "default-src 'none'" in page
    assert re.findall(r"""\bsrc\s*=|url\(|@import|<link|<script|<a """, page) == []
    evil = "</svg></title><script>alert(1)</script>"
    scenario = placed().scenario
    named = scenario.replace(
        territories=scenario.territories.assign(name=evil, region_name=evil), sites=scenario.sites.assign(name=evil)
    )
    drawn = MapPictures(view_of(replace(placed(), scenario=named), "en"))
    assert "<script" not in svg(drawn.drawing("within", ALL, "p1", (250.0, 200.0)))


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_it_speaks_the_reader_s_language(language: str) -> None:
    page = html(brief(packed_once(language)))
    assert f'lang="{language}"' in page
    assert {"pt-BR": "Em imagens", "vi": "Bằng hình ảnh"}[language] in page
    assert "In pictures" not in page
    assert "Small letters" not in page


def test_tabs_are_in_the_reader_s_language() -> None:
    names = {page.name for page in (*DECISION_PAGES, *AUDIT_PAGES)}
    pack = packed_once("pt-BR")
    decision, audit = (openpyxl.load_workbook(book.workbook.filename) for book in (pack.book, pack.audit))
    shown = [sheet.title for sheet in decision if sheet.sheet_state == "visible"]
    assert len(set(map(str.lower, shown))) == len(shown) > 1
    assert not {*shown} & names
    assert {*audit.sheetnames} <= names  # names that others rely on


def test_pictures_are_well_formed_and_colour_every_municipality_by_its_value() -> None:
    view = view_of(placed(), "en")
    drawn, layers = MapPictures(view), all_layers(view).sort_index()
    for layer in LAYERS:
        for period in (TODAY, "p1"):
            drawing = drawn.drawing(layer, ALL, period, (250.0, 200.0))
            fromstring(svg(drawing))
            filled = [shape for shape in drawing.shapes if isinstance(shape, Lines) and shape.stroke == "#ffffff"]
            values = layers.loc[(ALL, period), layer]
            assert len(filled) == len(view.scenario.territories) == len(values)
            assert [shape.fill == NONE for shape in filled] == values.isna().tolist()
    assert sum(isinstance(shape, Circle) and shape.width == 1.6 for shape in drawing.shapes) == 2  # where it opens


def test_change_is_what_the_plan_brings_against_today() -> None:
    view = view_of(placed(), "en")
    layers = all_layers(view)
    plan, today = (layers["within"].xs(period, level="period_id") for period in ("p1", TODAY))
    assert layers["change"].xs("p1", level="period_id").dropna().to_dict() == (plan - today).dropna().to_dict()
    assert today[ALL].dropna().between(0, 1).all()
    assert today[ALL].sum() > 0  # the service of today treats its town


def test_columns_stand_on_each_other_and_hang_below_zero() -> None:
    parts = [Part("a", [2.0, 1.0], "#111111"), Part("b", [3.0, -1.0], "#222222")]
    drawing = columns("t", ["1", "2"], parts, lambda v: f"{v:g}", size=(200.0, 140.0))
    boxes = {
        colour: [s.lines[0] for s in drawing.shapes if isinstance(s, Lines) and s.fill == colour][-2:]
        for colour in ("#111111", "#222222")
    }
    heights = {colour: [abs(ring[2][1] - ring[0][1]) for ring in rings] for colour, rings in boxes.items()}
    assert heights["#222222"][0] == pytest.approx(1.5 * heights["#111111"][0])
    assert boxes["#222222"][0][2][1] == pytest.approx(boxes["#111111"][0][0][1])  # it stands on the other
    assert boxes["#222222"][1][0][1] == pytest.approx(boxes["#111111"][1][2][1])  # it hangs below zero
    ticks = [shape.text for shape in drawing.shapes if isinstance(shape, Text) and shape.anchor == "end"]
    assert {"0", "-2", "6"} & set(ticks) >= {"0"}


@pytest.mark.long
def test_a_scenario_without_coordinates_has_a_brief_too(tmp_path: Path) -> None:
    paper = brief(packed(example_plan(example_scenario()), tmp_path))
    assert "<svg" in html(paper)


_CUT = """
const told = [], near = 1;
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) told.push('the page is ' + root.scrollWidth + ' wide of ' + root.clientWidth);
for (const each of document.querySelectorAll('main *:not(svg *)')) {
  if (each.clientWidth && each.scrollWidth > each.clientWidth + near) told.push(each.tagName + ': ' + each.textContent);
}
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect(), boxes = [];
  for (const text of svg.querySelectorAll('text')) {
    const box = text.getBoundingClientRect(), words = text.textContent;
    if (box.left < frame.left - near || box.right > frame.right + near) told.push('outside: ' + words);
    for (const [other, seen] of boxes) {
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      if (across > near && down > box.height / 2) told.push('on each other: ' + words + ', ' + seen);
    }
    boxes.push([box, words]);
  }
}
return told;
"""


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi", "en"])
def test_nothing_on_the_page_is_cut_or_covered(browser: Chrome, tmp_path: Path, language: str) -> None:
    page = html(brief(packed(placed(), tmp_path, language)))
    assert "…" not in page
    (tmp_path / "brief.html").write_text(page, encoding="utf-8")
    browser.get((tmp_path / "brief.html").as_uri())
    assert browser.execute_script(_CUT) == []  # type: ignore[no-untyped-call]


def test_a_long_title_goes_on_below_and_every_part_has_its_name() -> None:
    parts = [Part(f"a payer with a long name {n}", [1.0], "#111111") for n in range(3)]
    drawing = columns("A title " * 9, ["1"], parts, str, size=(200.0, 200.0))
    texts = [shape for shape in drawing.shapes if isinstance(shape, Text)]
    head = [text for text in texts if text.bold]
    assert " ".join(text.text for text in head) == ("A title " * 9).strip()
    assert len({text.y for text in head}) == len(head) > 1
    assert {part.name for part in parts} <= {text.text for text in texts}
    names = [text.y for text in texts if text.text.startswith("a payer")]
    assert head[-1].y < names[0] < names[1] < names[2]
