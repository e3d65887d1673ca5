"""The mathematics of redesaude and nothing else: a planning problem in, a Pyomo model out."""

from redesaude_models.problem import Decisions, PlanningProblem

__all__ = ["Decisions", "PlanningProblem"]
