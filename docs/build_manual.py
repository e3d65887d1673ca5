"""Build the planner's manual from its text (``docs/manual/text-*.md``) and from results of runs.

``make manual`` solves the scenarios that it needs; by hand: ``python docs/build_manual.py LANGUAGE=RESULT ...``. For
each language it writes ``manual-<language>.md`` and ``.pdf`` and the pictures in ``pictures/<language>``: figures and
pictures are those of the result, and the first line tells of which run. It needs LibreOffice, poppler (``pdftoppm``,
``pdftotext``) and Chromium.
"""

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from markdown_it import MarkdownIt
from PIL import Image
from rich.console import Console

import redesaude as rs
from redesaude.cli.problems import show_problems
from redesaude.cli.summary import show_plan
from redesaude.errors import InputError
from redesaude.language import Translator, translator
from redesaude.report.manifest import versions
from redesaude.report.view import View, view_of
from redesaude.report.workbook.story.openings import question
from redesaude.report.workbook.story.people import people

HERE = Path(__file__).parent / "manual"
#: cells of the example that are spoilt to show how mistakes are told: sheet, column, row, what is typed
MISTAKES = (
    ("specialties", "access_share", 3, 80),
    ("sites", "territory_id", 4, "9999999"),
    ("sizes", "capex", 3, "1,2"),
)
#: sheet of ``planning.xlsx`` that is shown, by the first that is there
_PLANNING = ("CIB", "ky_thuat", "danh_gia_nam")
#: title of the page of the decision file that has the layers of the map
_MAP = "Map of the plan"
_TERMINAL_WIDTH, _PAPER_WIDTH = 96, 1200
#: of a picture, in points: white left around it; white that parts a footer from what it is the footer of
_RIM, _FOOT = 10, 45
_LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop>
</item></oor:items>
"""


def figures(view: View, result: Path) -> dict[str, str]:
    """Return what stands for each placeholder of the text."""
    plan, numbers = view.plan, view.numbers
    services, sites, opened, *_, cases = (fact.told(numbers) for fact in question(view).lines[1].facts)
    today, *_, last, year = (fact.told(numbers) for fact in people(view).lines[0].facts)
    date = datetime.fromtimestamp((result / "manifest.json").stat().st_mtime)
    return {
        "title": view.title,
        "date": f"{date:%Y-%m-%d}" if view.t.language == "en" else f"{date:%d/%m/%Y}",
        "version": versions()["redesaude"],
        "input": str(plan.scenario.input_sha256)[:8],
        "variables": numbers.decimal(plan.variables),
        "seconds": numbers.decimal(sum(plan.seconds.get(name, 0.0) for name in ("read", "solve"))),
        "cost": numbers.money(plan.objective or 0.0),
        "bound": numbers.money(plan.bound or 0.0),
        "gap": numbers.percent(plan.gap or 0.0, 2),
        "services": services,
        "sites": sites,
        "opened": opened,
        "cases": cases,
        "within_today": today,
        "within_last": last,
        "last_year": year,
        "terminal_solve": solved(view, result),
        "terminal_check": checked(plan.scenario.name, view.t),
    }


def solved(view: View, result: Path) -> str:
    """Return what the terminal tells of the run: the last lines of its search, and the plan."""
    log = (result / "run.log").read_text(encoding="utf-8").splitlines()
    searched = [line for line in log if "gap" in line]
    console = Console(width=_TERMINAL_WIDTH, file=io.StringIO(), record=True)
    show_plan(console, view.plan, Path("results") / view.scenario.name / view.scenario.variant_id, view.t)
    return "\n".join([*searched[:2], "    ...", *searched[-2:], *console.export_text().rstrip().splitlines()])


def checked(name: str, say: Translator) -> str:
    """Return what ``redesaude check`` says of the scenario with a few mistakes typed into it."""
    book = openpyxl.load_workbook(HERE.parents[1] / "scenarios" / f"{name}.xlsx")
    for sheet, column, row, typed in MISTAKES:
        places = {cell.value: cell.column for cell in book[sheet][1]}
        book[sheet].cell(row, places[column]).value = typed
    console = Console(width=_TERMINAL_WIDTH, file=io.StringIO(), record=True)
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder) / "my.xlsx")
        try:
            rs.read_scenario(Path(folder) / "my.xlsx")
        except InputError as error:
            show_problems(console, error.problems, say)
    return console.export_text().rstrip()


def pictures(result: Path, folder: Path, view: View) -> None:
    """Write the pictures of a result."""
    folder.mkdir(parents=True, exist_ok=True)
    language = {"en": "en-US", "vi": "vi-VN"}.get(view.t.language, view.t.language)
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        show = partial(_sheet, work=work, language=language)
        show(result / "scenario.xlsx", ("specialties",), folder / "workbook.png", rows=14, columns=8)
        decision = _printed(result / "decision.xlsx", work, language)
        _page(decision, 1, folder / "first-page.png")
        _page(decision, 2, folder / "decisions.png")
        _page(decision, _number(decision, view.t(_MAP)), folder / "layers.png")
        _page(result / "brief.pdf", 1, folder / "brief.png")
        region = min((result / "regions").glob("*.xlsx"), key=lambda file: (len(file.stem) != _region_code(view), file))
        _page(_printed(region, work, language), 1, folder / "region.png")
        show(result / "references.xlsx", ("references",), folder / "references.png", rows=24, columns=9)
        show(result / "planning.xlsx", _PLANNING, folder / "planning.png", rows=26, columns=12)
    _screen(result / "map.html", folder / "map.png")


def _region_code(view: View) -> int:
    """How long the code of a health region is: macro-regions have files of their own."""
    return len(str(view.scenario.territories["region_id"].iloc[0]))


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=600)  # noqa: S603


def _printed(book: Path, work: Path, language: str) -> Path:
    """Print a workbook as a reader of the language sees it: with the signs of its numbers."""
    profile = work / f"profile-{language}"
    if not profile.exists():
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_LOCALE.format(language), encoding="utf-8")
    _run(
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        work,
        book,
    )
    return work / f"{book.stem}.pdf"


def _sheet(
    book: Path, names: tuple[str, ...], picture: Path, *, work: Path, language: str, rows: int, columns: int
) -> None:
    """Picture the head of one sheet: what a reader sees who opens it."""
    made = openpyxl.load_workbook(book)
    kept = next(name for name in names if name in made.sheetnames)
    for name in made.sheetnames:
        if name != kept:
            del made[name]
    sheet = made[kept]
    sheet.delete_rows(rows, sheet.max_row)
    setup = sheet.page_setup
    setup.orientation, setup.fitToWidth, setup.fitToHeight = "landscape", 1, 1
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.print_area = f"A1:{openpyxl.utils.get_column_letter(min(sheet.max_column, columns))}{rows}"
    copy = work / f"{picture.stem}-sheet.xlsx"
    made.save(copy)
    _page(_printed(copy, work, language), 1, picture)


def _page(pdf: Path, number: int, picture: Path) -> None:
    _run("pdftoppm", "-png", "-r", 130, "-f", number, "-l", number, "-singlefile", pdf, picture.with_suffix(""))
    _tidy(picture)


def _number(pdf: Path, words: str) -> int:
    """The first page after the second that has ``words``."""
    run = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, timeout=120)  # noqa: S603, S607
    pages = run.stdout.decode().split("\f")
    return next(n for n, text in enumerate(pages, 1) if n > 2 and words in text)


def _screen(page: Path, picture: Path) -> None:
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=6000")
    _run("chromium", *options, "--window-size=1280,900", f"--screenshot={picture}", page.resolve().as_uri())
    _tidy(picture)


def _tidy(picture: Path) -> None:
    """Cut white margins and a footer off, and keep the file small."""
    image = Image.open(picture).convert("RGB")
    inked = np.asarray(image.convert("L")) < 250
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    gaps = np.flatnonzero(np.diff(rows) > _FOOT)
    foot = len(gaps) and rows[-1] - rows[gaps[-1] + 1] < _FOOT
    last = rows[gaps[-1]] if foot else rows[-1]
    box = (max(columns[0] - _RIM, 0), max(rows[0] - _RIM, 0), columns[-1] + _RIM, last + _RIM)
    image = image.crop(tuple(int(edge) for edge in box))
    if image.width > _PAPER_WIDTH:
        image = image.resize((_PAPER_WIDTH, round(image.height * _PAPER_WIDTH / image.width)))
    image.quantize(96).save(picture, optimize=True)


def filled(text: str, told: dict[str, str]) -> str:
    """Return the text with figures for its placeholders; KeyError for one that is not known."""
    return re.sub(r"\{(\w+)\}", lambda found: told[found[1]], text)


def pdf(page: Path, language: str) -> None:
    """Print a page of the manual with its pictures beside it."""
    words = MarkdownIt("commonmark", {"html": False}).enable("table").render(page.read_text(encoding="utf-8"))
    words = re.sub(r'href="(?!https?:|#)[^"]*"', "", words)  # files beside the manual are not beside its print
    style = (HERE / "manual.css").read_text(encoding="utf-8")
    whole = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(page.stem)}</title>'
    )
    with tempfile.TemporaryDirectory() as made:
        shutil.copytree(HERE / "pictures" / language, Path(made) / "pictures" / language)
        file = Path(made) / "manual.html"
        file.write_text(f"{whole}<style>{style}</style></head><body>{words}</body></html>", encoding="utf-8")
        target = page.with_suffix(".pdf")
        _run(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            file.as_uri(),
        )


def build(language: str, result: Path) -> None:
    """Write the manual of a language from a result."""
    view = view_of(rs.read_plan(result), language)
    pictures(result, HERE / "pictures" / language, view)
    text = (HERE / f"text-{language}.md").read_text(encoding="utf-8")
    page = HERE / f"manual-{language}.md"
    page.write_text(filled(text, figures(view, result)), encoding="utf-8", newline="\n")
    pdf(page, language)


def asked(arguments: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield each language with its result."""
    for argument in arguments:
        language, _, result = argument.partition("=")
        translator(language)  # refuses one that there is not
        yield language, Path(result)


def main(arguments: list[str]) -> Any:
    for language, result in asked(arguments):
        build(language, result)


if __name__ == "__main__":
    main(sys.argv[1:])
