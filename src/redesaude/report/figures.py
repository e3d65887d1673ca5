"""Figures that several pages share: the key figures of a plan, and who is treated where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.assemble.phases import phases_of
from redesaude.financing import FINANCING
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.lines import PRINTED, Group, Kind, Table, of_kind
from redesaude.plan.endings import endings_of
from redesaude.plan.numbers import existing_services
from redesaude.plan.plan import Plan
from redesaude.report.names import Names
from redesaude.report.terms import PUBLIC_MONEY, cost_line


@dataclass(frozen=True)
class KeyFigures:
    """The figures a decision maker asks for first.

    Money is net present value: ``total`` is the objective, ``public`` what public budgets pay of it, ``capital`` the
    works and equipment, ``waiting`` the price of waiting in it; except ``yearly``, the equal yearly amount over the
    horizon with the present value of all running lines.
    """

    total: float
    public: float
    capital: float
    waiting: float
    yearly: float
    treated: float
    sent_away: float


def keyed(kind: str, row_id: str) -> str:
    """Return the name of the column that a wide table keeps for an id: no id of a planner is then a fixed column's."""
    return f"{kind}|{row_id}"


def key_figures(plan: Plan) -> KeyFigures:
    """Return the key figures of a plan with decisions. Cases are those of the last period."""
    groups = plan.costs["npv"].groupby(plan.costs["line"].map(lambda line: cost_line(line).group)).sum()
    running = plan.costs["npv"][plan.costs["line"].isin(of_kind(Kind.RUNNING))]
    return KeyFigures(
        total=float(plan.costs["npv"].sum()),
        public=sum(float(groups.get(group, 0.0)) for group in PUBLIC_MONEY),
        capital=float(groups.get(Group.CAPITAL, 0.0)),
        waiting=float(groups.get(Group.WAITING, 0.0)),
        yearly=float(running.sum()) / annuity(plan.scenario),
        treated=float(in_last_period(plan, plan.assignments)["cases"].sum()),
        sent_away=float(in_last_period(plan, plan.unmet)["cases"].sum()),
    )


def in_last_period(plan: Plan, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the last period: the network once the plan is complete."""
    last = plan.scenario.periods["period_id"].iloc[-1]
    return pd.DataFrame(table[table["period_id"] == last])


def full_year_payment(flows: pd.DataFrame, financing: str) -> float:
    """Return what is paid in the dearest year of ``flows`` for what is run and financed, in currency, real.

    ``flows`` are those of a contract at a site, see :func:`redesaude.plan.cash_flow.cash_flow`; counted is the payment
    of the form of ``financing``, or where it has none of its own what the public side pays every year.
    """
    payment = FINANCING[financing].payment
    lines = [payment] if payment else PRINTED[Table.TERM_RUNNING]
    paid = flows[flows["line"].isin(lines)].groupby("year")["real"].sum()
    return float(paid.max()) if len(paid) else 0.0


def yes(flags: pd.Series) -> pd.Series:
    """Return flags, held as booleans or as the words yes and no, as booleans."""
    return flags.isin([True, "yes"])


def annuity(scenario: Scenario) -> float:
    """Return the present value of 1 a year over the scenario's horizon."""
    return phases_of(scenario).calendar.annuity()


def whole_area(access: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``access`` for the whole area."""
    return access[access["region_id"] == ALL]


def flows(plan: Plan, names: Names) -> pd.DataFrame:
    """Return who is treated where and who is not, one row for each assignment or group sent away.

    Columns: territory_id, region_id (of the people), specialty_id, period_id, cases, minutes (NaN when sent away),
    treated (False when sent away), in_region (treated in the own region).
    """
    treated = plan.assignments.assign(treated=True)
    away = plan.unmet.assign(treated=False, site_id="", minutes=np.nan)
    columns = ["territory_id", "site_id", "specialty_id", "period_id", "cases", "minutes", "treated"]
    parts = [part[columns] for part in (treated, away) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else treated[columns]
    rows["region_id"] = [names.region_of_territory.get(t, "") for t in rows["territory_id"]]
    site_regions = [names.region_of_site(site) for site in rows["site_id"]]
    rows["in_region"] = rows["treated"].astype(bool) & (rows["region_id"] == np.array(site_regions, dtype=object))
    return rows.astype({"cases": float, "minutes": float})


def judged_flows(plan: Plan, names: Names) -> pd.DataFrame:
    """Return :func:`flows` held against the standard of their specialty.

    Two more columns: minutes_standard (one way; NaN: the specialty has none), and within (treated, no further than the
    standard; False where there is none).
    """
    keys = ["specialty_id", "period_id"]
    standards = whole_area(plan.access).groupby(keys)["minutes_standard"].first().astype(float)
    rows = flows(plan, names).join(standards, on=keys)
    return rows.assign(within=rows["treated"].astype(bool) & (rows["minutes"] <= rows["minutes_standard"] + 1e-9))


def ended_services(plan: Plan) -> pd.DataFrame:
    """Return the services that end at their site: the columns of :func:`~redesaude.plan.numbers.existing_services`, and
    ``period_id``, ``fate`` and ``instead`` of :class:`redesaude.plan.endings.Ending`.

    A service ends in the first period in which it is not open although it was before, or runs today.
    """
    before, periods = ["", *plan.scenario.periods["period_id"]], plan.scenario.periods["period_id"]
    open_then = pd.concat([existing_services(plan.scenario).assign(period_id=""), plan.openings])
    capacity = {(row.site_id, row.specialty_id, row.period_id): row.capacity for row in rows_of(open_then)}
    rows = [
        (*end.place, *end.state, capacity[*end.place, before[end.period]], periods.iloc[end.period], end.fate.value,
         end.instead)
        for end in endings_of(plan.scenario, plan.openings)
    ]  # fmt: skip
    columns = ["site_id", "specialty_id", "size_id", "contract_id", "capacity", "period_id", "fate", "instead"]
    return pd.DataFrame(rows, columns=columns)
