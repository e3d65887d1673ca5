"""Scenario + travel + finance -> planning problem."""

from redesaude.assemble.assembled import Assembled, assemble, input_problems

__all__ = ["Assembled", "assemble", "input_problems"]
