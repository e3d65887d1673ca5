"""Ctrl-C on the command line: the first asks for the end and keeps the plan, the second ends the process at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from redesaude.cli.common import Exit
from redesaude.language import N_, Translator
from redesaude.solving.progress import StopSignal

_STOPPING = N_("Stopping: the best plan so far is being written. Ctrl-C again ends at once.")
_ENDING = N_("Interrupted: the result is there without its studies.")


class CtrlC(StopSignal):
    """Stops a solve and has its plan written; once it is ``written``, says ``ending`` and ends what still goes on.

    The second Ctrl-C leaves without unwinding: the solver's threads cannot be ended, and the journal of the search is
    whole at any moment.
    """

    def __init__(self, say: Translator, ending: str = _ENDING, *, written: bool = False) -> None:
        super().__init__()
        self.written = written
        self._say, self._ending = say, ending

    @contextmanager
    def on_ctrl_c(self) -> Iterator[None]:
        """Let things be: a command listens from its start to its end, not just while it solves."""
        yield

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen while the context lasts, and, once interrupted, until the process ends."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, _leave if self.stopped else before)

    def _asked(self, _number: int, _frame: object) -> None:
        if self.stopped:
            _leave()
        self.stop()
        _print(self._say(self._ending if self.written else _STOPPING))
        if self.written:
            raise KeyboardInterrupt


def end_at_once() -> None:
    """Let the next Ctrl-C end the process without a word: it is ending already, and may wait for the solver."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _leave)


def _leave(*_: object) -> None:
    os._exit(Exit.INTERRUPTED)


def _print(text: str) -> None:
    """Print past the stream of the interpreter, which may be in the middle of a line of its own."""
    with contextlib.suppress(OSError):
        os.write(2, f"\n{text}\n".encode(errors="replace"))
