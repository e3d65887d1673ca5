"""Variants that inherit others, and what is wrong with the sheet ``variants``: it stops variants, not the scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import BLANK, Book, Sheet, about
from redesaude.inputs.changes import STATED
from redesaude.inputs.faults import Fault
from redesaude.language import N_

INHERITS_ITSELF = Fault(
    "variant_inherits_itself",
    N_("{variant_id} inherits itself: {circle}"),
    N_("variants that do not inherit each other in a circle"),
    N_("take one of them out of inherits"),
)


def parents_of(variants: pd.DataFrame) -> dict[str, list[str]]:
    """Return the variants that each one inherits, as its rows state them."""
    found: dict[str, list[str]] = {}
    for name, inherited in zip(variants["variant_id"], variants["inherits"], strict=True):
        found[name] = list(dict.fromkeys([*found.get(name, []), *inherited]))
    return found


def lineage(variants: pd.DataFrame, variant_id: str) -> list[str]:
    """Return the variants whose changes make ``variant_id``, in the order in which they are made, itself the last.

    Each is made once, however often it is inherited; one that would inherit itself is not made again.
    """
    parents, made = parents_of(variants), list[str]()

    def make(name: str, begun: tuple[str, ...]) -> None:
        for parent in parents.get(name, []):
            if parent not in begun:
                make(parent, (*begun, parent))
        if name not in made:
            made.append(name)

    make(variant_id, (variant_id,))
    return made


@about("variants")
def check_inheritance(book: Book) -> Iterator[Problem]:
    """Yield each variant that inherits itself, at the row that says so."""
    sheet = book["variants"]
    parents = parents_of(sheet.frame)
    for row, change in sheet.frame.iterrows():
        circle = _way(parents, change["inherits"], change["variant_id"])
        if circle:
            yield sheet.at(row, "inherits", INHERITS_ITSELF, circle=" > ".join([change["variant_id"], *circle]))


def _way(parents: Mapping[str, Sequence[str]], begin: Sequence[str], end: str) -> list[str]:
    """Return a way from one of ``begin`` to ``end`` over what is inherited; nothing if there is none."""
    before: dict[str, str] = dict.fromkeys(begin, "")
    waiting = list(before)
    while waiting:
        name = waiting.pop(0)
        if name == end:
            way = [name]
            while before[way[0]]:
                way.insert(0, before[way[0]])
            return way
        new = [parent for parent in parents.get(name, ()) if parent not in before]
        before.update(dict.fromkeys(new, name))
        waiting += new
    return []


def only_of_variants(sheet: Sheet, problems: Sequence[Problem]) -> list[Problem]:
    """Return ``problems`` so that those of the sheet ``variants`` stop variants alone, and without the blanks of rows
    that only inherit. A sheet that cannot be read as a table stops all: nobody knows what it says.
    """
    if sheet.unreadable:
        return list(problems)
    idle = sheet.frame[(sheet.frame["inherits"].map(len) > 0) & (sheet.frame[list(STATED)] == "").all(axis=1)]
    blank = {sheet.cell(row, column) for row in idle.index for column in STATED}
    return [
        replace(problem, severity="variant")
        if problem.sheet == sheet.label and problem.severity == "error"
        else problem
        for problem in problems
        if problem.sheet != sheet.label or problem.code != BLANK.code or problem.cell not in blank
    ]
