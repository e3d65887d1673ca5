"""The manifest of an output folder: what was solved, how well, with what, and whether the audit passed."""

from __future__ import annotations

import math
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.plan.proof import relative_gap

_PACKAGES = ("redesaude", "highspy", "numpy", "pandas", "pyomo", "scipy", "XlsxWriter")
#: phases that follow each other
PHASES = ("read", "solve", "report")
#: of the solve, in the order in which they begin: some run side by side
PARTS = ("assemble", "build", "bound", "core", "search", "exact", "tables", "explain")


def manifest_of(plan: Plan, report_seconds: float) -> dict[str, Any]:
    """Return the manifest of ``plan`` as plain JSON values (unknown or infinite numbers become null)."""
    scenario = plan.scenario
    return {
        "scenario": scenario.name,
        "variant": scenario.variant_id,
        **standing_of(plan),
        "termination": plan.termination.value,
        "gap": plain(plan.gap),
        "certified": {**plain(vars(plan.certified)), "gap": plain(relative_gap(plan.objective, plan.certified.bound))},
        "seconds": _seconds(plan, report_seconds),
        "variables": plan.variables,
        "constraints": plan.constraints,
        "peak_memory_mb": peak_memory_mb(),
        "engine": plan.engine,
        "seed": plan.seed,
        "threads": plan.options.get("threads"),
        "jobs": plan.options.get("jobs"),
        "work": plan.work,
        "deterministic": plan.deterministic,
        "options": plain(plan.options),
        "travel": travel_origin(scenario),
        "versions": versions(),
        "audit": {"passed": plan.audit.passed, "checks": [plain(vars(c)) for c in plan.audit.checks]},
        "reason": list(plan.reason),
        "faults": [{"stage": f.stage, "kind": f.kind, "message": f.message} for f in plan.faults],
    }


def standing_of(plan: Plan) -> dict[str, Any]:
    """Return what a result is judged by against another in its place: the answer, its cost and bound, the input."""
    return {
        "status": plan.status.value,
        "objective": plain(plan.objective),
        "bound": plain(plan.bound),
        "aim": None if plan.aim is None else plain(vars(plan.aim)),
        "input_sha256": plan.scenario.input_sha256,
    }


def travel_origin(scenario: Scenario) -> str:
    """Return ``given`` when every travel time was given in the input, ``modelled`` when any was computed."""
    return "given" if len(scenario.travel_times) and scenario.settings.travel_times_complete else "modelled"


def versions() -> dict[str, str]:
    """Return the versions of Python, this package and the packages that shape the result."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package.lower()] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package.lower()] = "unknown"
    return found


def peak_memory_mb() -> float | None:
    """Return the most memory this process has held, in MB; None where the system does not tell (Windows)."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)


def _seconds(plan: Plan, report_seconds: float) -> dict[str, float]:
    """Phases in seconds, and the parts of the solve, which the time limit holds as a whole.

    The total is the sum of the phases, unless the plan's own total, which leaves out the report, makes it longer.
    """
    known = {name: float(value) for name, value in plan.seconds.items()} | {"report": report_seconds}
    phases = {name: known.get(name, 0.0) for name in (PHASES[0], *PARTS, *PHASES[1:])}
    extra = {name: value for name, value in known.items() if name not in (*phases, "total")}
    total = max(sum(phases[name] for name in PHASES), known.get("total", 0.0) + report_seconds)
    return {name: round(value, 3) for name, value in {**phases, **extra, "total": total}.items()}


def plain(value: Any) -> Any:
    """Turn numpy scalars, mappings and non-finite numbers into what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if hasattr(value, "item"):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
