"""The progress of a solve in a terminal: a live panel, or plain lines where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.live import Live
from rich.table import Table

from redesaude.language import N_, Translator
from redesaude.report.terms import SOLVE_PHASES
from redesaude.solving.progress import Listener, Progress

_HEADINGS = (N_("phase"), N_("seconds"), N_("best plan"), N_("no plan costs less than"), N_("gap"))
_STOP = N_("Ctrl-C stops the search and keeps the best plan")
_LINE_EVERY = 5.0


#: who else hears of progress
_ALSO: ContextVar[Listener | None] = ContextVar("also", default=None)


@contextmanager
def telling_also(listener: Listener) -> Iterator[None]:
    """Have ``listener`` hear of the progress that is shown without a terminal while the context lasts."""
    before = _ALSO.set(listener)
    try:
        yield
    finally:
        _ALSO.reset(before)


@contextmanager
def showing(console: Console, say: Translator) -> Iterator[Listener]:
    """Give a listener that shows progress on ``console`` while the context lasts."""
    if not console.is_terminal:
        yield _Lines(console, _ALSO.get()).tell
        return
    panel = _Panel(say)
    with Live(panel, console=console, refresh_per_second=4, transient=True):
        yield panel.tell


class _Lines:
    """A line for each new phase, and otherwise one every few seconds."""

    def __init__(self, console: Console, also: Listener | None = None) -> None:
        self._console, self._also = console, also
        self._last: Progress | None = None
        self._at = 0.0

    def tell(self, progress: Progress) -> None:
        if self._also is not None:
            self._also(progress)
        changed = self._last is None or self._last.stage != progress.stage or bool(progress.message)
        if changed or time.monotonic() - self._at >= _LINE_EVERY:
            self._console.print(str(progress), highlight=False, soft_wrap=True)
            self._last, self._at = progress, time.monotonic()


class _Panel:
    """Drawn again four times a second, so that the clock runs while the solver is silent."""

    def __init__(self, say: Translator) -> None:
        self._say = say
        self._began = time.monotonic()
        self._now = Progress("read", 0.0)

    def tell(self, progress: Progress) -> None:
        self._now = progress

    def __rich__(self) -> Table:
        now = self._now
        table = Table(caption=self._say(_STOP), show_edge=False)
        for heading in _HEADINGS:
            table.add_column(self._say(heading), justify="left" if heading == _HEADINGS[0] else "right", min_width=9)
        table.add_row(
            self._say(SOLVE_PHASES.get(now.stage, now.stage)),
            self._number("{number:,.0f}", time.monotonic() - self._began),
            self._number("{number:,.0f}", now.incumbent),
            self._number("{number:,.0f}", now.bound),
            self._number("{number:z.2%}", now.gap),
        )
        return table

    def _number(self, form: str, number: float | None) -> str:
        return "-" if number is None else self._say(form, number=number)
