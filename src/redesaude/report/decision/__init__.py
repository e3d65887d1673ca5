"""The decision file ``decision.xlsx``: the plan for those who decide, on at most twelve printed pages.

Its first page is in plain words; every number on it names the cell of ``audit.xlsx`` that holds it. Tables, whose rows
lead to the same rows there, show what matters most as far as their pages hold it, and say where the rest stands.
"""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

from redesaude.report.decision.pack import Pack
from redesaude.report.decision.pages import PAGES
from redesaude.report.workbook.book import Book


def write_decision(audit: Book, path: Path) -> Pack:
    """Write the decision file of the plan that ``audit`` holds, which has been written; it has decisions.

    Returned is what was written, for others to point at.
    """
    view = audit.view
    pages = [page for page in PAGES if page.met(view)]
    titles, tabs = ({page.name: word(page) for page in pages} for word in (attrgetter("title"), attrgetter("tab")))
    pack = Pack(audit, Book(path, view, titles, tabs=tabs))
    for page in pages:
        pack.page(page.write)
    pack.book.close()
    return pack
