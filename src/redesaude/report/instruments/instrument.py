"""What a planning instrument is here: a declared table of official fields, and which figure of the plan fills each.

Names of fields, and the sentences that stand in them, are in the language of the instrument, whatever the reader's:
they are typed or imported as they are. What a plan does not know stays blank, with who fills it in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from redesaude.language import N_

if TYPE_CHECKING:
    from redesaude.report.instruments.facts import Facts

#: who fills in what a plan does not know
STATE_FILLS = N_("to fill in: state secretariat")
TOWN_FILLS = N_("to fill in: municipal secretariat")
COMMISSION_FILLS = N_("to fill in: commission")
COUNCIL_FILLS = N_("to fill in: health council")
SUPPORTER_FILLS = N_("to fill in: regional supporter")
HOSPITALS_FILL = N_("to fill in: the two hospitals")
DEPARTMENT_FILLS = N_("to fill in: department of health")
CENTRE_FILLS = N_("to fill in: 115 centre")


@dataclass(frozen=True)
class Field:
    """A field of an instrument.

    ``label`` is its official name, ``kind`` how its cells look (:mod:`redesaude.report.workbook.styles`), ``source``
    the table of the plan that its figures are from. Where no figure is known cells are blank, to be filled in by
    ``fills``, a message, with one of ``choices`` where there are any; a field without ``fills`` may be blank.
    """

    key: str
    label: str
    source: str = ""
    kind: str = "text"
    fills: str = ""
    width: float = 12.0
    total: bool = False
    choices: tuple[str, ...] = ()


def of_specialty(ours: str, official: str, goals: str) -> tuple[Field, Field, Field]:
    """The fields that every row about a specialty ends with, by their official names: our code, that of its procedures,
    and the targets of the Sustainable Development Goals that it serves.
    """
    return (
        Field("specialty_id", ours, kind="id"),
        Field("specialty_code", official, kind="id"),
        Field("sdg_targets", goals, kind="id"),
    )


@dataclass(frozen=True)
class Instrument:
    """A sheet of the planning workbook and a table ``planning_<name>.csv``.

    ``title`` is official; ``about`` says how it is to be read (a message); ``rows`` makes its rows, whose columns are
    keys of ``fields``, those to be filled in left out. ``frozen`` columns stay in sight. ``on_screen``: long lists, of
    which only the first page is printed. ``of_each``: the field with the code of a region or municipality that has rows
    of its own; where regions are many, those asked for have.
    """

    name: str
    title: str
    about: str
    fields: tuple[Field, ...]
    rows: Callable[[Facts], pd.DataFrame]
    frozen: int = 1
    on_screen: bool = False
    of_each: str = ""

    @property
    def table(self) -> str:
        """Name of its CSV file, without ending."""
        return f"planning_{self.name.lower()}"

    def filled(self, facts: Facts) -> pd.DataFrame:
        """Return its rows with a column for each field, blank where it is to be filled in."""
        columns = [field.key for field in self.fields]
        if not self.of_each:
            return self.made(facts).reindex(columns=columns)
        asked = facts.asked[self.of_each]
        rows = self.made(facts) if asked else pd.DataFrame(columns=columns)
        return rows[rows[self.of_each].isin(asked)].reset_index(drop=True).reindex(columns=columns)

    def made(self, facts: Facts) -> pd.DataFrame:
        """Return the rows with what is known of them, the codes and goals of their specialties among it."""
        return _coded(self.rows(facts), facts)


def _coded(rows: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """``rows`` with the codes and goals of their specialties, where they have any."""
    if "specialty_id" not in rows:
        return rows
    own = facts.scenario.specialties.set_index("specialty_id")
    goals = own["sdg_targets"].map("; ".join)
    codes = {"specialty_code": own["official_code"], "sdg_targets": goals}
    return rows.assign(**{name: rows["specialty_id"].map(known).fillna("") for name, known in codes.items()})
