"""Scenario + travel + finance -> planning problem."""

from redesaude.assemble.assembled import Assembled, assemble, input_problems
from redesaude.assemble.ranges import too_wide

__all__ = ["Assembled", "assemble", "input_problems", "too_wide"]
