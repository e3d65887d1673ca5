"""What a cell of an input workbook offers: words of a choice, codes of another sheet, limits of a number."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import get_column_letter

from redesaude.inputs.tables import BY_NAME, SETTINGS, Column, Form

#: rows of the header: names, then units
HEADER_ROWS = 2
#: rows of a blank workbook that have drop-downs, for as many as may be filled in
BLANK_ROWS = 20_000


def rule_of(
    column: Column, lists: Mapping[tuple[str, ...], str], last_rows: Mapping[str, int]
) -> dict[str, object] | None:
    """Return the drop-down or the limits of a column; lists of codes and columns with words of their own have none."""
    words = _words_of(column)
    if words and column.kind != "references":
        return {"validate": "list", "source": lists[words]}
    if column.kind == "reference" and not column.words:
        return {"validate": "list", "source": _codes(column, last_rows)}
    if column.low is None:
        return None
    kind = {"validate": "integer" if column.kind == "integer" else "decimal"}
    if column.high is None:
        return {**kind, "criteria": ">=", "value": column.low}
    return {**kind, "criteria": "between", "minimum": column.low, "maximum": column.high}


def word_lists(form: Form) -> dict[tuple[str, ...], str]:
    """Return each distinct list of words with its cells on the sheet ``lists``."""
    columns = [column for table in form.tables for column in table.columns] + list(SETTINGS)
    distinct = dict.fromkeys(words for words in map(_words_of, columns) if words)
    letters = [get_column_letter(i + 1) for i in range(len(distinct))]
    return {
        words: f"=lists!${letter}$1:${letter}${len(words)}" for words, letter in zip(distinct, letters, strict=True)
    }


def _words_of(column: Column) -> tuple[str, ...]:
    return ("yes", "no") if column.kind == "flag" else column.choices


def _codes(column: Column, last_rows: Mapping[str, int]) -> str:
    """The cells with the codes that a column refers to; of a long sheet only as many as are filled in."""
    target, name = column.refers.split(".")
    letter = get_column_letter([c.name for c in BY_NAME[target].columns].index(name) + 1)
    first, last = HEADER_ROWS + 1, last_rows[target]
    cells = f"{target}!${letter}${first}:${letter}${last}"
    if last <= BLANK_ROWS:
        return f"={cells}"
    return f"=OFFSET({target}!${letter}${first},0,0,MAX(1,COUNTA({cells})),1)"
