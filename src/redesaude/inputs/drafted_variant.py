"""A variant made from what a planner says: words for cells (:mod:`.finding`) and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import pandas as pd

from redesaude.errors import InputError, Problem
from redesaude.inputs.changes import fault_of_code
from redesaude.inputs.faults import Fault
from redesaude.inputs.finding import find_cells
from redesaude.inputs.folder_names import as_folder_name
from redesaude.inputs.place import Place
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import BY_NAME
from redesaude.inputs.variants import apply_variant, unknown_variant
from redesaude.language import N_

#: a share more or less
_SHARE = re.compile(r"([+-]\d+(?:[.,]\d+)?)\s*%")
_OPERATIONS = {"+=": "add", "*=": "multiply"}
#: columns of what a variant changes, a row for each cell; the key joined by |
CHANGED = ("sheet", "key", "column", "before", "after")

TAKEN = Fault(
    "variant_taken",
    N_("there is a variant '{found}' already"),
    N_("a code that no variant has"),
    N_("choose another code with --name"),
)


@dataclass(frozen=True)
class DraftedVariant:
    """A variant added to a scenario.

    Attributes
    ----------
    scenario : the base with the variant's rows on its sheet ``variants``.
    variant : the same with the changes made.
    changed : a row for each cell that is another then, those of inherited variants included, columns :data:`CHANGED`.

    """

    scenario: Scenario
    variant: Scenario
    changed: pd.DataFrame

    @property
    def variant_id(self) -> str:
        """Code of the variant."""
        return self.variant.variant_id


def operation_of(text: str) -> tuple[str, str]:
    """Return the operation and the value that ``text`` says: ``-20%`` a share less, ``+=5``, ``*=1.1``, or a value."""
    text = text.strip()
    if share := _SHARE.fullmatch(text):
        return "multiply", f"{1 + float(share[1].replace(',', '.')) / 100:.12g}"
    if text[:2] in _OPERATIONS:
        return _OPERATIONS[text[:2]], text[2:].strip()
    return "set", text


def draft_variant(
    scenario: Scenario,
    sets: Sequence[tuple[str, str]],
    *,
    variant_id: str = "",
    name: str = "",
    inherits: Sequence[str] = (),
) -> DraftedVariant:
    """Return ``scenario`` with a variant that makes the changes of ``inherits`` and then ``sets``: words that mean
    cells, and what becomes of them. Without a code it is called after them.

    Raises
    ------
    InputError
        where no cell or more than one column is meant, a change cannot be made, or the changed input has problems.

    """
    code = variant_id or _code(sets or [("_".join(inherits), "")])
    wrong = list(_refused(scenario, code, inherits))
    if wrong:
        raise InputError(wrong, scenario.settings.language)
    rows = [row for what, value in sets for row in rows_meant(scenario, what, value)] or [{}]
    about = {"variant_id": code, "name": name, "operation": "set", "inherits": tuple(inherits)}
    blank = dict.fromkeys(scenario.variants.columns, "")
    added = pd.DataFrame([blank | about | row for row in rows], columns=scenario.variants.columns)
    variants = pd.concat([scenario.variants, added], ignore_index=True)
    extended = scenario.replace(variants=variants, places=_longer(scenario.places, len(added)))
    variant = apply_variant(extended, code)
    return DraftedVariant(extended, variant, pd.DataFrame(_changed(extended, variant), columns=list(CHANGED)))


def _refused(scenario: Scenario, code: str, inherits: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the code, and with each variant that is inherited."""
    fault, values = fault_of_code(code)
    if fault is not None:
        yield fault.problem("variants", "", **values)
    if code in set(scenario.variants["variant_id"]):
        yield TAKEN.problem("variants", "", found=code)
    yield from (
        unknown_variant(scenario, name) for name in inherits if name not in set(scenario.variants["variant_id"])
    )


def _longer(places: Mapping[str, Place], count: int) -> dict[str, Place]:
    """Return ``places`` in which the sheet ``variants`` has so many more rows."""
    if "variants" not in places:
        return dict(places)
    place = places["variants"]
    last = max((int(row) for row in place.rows), default=0)
    return {**places, "variants": replace(place, rows=(*place.rows, *range(last + 1, last + 1 + count)))}


def _code(sets: Sequence[tuple[str, str]]) -> str:
    """A code from what is set: letters and digits, and the signs of a number."""
    text = " ".join(f"{what} {value}" for what, value in sets).replace("%", "pct").replace("*=", "x")
    return as_folder_name(re.sub(r"[^\w.-]+", "_", text).strip("_"))


def rows_meant(scenario: Scenario, what: str, value: str) -> list[dict[str, str]]:
    """Return the rows of the sheet ``variants`` that one change is: words that mean cells, and what becomes of them.

    Raises
    ------
    InputError
        where no cell, or more than one column, is meant.

    """
    operation, amount = operation_of(value)
    cells = find_cells(scenario, what, numbers=operation != "set")
    return [{**asdict(cell), "operation": operation, "value": amount} for cell in cells]


def _changed(base: Scenario, variant: Scenario) -> Iterator[tuple[str, str, str, object, object]]:
    """Each cell that is another in the variant."""
    before, after = asdict(base.settings), asdict(variant.settings)
    yield from (("settings", name, "value", before[name], new) for name, new in after.items() if before[name] != new)
    for sheet, frame in base.tables().items():
        other, key = getattr(variant, sheet), list(BY_NAME[sheet].key)
        for column in frame.columns if frame is not other and sheet != "variants" else ():
            old, new = frame[column], other[column]
            for row in frame.index[~((old == new) | (old.isna() & new.isna()))]:
                code = "|".join(map(str, frame.loc[row, key])).rstrip("|")
                yield sheet, code, column, old[row], new[row]
