"""The report of a fault of our own, from which whoever mends it can run it again: ``fault-<time>.json``.

It holds the scenario with its tables as read, the options, what went wrong and where, and the versions; no folder of
the machine and no name of its user. Tables are kept as in ``plan.npz`` (:mod:`redesaude.plan.packing`), exactly, with
their columns as lists.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redesaude.errors import Fault, ResultError
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.packing import Arrays, pack, unpack
from redesaude.plan.plan import Plan
from redesaude.report.manifest import versions
from redesaude.solving.options import SolveOptions
from redesaude.solving.parameters import parameters_of
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination

FORMAT = 1
_BEGUN = tuple[pd.DataFrame, ...]

_UNREADABLE = N_("{path} cannot be read as the report of a fault ({reason})")


@dataclass(frozen=True)
class FaultReport:
    """What a report holds: the faults, in their order, what was being solved, and the openings it began from."""

    faults: tuple[Fault, ...]
    scenario: Scenario
    options: SolveOptions
    begun: tuple[pd.DataFrame, ...] = ()

    def replay(self) -> Plan:
        """Solve again as it was; what goes wrong again is raised, or is among the ``faults`` of the plan."""
        known = [Plan(self.scenario, Status.FEASIBLE, Termination.TIME_LIMIT, openings=each) for each in self.begun]
        return solve(self.scenario, self.options, known=known)


def write_fault(report: FaultReport, result: Path, *, now: dt.datetime | None = None) -> Path:
    """Write ``report`` beside the folder of a ``result`` and return its path; ``now`` is in UTC."""
    time = (now or dt.datetime.now(dt.UTC)).strftime("%Y%m%dT%H%M%SZ")
    arrays: Arrays = {}
    content = {
        "format": FORMAT,
        "time": time,
        "versions": versions(),
        "seed": report.options.seed,
        "variant": report.scenario.variant_id,
        "input_sha256": report.scenario.input_sha256,
        "faults": pack(report.faults, tuple[Fault, ...], arrays, "faults"),
        "scenario": pack(report.scenario, Scenario, arrays, "scenario"),
        "options": pack(asdict(report.options), Mapping[str, object], arrays, "options"),
        "begun": pack(report.begun, _BEGUN, arrays, "begun"),
    }
    content["arrays"] = {name: _listed(array) for name, array in arrays.items()}
    result.parent.mkdir(parents=True, exist_ok=True)
    names = (f"fault-{time}{f'-{n}' if n else ''}.json" for n in count())
    path = next(path for name in names if not (path := result.parent / name).exists())
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return path


def read_fault(path: Path | str) -> FaultReport:
    """Return the report at ``path``.

    Raises
    ------
    ResultError
        when it is not there, of a newer format, or damaged.

    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content["format"] > FORMAT:
            raise ResultError(_UNREADABLE, path=path, reason=f"format {content['format']}")
        arrays = {name: _array(listed) for name, listed in content["arrays"].items()}
        return FaultReport(
            unpack(content["faults"], tuple[Fault, ...], arrays, "faults"),
            unpack(content["scenario"], Scenario, arrays, "scenario"),
            _options(unpack(content["options"], Mapping[str, object], arrays, "options")),
            unpack(content["begun"], _BEGUN, arrays, "begun") if "begun" in content else (),
        )
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise ResultError(_UNREADABLE, path=path, reason=error) from error


def _options(stated: Mapping[str, Any]) -> SolveOptions:
    """The options of a report; one made before a search had parameters states none."""
    return SolveOptions(**{**stated, "search": parameters_of(stated.get("search", {}))})


def _listed(array: np.ndarray) -> dict[str, Any]:
    """An array as JSON: blanks as null, what is infinite as words."""
    values = array.tolist()
    if array.dtype.kind == "f":
        values = [None if math.isnan(v) else v if math.isfinite(v) else str(v) for v in values]
    return {"type": str(array.dtype), "values": values}


def _array(listed: dict[str, Any]) -> np.ndarray:
    kind = np.dtype(listed["type"])
    values = listed["values"]
    return np.array([np.nan if v is None else float(v) for v in values] if kind.kind == "f" else values, dtype=kind)
