"""The recipes of CONTRIBUTING.md, carried out block by block on a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)(?: (\S+)(?: (\S+)(?: ([^\n]*))?)?)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: files that a recipe may touch, a test of one's own included
MOST_FILES = {"A contract": 5, "A page": 5, "A cost line": 5}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file, where it goes in, and its text."""

    language: str
    file: str
    how: str
    anchor: str
    text: str


def recipes() -> dict[str, list[Block]]:
    parts = re.split(r"^## (.*)$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    found = {title: [Block(*(part or "" for part in block)) for block in BLOCK.findall(body)] for title, body in pairs}
    return {title: blocks for title, blocks in found.items() if any(block.file == "check" for block in blocks)}


RECIPES = recipes()
assert set(MOST_FILES) < set(RECIPES)


def put_in(file: Path, block: Block) -> None:
    """Put a block where it says; the line it names is the first that holds it, and there is one."""
    if block.how == "new":
        assert not file.exists()
        file.write_text(block.text, encoding="utf-8")
        return
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    if block.how == "end":
        place = len(lines)
        block = Block(block.language, block.file, block.how, "", "\n" + block.text)
    else:
        place = next(n for n, line in enumerate(lines) if block.anchor in line) + (block.how == "after")
    file.write_text("".join([*lines[:place], block.text, *lines[place:]]), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("src", "models"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("docs/build_sheets.py", "docs/sheets.md", "tests/tiny.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def run(copy: Path, *command: str) -> None:
    path = os.pathsep.join(str(copy / folder) for folder in ("src", "models", "tests"))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-3000:]


def changed(copy: Path) -> set[str]:
    """The files of the copy that are new or differ."""
    files = {file.relative_to(copy) for folder in ("src", "models", "docs") for file in (copy / folder).rglob("*.*")}
    return {
        str(file)
        for file in files
        if not (ROOT / file).exists() or (copy / file).read_bytes() != (ROOT / file).read_bytes()
    }


@pytest.mark.long
@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_leads_to_the_new_thing(title: str, copy: Path) -> None:
    *steps, check = RECIPES[title]
    assert (check.language, check.file) == ("python", "check")
    for step in steps:
        if step.language == "sh":
            run(copy, *step.text.split()[1:])
        else:
            put_in(copy / step.file, step)
    touched = changed(copy)
    assert touched == {step.file for step in steps if step.language != "sh"} | (
        {"docs/sheets.md"} if any(step.language == "sh" for step in steps) else set()
    )
    run(copy, "docs/build_sheets.py")
    assert changed(copy) == touched, "what is written from the declarations is not made anew"
    assert len(touched) + 1 <= MOST_FILES.get(title, len(touched) + 1)
    run(copy, "-c", check.text)


@pytest.mark.few(1)
@pytest.mark.parametrize("title", [title for title, blocks in RECIPES.items() if len(blocks) > 1])
def test_without_its_steps_the_new_thing_is_not_there(title: str, copy: Path) -> None:
    with pytest.raises(AssertionError, match=r"Error"):
        run(copy, "-c", RECIPES[title][-1].text)
