"""The pages of docs/pages: built offline; links lead somewhere, in documents too; formulas and columns as coded."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import redesaude_models
from redesaude.inputs.tables import TABLES

PAGES = Path(__file__).parents[2] / "docs" / "pages"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pages")
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-d", str(out / "trees")]
    told = subprocess.run([*command, str(PAGES), str(out)], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    return out / "written"


@pytest.mark.long
def test_every_formula_of_the_model_is_shown(built: Path) -> None:
    page = (built / "mathematics.html").read_text(encoding="utf-8")
    sources = [file.read_text(encoding="utf-8") for file in Path(redesaude_models.__file__).parent.glob("*.py")]
    stated = sum(len(re.findall(r"^\.\. math::", source, re.MULTILINE)) for source in sources)
    assert stated > 10
    assert page.count('display="block"') == stated
    text = re.sub(r"<[^>]+>", "", page)
    assert re.findall(r"\\(?:sum|le|ge|text|frac|begin)\b", text) == []


@pytest.mark.long
def test_the_dictionary_tells_every_column_in_every_language(built: Path) -> None:
    for language in ("en", "pt-BR", "vi"):
        page = (built / f"sheets-{language}.html").read_text(encoding="utf-8")
        told = set(re.findall(r'<span class="pre">(\w+)</span>', page))
        assert {column.name for table in TABLES for column in table.columns if table.name != "settings"} <= told


@pytest.mark.long
def test_pages_fetch_nothing(built: Path) -> None:
    """Nothing but links that a reader may follow comes from elsewhere."""
    for page in built.glob("*.html"):
        assert re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', page.read_text(encoding="utf-8")) == []


def lost(file: Path, links: list[str], places: Callable[[Path], set[str]]) -> list[tuple[str, str]]:
    """The links within the project that lead to no file, or to no place of theirs."""
    found = []
    for link in links:
        name, _, place = link.partition("#")
        target = (file.parent / name.partition("?")[0]) if name else file
        if not target.exists() or (place and target.suffix == file.suffix and place not in places(target)):
            found.append((file.name, link))
    return found


@pytest.mark.long
def test_every_link_of_a_page_leads_somewhere(built: Path) -> None:
    def places(page: Path) -> set[str]:
        return set(re.findall(r'\bid="([^"]+)"', page.read_text(encoding="utf-8")))

    pages = list(built.parent.rglob("*.html"))
    assert len(pages) > 5
    for page in pages:
        links = re.findall(r'\b(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8"))
        assert lost(page, [link for link in links if not re.match(r"[a-z]+:", link)], places) == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    def places(document: Path) -> set[str]:
        heads = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}

    root = PAGES.parents[1]
    documents = [
        file for folder in (".", "docs", "docs/manual", "scenarios", "results") for file in root.glob(f"{folder}/*.md")
    ]
    assert len(documents) > 15
    for document in documents:
        links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
        assert lost(document, [link for link in links if not re.match(r"[a-z]+:", link)], places) == []
    wrong = ["docs/none.md", "docs/engine.md#nothing"]
    assert lost(root / "README.md", wrong, places) == [("README.md", link) for link in wrong]
