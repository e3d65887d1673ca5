"""Papers as text documents to be edited, by python-docx (of the extra ``pack``)."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx as python_docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor

from redesaude.report.document.blocks import Block, Document, Heading, Paragraph, Pictures, Table
from redesaude.report.drawing.svg import held

_FONT = "Arial"
_MUTED = RGBColor(95, 112, 120)
_CREATED = datetime(2000, 1, 1)  # fixed, so that the same plan gives the same words


def docx(document: Document) -> bytes:
    """Return the paper as a text document; pictures are left out."""
    made = python_docx.Document()
    _set_up(made, document)
    _without_old_styles(made)
    made.add_heading(held(document.title), level=0)
    _muted(made.add_paragraph(), document.subtitle)
    for block in document.blocks:
        _put(made, block)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _set_up(made: Any, document: Document) -> None:
    side, end = Mm(18), Mm(16)
    _set(made.sections[0], page_width=Mm(210), page_height=Mm(297))
    _set(made.sections[0], left_margin=side, right_margin=side, top_margin=end, bottom_margin=end)
    for name, size in (("Normal", 10), ("Title", 16), ("Heading 1", 12)):
        style = made.styles[name]
        _set(style.font, name=_FONT, size=Pt(size))
        style.element.rPr.rFonts.set(f"{{{style.element.nsmap['w']}}}eastAsia", _FONT)
    _set(made.styles["Normal"].paragraph_format, space_after=Pt(4))
    about = {"title": held(document.title), "author": "redesaude", "language": document.language}
    _set(made.core_properties, created=_CREATED, modified=_CREATED, **about)


def _without_old_styles(made: Any) -> None:
    """Leave out a second list of styles, for a program of 2010, which says other things than the first."""
    relations = made.part.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/stylesWithEffects")]:
        del relations[key]


def _set(thing: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(thing, name, value)


def _put(made: Any, block: Block) -> None:
    match block:
        case Heading():
            heading = made.add_heading(held(block.text), level=1)
            _set(heading.paragraph_format, page_break_before=block.page)
        case Paragraph():
            paragraph = made.add_paragraph()
            if block.kind == "note":
                _muted(paragraph, block.text)
            else:
                paragraph.add_run(held(block.text)).bold = block.kind == "warning"
            if block.cells:
                _muted(paragraph, f" {block.cells}")
        case Table():
            _table(made, block)
        case Pictures():
            _muted(made.add_paragraph(), "; ".join(drawing.title for drawing in block.drawings))


def _muted(paragraph: Any, text: str) -> None:
    run = paragraph.add_run(held(text))
    run.font.color.rgb, run.font.size = _MUTED, Pt(8.5)


def _table(made: Any, block: Table) -> None:
    rows = [block.header, *block.rows]
    table = made.add_table(len(rows), len(block.header), style="Table Grid")
    cells = table._cells  # asked once: each access to the cells of a row counts all of them again
    for n, row in enumerate(rows):
        for k, text in enumerate(row):
            paragraph = cells[n * len(row) + k].paragraphs[0]
            run = paragraph.add_run(held(text))
            run.font.size, run.bold = Pt(9), n == 0
            if k in block.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made.add_paragraph()
