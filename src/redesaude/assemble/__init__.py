"""Scenario + travel + finance -> planning problem."""

from redesaude.assemble.assembled import Assembled, assemble

__all__ = ["Assembled", "assemble"]
