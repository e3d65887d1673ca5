"""Papers as PDF on A4, by fpdf2 (of the extra ``pack``), with letters that hold Portuguese and Vietnamese."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import font_roboto
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from redesaude.report.document.blocks import Block, Document, Heading, Paragraph, Pictures, Table
from redesaude.report.drawing.shapes import Drawing, Text
from redesaude.report.drawing.svg import svg

_MARGIN, _GAP = 42.0, 8.0  # points
_FONT, _SIZE, _SMALL, _TABLE = "roboto", 9.5, 8.0, 8.5
_LINE = 1.3  # height of a line as a part of its letters
_INK, _MUTED, _HEAD, _PALE = (28, 43, 51), (95, 112, 120), (31, 78, 95), (255, 243, 214)
#: letters that the font lacks, and what stands for them
_INSTEAD = str.maketrans({"→": "›"})  # noqa: RUF001 - a sign, not a letter
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, so that the same plan gives the same bytes
_ROOM = 8.0  # points of a cell that its text does not fill
_MOST = 0.9  # of the width, that a column may want


def pdf(document: Document) -> bytes:
    """Return the paper as a PDF."""
    paper = _Paper(document)
    for block in document.blocks:
        paper.put(block)
    return bytes(paper.output())


class _Paper(FPDF):  # type: ignore[misc]
    """A PDF under construction."""

    def __init__(self, document: Document) -> None:
        super().__init__(unit="pt", format="A4")
        self._document = document
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN)
        self.set_creation_date(_CREATED)
        self.set_title(document.title)
        self.set_lang(document.language)
        self.add_font(_FONT, "", font_roboto.Roboto)
        self.add_font(_FONT, "b", font_roboto.RobotoBold)
        self.add_page()
        self._words(document.title, 17, _HEAD, bold=True)
        self._words(document.subtitle, _SIZE, _MUTED)

    def footer(self) -> None:
        """Whose paper it is, and the page."""
        self.set_y(-_MARGIN + _GAP)
        self._style(_SMALL, _MUTED)
        self.cell(0, _SMALL, _plain(self._document.title))
        self.set_x(self.l_margin)
        self.cell(0, _SMALL, f"{self.page_no()}/{{nb}}", align="R")

    def put(self, block: Block) -> None:
        """Write a block below what is there."""
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(block)
            case Table():
                self._table(block)
            case Pictures():
                self._pictures(block)

    def _style(self, size: float, colour: tuple[int, int, int], *, bold: bool = False) -> None:
        self.set_font(_FONT, "b" if bold else "", size)
        self.set_text_color(*colour)

    def _words(self, text: str, size: float, colour: tuple[int, int, int], *, bold: bool = False) -> None:
        self._style(size, colour, bold=bold)
        self.multi_cell(0, _LINE * size, _plain(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _heading(self, block: Heading) -> None:
        if block.page or self.will_page_break(60.0):
            self.add_page()
        self.ln(_GAP)
        self._words(block.text, 12, _HEAD, bold=True)
        self.ln(_GAP / 4)

    def _paragraph(self, block: Paragraph) -> None:
        if block.kind == "warning":
            self.set_fill_color(*_PALE)
            self._style(_SIZE, _INK, bold=True)
            self.multi_cell(0, 1.6 * _SIZE, _plain(block.text), align="L", fill=True, new_x="LMARGIN", new_y="NEXT")
            return
        note = block.kind == "note"
        self._style(_SMALL if note else _SIZE, _MUTED if note else _INK)
        self.write(_LINE * _SIZE, _plain(block.text))
        if block.cells:
            self._style(_SMALL, _MUTED)
            self.write(_LINE * _SIZE, f" {block.cells}")
        self.ln(_LINE * _SIZE + 2)

    def _table(self, block: Table) -> None:
        header = [*block.header, *([block.file] if block.cells else [])]
        rows = [[*row, *([block.cells[n]] if block.cells else [])] for n, row in enumerate(block.rows)]
        align = ["RIGHT" if k in block.numbers else "LEFT" for k in range(len(header))]
        widths = self._widths(header, rows)
        self._style(_TABLE, _INK)
        self.set_draw_color(201, 211, 216)
        head = FontFace(emphasis="B", color=(255, 255, 255), fill_color=_HEAD)
        with self.table(
            col_widths=widths,
            text_align=align,
            headings_style=head,
            line_height=_LINE * _TABLE,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            padding=(1.5, 3),
        ) as table:
            for words in (header, *rows):
                row = table.row()
                for word in words:
                    row.cell(_plain(word))
        self.ln(_GAP / 2)

    def _widths(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
        """Widths of columns: for their longest word, and of what is left the more the longer their texts are."""
        least, whole = [], []
        for k, title in enumerate(header):
            self._style(_TABLE, _INK)
            texts = {_plain(row[k]) for row in rows}
            words = [self.get_string_width(word) for text in texts for word in text.split()]
            full = [self.get_string_width(text) for text in texts]
            self._style(_TABLE, _INK, bold=True)
            words += [self.get_string_width(word) for word in _plain(title).split()]
            full.append(self.get_string_width(_plain(title)) / 2)  # on two lines
            least.append(max(words, default=0.0) + _ROOM)
            whole.append(max(least[-1], min(_MOST * self.epw, max(full, default=0.0) + _ROOM)))
        spare = max(self.epw - sum(least), 0.0)
        wants = [(high - low) ** 2 for low, high in zip(least, whole, strict=True)]
        return tuple(low + spare * want / max(sum(wants), 1e-9) for low, want in zip(least, wants, strict=True))

    def _pictures(self, block: Pictures) -> None:
        width = (self.epw - _GAP * (len(block.drawings) - 1)) / len(block.drawings)
        height = max(width * drawing.height / drawing.width for drawing in block.drawings)
        if self.will_page_break(height + 2 * _GAP):
            self.add_page()
        top = self.get_y() + _GAP / 2
        for n, drawing in enumerate(block.drawings):
            self._drawing(drawing, (self.l_margin + n * (width + _GAP), top), width)
        self.set_xy(self.l_margin, top + height)
        if block.cells:
            self._words(block.cells, _SMALL, _MUTED)

    def _drawing(self, drawing: Drawing, corner: tuple[float, float], width: float) -> None:
        """The shapes as they are; their texts are written in the letters of the paper."""
        texts = [shape for shape in drawing.shapes if isinstance(shape, Text)]
        shapes = tuple(shape for shape in drawing.shapes if not isinstance(shape, Text))
        picture = io.BytesIO(svg(replace(drawing, title="", shapes=shapes)).encode())
        self.image(picture, *corner, w=width, alt_text=drawing.title)
        scale = width / drawing.width
        for text in texts:
            red, green, blue = (int(text.colour[k : k + 2], 16) for k in (1, 3, 5))
            self._style(scale * text.size, (red, green, blue), bold=text.bold)
            words = _plain(text.text)
            back = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * self.get_string_width(words)
            self.text(corner[0] + scale * text.x - back, corner[1] + scale * text.y, words)


def _plain(text: str) -> str:
    return text.translate(_INSTEAD)
