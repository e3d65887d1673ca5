"""How long the page lets its readers wait: 20 at once while a run searches on each core and four more wait.

    python benchmarks/page.py [--readers 20] [--queued 4] [--cores 2] [--seconds 30]

Each reader opens one page after the other (start, workbook, run, a search for a municipality), half a second between.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from redesaude.cli.common import demo_workbook

_PAUSE = 0.5


@dataclass(frozen=True)
class Page:
    """A server at work: its address, and the token of its interface."""

    address: str
    token: str

    def get(self, path: str) -> bytes:
        asked = Request(self.address + path, headers={"Authorization": f"Bearer {self.token}"})  # noqa: S310 - http
        with urlopen(asked, timeout=120) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body

    def post(self, path: str, **form: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        asked = Request(self.address + path, urlencode(form).encode(), headers)  # noqa: S310
        with urlopen(asked, timeout=120) as answer:  # noqa: S310
            return json.loads(answer.read())

    def until(self, path: str, name: str) -> None:
        while not json.loads(self.get(path))[name]:
            time.sleep(0.5)


def main() -> None:
    """Print the median and the worst, all and by page, and the load of the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("readers", 20), ("queued", 4), ("cores", 2), ("seconds", 30)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "redesaude", "serve", "--no-browser", "--data", folder]
        serving = subprocess.Popen([*command, "--cores", str(asked.cores)], stdout=subprocess.PIPE, text=True)
        try:
            told = serving.stdout.readline() if serving.stdout else ""
            address, _, token = re.findall(r"http://\S+", told)[0].partition("/open?token=")
            _measure(Page(address, token), asked)
        finally:
            serving.terminate()
            serving.wait()


def _measure(page: Page, asked: argparse.Namespace) -> None:
    book = page.post("/api/demo")["key"]
    page.until(f"/api/workbooks/{book}/check", "done")
    print(f"{demo_workbook().name} is checked", flush=True)
    first, *others = [
        page.post(f"/api/workbooks/{book}/runs", seconds=1000, gap=0, cores=1)["key"]
        for _ in range(asked.cores + asked.queued)
    ]
    page.until(f"/api/jobs/{first}/progress", "plan")
    times: dict[str, list[float]] = {}
    paths = ("/", f"/workbooks/{book}", f"/runs/{first}", f"/api/jobs/{first}/progress")
    readers = [
        threading.Thread(target=_read, args=(page, paths, n, asked.seconds, times)) for n in range(asked.readers)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    states = [json.loads(page.get(f"/api/jobs/{key}"))["state"] for key in (first, *others)]
    for key in (*others, first, first):
        page.post(f"/api/jobs/{key}/stop")
    every = [each for found in times.values() for each in found]
    print(f"{asked.readers} readers, runs: {', '.join(states)}; load of the machine {os.getloadavg()[0]:.1f}")
    for name, found in {"all": every, **times}.items():
        print(f"{name:<40} {len(found):>5} pages, median {statistics.median(found):.3f} s, worst {max(found):.3f} s")


def _read(page: Page, paths: tuple[str, ...], first: int, seconds: float, times: dict[str, list[float]]) -> None:
    end, n = time.monotonic() + seconds, first
    while time.monotonic() < end:
        path, n = paths[n % len(paths)], n + 1
        began = time.perf_counter()
        page.get(path)
        times.setdefault(path.rstrip("0123456789abcdef") or path, []).append(time.perf_counter() - began)
        time.sleep(_PAUSE)


if __name__ == "__main__":
    main()
