"""Decide where to put specialist health centres and under which contract, and say how far from the best the answer is.

>>> import redesaude as rs
>>> scenario = rs.read_scenario("scenarios/mato-grosso.xlsx")
>>> plan = rs.solve(scenario, rs.SolveOptions(gap=0.01, time_limit=60), progress=print)
>>> rs.write_report(plan, "results/demo")
>>> rs.read_plan("results/demo")  # the same plan, exactly
"""

from redesaude.errors import AuditError, InputError, Problem, RedesaudeError
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan
from redesaude.report.folder import write_report
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.solve import solve

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
    "read_plan",
    "read_scenario",
    "solve",
    "write_report",
]
