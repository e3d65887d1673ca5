"""What people get: the output folder with the decision workbook, the tables and the manifest."""

from redesaude.report.folder import write_report

__all__ = ["write_report"]
