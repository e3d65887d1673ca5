"""What is due or running by a cut-off date: the rows of the workbook of actuals, with what was planned filled in.

A row is known by an id made of what it is about, never of figures or places in a list, so that it stays the same from
one plan of a scenario to the next: ``milestone/<site>/<specialty>/<stage>``, ``service/<site>/<specialty>``,
``contract/<site>/<contract>``, ``quality/<site>/<contract>/<indicator>``, ``promise/<kind>/<what it is about>``,
``indicator/<indicator>``, ``agreement/support/<specialty>/<hub>/<satellite>``,
``agreement/technique/<technique>/<receiver>``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.ladder import steps
from redesaude.reviewing.declared import MEASURES
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.spans import Span, date_of, year_of

#: stages of the plan's milestones that are done at a date
STAGES = ("procurement", "works", "training", "opening", "conversion", "closing")

#: columns beside the declared ones: what a row is about, in codes
ABOUT = ("row_id", "region_id", "site_id", "specialty_id", "contract_id", "about", "start", "planned_on")

#: columns of single sheets beside these
_MORE = {
    "quality": ("target", "weight"),
    "promises": ("planned_limit", "hard"),
    "indicators": ("planned_target", "unit", "direction"),
}

_PARTS = ("kind", "specialty_id", "region_id", "site_id", "area", "role_id", "limit_id", "minutes", "share")

Record = dict[str, Any]


def due(planned: Planned, span: Span) -> dict[str, pd.DataFrame]:
    """Return the rows of each sheet: columns :data:`ABOUT`, then what was planned.

    ``about`` is the stage, indicator, promise, hub or technique; ``start`` and ``planned_on`` are dates (None: none).
    """
    made = {
        "milestones": _milestones(planned, span),
        "services": _services(planned, span),
        "contracts": _contracts(planned, span),
        "quality": _quality(planned, span),
        "promises": _promises(planned, span),
        "indicators": _indicators(planned, span),
        "agreements": _agreements(planned, span),
    }
    return {sheet: _table(sheet, list(rows)) for sheet, rows in made.items()}


def _table(sheet: str, rows: list[Record]) -> pd.DataFrame:
    figures = [measure.planned for measure in MEASURES[sheet] if measure.planned]
    table = pd.DataFrame(rows, columns=[*ABOUT, *figures, *_MORE.get(sheet, ())])
    twice = table.groupby("row_id").cumcount()
    again = (twice + 1).astype(str).radd("/").where(twice > 0, "")
    return table.assign(row_id=table["row_id"] + again).astype(dict.fromkeys(figures, float))


def _row(planned: Planned, row_id: str, site: str = "", specialty: str = "", **values: object) -> Record:
    blank: Record = dict.fromkeys(ABOUT, "") | {"start": None, "planned_on": None}
    region = planned.region_of_site.get(site, "")
    return blank | {"row_id": row_id, "site_id": site, "specialty_id": specialty, "region_id": region} | values


def _milestones(planned: Planned, span: Span) -> Iterator[Record]:
    table = planned.milestones
    begun = table["milestone"].isin(STAGES) & (table["start"] <= year_of(span.cutoff) + 1e-9)
    for row in rows_of(table[begun]):
        place = row.site_id, row.specialty_id
        cost = planned.works.get(place, np.nan) if row.milestone == "works" else np.nan
        yield _row(
            planned,
            "/".join(("milestone", *place, row.milestone)),
            *place,
            contract_id=row.contract_id,
            about=row.milestone,
            start=date_of(row.start),
            planned_on=date_of(row.end),
            planned_cost=cost,
        )


def _services(planned: Planned, span: Span) -> Iterator[Record]:
    cases, cost = planned.cases(span), planned.running(span)
    minutes, contract = planned.minutes(planned.period_at(span.cutoff)), _contract_of(planned, span.cutoff)
    for place in sorted({*cases, *(place for place, paid in cost.items() if all(place) and paid > 0)}):
        yield _row(
            planned,
            "/".join(("service", *place)),
            *place,
            contract_id=contract.get(place, ""),
            planned_cases=cases.get(place, 0.0),
            planned_minutes=minutes.get(place, np.nan),
            planned_cost=cost.get(place, 0.0),
        )


def _contract_of(planned: Planned, date: dt.date) -> Mapping[tuple[str, str], str]:
    period, rows = planned.period_at(date), planned.plan.openings
    return {(r.site_id, r.specialty_id): r.contract_id for r in rows_of(rows[rows["period_id"] == period])}


def _contracts(planned: Planned, span: Span) -> Iterator[Record]:
    for (site, contract), paid in sorted(planned.payments(span).items()):
        if paid > 0:
            yield _row(
                planned,
                "/".join(("contract", site, contract)),
                site,
                contract_id=contract,
                about=contract,
                planned_payment=paid,
            )


def _quality(planned: Planned, span: Span) -> Iterator[Record]:
    indicators = planned.scenario.quality_indicators
    for site, contract in sorted(pair for pair, paid in planned.payments(span).items() if paid > 0):
        for row in rows_of(indicators[indicators["contract_id"] == contract]):
            yield _row(
                planned,
                "/".join(("quality", site, contract, row.indicator_id)),
                site,
                contract_id=contract,
                about=row.indicator_id,
                planned_attainment=row.attainment,
                target=row.target,
                weight=row.weight,
            )


def _promises(planned: Planned, span: Span) -> Iterator[Record]:
    table = planned.plan.promises
    for row in rows_of(table[table["period_id"] == planned.period_at(span.cutoff)]):
        parts = [_part(getattr(row, name)) for name in _PARTS]
        yield _row(
            planned,
            "/".join(["promise", *(part for part in parts if part)]).replace("|", "/"),
            row.site_id,
            row.specialty_id,
            about=row.kind,
            planned_limit=row.limit,
            planned_value=row.achieved,
            hard=row.hard,
            **({"region_id": row.region_id} if row.region_id and not row.site_id else {}),
        )


def _indicators(planned: Planned, span: Span) -> Iterator[Record]:
    """The indicators of the year of the cut-off date; of one that the plan does not say its target is planned."""
    table, year = planned.indicators, planned.year_at(span.cutoff)
    of_year = {row.indicator_id: row for row in rows_of(table[table["year"] == year])}
    for row in rows_of(planned.scenario.indicators):
        now = of_year[row.indicator_id]
        yield _row(
            planned,
            f"indicator/{row.indicator_id}",
            specialty="" if row.specialty_id == ALL else row.specialty_id,
            about=row.indicator_id,
            planned_value=now.target if np.isnan(now.planned) else now.planned,
            planned_target=now.target,
            unit=row.unit,
            direction=row.direction,
            region_id="" if row.region_id == ALL else row.region_id,
        )


def _part(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)


def _agreements(planned: Planned, span: Span) -> Iterator[Record]:
    network, first, now = planned.appraisal.network(), planned.first_year, year_of(span.cutoff)
    for each in network.agreements:
        if first + each.opened <= now:
            yield _row(
                planned,
                "/".join(("agreement", "support", each.specialty, each.hub, each.satellite)),
                each.satellite,
                each.specialty,
                about=each.hub,
                start=date_of(first + each.opened),
                planned_on=date_of(first + each.matured) if np.isfinite(each.matured) else None,
                planned_trained=np.nan,
            )
    for step in steps(network):
        row = step.transfer.row
        if step.open and first + step.transfer.begins <= now:
            yield _row(
                planned,
                "/".join(("agreement", "technique", row.technique_id, row.receiver_site_id)),
                row.receiver_site_id,
                row.specialty_id,
                about=row.technique_id,
                start=date_of(first + step.transfer.begins),
                planned_on=date_of(first + step.transfer.done),
                planned_trained=row.staff_trained,
            )
