"""What a cell of an input workbook offers: words of a choice, codes with their names, keys, limits of a number."""

from __future__ import annotations

from redesaude.inputs.offered import Codes, Lists, words_of
from redesaude.inputs.tables import Column

#: rows of a blank workbook that have drop-downs, for as many as may be filled in
BLANK_ROWS = 20_000


def rule_of(column: Column, lists: Lists, sheet: str = "") -> dict[str, object] | None:
    """Return the drop-down or the limits of a column; lists of codes have none.

    Where a column may hold more than is offered, as a key with ``*`` does, what is typed is not questioned. ``sheet``:
    the cell of the same row with the name of the sheet that a key or column is of.
    """
    words = words_of(column)
    if words and column.kind != "references":
        return {"validate": "list", "source": f"={lists.words[words]}"}
    if column.offers:
        return {"validate": "list", "source": _offered(column, lists, sheet), "show_error": column.offers == "sheets"}
    if column.kind == "reference" and (column.refers, column.words) in lists.codes:
        return {"validate": "list", "source": _codes(lists.codes[column.refers, column.words], len(column.words))}
    return _limits(column)


def _limits(column: Column) -> dict[str, object] | None:
    if column.low is None:
        return None
    kind = {"validate": "integer" if column.kind == "integer" else "decimal"}
    if column.high is None:
        return {**kind, "criteria": ">=", "value": column.low}
    return {**kind, "criteria": "between", "minimum": column.low, "maximum": column.high}


def _codes(codes: Codes, words: int) -> str:
    """As many codes as are filled in, with their names; alone where more are filled in than are named."""
    more = f"{words}+" if words else ""
    named = f"OFFSET({codes.span.start},0,0,MAX(1,MIN({codes.span.rows},{more}{codes.count})),1)"
    if not codes.bare:
        return f"={named}"
    first = codes.bare.split(":")[0]
    return f"=IF({codes.count}>{codes.span.rows - words},OFFSET({first},0,0,{codes.count},1),{named})"


def _offered(column: Column, lists: Lists, sheet: str) -> str:
    """The names of sheets; or the keys or columns of the sheet that is named in the same row."""
    if column.offers == "sheets":
        return f"={lists.sheets}"
    spans = list((lists.keys if column.offers == "keys" else lists.settable).values())
    first, last = spans[0], spans[-1]
    place = f"MATCH({sheet},{first.above(1)}:${last.letter}$1,0)"
    count = f"INDEX({first.above(2)}:${last.letter}$2,{place})"
    return f"=OFFSET({first.start},0,{place}-1,MAX(1,{count}),1)"
