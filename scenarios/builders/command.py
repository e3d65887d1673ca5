"""The command that builds scenarios from the facts of the repository, common to all of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from redesaude.inputs.template import write_workbook
from redesaude.inputs.todo_sheet import Todo

Tables = Mapping[str, pd.DataFrame]


def build(
    script: str,
    books: Mapping[str, Callable[[], Tables]],
    settings: Mapping[str, object],
    about: str | None,
    todo: Sequence[Todo] = (),
) -> None:
    """Write each workbook (name without ending) beside the script; a draft says what is ``todo`` first.

    ``--out`` writes to another folder; ``--only`` writes some of the workbooks.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--out", type=Path, default=Path(script).parent, help="folder to write to")
    parser.add_argument("--only", nargs="+", choices=list(books), default=list(books), help="workbooks to write")
    options = parser.parse_args()
    for name in options.only:
        tables = dict(books[name]())
        write_workbook(options.out / f"{name}.xlsx", tables, dict(settings), str(settings["language"]), todo=todo)
