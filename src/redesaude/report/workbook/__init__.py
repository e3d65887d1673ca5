"""The audit workbook, the plan in full depth: one module for each sheet, all of them listed in :mod:`.pages`."""

from __future__ import annotations

from pathlib import Path

from redesaude.report.view import View
from redesaude.report.workbook.book import Book, Look
from redesaude.report.workbook.pages import PAGES


def write_audit_workbook(view: View, path: Path) -> Book:
    """Write the plan of ``view`` as an Excel workbook, and return it for others to point at.

    A page that lacks what it needs says so in its place.
    """
    lacks = {page: page.lacks(view) for page in PAGES}
    pages = [(page, lack) for page, lack in lacks.items() if lack is None or lack.otherwise]
    remarks = {page.name: page.remark(view) for page, lack in pages if lack is None}
    titles = {page.name: page.title for page, _ in pages}
    book = Book(path, view, titles, remarks, look=Look(on_screen={page.name for page, _ in pages if page.on_screen}))
    for page, lack in pages:
        if lack is None:
            book.page(page.write)
        else:
            book.sheet(page.name, (30,) * 4).text(view.t(lack.otherwise), "sentence")
    book.close()
    return book
