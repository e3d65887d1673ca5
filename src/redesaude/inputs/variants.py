"""What-if variants: named changes to rows of the input, checked like the input itself."""

from __future__ import annotations

import pandas as pd

from redesaude.errors import InputError, Problem
from redesaude.inputs.changes import BASE, ChangeError, Tables, changed
from redesaude.inputs.checks import check_again
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.place import Place
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_

UNKNOWN_VARIANT = Fault(
    "unknown_variant",
    N_("there is no variant '{found}'"),
    N_("one of: {known}"),
    N_("name one of those, or add rows for '{found}' to the sheet variants"),
    near=N_("did you mean {suggestion}?"),
)


def apply_variant(scenario: Scenario, variant_id: str) -> Scenario:
    """Return ``scenario`` with the changes of ``variant_id`` (``"base"``: as it is), checked again as a whole.

    Raises
    ------
    InputError
        if there is no such variant, a change cannot be made, or the changed input has problems.

    """
    if variant_id == BASE:
        return scenario
    changes = scenario.variants[scenario.variants["variant_id"] == variant_id]
    if changes.empty:
        raise InputError([_unknown_variant(scenario, variant_id)], scenario.settings.language)
    return check_again(with_changes(scenario, changes, scenario.places.get("variants")).replace(variant_id=variant_id))


def with_changes(scenario: Scenario, changes: pd.DataFrame, place: Place | None = None) -> Scenario:
    """Return ``scenario`` with ``changes`` (rows of the sheet ``variants``, which stand at ``place``) carried out, not
    checked as a whole yet; InputError if one cannot be made.
    """
    tables = Tables(scenario.tables(), scenario.settings)
    for row, change in changes.iterrows():
        try:
            tables = changed(tables, change)
        except ChangeError as error:
            cell = place.cell(int(str(row)), error.at) if place else ""
            problem = error.fault.problem("variants", cell, **error.values)
            raise InputError([problem], scenario.settings.language) from error
    return scenario.replace(**tables.frames, settings=tables.settings)


def _unknown_variant(scenario: Scenario, variant_id: str) -> Problem:
    known = [BASE, *scenario.variants["variant_id"].unique()]
    return UNKNOWN_VARIANT.problem("variants", "", found=variant_id, known=known, suggestion=nearest(variant_id, known))
