"""Decide where to put specialist health centres and under which contract, and say how far from the best the answer is.

>>> import redesaude as rs
>>> scenario = rs.read_scenario("scenarios/mato-grosso.xlsx")
>>> plan = rs.solve(scenario, rs.SolveOptions(gap=0.01, time_limit=60), progress=print)
>>> rs.write_report(plan, "results/demo")
>>> rs.read_plan("results/demo")  # the same plan, exactly
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redesaude.asking.best import solve
    from redesaude.errors import AuditError, InputError, Problem, RedesaudeError
    from redesaude.inputs.checks import read_scenario
    from redesaude.inputs.scenario import Scenario
    from redesaude.plan.plan import Plan
    from redesaude.plan.storage import read_plan
    from redesaude.report.folder import write_report
    from redesaude.report.studies import studies_of
    from redesaude.reviewing.forms import actuals
    from redesaude.reviewing.review import review
    from redesaude.solving.options import SolveOptions
    from redesaude.solving.progress import Progress, StopSignal

__all__ = [
    "AuditError",
    "InputError",
    "Plan",
    "Problem",
    "Progress",
    "RedesaudeError",
    "Scenario",
    "SolveOptions",
    "StopSignal",
    "actuals",
    "read_plan",
    "read_scenario",
    "review",
    "solve",
    "studies_of",
    "write_report",
]

#: where each name is defined: read when it is first asked for, so that what needs no solver waits for none
_HOMES = {
    "AuditError": "errors",
    "InputError": "errors",
    "Plan": "plan.plan",
    "Problem": "errors",
    "Progress": "solving.progress",
    "RedesaudeError": "errors",
    "Scenario": "inputs.scenario",
    "SolveOptions": "solving.options",
    "StopSignal": "solving.progress",
    "actuals": "reviewing.forms",
    "read_plan": "plan.storage",
    "read_scenario": "inputs.checks",
    "review": "reviewing.review",
    "solve": "asking.best",
    "studies_of": "report.studies",
    "write_report": "report.folder",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
