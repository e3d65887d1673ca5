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
            return self.rows(facts).reindex(columns=columns)
        asked = facts.asked[self.of_each]
        rows = self.rows(facts) if asked else pd.DataFrame(columns=columns)
        return rows[rows[self.of_each].isin(asked)].reset_index(drop=True).reindex(columns=columns)
