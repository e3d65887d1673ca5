"""The tables of a plan: what opens, who goes where, who is sent away, which promises are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.plan.costs import service_npv
from redesaude.plan.paths import changes_of
from redesaude.plan.plan import ASSIGNMENTS, OPENINGS, PROMISES, UNMET
from redesaude.promises import KINDS, Parts, with_parts
from redesaude_models.problem import Decisions


def opening_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the open services (columns :data:`OPENINGS`); capacity is nominal, cases and capacity per year."""
    option, period = np.nonzero(decisions.options)
    table = assembled.options.table.iloc[option].copy()
    table["period_id"] = np.array(assembled.problem.periods, dtype=object)[period]
    table["cases"] = decisions.cases[option, period]
    table["npv"] = service_npv(assembled, decisions)[table["service"].to_numpy(np.int64), period]
    table["time"] = period
    order = ["site_id", "specialty_id", "time", "size_id", "contract_id"]
    table = table.sort_values(order, ignore_index=True)
    return table.assign(change=changes_of(assembled.scenario, table))[list(OPENINGS)]


def assignment_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return who is treated where (columns :data:`ASSIGNMENTS`)."""
    problem = assembled.problem
    used, period = np.nonzero(decisions.shares)
    demand, service = problem.journeys.demand[used], problem.journeys.service[used]
    share = decisions.shares[used, period]
    table = pd.DataFrame(
        {
            "territory_id": np.array(problem.territories, dtype=object)[problem.demand.territory[demand]],
            "site_id": assembled.services["site_id"].to_numpy()[service],
            "specialty_id": assembled.services["specialty_id"].to_numpy()[service],
            "period_id": np.array(problem.periods, dtype=object)[period],
            "share": share,
            "cases": share * problem.demand.cases[demand, period],
            "minutes": problem.journeys.minutes[used],
        },
        columns=list(ASSIGNMENTS),
    )
    return table.sort_values(list(ASSIGNMENTS[:4]), ignore_index=True)


def unmet_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the cases sent away or untreated (columns :data:`UNMET`)."""
    problem = assembled.problem
    used, period = np.nonzero(decisions.unmet)
    cases = problem.demand.cases[used, period] * decisions.unmet[used, period]
    table = pd.DataFrame(
        {
            "territory_id": np.array(problem.territories, dtype=object)[problem.demand.territory[used]],
            "specialty_id": np.array(problem.specialties.ids, dtype=object)[problem.demand.specialty[used]],
            "period_id": np.array(problem.periods, dtype=object)[period],
            "share": decisions.unmet[used, period],
            "cases": cases,
            "npv": cases * problem.demand.unmet_cost[used, period],
        },
        columns=list(UNMET),
    )
    return table.sort_values(list(UNMET[:3]), ignore_index=True)


def promise_table(assembled: Assembled, decisions: Decisions, openings: pd.DataFrame) -> pd.DataFrame:
    """Return every promise (columns :data:`PROMISES`), in its unit: cases/year, currency, people or ambulances.

    ``openings`` are those of the plan (:func:`opening_table`).
    """
    rows = [row for kind in KINDS for row in kind.rows(assembled, decisions)]
    figures = pd.DataFrame(rows, columns=[name for name in PROMISES if name not in Parts._fields])
    return with_parts(figures, assembled.scenario, openings)
