"""What a spreadsheet saves as CSV in any of its languages: its code page, what parts its cells, its decimal sign."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from redesaude.inputs.cell_numbers import PLAIN

#: what Excel writes where it is not told to write Unicode, by language; elsewhere Western European
_CODE_PAGES = {"vi": "cp1258"}

#: between the cells of a line
_SEPARATORS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+(?:[eE][+-]?\d{1,3})?")
#: a number in quotation marks, where commas part the cells: surely not one whose comma parts thousands
_QUOTED_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,})")
_TOLD = re.compile(r"\"?sep=([,;\t|])\"?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")


class RaggedError(ValueError):
    """The rows have more cells than the header."""


@dataclass(frozen=True)
class CsvText:
    """The ``text`` of a table, and what parts its cells (``separator``)."""

    text: str
    separator: str

    @property
    def columns(self) -> int:
        """How many columns its header has at most; none needs to be read for that."""
        return self.text.partition("\n")[0].count(self.separator) + 1

    def frame(self) -> pd.DataFrame:
        """Return the cells as text without spaces around it, blank ones as None; codes keep their zeros.

        Raises
        ------
        RaggedError
            where rows have more cells than the header.
        pandas.errors.EmptyDataError
            where there is no header.

        """
        try:
            frame = pd.read_csv(
                io.StringIO(self.text), sep=self.separator, dtype=object, keep_default_na=False, skipinitialspace=True
            )
        except pd.errors.ParserError as error:
            raise RaggedError from error
        if not isinstance(frame.index, pd.RangeIndex):  # what has no name was taken for names of rows
            raise RaggedError
        frame.columns = [name.strip() for name in frame.columns]
        frame = frame.map(lambda cell: cell.strip() or None)
        named = [not name.startswith("Unnamed:") for name in frame.columns]  # separators left at the end
        return frame.loc[:, named | frame.notna().any().to_numpy(bool)]

    def with_numbers(self, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
        """Return ``frame`` with the numbers of ``columns`` as numbers, what is none as it stands.

        Where the decimal sign is a comma the cells are parted by semicolons or tabs, or stand in quotation marks
        between commas, and so it is read; points then part thousands.
        """
        sign = _DECIMAL_COMMA if self.separator != "," else _QUOTED_COMMA
        comma = any(sign.fullmatch(cell) for name in columns for cell in frame[name].dropna())
        read = {name: frame[name].map(partial(_number, comma=comma), na_action="ignore") for name in columns}
        return frame.assign(**read)


def csv_text(content: bytes, language: str) -> CsvText:
    """Return the text of a file in UTF-8, in UTF-16 with its mark, or in the code page of Excel in ``language``."""
    text = io.StringIO(_decoded(content, language), newline=None).read()  # line ends of every system
    text = text.rstrip("\x1a").lstrip("\n")  # a mark of the end that old programs leave; lines above the header
    first, _, rest = text.partition("\n")
    told = _TOLD.fullmatch(first)  # as some programs tell Excel the separator
    text = rest if told else text
    return CsvText(text, told[1] if told else max(_SEPARATORS, key=text.partition("\n")[0].count))


def _number(cell: str, *, comma: bool) -> object:
    """Return a number with its decimal comma as a number, and anything else as it stands, for the checks to tell."""
    whole = cell.replace(".", "") if comma and _GROUPED.fullmatch(cell) else cell
    text = whole.replace(",", ".") if comma and _DECIMAL_COMMA.fullmatch(whole) else whole
    return float(text) if PLAIN.fullmatch(text) else cell


def _decoded(content: bytes, language: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(_CODE_PAGES.get(language, "cp1252"))
