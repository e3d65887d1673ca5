"""Indicators reviewed: what was reported of the latest year, against its target and beside the plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.plan.indicators import met
from redesaude.reviewing.facts import Known, alike
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.spans import Span
from redesaude.reviewing.verdicts import Tables

#: ``met``: yes, no, or blank where nothing is due or reported; ``beside``: better, worse or as_planned, likewise
FOLLOWED = (
    *("indicator_id", "region_id", "specialty_id", "year", "unit", "direction", "planned", "target", "actual"),
    *("met", "beside", "reason", "cell"),
)


def followed(planned: Planned, due_in: Callable[[Span], Tables], whole: Span, known: Known) -> pd.DataFrame:
    """Return a row for each indicator, columns :data:`FOLLOWED`, of the latest year of which it is reported.

    One that is not reported is of the year of the cut-off date. ``planned`` is NaN where the plan does not say it.
    """
    says = planned.indicators[planned.indicators["planned"].notna()].set_index(["indicator_id", "year"])["planned"]
    rows = []
    for row_id in due_in(whole)["indicators"]["row_id"]:
        told, reason = known.get((row_id, "value")), known.get((row_id, "reason"))
        span = whole if told is None else told.spans[-1]
        table = due_in(span)["indicators"]
        row = next(rows_of(table[table["row_id"] == row_id]))
        year = planned.year_at(span.cutoff)
        actual = np.nan if told is None else float(told.value)  # type: ignore[arg-type]
        plan = float(says.get((row.about, year), np.nan))
        about = row.about, row.region_id, row.specialty_id, year, row.unit, row.direction
        figures = plan, row.planned_target, actual
        verdict = met(row.direction, actual, row.planned_target), _beside(row.direction, actual, plan)
        said = "" if reason is None else str(reason.value)
        rows.append((*about, *figures, *verdict, said, "" if told is None else told.facts[-1].place))
    return pd.DataFrame(rows, columns=list(FOLLOWED))


def _beside(direction: str, actual: float, plan: float) -> str:
    """Whether what was reached is better or worse than the plan; blank where one of them is not known."""
    if np.isnan(actual) or np.isnan(plan):
        return ""
    if alike(actual, plan):
        return "as_planned"
    return "better" if (actual < plan) == (direction == "lower") else "worse"
