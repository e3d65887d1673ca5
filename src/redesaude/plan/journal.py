"""The journal of a search: what it has found so far, in a small file beside the place of the result.

Kept are the best plan, as the arrays of its decisions, the best bound with its multipliers, and the fingerprint of the
input that they are of; with that input they are the plan. The file is a numpy archive without pickle, replaced as a
whole each time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from redesaude.errors import ResultError
from redesaude.language import N_
from redesaude.plan.packing import Arrays, pack, unpack
from redesaude.plan.settled import settle, settle_names
from redesaude.plan.storage import UNREADABLE, arrays_of
from redesaude_models.arrays import Floats
from redesaude_models.problem import Decisions

FORMAT = 2
_ROOT = "journal"

_TOO_NEW = N_("{path} has format {number}, of a newer version; this one reads formats up to {known}")
_DAMAGED = N_("{path} cannot be read as the journal of a search ({reason})")


@dataclass(frozen=True)
class Kept:
    """What a search has found so far.

    Attributes
    ----------
    input_sha256 : fingerprint of the input. ``options`` : those of the solve, by name.
    written : ISO time in UTC.
    cost, bound : net present cost of the best plan and what no plan costs less than; None: none yet.
    decisions : the plan, in the rows of the problem that the input is assembled to; None: none yet.
    multipliers : of the rows of the model that the bound takes apart, by which it proved most; None: none yet.

    """

    input_sha256: str
    options: Mapping[str, object] = field(default_factory=dict)
    written: str = ""
    cost: float | None = None
    bound: float | None = None
    decisions: Decisions | None = None
    multipliers: Floats | None = None


def journal_beside(result: Path) -> Path:
    """Return the path of the journal of a search whose result goes to the folder ``result``."""
    return result.with_name(f".{result.name}.journal")


def write_journal(kept: Kept, path: Path) -> None:
    """Put ``kept`` at ``path`` at once: whoever reads, and whatever happens, finds the old one or the new one.

    Raises
    ------
    OSError
        when it cannot be written.

    """
    arrays: Arrays = {}
    content = {"format": FORMAT, "journal": pack(kept, Kept, arrays, _ROOT)}
    arrays[_ROOT] = np.frombuffer(json.dumps(content).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(path).open("wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    settle(_unfinished(path))  # the name must not outlive a power cut that the content does not
    os.replace(_unfinished(path), path)
    settle_names(path.parent)


def read_journal(path: Path) -> Kept | None:
    """Return what the journal at ``path`` holds, None if there is none.

    Raises
    ------
    ResultError
        when a newer version wrote it, or it is damaged.

    """
    if not path.is_file():
        return None
    try:
        arrays = arrays_of(path)
        content = json.loads(arrays.pop(_ROOT).tobytes())
        number = int(content["format"])
        if number > FORMAT:
            raise ResultError(_TOO_NEW, path=path, number=number, known=FORMAT)
        kept: Kept = unpack(content["journal"], Kept, arrays, _ROOT)
    except UNREADABLE as error:
        raise ResultError(_DAMAGED, path=path, reason=error) from error
    return kept


def remove_journal(path: Path) -> None:
    """Remove the journal at ``path``, and what a run that was killed as it wrote left of a next one.

    One that another program has open stays, on systems where that keeps it: whoever comes next removes it.
    """
    for file in (path, _unfinished(path)):
        with suppress(PermissionError):
            file.unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}-next")
