"""How a sheet, a column and a setting are declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from redesaude.inputs.tables.units import MONEY, SHARE
from redesaude.inputs.tables.vocabulary import ALL, EACH, EACH_MACROREGION
from redesaude.language import N_

Kind = Literal["id", "text", "number", "integer", "flag", "choice", "reference", "references"]

#: who reads a plan against all that its scenario states, and declines what it does not know
Reader = Literal["audit", "status_quo"]

#: no amount of money, in any currency, and no other number of a plan is larger
_MOST_MONEY, _MOST = 1e18, 1e12


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : English identifier, the header in the workbook.
    kind : what a cell holds. ``id`` names the row; ``flag`` is yes/no; ``reference`` is an id of another table
        and ``references`` a list of them separated by commas or semicolons.
    meaning : one sentence for the planner (message id).
    unit : unit of the value (message id); ``""`` for text.
    required : a blank cell is an error. Otherwise ``default`` stands in for a blank (None keeps it blank).
    low, high : inclusive limits of a number; outside is an error.
    choices : the allowed words of a ``choice`` (or of the list entries of ``references`` without ``refers``).
    refers : ``"table.column"`` that a reference must be found in, or ``"table.column/other"`` in either column.
    words : words allowed instead of a reference, such as ``all`` or ``each``.
    synonyms : other words that mean a choice, and which; those that mean ``""`` leave it open, and the default is told.
    offers : what the drop-down of a text offers that names a part of the workbook: sheets, or keys or columns of one.
    unless : a blank is judged by the checks of its sheet, wrong unless other sheets say what it leaves out.

    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    default: float | int | str | bool | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    refers: str = ""
    words: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    offers: Literal["", "sheets", "keys", "columns"] = ""

    @property
    def limits(self) -> tuple[float, float]:
        """Least and most that a number may be: as declared, or else as large as its unit can mean at all."""
        most = _MOST_MONEY if self.unit.startswith(MONEY) else _MOST
        return -most if self.low is None else self.low, most if self.high is None else self.high


@dataclass(frozen=True)
class Table:
    """One sheet: what a row is, its columns, the columns that together name a row, and whether it may be absent.

    ``read_by`` are the readers of a plan beyond its solving of whom someone has looked whether they regard this table:
    the audit (it checks what the rows bind, or they bind no plan) and the status quo (it is known what becomes of them
    when today is taken for a plan). A table that names none is one that they decline. Rows of one that ``locates`` ask
    in which region the sites lie that they name, or all of them.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False
    read_by: tuple[Reader, ...] = ()
    locates: bool = False

    def column(self, name: str) -> Column:
        """Return the declared column ``name``; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True)
class Form:
    """A kind of workbook: its sheets in order, the number of its format, and the property of the file that tells it.

    Columns in ``given`` are filled in by whoever hands it out; nobody types there.
    """

    tables: tuple[Table, ...]
    format_property: str
    format: int
    given: frozenset[str] = frozenset()

    @property
    def by_name(self) -> dict[str, Table]:
        """The sheets by their names."""
        return {table.name: table for table in self.tables}


HARD = N_("yes: the plan must keep this promise; no: it may fall short at the price")
PRICE = N_("price of each unit of shortfall, when the promise is not hard")


def share(name: str, meaning: str, default: float = 0.0, high: float = 1.0) -> Column:
    """A share with a default."""
    return Column(name, "number", meaning, SHARE, default=default, low=0, high=high)


def period() -> Column:
    """The period a row is about."""
    return Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id")


def specialty(meaning: str = N_("specialty"), *, or_all: bool = False, default: str | None = None) -> Column:
    """The specialty a row is about, which must be stated unless there is a default."""
    words = (ALL,) if or_all else ()
    required, refers = default is None, "specialties.specialty_id"
    return Column("specialty_id", "reference", meaning, required=required, default=default, refers=refers, words=words)


_AREAS = N_("region, macro-region; all: whole area; each, each_macroregion: every one (floor of the worst-off)")


def area(meaning: str = _AREAS, *, each: bool = False, default: str | None = None) -> Column:
    """The region or macro-region a row is about, or all of them; it must be stated unless there is a default."""
    words = (ALL, EACH, EACH_MACROREGION) if each else (ALL,)
    required, refers = default is None, "territories.region_id/macroregion_id"
    return Column("region_id", "reference", meaning, required=required, default=default, refers=refers, words=words)


def elastic(unit: str = "") -> tuple[Column, Column]:
    """Whether a promise must be kept, and what each unit short of it costs."""
    return Column("hard", "flag", HARD, default=True), Column("price", "number", PRICE, unit, low=0)


def waits() -> Column:
    """Whether a row holds, or waits for a variant."""
    return Column("active", "flag", N_("no: it waits for a variant"), default=True)


def grade() -> Column:
    """How well a number is known."""
    return Column("grade", "choice", N_("A official or reviewed, B reported, C assumption"), choices=("A", "B", "C"))


def codes(registers: str) -> tuple[Column, Column]:
    """The code by which others know a row, and the register that gave it, such as those in ``registers``."""
    return (
        Column("official_code", "text", N_("code by which others know it, as text with its zeros; blank: not known")),
        Column("code_register", "text", registers),
    )


def in_force() -> tuple[Column, Column, Column]:
    """From when until when a norm is in force, and which it is: a norm that changes is a new row."""
    year = N_("year")
    return (
        Column("valid_from", "integer", N_("first year in force; blank: always was"), year, low=1900, high=2300),
        Column("valid_until", "integer", N_("last year in force; blank: it goes on"), year, low=1900, high=2300),
        Column("source", "text", N_("norm or document that sets it")),
    )


def from_year(name: str = "from_year") -> Column:
    """The year from which a promise is due."""
    meaning = N_("calendar year from which it is due; blank: in the period as a whole")
    return Column(name, "integer", meaning, N_("year"), low=1990, high=2300)
