"""The page as a planner uses it, in a browser: from a broken workbook to a plan that is asked something."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from long_search import long_search
from paged import (
    PATIENCE,
    Server,
    asked_outside,
    downloaded,
    fetched,
    reached_by_keyboard,
    text,
    until,
    upload,
    wait,
    wider_than,
    write,
    wrong_for_readers,
)

pytestmark = pytest.mark.long

BROKEN = Path(__file__).parents[1] / "workbooks" / "population-blank.xlsx"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server.over(tmp_path / "data")
    yield running
    running.kill()


def _sound(browser: Chrome) -> None:
    """A reader with a screen reader, a keyboard or a telephone can use the page."""
    assert wrong_for_readers(browser) == []
    assert wider_than(browser, 320) == []


def _bounds(browser: Chrome, run: str) -> set[float]:
    """The bounds that a run has told so far."""
    return {bound for _, _, bound in fetched(browser, f"/api/jobs/{run}/progress")["points"] if bound is not None}


def test_from_a_broken_workbook_to_a_plan_that_is_asked_something(
    server: Server, browser: Chrome, tmp_path: Path
) -> None:
    browser.set_script_timeout(PATIENCE)
    for log in ("performance", "browser"):
        browser.get_log(log)
    browser.get(server.address)
    _sound(browser)
    reached, there = reached_by_keyboard(browser)
    assert reached == there > 10
    run = _run(browser, _mended(browser, tmp_path))
    _killed_and_found_again(server, browser, run)
    _stopped(browser)
    _read_and_asked(browser)
    _in_vietnamese(browser)
    assert asked_outside(browser) == []
    assert [entry for entry in browser.get_log("browser") if entry["source"] in ("security", "javascript")] == []
    _pack_downloaded(browser, tmp_path)
    _reviewed(browser, tmp_path, run)


def _mended(browser: Chrome, folder: Path) -> str:
    """A broken workbook with its cells told, then the mended one; the page of it."""
    upload(browser, "form[action='/api/workbooks']", BROKEN)
    assert "Várzea Grande has no population" in until(browser, "#problems", "H4")
    wait(browser, "a[href$='/marked']")
    _sound(browser)
    upload(browser, "form[action$='/versions']", long_search(folder))
    wait(browser, "form[action$='/runs']")
    assert "1 to 50 of 200" in text(browser, "section[aria-labelledby=changes]")
    browser.find_element(By.CSS_SELECTOR, "section[aria-labelledby=changes] a[rel=next]").click()
    until(browser, "section[aria-labelledby=changes]", "51 to 100")
    _sound(browser)
    return str(browser.current_url)


def _run(browser: Chrome, workbook: str) -> str:
    """The key of a run begun, whose bound moves."""
    assert "/workbooks/" in workbook
    for name, value in {"seconds": "300", "gap": "0", "cores": "1"}.items():
        write(browser, f"input[name={name}]", value)
    browser.find_element(By.CSS_SELECTOR, "form[action$='/runs'] button").click()
    assert "No plan can be more than" in until(browser, "#words", "No plan can be more than")
    run = str(browser.current_url).split("/runs/")[1]
    WebDriverWait(browser, PATIENCE).until(lambda b: len(_bounds(b, run)) > 1, "the bound moves")
    return run


def _killed_and_found_again(server: Server, browser: Chrome, run: str) -> None:
    browser.get("about:blank")
    server.kill()
    again = Server.over(server.folder)
    server.process, server.address = again.process, again.address  # what the fixture ends
    browser.get(again.address)
    assert "running" in until(browser, "section[aria-labelledby=runs]", "running")
    browser.get(again.at(f"/runs/{run}"))
    points = "return Number(document.getElementById('chart').dataset.points || 0)"
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(points) > 1, "the chart is drawn")


def _stopped(browser: Chrome) -> None:
    browser.find_element(By.ID, "stop").click()
    wait(browser, "#plan-words h3")  # it can be read before its studies are made
    browser.execute_script("document.getElementById('stop')?.click()")  # without studies, where they go on still
    until(browser, "#words", "over|It was stopped")
    wait(browser, "section:not([data-reload]) #words")


def _read_and_asked(browser: Chrome) -> None:
    write(browser, "#place", "t3")
    assert "cardio" in until(browser, "#places-table", "t3 ·")
    assert browser.find_element(By.TAG_NAME, "iframe").get_attribute("sandbox") == "allow-scripts allow-downloads"
    _sound(browser)
    write(browser, "#ask-seconds", "5")
    browser.find_element(By.CSS_SELECTOR, "#sites .of-site form button").click()
    answers = "dearer|not distinguishable|cheaper|costs nothing more|no plan"
    assert "nothing open at" in until(browser, "#ask table", answers)


def _in_vietnamese(browser: Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, "nav a[lang=vi]").click()
    assert until(browser, "#ask-title", "Hỏi") == "Hỏi phương án"
    assert "Ai được điều trị ở đâu" in text(browser, "#places-title")
    _sound(browser)


def _pack_downloaded(browser: Chrome, folder: Path) -> None:
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    browser.find_element(By.CSS_SELECTOR, "a[href$='/pack']").click()
    with zipfile.ZipFile(downloaded(browser, folder / "result.zip")) as files:
        assert {"decision.xlsx", "audit.xlsx", "map.html", "plan.npz"} <= set(files.namelist())
        decision = openpyxl.load_workbook(io.BytesIO(files.read("decision.xlsx")), read_only=True)
    assert len(decision.sheetnames) > 3


def _reviewed(browser: Chrome, folder: Path, run: str) -> None:
    """The workbook of actuals as it is comes back as a review of which nothing is reported."""
    browser.find_element(By.CSS_SELECTOR, "nav a[lang=en]").click()
    wait(browser, f"html[lang=en] a.button[href='/runs/{run}/review']")
    browser.find_element(By.CSS_SELECTOR, f"a.button[href='/runs/{run}/review']").click()
    wait(browser, "form[action$='/actuals'] button")
    browser.find_element(By.CSS_SELECTOR, "form[action$='/actuals'] button").click()
    wait(browser, ".made a[download]")
    link = browser.find_element(By.CSS_SELECTOR, ".made a[download]")
    link.click()
    upload(browser, "form[action$='/reviews']", downloaded(browser, folder / link.text))
    assert "0 of" in until(browser, "#review-1 ~ .text", "reported")
    wait(browser, "form[action$='/replan']")
    _sound(browser)
