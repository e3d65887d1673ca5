"""Formulas that count and add the rows of a table that hold certain ids.

Ids are compared by EXACT, to the letter and its case. The criteria of SUMIFS and COUNTIFS are patterns instead: ``*``,
``?``, ``~``, ``=``, ``<`` and ``>`` in an id mean something else there, and ``a`` is ``A``.
"""

from __future__ import annotations

_LONGEST = 255  # characters of a text in a formula


def literal(text: str) -> str:
    """Return ``text`` as it stands in a formula, in pieces where it is longer than a piece may be."""
    pieces = [text[start : start + _LONGEST] for start in range(0, len(text), _LONGEST)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def is_equal(cells: str, wanted: str) -> str:
    """Return the condition that ``cells`` hold ``wanted``, an address or a literal."""
    return f"EXACT({cells},{wanted})"


def is_number(cells: str, wanted: str) -> str:
    """Return the condition that ``cells`` hold the number ``wanted``; EXACT is for text."""
    return f"({cells}={wanted})"


def is_other(cells: str, wanted: str) -> str:
    """Return the condition that ``cells`` do not hold ``wanted``."""
    return f"(1-EXACT({cells},{wanted}))"


def total(cells: str, *conditions: str) -> str:
    """Return the formula that adds the numbers among ``cells`` in the rows in which all ``conditions`` hold."""
    return f"SUMPRODUCT({'*'.join(('1', *conditions))},{cells})"


def count(*conditions: str) -> str:
    """Return the formula that counts the rows in which all ``conditions`` hold."""
    return f"SUMPRODUCT({'*'.join(('1', *conditions))})"
