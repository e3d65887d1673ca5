"""The map as its reader uses it: drawn, clicked, switched, saved, and silent on the network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from report_example import example_plan, example_scenario
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from redesaude.plan.plan import Plan
from redesaude.report.map import write_map
from redesaude.report.view import view_of


def _plan() -> Plan:
    """The example with places on the map: two municipalities of Mato Grosso, and one without an outline."""
    scenario = example_scenario()
    places = scenario.territories.assign(latitude=[-14.05, -15.60, -15.9], longitude=[-52.16, -56.10, -56.2])
    places["territory_id"] = ["5100201", "5103403", "t3"]
    renamed = dict(zip(["t1", "t2"], ["5100201", "5103403"], strict=True))
    scenario = replace(scenario, territories=places, sites=scenario.sites.replace({"territory_id": renamed}))
    plan = example_plan(scenario)
    moved = {name: getattr(plan, name).replace({"territory_id": renamed}) for name in ("assignments", "unmet")}
    return replace(plan, **moved)


@pytest.fixture
def page(browser: Chrome, tmp_path: Path) -> Chrome:
    """The example's map, just opened."""
    file = tmp_path / "map.html"
    write_map(view_of(_plan(), "en"), file)
    browser.get_log("performance")
    browser.get(file.as_uri())
    return browser


def _text(page: Chrome, name: str) -> str:
    return page.find_element(By.ID, name).text


def _find(page: Chrome, name: str) -> None:
    box = page.find_element(By.ID, "find")
    box.clear()
    box.send_keys(name, Keys.TAB)


def test_it_is_drawn_with_no_error_and_no_request_but_for_itself(page: Chrome) -> None:
    assert page.find_element(By.TAG_NAME, "body").get_attribute("data-drawn") == "3"
    assert page.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1


def test_a_click_on_a_hospital_tells_what_it_runs(page: Chrome) -> None:
    circles = page.find_elements(By.CSS_SELECTOR, "#map path.leaflet-interactive")
    page.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", circles[-1])
    assert "Direct administration" in _text(page, "details") or "PPP" in _text(page, "details")


def test_a_municipality_is_found_by_name_and_tells_where_its_people_are_treated(page: Chrome) -> None:
    _find(page, "Água Boa")
    details = _text(page, "details")
    assert details.startswith("Água Boa")
    assert "Hospital Regional de Água Boa" in details


def test_names_are_text(page: Chrome) -> None:
    _find(page, "=HYPERLINK(0)")
    assert _text(page, "details").startswith("=HYPERLINK(0)")


def test_specialty_and_layer_switch_colours_and_lines(page: Chrome) -> None:
    lines = "return document.querySelectorAll('#map path:not(.leaflet-interactive)').length"
    before = page.execute_script(lines)
    Select(page.find_element(By.ID, "specialty")).select_by_visible_text("Cardiology")
    assert page.execute_script(lines) > before
    colours = "return [...document.querySelectorAll('#map path')].map((p) => p.getAttribute('fill')).join()"
    near = page.execute_script(colours)
    Select(page.find_element(By.ID, "layer")).select_by_value("need")
    assert page.execute_script(colours) != near
    assert _text(page, "legend").startswith("Need")


def test_today_is_shown_beside_the_plan_and_what_changes_against_it(page: Chrome) -> None:
    services = "return document.querySelectorAll('#map path.leaflet-interactive').length"
    planned = page.execute_script(services)
    Select(page.find_element(By.ID, "period")).select_by_visible_text("Today")
    assert page.execute_script(services) == planned - 1  # one hospital of two runs something today
    _find(page, "Cuiabá")
    assert "not treated" in _text(page, "details") or "sent away" in _text(page, "details")
    Select(page.find_element(By.ID, "period")).select_by_index(1)
    Select(page.find_element(By.ID, "layer")).select_by_value("change")
    assert _text(page, "legend").startswith("Change against today")
    assert "points" in _text(page, "legend")


@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_it_speaks_the_reader_s_language(browser: Chrome, tmp_path: Path, language: str) -> None:
    file = tmp_path / "map.html"
    write_map(view_of(_plan(), language), file)
    browser.get(file.as_uri())
    text = browser.find_element(By.TAG_NAME, "body").text
    assert {"pt-BR": "Cor dos municípios", "vi": "Màu của địa phương"}[language] in text
    assert "Colour of" not in text


def _many(count: int) -> Plan:
    """The example with so many municipalities more, in rows around the others."""
    plan = _plan()
    known = plan.scenario.territories
    more = pd.concat([known.tail(1)] * count, ignore_index=True).assign(
        territory_id=[f"m{n}" for n in range(count)],
        name=[f"Place {n}" for n in range(count)],
        latitude=[-12.0 - 0.2 * (n // 30) for n in range(count)],
        longitude=[-58.0 + 0.2 * (n % 30) for n in range(count)],
    )
    return replace(plan, scenario=replace(plan.scenario, territories=pd.concat([known, more], ignore_index=True)))


@pytest.mark.long
def test_many_municipalities_are_one_picture_and_what_is_not_shown_is_read_later(
    browser: Chrome, tmp_path: Path
) -> None:
    """What lets a country's map come up at once, and that a click and a pointer still find a municipality in it."""
    file = tmp_path / "map.html"
    write_map(view_of(_many(700), "en"), file)
    counting = (
        "const parse = JSON.parse; window.read = 0; JSON.parse = (text) => { window.read += 1; return parse(text); }"
    )
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": counting})
    try:
        browser.get(file.as_uri())
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    of_document = "return document.querySelectorAll(arguments[0]).length"
    assert browser.find_element(By.TAG_NAME, "body").get_attribute("data-drawn") == "703"
    assert browser.execute_script(of_document, "#map canvas") == 1
    assert browser.execute_script(of_document, "#map path, #names option") == 0
    assert browser.execute_script("return window.read") == 2  # outlines and names, and the one page of values shown
    Select(browser.find_element(By.ID, "specialty")).select_by_visible_text("Cardiology")
    assert browser.execute_script("return window.read") == 3
    _find(browser, "Place 350")
    assert browser.execute_script(of_document, "#names option") > 700
    assert _text(browser, "details").startswith("Place 350")
    middle = browser.find_element(By.ID, "map")
    ActionChains(browser).move_to_element_with_offset(middle, 40, 40).pause(0.2).perform()
    assert "Place" in browser.find_element(By.CSS_SELECTOR, ".leaflet-tooltip").text
    ActionChains(browser).click().perform()
    assert _text(browser, "details").startswith("Place")
    assert browser.get_log("browser") == []
