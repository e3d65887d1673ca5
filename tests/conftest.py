"""What all tests share. Its presence puts ``tests/`` on the import path, so that every test may ``import tiny``."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from itertools import groupby

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from sparing import kept_only

os.environ.setdefault("REDESAUDE_STRICT", "1")  # a fault of our own is raised, and not passed on to the next way
#: rounds of the collector took a quarter of the time to import and collect, and an eighth of that of a tiny solve, most
#: of them over what is never freed
gc.set_threshold(50_000, 20, 10)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve with one thread where a test asks for no number: many tests run at once."""
    monkeypatch.setattr("redesaude.solving.options.default_threads", lambda jobs=1: 1)


@pytest.fixture
def no_pages() -> Iterator[None]:
    """Leave out of results what is written for people."""
    with kept_only():
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """Chromium as the system has it, in English."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("no browser here: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = program
    for each in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "window-size=1400,900"):
        options.add_argument(f"--{each}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    running = Chrome(options=options, service=Service(driver))
    yield running
    running.quit()


def pytest_collection_finish() -> None:
    """Leave what was imported out of the collector's rounds."""
    gc.freeze()


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
