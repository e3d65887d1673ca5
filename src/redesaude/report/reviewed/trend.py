"""The reviews that are kept in one folder, as a trend: each says itself in one row of its manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from redesaude.errors import ResultError
from redesaude.report.placing import results_at
from redesaude.reviewing.review import SUMMARY, Review


def trend(review: Review, folder: Path) -> pd.DataFrame:
    """Return a row for each review of the scenario in ``folder`` and the ``review`` itself, columns of its summary.

    Of several of one cut-off date the review itself, or else the latest, holds.
    """
    rows = {str(row["cutoff"]): row for row in _kept(review, folder)}
    rows[str(review.cutoff)] = {str(name): value for name, value in review.summary.iloc[0].items()}
    return pd.DataFrame([rows[cutoff] for cutoff in sorted(rows)], columns=list(SUMMARY))


def _kept(review: Review, folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            _, manifest = results_at(each)[0]
        except (ResultError, json.JSONDecodeError):
            continue  # a workbook of actuals, or whatever else somebody keeps there
        if manifest.get("asked") == "review" and manifest.get("scenario") == review.plan.scenario.name:
            found += manifest["answers"]
    return found
