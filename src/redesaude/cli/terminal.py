"""The consoles: whatever the terminal can show, and whether anyone still listens, no run ends because of what it says.

Names of a workbook are printed as they were typed: nothing in a text is markup, signs that an encoding lacks are shown
by their number, and what a closed pipe or a full disk no longer takes is left out.
"""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

from rich.console import Console


class _Steady:
    """The stream of :mod:`sys` called ``name``, as it is at the moment; silent from its first failure on."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._silent = False

    @property
    def _stream(self) -> TextIO:
        stream: TextIO = getattr(sys, self._name)
        return stream

    def write(self, text: str) -> int:
        encoding = self._stream.encoding or "utf-8"
        shown = text.encode(encoding, "backslashreplace").decode(encoding)
        return self._tried(lambda: self._stream.write(shown)) or 0

    def flush(self) -> None:
        self._tried(self._stream.flush)

    def _tried(self, work: Any) -> Any:
        if self._silent:
            return None
        try:
            return work()
        except (OSError, ValueError):  # a closed pipe, a full disk, a stream that was closed
            self._silent = True
            return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _console(name: str) -> Console:
    return Console(file=_Steady(name), markup=False, emoji=False)  # type: ignore[arg-type]


console, errors = _console("stdout"), _console("stderr")


def leave_quietly() -> None:
    """Let the interpreter end without a word about a stream that nobody reads any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
