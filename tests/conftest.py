"""What all tests share. Its presence puts ``tests/`` on the import path, so that every test may ``import tiny``."""

from __future__ import annotations

import os
from itertools import groupby

import pytest

os.environ.setdefault("REDESAUDE_STRICT", "1")  # a fault of our own is raised, and not passed on to the next way


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve with one thread where a test asks for no number: many tests run at once."""
    monkeypatch.setattr("redesaude.solving.options.default_threads", lambda jobs=1: 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave ``few(n)`` of a test's cases, spread evenly over all, to the quick set, and the others to the long one."""
    short = [item for item in items if isinstance(item, pytest.Function) and item.get_closest_marker("long") is None]
    for (few, _), cases in groupby(short, key=lambda item: (item.get_closest_marker("few"), item.originalname)):
        if few is not None:
            _lengthen(list(cases), *few.args)


def _lengthen(cases: list[pytest.Function], few: int) -> None:
    quick = {len(cases) * n // few for n in range(few)}
    for n, case in enumerate(cases):
        if n not in quick:
            case.add_marker(pytest.mark.long)
