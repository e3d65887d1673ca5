"""How long each stage of a solve takes."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Seconds by stage: ``with watch("bound"): ...``, in any thread, also within one another.

    A stage counts while it runs anywhere, once however many threads run it.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[str, int] = defaultdict(int)
        self._since: dict[str, float] = {}
        self._spent: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count the time inside as ``stage``."""
        self._step(stage, 1)
        try:
            yield
        finally:
            self._step(stage, -1)

    def _step(self, name: str, more: int) -> None:
        with self._lock:
            now = self._clock()
            self._spent[name] = self._until(name, now)
            self._since[name] = now
            self._running[name] += more

    def _until(self, name: str, now: float) -> float:
        spent = self._spent.get(name, 0.0)
        return spent + (now - self._since[name] if self._running[name] else 0.0)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of each stage begun, up to now."""
        with self._lock:
            now = self._clock()
            return {name: self._until(name, now) for name in self._spent}
