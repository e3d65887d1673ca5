"""What undoes what is decided or required about a service, in cells that a variant can set; none where a row would
undo it of other services too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from redesaude.inputs.changes import row_key
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Put
from redesaude_models.keys import keys_of

#: what keeps a service open, and what keeps it from being open
_OPENING, _BARRING, _POSTPONING = ("open", "start"), ("close", "forbid", "freeze"), ("start",)


def let_close(put: Put, about: dict[str, Any], _: float) -> Iterator[Cell]:
    """Take off the decisions that open a service, and have it allowed where it is required."""
    of = {"site_id": about["site"], "specialty_id": about["specialty"]}
    decisions = _undone(put, of, _OPENING)
    if decisions is not None:
        yield from decisions
        yield from cells_in(put.scenario, "site_services", "status", ("allowed", True), status="required", **of)


def let_open(put: Put, about: dict[str, Any], _: float) -> Iterator[Cell]:
    """Take off the decisions that rule out a service of a size under a contract; where none does, what postpones it."""
    of = {f"{name}_id": about[name] for name in ("site", "specialty", "size", "contract")}
    decisions = _undone(put, of, _BARRING)
    yield from (_undone(put, of, _POSTPONING) if decisions == [] else decisions) or ()


def hub_supports(put: Put, about: dict[str, Any], needed: float) -> Iterator[Cell]:
    """Raise what the largest of a hub's sizes supports."""
    problem, keys = put.problem, keys_of(put.problem)
    rooms = zip(keys.option, problem.support.room.tolist(), strict=True)
    mine = {key[2]: room for key, room in rooms if key[:2] == (about["site"], about["specialty"])}
    for size, room in mine.items():
        if room == max(mine.values()):
            of = {"specialty_id": about["specialty"], "size_id": size, "supports_max": room}
            yield from cells_in(put.scenario, "sizes", "supports_max", (float(needed), True), **of)


def _undone(put: Put, of: dict[str, str], kinds: Collection[str]) -> list[Cell] | None:
    """The decisions of these kinds about it, each to be taken off; None where one of them is about more than it."""
    scenario, found = put.scenario, []
    for row in rows_of(scenario.decided):
        stated = {name: getattr(row, name) for name in of if getattr(row, name) not in (ALL, "")}
        if row.decision in kinds and all(of[name] == value for name, value in stated.items()):
            if not {"site_id", "specialty_id"} <= set(stated):
                return None
            found.append(Cell(f"decisions/{row_key('decisions', row)}/active", "no"))
    return found
