"""The page in a browser: a server of its own, what a reader does with the page, and what axe-core finds wrong in it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

#: seconds that anything may take on a machine with other work
PATIENCE = 300
#: axe-core 4.14.1 by Deque Systems, MPL-2.0 (``axe-LICENSE.txt`` beside it)
_AXE = Path(__file__).parent / "browser" / "axe.min.js"
_RUN_AXE = "const tell = arguments[0]; axe.run(document).then((r) => tell([r.violations, r.passes.length]));"


@dataclass
class Server:
    """A server in a process of its own, over a folder."""

    folder: Path
    process: subprocess.Popen[str]
    address: str

    @classmethod
    def over(cls, folder: Path) -> Server:
        folder.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "redesaude", "serve", "--no-browser", "--data", str(folder), "--lang", "en"]
        paths = os.pathsep.join(path for path in sys.path if path)
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=folder, env=os.environ | {"PYTHONPATH": paths}
        )
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address is not None
        return cls(folder, process, address[0])

    def at(self, path: str) -> str:
        """The address of a page."""
        return self.address.split("/open")[0] + path

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def wait(browser: Chrome, css: str) -> None:
    """Wait until there is such an element, however often the page shows itself anew meanwhile."""
    WebDriverWait(browser, PATIENCE, 0.2).until(lambda b: b.find_elements(By.CSS_SELECTOR, css), css)


def text(browser: Chrome, css: str) -> str:
    """The text of an element, read at once: the page may be shown anew between two looks."""
    found = browser.execute_script("const e = document.querySelector(arguments[0]); return e ? e.textContent : ''", css)
    return " ".join(str(found).split())


def until(browser: Chrome, css: str, pattern: str) -> str:
    """Wait until the text of an element has a pattern, and return it."""
    WebDriverWait(browser, PATIENCE, 0.2).until(lambda b: re.search(pattern, text(b, css)), f"{css}: {pattern}")
    return text(browser, css)


def upload(browser: Chrome, form: str, file: Path) -> None:
    browser.find_element(By.CSS_SELECTOR, f"{form} input[type=file]").send_keys(str(file))
    browser.find_element(By.CSS_SELECTOR, f"{form} button").click()


def downloaded(browser: Chrome, file: Path) -> Path:
    """A file, once it is downloaded."""
    WebDriverWait(browser, PATIENCE, 0.2).until(lambda _: file.exists(), f"{file.name} is downloaded")
    return file


def write(browser: Chrome, css: str, content: str) -> None:
    box = browser.find_element(By.CSS_SELECTOR, css)
    box.clear()
    box.send_keys(content)


def fetched(browser: Chrome, path: str) -> Any:
    """What the interface answers to the page."""
    asked = "fetch(arguments[0]).then((a) => a.json()).then(arguments[1])"
    return browser.execute_async_script(asked, path)


def wrong_for_readers(browser: Chrome) -> list[str]:
    """What axe-core finds wrong in the page, at the impacts serious and critical: rule, and where."""
    browser.execute_script(_AXE.read_text(encoding="utf-8"))
    found, passed = browser.execute_async_script(_RUN_AXE)
    assert passed > 10  # rules that found what they look at, and nothing wrong
    grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in grave for node in rule["nodes"]]


def wider_than(browser: Chrome, width: int) -> list[str]:
    """What of the page goes beyond a window ``width`` pixels wide, as that of a telephone or of 400 % zoom."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    beyond = browser.execute_script(
        "const wide = document.documentElement.clientWidth; "
        "return document.documentElement.scrollWidth <= wide + 1 ? [] : [...document.querySelectorAll('main *')]"
        ".filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest('.wide'))"
        ".map((e) => e.outerHTML.slice(0, 120))"
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return [str(each) for each in beyond]


def reached_by_keyboard(browser: Chrome) -> tuple[int, int]:
    """How many links, buttons and boxes Tab comes to, and how many there are."""
    there = (
        "[...document.querySelectorAll('a[href], button, input, select, summary, iframe')]"
        ".filter((e) => e.offsetParent !== null && !e.disabled && e.type !== 'hidden')"
    )
    count = int(
        browser.execute_script(f"window.seen = new Set(); document.activeElement.blur(); return {there}.length")
    )
    for _ in range(count + 2):
        browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Tab", "windowsVirtualKeyCode": 9})
        browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Tab", "windowsVirtualKeyCode": 9})
        browser.execute_script("window.seen.add(document.activeElement)")
    return int(browser.execute_script(f"return {there}.filter((e) => window.seen.has(e)).length")), count


def asked_outside(browser: Chrome) -> list[str]:
    """What was asked for anywhere but here, since the log was last read."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert len(asked) > 10
    return [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
