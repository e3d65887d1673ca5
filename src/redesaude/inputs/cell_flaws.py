"""What is wrong with one cell: every fault that a cell by itself can have, and what was found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from redesaude.inputs.faults import Fault, show
from redesaude.inputs.sheet_reader import UNCALCULATED
from redesaude.inputs.tables import Column
from redesaude.language import N_

UNCACHED = Fault(
    "formula_without_value",
    N_("the cell has a formula whose result was not saved"),
    N_("a value"),
    N_("open the workbook in Excel or LibreOffice, let it calculate, and save; or type the value"),
)
ERROR_VALUE = Fault(
    "error_value",
    N_("the cell shows the error {found}"),
    N_("a value"),
    N_("mend the formula in this cell, or type the value"),
)
NOT_A_CELL = Fault(
    "not_a_cell",
    N_("the cell holds an object of type {found}"),
    N_("one value: text, a number, a date or nothing"),
    N_("put one value into the cell; only columns of several codes take lists of them"),
)
NOT_A_NUMBER = Fault(
    "not_a_number",
    N_("'{found}' is text"),
    N_("a number for {column}"),
    N_("type the number alone: no unit, currency sign or thousands separator"),
    near=N_("type {suggestion}, the number alone: no unit, currency sign or thousands separator"),
)
NOT_FINITE = Fault(
    "not_finite",
    N_("'{found}' is not a finite number"),
    N_("a number for {column}"),
    N_("type the number, or empty the cell if {column} may be blank"),
)
DECIMAL_COMMA = Fault(
    "decimal_comma",
    N_("'{found}' is text: the comma was not read as part of a number"),
    N_("a number for {column}"),
    N_("type {suggestion} with the decimal sign of your spreadsheet and no thousands separator"),
)
AMBIGUOUS = Fault(
    "ambiguous_number",
    N_("'{found}' is text and may mean {thousands} or {decimals}"),
    N_("a number for {column}"),
    N_("type {thousands} or {decimals} in a cell formatted as number"),
)
DATE_FOR_NUMBER = Fault(
    "date_for_number",
    N_("the cell holds the date {found}"),
    N_("a number for {column}"),
    N_("format the cell as number and type the value again"),
)
DATE_FOR_ID = Fault(
    "date_for_id",
    N_("the cell holds the date {found}"),
    N_("a code for {column}"),
    N_("format the column as text and type the code again (spreadsheets turn codes such as 1-2 into dates)"),
)
BAD_ID = Fault(
    "bad_id",
    N_("the code '{found}' contains one of | , ; or is a word with a meaning of its own"),
    N_("a code without | , ; and other than all, each, nan, *"),
    N_("choose another code, here and wherever it is used"),
)
NAME_TOO = Fault(
    "code_with_name",
    N_("'{found}' holds the sign · that parts a code from its name"),
    N_("the code alone: other sheets refer to it"),
    N_("type the code without the sign; a name has a column of its own"),
    near=N_("type {suggestion}; a name has a column of its own"),
)
NOT_INTEGER = Fault(
    "not_an_integer",
    N_("{found} is not a whole number"),
    N_("a whole number for {column}"),
    N_("type {suggestion} or another whole number"),
)
NOT_A_FLAG = Fault("not_yes_no", N_("'{found}' is neither yes nor no"), N_("yes or no"), N_("type yes or no"))
NOT_A_CHOICE = Fault(
    "not_a_choice",
    N_("'{found}' is not one of the words for {column}"),
    N_("one of: {choices}"),
    N_("type one of: {choices}"),
    near=N_("type {suggestion}"),
)
NO_OWNER = Fault(
    "kind_by_default",
    N_("'{found}' says what it is, not whose it is: it is taken for {default}"),
    N_("one of: {choices}"),
    N_("type one of: {choices}; leave it if it is {default}"),
    severity="warning",
)
BELOW = Fault(
    "out_of_range",
    N_("{found} is too low"),
    N_("{column} of {low} or more"),
    N_("type a value of {low} or more"),
)
ABOVE = Fault(
    "out_of_range",
    N_("{found} is too high"),
    N_("{column} of {high} or less"),
    N_("type a value of {high} or less"),
    near=N_("did you mean {suggestion}? A percentage is typed as a share, 80 % as 0.8"),
)

_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#GETTING_DATA"}

Values = Mapping[str, object]


@dataclass(frozen=True)
class Foreign:
    """What a data frame holds where a sheet could not: why not, and how it is shown."""

    fault: Fault
    shown: str


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one cell."""

    fault: Fault
    details: Values


def not_a_value(column: Column, cell: object) -> Flaw | None:
    """Return why a cell holds no value of any kind: an error, a formula never calculated, an object; else None."""
    if cell is UNCALCULATED:
        return flaw_of(UNCACHED, column, cell)
    if isinstance(cell, Foreign):
        return flaw_of(cell.fault, column, cell.shown)
    if isinstance(cell, tuple):
        return flaw_of(NOT_A_CELL, column, type(cell).__name__)
    if isinstance(cell, str) and cell.strip().upper() in _ERRORS:
        return flaw_of(ERROR_VALUE, column, cell.strip())
    return None


def flaw_of(fault: Fault, column: Column, cell: object, **values: object) -> Flaw:
    """Return the flaw of a ``cell`` of ``column``, with the words that its sentences need."""
    return Flaw(fault, {"found": show(cell), "column": column.name, **values})
