"""A tiny plan to be reviewed: one service under a PPP with works, one run directly from the first day."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import openpyxl

import redesaude as rs
import tiny
from redesaude.plan.plan import Plan
from redesaude.report.reviewed.actuals import write_actuals
from redesaude.reviewing.forms import ActualsForm
from redesaude.reviewing.planned import Planned
from redesaude.solving.solve import solve

_PPP = tiny.PPP | {"procurement_months": 6, "term_years": 9, "payment_mechanism": "availability"}
_INDICATOR = {
    "contract_id": "ppp",
    "indicator_id": "rooms",
    "target": "98 % of hours",
    "weight": 0.1,
    "attainment_low": 0.8,
    "attainment": 0.9,
    "attainment_high": 1.0,
}


def tables() -> tiny.Tables:
    """The tables of the example, twelve years from 2027."""
    base = tiny.tables()
    return base | {
        "specialties": base["specialties"].assign(access_minutes=25, access_share=1.0, unmet_cost=900.0),
        "sizes": base["sizes"].assign(capex=[400.0, 1_000.0], build_months=12, training_months=3),
        "contracts": tiny.rows(
            {"contract_id": "direct", "delivery_model": "direct", "financing": "budget", "delay_factor": 1.0}, _PPP
        ),
        "decisions": tiny.rows(
            {"site_id": "h1", "specialty_id": "cardio", "contract_id": "direct", "decision": "open", "period_id": "p1"},
            {"site_id": "h2", "specialty_id": "cardio", "contract_id": "ppp", "decision": "open", "period_id": "p1"},
        ),
        "site_services": tiny.rows(
            {
                "site_id": "h1",
                "specialty_id": "cardio",
                "size_id": "small",
                "status": "existing",
                "contract_id": "direct",
            }
        ),
        "periods": tiny.rows({"period_id": "p1", "first_year": 2027, "years": 12}),
        "quality_indicators": tiny.rows(_INDICATOR),
        "settings": tiny.settings(base_year=2027, horizon_years=12),
    }


@cache
def plan() -> Plan:
    """The plan, solved once."""
    found = solve(tiny.scenario(**tables()), tiny.EXACT)
    assert found.has_decisions
    return found


@cache
def planned() -> Planned:
    """What was planned, worked out once."""
    return Planned(plan())


@cache
def asked(cutoff: dt.date | None = None, every: str = "year") -> ActualsForm:
    """What is to be reported of the plan, worked out once."""
    return rs.actuals(plan(), cutoff, every)


Edit = Callable[[openpyxl.Workbook], object]


def filled(form: ActualsForm, path: Path, *edits: Edit) -> Path:
    """Write the workbook of a form, and have it edited as somebody would who types into it."""
    book = openpyxl.load_workbook(io.BytesIO(_written(form)))
    for edit in edits:
        edit(book)
    book.save(path)
    return path


def _written(form: ActualsForm) -> bytes:
    """The workbook of a form, written once for one that is :func:`asked`."""
    if id(form) not in _WRITTEN:
        with tempfile.TemporaryDirectory() as folder:
            write_actuals(form, Path(folder) / "form.xlsx")
            _WRITTEN[id(form)] = form, (Path(folder) / "form.xlsx").read_bytes()
    return _WRITTEN[id(form)][1]


#: by identity: each form beside its workbook, so that it stays what it is
_WRITTEN: dict[int, tuple[ActualsForm, bytes]] = {}


def typed(sheet: str, row_id: str, values: Mapping[str, object]) -> Edit:
    """Return what types ``values`` into the row of a sheet with the id ``row_id`` (a new row: none does)."""

    def edit(book: openpyxl.Workbook) -> None:
        page = book[sheet]
        columns = {cell.value: cell.column for cell in page[1]}
        row = next(
            (n for n in range(3, page.max_row + 1) if str(page.cell(n, 1).value).startswith(row_id)), page.max_row + 1
        )
        for name, value in values.items():
            page.cell(row, columns[name], value)

    return edit


def all_as_planned(book: openpyxl.Workbook) -> None:
    """Mark every row as planned."""
    for page in book.worksheets:
        columns = {cell.value: cell.column for cell in page[1]}
        if "as_planned" in columns:
            for n in range(3, page.max_row + 1):
                if page.cell(n, 1).value:
                    page.cell(n, columns["as_planned"], "yes")
