"""Results without what is written for people, for tests that look at what is kept, told or asked of them.

The pages of a result take ten times as long as a tiny plan: what they are is tried by the tests of each page, and that
all are there by ``unit/test_report_folder.py`` and by the command in a process of its own (``unit/test_cli.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

#: what writes pages into the folder of a result, each but the first into files that nothing else reads
_PAGES = ("audit_workbook", "decision", "papers", "map", "planning", "references", "regions")


@contextmanager
def kept_only(*but: str) -> Iterator[None]:
    """Have results hold tables, the plan, its scenario, manifest and log, and of the pages only those named."""
    assert set(but) <= set(_PAGES)
    with pytest.MonkeyPatch.context() as here:
        for page in sorted({*_PAGES} - {*but}):
            stub = _empty if page == "audit_workbook" else _nothing
            here.setattr(f"redesaude.report.folder.write_{page}", stub)
        yield


def _empty(_: object, path: Path) -> None:
    path.write_bytes(b"left out")  # a copy of it has another name


def _nothing(*_: object) -> None:
    """Write nothing."""
