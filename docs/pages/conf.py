"""Pages of the mathematics, of the finance engine and of the workbook, written from the modules and tables themselves.

``make docs`` builds them into ``results/docs``; nothing is fetched, formulas are MathML, and a reference that leads
nowhere stops the build.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import latex2mathml.converter
from docutils import nodes

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "src"), str(HERE.parents[1] / "models")]

project = "redesaude"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_parser"]
autodoc_typehints = "none"
myst_heading_anchors = 2
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px"}
html_math_renderer = "mathml"
html_show_sourcelink = False
suppress_warnings = ["myst.xref_missing"]

#: page -> (title, package, whether a module belongs on it)
MODULES = {
    "mathematics": ("The mathematics", "redesaude_models"),
    "finance": ("Finance", "redesaude.finance"),
}
WRITTEN = HERE / "written"


def has_formulas(file: Path) -> bool:
    """Whether the docstring of a module states mathematics."""
    text = file.read_text(encoding="utf-8")
    return "math::" in text or ":math:" in text


def module_page(title: str, package: str) -> str:
    """Return a page with what each module of ``package`` that states formulas says of itself."""
    module = __import__(package, fromlist=["__file__"])
    files = sorted(Path(str(module.__file__)).parent.glob("*.py"))
    lines = [title, "=" * len(title), ""]
    for file in files:
        if has_formulas(file):
            name = f"{package}.{file.stem}"
            lines += [file.stem.replace("_", " "), "-" * len(file.stem), "", f".. automodule:: {name}", ""]
    return "\n".join(lines)


def write_pages(_: Any) -> None:
    """Write the pages that follow from modules and tables."""
    from build_sheets import dictionary

    from redesaude.language import LANGUAGES, translator

    WRITTEN.mkdir(exist_ok=True)
    for page, (title, package) in MODULES.items():
        (WRITTEN / f"{page}.rst").write_text(module_page(title, package), encoding="utf-8")
    for language in LANGUAGES:
        (WRITTEN / f"sheets-{language}.md").write_text(dictionary(translator(language)), encoding="utf-8")
        (WRITTEN / f"manual-{language}.md").write_text(manual_page(language), encoding="utf-8")
    shutil.copytree(HERE.parent / "manual" / "pictures", WRITTEN / "pictures", dirs_exist_ok=True)
    shutil.copy(HERE.parent / "glossary.md", WRITTEN)


def manual_page(language: str) -> str:
    """Return the manual, which links to the pages that are here, and names the others."""
    text = (HERE.parent / "manual" / f"manual-{language}.md").read_text(encoding="utf-8")
    text = text.replace("(../sheets.md)", f"(sheets-{language}.md)").replace("(../glossary.md)", "(glossary.md)")
    return re.sub(r"\[([^\]]*)\]\(\.\./[^)]*\)", r"\1", text).replace("```terminal", "```text")


def show_inline(self: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(latex2mathml.converter.convert(node.astext()))
    raise nodes.SkipNode


def show_block(self: Any, node: nodes.math_block) -> None:
    """Write a formula of its own, several lines aligned at ``&``."""
    latex = node.astext()
    columns = max(line.count("&") for line in latex.split("\\\\")) + 1
    if columns > 1 or "\\\\" in latex:
        latex = rf"\begin{{array}}{{{('rl' * columns)[:columns]}}}{latex}\end{{array}}"
    self.body.append(latex2mathml.converter.convert(latex, display="block"))
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """Register the writer of pages and of formulas."""
    app.connect("builder-inited", write_pages)
    app.add_html_math_renderer("mathml", (show_inline, None), (show_block, None))
