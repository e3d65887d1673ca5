"""The planner's manual: three languages tell the same, and what is built is from the present text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redesaude.language import LANGUAGES

FOLDER = Path(__file__).parents[2] / "docs" / "manual"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _text(language: str) -> str:
    return (FOLDER / f"text-{language}.md").read_text(encoding="utf-8")


def _built(language: str) -> str:
    return (FOLDER / f"manual-{language}.md").read_text(encoding="utf-8")


def _shape(text: str) -> tuple[list[str], list[str], list[str], list[int]]:
    """Numbers of headings, names of pictures, placeholders, and how many items each numbered list has."""
    headings = re.findall(r"^## (\d+)\.", text, re.MULTILINE)
    shown = re.findall(r"pictures/[^/]+/([\w-]+\.png)", text)
    return headings, shown, sorted(set(PLACEHOLDER.findall(text))), [len(re.findall(r"^\d+\. ", text, re.MULTILINE))]


def test_every_language_has_the_same_chapters_pictures_and_figures() -> None:
    first, *others = (_shape(_text(language)) for language in LANGUAGES)
    assert len(first[0]) >= 10
    assert len(first[1]) >= 7
    assert others == [first] * (len(LANGUAGES) - 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_is_built_from_the_present_text(language: str) -> None:
    """Run ``make manual`` after a change of the text."""
    parts = PLACEHOLDER.split(_text(language))
    pattern = "".join(re.escape(part) if n % 2 == 0 else r"(?:.|\n)+?" for n, part in enumerate(parts))
    assert re.fullmatch(pattern, _built(language)) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_says_of_which_run_it_is_and_is_printed(language: str) -> None:
    built = _built(language)
    assert re.search(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}", built.splitlines()[2])
    assert all(sheet in built for sheet in ("specialties!", "sites!", "sizes!"))  # mistakes, with their cells
    assert (FOLDER / f"manual-{language}.pdf").read_bytes().startswith(b"%PDF")
