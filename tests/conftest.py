"""What all tests share. Its presence puts ``tests/`` on the import path, so that every test may ``import tiny``."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("REDESAUDE_STRICT", "1")  # a fault of our own is raised, and not passed on to the next way


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve with one thread where a test asks for no number: many tests run at once."""
    monkeypatch.setattr("redesaude.solving.options.default_threads", lambda jobs=1: 1)
