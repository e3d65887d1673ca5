r"""The review: what was delivered, what was not, what that means for people and money.

Deviations are ranked by what they mean. One that keeps a service from opening means those it was to treat beyond what
it treated before, :math:`\text{cases a year} \cdot \text{months} / 12` (twelve months where it is dropped); one of
cases those who were not treated; one of cost its money. Each counts with

.. math:: |\text{money}| + \text{people} \cdot \text{price of an unmet case}

of its specialty (0 where the scenario states none). Of several stages of a service only the one nearest to its opening
counts its people; payments to contractors are among the costs of services and count no money of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from redesaude.finance.contracts import terms_of
from redesaude.finance.services import Services
from redesaude.inputs.quality import asked_for, moved, quality_factor
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import by_year
from redesaude.plan.plan import Plan
from redesaude.reviewing.due import due
from redesaude.reviewing.followed import followed
from redesaude.reviewing.forms import plan_of
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.reading import Actuals, read_actuals
from redesaude.reviewing.spans import Span
from redesaude.reviewing.verdicts import QUIET, Tables, Verdict, dates, figures, leading, slips

DEVIATIONS = ("sheet", "row_id", "region_id", "site_id", "specialty_id", "contract_id", "about")
#: people below zero are treated beyond the plan; ``weight`` ranks
EFFECTS = (*DEVIATIONS, "measure", "verdict", "months", "difference", "people", "money", "weight", "reason", "cell")
#: share of cases within the standard in the whole area
ACCESS = ("year", "specialty_id", "cases", "treated", "treated_now", "share", "share_now")
AREAS = ("region_id", "specialty_id", "due", "reported", "delivered", "late", "not_done", "cases_planned", "cases")
DEDUCTIONS = ("site_id", "contract_id", "indicator_id", "weight", "attainment", "payment", "due", "deducted", "cell")
#: what all reported indicators of a contract take off together, within its floors and ceilings
SETTLED = ("site_id", "contract_id", "payment", "indicators", "of", "single", "share", "due")
SUMMARY = (
    *("cutoff", "begins", "rows", "reported", "as_planned", "late", "not_done", "dropped", "unplanned"),
    *("cases_planned", "cases", "cost_planned", "cost", "example"),
)


@dataclass(frozen=True)
class Review:
    """The review of ``plan`` by ``actuals``.

    Attributes
    ----------
    dates, figures : every row that was due, see :mod:`redesaude.reviewing.verdicts`.
    deviations : those that came otherwise, columns :data:`EFFECTS`, the weightiest first.
    access : by year, as planned and from actual openings, columns :data:`ACCESS`. deductions : what indicators of
        quality take off (or add, below 0), columns :data:`DEDUCTIONS`; settled : what those of a contract do together,
        columns :data:`SETTLED`. indicators : those of the scenario, see :mod:`redesaude.reviewing.followed`.
        areas : by region and specialty.
    summary : one row, columns :data:`SUMMARY`; cases and cost are those of rows that are reported.

    """

    plan: Plan
    actuals: Actuals
    dates: pd.DataFrame
    figures: pd.DataFrame
    deviations: pd.DataFrame
    access: pd.DataFrame
    deductions: pd.DataFrame
    settled: pd.DataFrame
    indicators: pd.DataFrame
    areas: pd.DataFrame
    summary: pd.DataFrame

    @property
    def cutoff(self) -> dt.date:
        """The last day reported."""
        return self.actuals.span.cutoff


def review(result: Plan | Path | str, actuals: Sequence[Path | str]) -> Review:
    """Return the review of a result by workbooks of actuals, all of them so far.

    Raises
    ------
    InputError
        with every wrong cell of every workbook. ResultError: when ``result`` holds no plan with decisions.

    """
    planned = Planned(plan_of(result))
    return review_of(planned, read_actuals(planned, [Path(file) for file in actuals]))


def review_of(planned: Planned, actuals: Actuals) -> Review:
    """Return the review of a plan by what was reported."""

    @lru_cache
    def due_in(span: Span) -> Tables:
        return due(planned, span)

    whole = due_in(actuals.span)
    done = dates(whole, actuals.known, actuals.span.cutoff)
    told = figures(due_in, whole, actuals.known)
    taken = _deductions(planned, told, actuals)
    return Review(
        planned.plan,
        actuals,
        done,
        told,
        _deviations(planned, done, told),
        _access(planned, slips(done)),
        taken,
        _settled(planned, taken),
        followed(planned, due_in, actuals.span, actuals.known),
        _areas(done, told),
        _summary(done, told, actuals),
    )


def _deviations(planned: Planned, done: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """What came otherwise, the weightiest first."""
    scenario = planned.scenario
    price = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["unmet_cost"], strict=True))
    new = 1.0 - planned.appraisal.services().before_share  # the part of its cases that it did not treat before
    openings = zip(rows_of(planned.plan.openings), new.tolist(), strict=True)
    a_year = {(row.site_id, row.specialty_id): row.cases * part for row, part in openings if row.change != "kept"}
    rows = []
    for row, leads in zip(rows_of(done), leading(done), strict=True):
        if row.verdict not in QUIET:
            months = 12.0 if row.verdict == Verdict.DROPPED else row.months
            people = a_year.get((row.site_id, row.specialty_id), 0.0) * months / 12.0 if leads else 0.0
            rows.append(_effect(row, people, 0.0, months=row.months))
    for row in rows_of(told):
        if row.verdict not in QUIET:
            people = -row.difference if (row.sheet, row.measure) == ("services", "cases") else 0.0
            money = row.difference if row.measure == "cost" else 0.0
            rows.append(_effect(row, people, money, measure=row.measure, difference=row.difference))
    table = pd.DataFrame(rows, columns=list(EFFECTS))
    each = table["specialty_id"].map(price).astype(float).fillna(0.0)
    weight = table["money"].astype(float).abs() + table["people"].astype(float).abs() * each
    return table.assign(weight=weight).sort_values(["weight", "row_id"], ascending=[False, True], ignore_index=True)


def _effect(row: object, people: float, money: float, **values: object) -> dict[str, object]:
    own = {name: getattr(row, name) for name in (*DEVIATIONS, "verdict", "reason", "cell")}
    return own | {"measure": "", "months": np.nan, "difference": np.nan, "people": people, "money": money} | values


class AsOpened(Appraisal):
    """The plan with its services opening so many months later than planned, by site and specialty."""

    def __init__(self, plan: Plan, months: dict[tuple[str, str], float]) -> None:
        super().__init__(plan)
        self._months = months

    def services(self) -> Services:
        """All open services; those that are late are decided later, those dropped after the horizon."""
        services, openings = super().services(), self.plan.openings
        never = float(self.calendar.horizon_years)
        late = [self._months.get((r.site_id, r.specialty_id), 0.0) for r in rows_of(openings)]
        years = np.minimum(np.array(late) / 12.0, never) * (openings["change"] != "kept").to_numpy(float)
        return replace(services, begun=services.begun + years)


def _access(planned: Planned, months: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Access by year in the whole area, as planned and as services open."""
    keys = ["year", "specialty_id"]
    columns = [*keys, "cases", "treated", "share_within_standard"]
    before = planned.years[planned.years["region_id"] == ALL][columns]
    now = by_year(AsOpened(planned.plan, months)) if months else planned.years
    after = now[now["region_id"] == ALL][[*keys, "treated", "share_within_standard"]]
    table = before.merge(after, on=keys, suffixes=("", "_now"))
    table = table.rename(columns={"share_within_standard": "share", "share_within_standard_now": "share_now"})
    return table[list(ACCESS)]


def _deductions(planned: Planned, told: pd.DataFrame, actuals: Actuals) -> pd.DataFrame:
    """What each indicator of which a value is reported takes off the payments of its days.

    ``payment`` is what is paid for these days before quality is measured. Floors and ceilings of a contract hold for
    all its indicators together, see :func:`_settled`.
    """
    scenario, paid = planned.scenario, planned.payments(actuals.span)
    rows = []
    for row in rows_of(told[(told["sheet"] == "quality") & told["actual"].notna()]):
        mine = scenario.quality_indicators["contract_id"] == row.contract_id
        one = scenario.quality_indicators[mine & (scenario.quality_indicators["indicator_id"] == row.about)]
        share = -float(moved(one.assign(attainment=row.actual)).iloc[0])
        payment = paid.get((row.site_id, row.contract_id), 0.0) * _before_quality(planned, row.contract_id)
        off = actuals.known.get((row.row_id, "deducted"))
        taken = np.nan if off is None else float(off.value)  # type: ignore[arg-type]
        about = row.site_id, row.contract_id, row.about
        rows.append((*about, float(one["weight"].iloc[0]), row.actual, payment, share * payment, taken, row.cell))
    return pd.DataFrame(rows, columns=list(DEDUCTIONS))


def _settled(planned: Planned, taken: pd.DataFrame) -> pd.DataFrame:
    """What the reported indicators of each contract take off together: none below its floor, no more than its ceiling.

    ``single`` is their sum without these, ``share`` what is taken off of the payment (below 0: added), ``due`` its
    money. Indicators that are not reported count for nothing: ``indicators`` are those told, ``of`` all.
    """
    contracts, every = planned.scenario.contracts, planned.scenario.quality_indicators
    rows = []
    for (site, contract), mine in taken.groupby(["site_id", "contract_id"]):
        own = every[every["contract_id"] == contract].set_index("indicator_id", drop=False)
        told = own.loc[mine["indicator_id"]].assign(attainment=mine["attainment"].to_numpy(float))
        share = 1.0 - float(quality_factor(told.reset_index(drop=True), contracts).loc[str(contract)])
        paid = float(mine["payment"].iloc[0])
        rows.append((site, contract, paid, len(told), len(own), float(mine["due"].sum()), share, share * paid))
    return pd.DataFrame(rows, columns=list(SETTLED))


def _before_quality(planned: Planned, contract: str) -> float:
    """What a contract asks before quality is measured, for each 1 that it is expected to be paid."""
    contracts, indicators = planned.scenario.contracts, planned.scenario.quality_indicators
    kept = float(terms_of(contracts[contracts["contract_id"] == contract]).quality_factor[0])
    return float(asked_for(contracts, indicators)[contract]) / kept if kept > 0 else 0.0


def _areas(done: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """What was due and what became of it, by region and specialty."""
    keys = ["region_id", "specialty_id"]
    mine = done[done["sheet"] == "milestones"]
    verdicts = mine.assign(
        due=1,
        reported=mine["verdict"] != Verdict.NOT_REPORTED,
        delivered=mine["verdict"].isin([Verdict.AS_PLANNED, Verdict.EARLY]),
        late=mine["verdict"] == Verdict.LATE,
        not_done=mine["verdict"].isin([Verdict.NOT_DONE, Verdict.DROPPED]),
    )
    counts = verdicts.groupby(keys)[list(AREAS[2:7])].sum()
    cases = told[(told["measure"] == "cases") & told["actual"].notna()].groupby(keys)[["planned", "actual"]].sum()
    cases = cases.rename(columns={"planned": "cases_planned", "actual": "cases"})
    return counts.join(cases, how="outer").fillna(0.0).reset_index()[list(AREAS)]


def _summary(done: pd.DataFrame, told: pd.DataFrame, actuals: Actuals) -> pd.DataFrame:
    """The review in one row."""
    verdicts = pd.concat([done[["row_id", "verdict"]], told[["row_id", "verdict"]]])
    by_row = verdicts.groupby("row_id")["verdict"].agg(set)
    silent, quiet = {str(Verdict.NOT_REPORTED)}, {str(each) for each in QUIET}
    reported = by_row.map(lambda found: found != silent)
    totals = (
        told[(told["sheet"] == "services") & told["actual"].notna()].groupby("measure")[["planned", "actual"]].sum()
    )
    totals = totals.reindex(["cases", "cost"], fill_value=0.0)
    count = done["verdict"].value_counts()
    row = {
        "cutoff": str(actuals.span.cutoff),
        "begins": str(actuals.span.begins),
        "rows": len(by_row),
        "reported": int(reported.sum()),
        "as_planned": int((reported & by_row.map(lambda found: found <= quiet)).sum()),
        **{str(v): int(count.get(str(v), 0)) for v in (Verdict.LATE, Verdict.NOT_DONE, Verdict.DROPPED)},
        "unplanned": len(actuals.unplanned),
        "cases_planned": totals.loc["cases", "planned"],
        "cases": totals.loc["cases", "actual"],
        "cost_planned": totals.loc["cost", "planned"],
        "cost": totals.loc["cost", "actual"],
        "example": actuals.example,
    }
    return pd.DataFrame([row], columns=list(SUMMARY))
