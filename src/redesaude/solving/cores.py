"""How many threads a solve has when none are asked for."""

from __future__ import annotations

import os
from pathlib import Path

#: threads beyond which a solve gains nothing
MOST_THREADS = 8

_TOPOLOGY = Path("/sys/devices/system/cpu")


def default_threads(jobs: int = 1) -> int:
    """Return the threads of each of ``jobs`` solves at once: the physical cores we may use, at most
    :data:`MOST_THREADS`, shared.
    """
    return max(1, min(MOST_THREADS, physical_cores()) // jobs)


def physical_cores(topology: Path = _TOPOLOGY) -> int:
    """Return the physical cores that this process may use: two threads of one core count once.

    Where the system does not tell which threads share a core (other systems than Linux), all count.
    """
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    return len({_siblings(topology, cpu) for cpu in usable})


def _siblings(topology: Path, cpu: int) -> str:
    """Return the name of the core of a logical processor."""
    try:
        return (topology / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip()
    except OSError:
        return str(cpu)
