"""Answers of a plan that was asked: a workbook, its tables as CSV, and a manifest."""
