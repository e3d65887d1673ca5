"""How wide a text is, in the unit in which Excel counts the widths of columns: digits of the book's font.

The widths of letters are those of Helvetica, which Arial and Liberation Sans share (Adobe Font Metrics, in thousandths
of the size of the letters). Marks above and below letters take no room of their own.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_THOUSANDTHS = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[]\\ft", 333: "()-`r", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUwĐ", 778: "GOQ", 833: "Mm", 889: "%",
    944: "W", 1015: "@",
}  # fmt: skip
_DIGIT = 556
_WIDTHS = {letter: width / _DIGIT for width, letters in _THOUSANDTHS.items() for letter in letters}


@lru_cache(maxsize=1 << 16)
def width_of(text: str) -> float:
    """Return the width of ``text`` on one line, in digits; letters that are not known are as wide as a digit."""
    plain = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return sum(_WIDTHS.get(letter, 1.0) for letter in plain)


@lru_cache(maxsize=1 << 16)
def lines_of(text: str, width: float) -> int:
    """Estimate how many lines ``text`` takes in ``width`` digits, breaking between words."""
    lines, used, space = 1, 0.0, width_of(" ")
    for word in text.split():
        length = width_of(word)
        if used and used + space + length > width:
            lines, used = lines + 1, 0.0
        used += length + (space if used else 0.0)
        while used > width:  # a word too long for a line is broken
            lines, used = lines + 1, used - width
    return lines
