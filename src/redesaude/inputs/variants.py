"""What-if variants: named changes to rows of the input, checked like the input itself.

A variant may inherit others: their changes are made first. What is wrong in one variant stops only that one and those
that inherit it; the scenario and all other variants go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from redesaude.errors import InputError, Problem
from redesaude.inputs.changes import BASE, ChangeError, Tables, changed
from redesaude.inputs.checks import check_again
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.inheritance import lineage
from redesaude.inputs.place import Place
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, Said

UNKNOWN_VARIANT = Fault(
    "unknown_variant",
    N_("there is no variant '{found}'"),
    N_("one of: {known}"),
    N_("name one of those, or add rows for '{found}' to the sheet variants"),
    near=N_("did you mean {suggestion}?"),
)
_IN_VARIANT = N_("in the variant {variant}: {problem}")
_ROWS = re.compile(r"[A-Z]*(\d+)")


def apply_variant(scenario: Scenario, variant_id: str) -> Scenario:
    """Return ``scenario`` with the changes of ``variant_id`` (``"base"``: as it is), checked again as a whole.

    Raises
    ------
    InputError
        if there is no such variant, a change cannot be made, or the changed input has problems.

    """
    if variant_id == BASE:
        return scenario
    if variant_id not in set(scenario.variants["variant_id"]):
        raise InputError([unknown_variant(scenario, variant_id)], scenario.settings.language)
    names = lineage(scenario.variants, variant_id)
    wrong = [replace(problem, severity="error") for problem in _told_when_read(scenario, names)]
    if wrong:
        raise InputError(wrong, scenario.settings.language)
    rows = [scenario.variants[scenario.variants["variant_id"] == name] for name in names]
    changes = pd.concat([each[each["sheet"] != ""] for each in rows])
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


def variant_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield what is wrong in each variant of ``scenario``, of severity ``variant``, beside what was told when it was
    read: changes that cannot be made after others, and an input that has problems once it is changed.
    """
    told = scenario.notices
    for variant_id in dict.fromkeys(scenario.variants["variant_id"]):
        try:
            apply_variant(scenario, variant_id)
        except InputError as error:
            found = (replace(each, severity="variant") for each in error.problems if each.severity == "error")
            yield from (_of_variant(each, variant_id) for each in found if each not in told)


def _of_variant(problem: Problem, variant_id: str) -> Problem:
    """Say of a problem in which variant it is."""
    sentence = Said(problem.found, problem.values)
    values = dict(problem.values) | {"variant": variant_id, "problem": sentence}
    return replace(problem, found=_IN_VARIANT, values=values)


def _told_when_read(scenario: Scenario, names: Sequence[str]) -> list[Problem]:
    """What was found wrong in the rows of these variants when the input was read."""
    place = scenario.places.get("variants")
    own = [n for n, name in enumerate(scenario.variants["variant_id"]) if name in names]
    if place is None:
        return []
    rows = {int(place.rows[n]) for n in own}
    return [p for p in scenario.notices if p.severity == "variant" and rows.intersection(_rows_of(p))]


def _rows_of(problem: Problem) -> range:
    """The rows of the sheet that a problem is about."""
    found = [int(row) for row in _ROWS.findall(problem.cell)]
    return range(min(found), max(found) + 1) if found else range(0)


def unknown_variant(scenario: Scenario, variant_id: str) -> Problem:
    """Return that there is no such variant, and which there are."""
    known = [BASE, *scenario.variants["variant_id"].unique()]
    return UNKNOWN_VARIANT.problem("variants", "", found=variant_id, known=known, suggestion=nearest(variant_id, known))
