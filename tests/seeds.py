"""Random cases of a law: a few in the quick set, all of them at length."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest


def a_few(cases: Iterable[Any], now: int) -> list[Any]:
    """Return parameters of a test: the first ``now`` of ``cases`` for the quick set, the rest marked as long."""
    rest = iter(cases)
    return [*islice(rest, now), *(pytest.param(case, marks=pytest.mark.long) for case in rest)]
