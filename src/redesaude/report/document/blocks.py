"""What a paper is made of, before it is put into HTML, PDF or a text document."""

from __future__ import annotations

from dataclasses import dataclass

from redesaude.report.drawing.shapes import Drawing


@dataclass(frozen=True)
class Heading:
    """The title of what follows; with ``page`` it begins a new page."""

    text: str
    page: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more. ``cells`` names where its numbers stand: sheet and range (``page1!D7:D9``).

    ``kind``: ``text``, ``note`` (how to read what is there) or ``warning``.
    """

    text: str
    cells: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """Rows of words under a header. Columns in ``numbers`` are set to the right.

    ``cells`` says of each row where its numbers stand in ``file``, blank where it has none; no cells at all: the table
    has no such column.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    cells: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Pictures:
    """Drawings side by side, and where their numbers stand."""

    drawings: tuple[Drawing, ...]
    cells: str = ""


Block = Heading | Paragraph | Table | Pictures


@dataclass(frozen=True)
class Document:
    """A paper in one language: its title, whose plan it is, and its blocks in order."""

    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]
