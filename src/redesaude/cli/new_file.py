"""A workbook that a command writes anew: where it may be, and what is said when it cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redesaude.cli.common import fail
from redesaude.errors import reason_of
from redesaude.language import N_, Translator


@contextmanager
def new_workbook(file: Path, say: Translator) -> Iterator[None]:
    """Have ``file`` written within, its folder made; the command ends where it is there, or cannot be written."""
    if file.exists():
        fail(say(N_("{file} exists already; name a new file"), file=file))
    if file.suffix.lower() != ".xlsx":
        fail(say(N_("{file}: the name of a workbook ends in .xlsx"), file=file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        fail(say(N_("{file} cannot be written: {reason}"), file=file, reason=reason_of(error)))
