"""Evidence of the Mekong scenario in Vietnamese: figures as in ``builders.evidence``, told to Vietnamese planners."""

from __future__ import annotations

from collections.abc import Mapping

from builders.evidence import ASSUMPTION, OWN_RULE, Figure, plain, sentences

#: million and billion dong
MILLION, BILLION = 1e6, 1e9

_SOURCES = {
    ASSUMPTION: "Giả định quy hoạch, chưa có nguồn công bố",
    OWN_RULE: "Quy tắc của kịch bản này",
}


def row(sheet: str, key: str, column: str, figure: Figure) -> dict[str, str]:
    """Return the row of the ``sources`` sheet for one figure, its range in words."""
    known = figure.low is not None and figure.high is not None
    spread = f"Khoảng hợp lý: {plain(figure.low)} đến {plain(figure.high)}" if known else ""
    return {
        "sheet": sheet,
        "key": key,
        "column": column,
        "source": _SOURCES.get(figure.source, figure.source),
        "year": figure.year,
        "grade": figure.grade,
        "note": sentences(figure.note, spread),
    }


def rows(sheet: str, key: str, figures: Mapping[str, Figure]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of one row's figures, by column name."""
    return [row(sheet, key, column, figure) for column, figure in figures.items()]
