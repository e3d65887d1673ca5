"""The data folder of the page: whatever it keeps is below it, and copying it is a back-up.

Names in it are made here; what a request says is only ever looked up.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_KEY = re.compile(r"[0-9a-f]{16}")


class UnknownError(Exception):
    """Nothing is kept under what a request names."""


def new_key() -> str:
    """Return a name that nothing has yet."""
    return secrets.token_hex(8)


def checked_key(text: str) -> str:
    """Return ``text`` if it can be the name of something kept; UnknownError for a path or anything else."""
    if not _KEY.fullmatch(text):
        raise UnknownError(text)
    return text


@dataclass(frozen=True)
class Home:
    """The data folder at ``root``."""

    root: Path

    def prepare(self) -> None:
        """Make what is missing of it, readable by its owner alone."""
        for folder in (self.root, self.root / "workbooks", self.root / "jobs"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def database(self) -> Path:
        """Where workbooks and jobs are listed."""
        return self.root / "serve.sqlite"

    def version(self, workbook: str, number: int) -> Path:
        """Return the folder of one version of a workbook."""
        return self.root / "workbooks" / checked_key(workbook) / str(int(number))

    def job(self, job: str) -> JobFolder:
        """Return the folder of a job."""
        return JobFolder(self.root / "jobs" / checked_key(job))


@dataclass(frozen=True)
class JobFolder:
    """What a job leaves, and how it is told to stop."""

    path: Path

    def __getattr__(self, name: str) -> Path:
        """Return the path of one of its files."""
        if name not in _FILES:
            raise AttributeError(name)
        return self.path / _FILES[name]

    def pages(self, language: str) -> Path:
        """Return the folder of what is read of its result in a language."""
        return self.path / "pages" / language

    def plan(self, number: int) -> Path:
        """Return the folder of one of the plans that were found beside another."""
        return self.path / "plans" / str(int(number))


_FILES = {
    "task": "task.json",
    "lock": "lock",
    "log": "log.txt",
    "progress": "progress.jsonl",
    "stop": "stop",
    "ended": "ended.json",
    "result": "result",
    "check": "check.json",
    "marked": "marked.xlsx",
    "workbook": "workbook.xlsx",
    "answers": "answers.json",
    "problems": "problems.json",
    "actuals": "actuals",
    "reviews": "reviews",
    "next": "next",
}


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` at once: whoever reads finds all of it, or what was there before."""
    fresh = path.with_name(f"{path.name}-next")
    fresh.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    os.replace(fresh, path)


def read_json(path: Path) -> Any:
    """Return what :func:`write_json` wrote, None where nothing is."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
