"""The map of a plan: one page that asks nothing of any other place."""

from redesaude.report.map.page import write_map

__all__ = ["write_map"]
