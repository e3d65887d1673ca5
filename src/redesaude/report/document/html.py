"""Papers as HTML: one file with its style and pictures in it, which asks for nothing else, printed on A4."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from redesaude.report.document.blocks import Document
from redesaude.report.drawing.shapes import Drawing
from redesaude.report.drawing.svg import svg


def html(document: Document) -> str:
    """Return the paper as a page of UTF-8. Words of the input stand in it as text alone; it has no script."""
    blocks = [(type(block).__name__.lower(), block) for block in document.blocks]
    return _templates().get_template("paper.html.j2").render(document=document, blocks=blocks, style=_style())


def _svg(drawing: Drawing) -> Markup:
    return Markup(svg(drawing))  # noqa: S704 - texts are escaped where the drawing is written


@cache
def _templates() -> Environment:
    loader = PackageLoader("redesaude.report.document", "assets")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["svg"] = _svg
    return made


@cache
def _style() -> Markup:
    text = (resources.files(__package__) / "assets" / "paper.css").read_text(encoding="utf-8").strip()
    return Markup(text)  # noqa: S704 - a file of this package
