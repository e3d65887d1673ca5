"""The output folder of what a plan was asked: a workbook, its tables as CSV, and a manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.report.document.blocks import Document
from redesaude.report.document.html import html
from redesaude.report.manifest import plain, standing_of, versions
from redesaude.report.placing import Placed, place
from redesaude.report.tables import write_csv
from redesaude.report.view import View, view_of
from redesaude.report.workbook.book import Book


@dataclass(frozen=True)
class Asked:
    """What is written of an answer: its ``name`` (that of the workbook), the ``plan`` asked, the ``titles`` of the
    sheets, what ``write``s them, and the ``tables`` by name, the first of which the manifest holds too. ``document``
    makes the HTML page of the same name, where there is one.
    """

    name: str
    plan: Plan
    titles: Mapping[str, str]
    write: Callable[[Book], object]
    tables: Mapping[str, pd.DataFrame]
    document: Callable[[View], Document] | None = None


def place_asked(asked: Asked, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder at ``out`` and return where it is, with what there is to tell."""
    return place(out, lambda folder: _write_all(asked, folder, language), _manifest(asked))


def write_asked(asked: Asked, path: Path, language: str | None = None) -> None:
    """Write the workbook alone."""
    book = Book(path, _view(asked, language), asked.titles)
    asked.write(book)
    book.close()


def _view(asked: Asked, language: str | None) -> View:
    return view_of(asked.plan, language)


def _write_all(asked: Asked, folder: Path, language: str | None) -> dict[str, Any]:
    write_asked(asked, folder / f"{asked.name}.xlsx", language)
    if asked.document is not None:
        page = html(asked.document(_view(asked, language)))
        (folder / f"{asked.name}.html").write_text(page, encoding="utf-8", newline="\n")
    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    for name, frame in asked.tables.items():
        write_csv(frame, list(frame.columns), tables / f"{name}.csv")
    return _manifest(asked)


def _manifest(asked: Asked) -> dict[str, Any]:
    first = next(iter(asked.tables.values()))
    untimed = first.drop(columns="seconds", errors="ignore")
    return {
        "scenario": asked.plan.scenario.name,
        "asked": asked.name,
        "plan": standing_of(asked.plan),
        "answers": [plain(row) for row in untimed.to_dict("records")],
        "input_sha256": asked.plan.scenario.input_sha256,
        "versions": versions(),
    }
