"""Discount factors and terms of contracts on sheet ``appraisal``, live over the cells of the assumptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from redesaude.finance.bidding import competition, expected_failures
from redesaude.finance.contracts import publicly_run, terms_of
from redesaude.financing import FINANCING
from redesaude.inputs.evidence import Place
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.appraisal import Appraisal
from redesaude.report.workbook.assumptions import Cells
from redesaude.report.workbook.grid import absent
from redesaude.report.workbook.live import Grid, Live, Range, least, live
from redesaude.report.workbook.sheet import Sheet

#: first column of the years, the same in every table of the sheet
YEARS = 23
#: years of payment where a contract states no term, as in the engine
_TERM_YEARS = 30.0

FROM_START, FIRST_YEAR = "from start", "first year"

#: terms as written beside each contract: key -> (header, style)
_COLUMNS = {
    "capex": (N_("Works, factor"), "factor"),
    "opex": (N_("Running cost, factor"), "factor"),
    "discount": (N_("Discount of bidders, solved"), "percent"),
    "case": (N_("Cost per case, factor"), "factor"),
    "delay": (N_("Length of works, factor"), "factor"),
    "procurement": (N_("Procurement, years"), "factor"),
    "term": (N_("Term, years"), "factor"),
    "hands_over": (N_("Direct administration after the term, 1: yes"), "number"),
    "net": (N_("Cost of each 1 a contractor keeps, taxes on receipts paid and returned"), "factor"),
    "returned": (N_("Taxes that return, share"), "percent"),
    "by_company": (N_("Run by the project company, share"), "percent"),
    "contribution": (N_("Public contribution to works, share"), "percent"),
    "deduction": (N_("Deductions expected, share of payment"), "percent"),
    "quality": (N_("Paid by quality, of each 1 of the payment"), "factor"),
    "letting": (N_("Design and letting, share of works"), "percent"),
    "rise": (N_("Rise of the prices of works, a year"), "percent"),
    "supervision": (N_("Supervision, share of works"), "percent"),
    "residual": (N_("Value handed back, share of works"), "percent"),
    "state": (N_("Running cost that counts, share"), "percent"),
    "company": (N_("Return of the project company"), "percent"),
    "equity": (N_("Return of the owners"), "percent"),
    "transaction": (N_("Letting a contract"), "money"),
    "oversight": (N_("Overseeing a contract, a year"), "money"),
}
Terms = Mapping[str, Live]
"""term -> its cell"""


@dataclass(frozen=True)
class Clock:
    """The years of the sheet.

    ``factor`` discounts, a row of cells; ``year_row`` is the row that counts years from 0, the first of them
    ``years_from_base`` years after the base year.
    """

    years: int
    horizon: Live
    factor: Range
    year_row: int
    years_from_base: int

    def year(self, t: int) -> str:
        """Return the address of the cell that counts year ``t``, the row fixed (``U$7``)."""
        return str(xl_rowcol_to_cell(self.year_row, YEARS + t, row_abs=True))


def write_clock(grid: Grid, appraisal: Appraisal, cells: Cells, years: int, t: Callable[..., str]) -> Clock:
    """Write discount rate and factors at the cursor of the sheet and move it below."""
    calendar, top = appraisal.calendar, grid.sheet.row
    settings = appraisal.scenario.settings
    rate = _of(cells, Place("settings", "discount_rate", "value"), settings.discount_rate)
    offset = calendar.first_year - calendar.base_year + (0.5 if calendar.mid_year else 1.0)
    facts: tuple[tuple[str, Live | float, str], ...] = (
        (t(N_("Discount rate, real, a year")), rate, "percent"),
        (t(N_("Years counted")), float(calendar.horizon_years), "number"),
        (t(N_("Years from the base year to the first payment")), offset, "decimal"),
    )
    written = []
    for n, (label, content, style) in enumerate(facts):
        grid.say(top + n, 0, label)
        written.append(grid.put(top + n, 2, content, style))
    rate, horizon, first = written
    for n, label in enumerate((N_("Year"), N_("Years from the start"), N_("Discount factor"))):
        grid.say(top + n, YEARS - 1, t(label))
    later = _later_rates(appraisal.scenario, cells)
    factor = live(1.0)
    for n in range(years):
        grid.put(top, YEARS + n, float(calendar.first_year + n), "year")
        year = grid.put(top + 1, YEARS + n, float(n), "year")
        passed = [own for begins, own in later if begins <= calendar.first_year + n]
        found = factor / (1.0 + passed[-1]) if passed else _factor(rate, year, first)
        factor = grid.put(top + 2, YEARS + n, found, "factor")
    grid.sheet.row = top + len(facts) + 1
    return Clock(
        years, horizon, grid.range(top + 2, YEARS, top + 2, YEARS + years - 1), top + 1, calendar.years_from_base
    )


def _later_rates(scenario: Scenario, cells: Cells) -> list[tuple[int, Live]]:
    """The rates of later years by the first of them, in order."""
    rows = scenario.discount_rates.sort_values("from_year").to_dict("records")
    return [
        (int(row["from_year"]), _of(cells, Place("discount_rates", str(row["from_year"]), "rate"), row["rate"]))
        for row in rows
    ]


def _factor(rate: Live, year: Live, first: Live) -> Live:
    return Live(
        f"(1+{rate.text})^-({year.text}+{first.text})", float((1.0 + rate.value) ** -(year.value + first.value))
    )


def _of(cells: Cells, place: Place, value: Any, blank: float = 0.0) -> Live:
    """The cell of the assumptions that holds a number, or the number itself where they do not list it."""
    number = blank if absent(value) else float(value)
    address = cells.get(place)
    return live(number) if address is None or absent(value) else Live(address, number)


def terms_of_row(scenario: Scenario, row: Mapping[str, Any], cells: Cells) -> dict[str, Live]:
    """Return the terms of one contract as expressions over the assumptions."""

    def stated(column: str, blank: float = 0.0) -> Live:
        return _of(cells, Place("contracts", str(row["contract_id"]), column), row.get(column), blank)

    def expected(stem: str) -> Live:
        mode = stated(stem)
        ends = [mode if absent(row[f"{stem}_{end}"]) else stated(f"{stem}_{end}") for end in ("low", "high")]
        return (ends[0] + mode + ends[1]) / 3.0

    bids = competition(float("nan") if absent(row["bidders"]) else float(row["bidders"]))
    failures = float(expected_failures(bids.no_bid_probability)[0])
    again = "procurement_months" if absent(row["retender_months"]) else "retender_months"
    retendered = 1.0 + stated("retender_cost_share") * failures
    perspective = scenario.settings.perspective
    taxed, returned = stated("payment_tax_rate"), stated(f"tax_returned_{perspective}_share")
    gearing, equity = stated("gearing"), stated("equity_return")
    return {
        "capex": expected("capex_factor"),
        "opex": expected("opex_factor"),
        "case": expected("case_cost_factor"),
        "delay": expected("delay_factor"),
        "discount": live(float(bids.discount_share[0])),
        "procurement": (stated("procurement_months") + stated(again) * failures) / 12.0,
        "term": stated("term_years", _TERM_YEARS),
        "hands_over": live(_hands_over(scenario, row)),
        "net": (1.0 - returned * taxed) / (1.0 - taxed),
        "returned": returned,
        "by_company": stated("counts_as_ppp"),
        "contribution": stated("contribution_share"),
        "deduction": _deduction(row, stated),
        "quality": live(1.0) if _nobody_paid(row) else expected("quality_factor"),
        "letting": stated("transaction_share") * retendered + stated("design_share"),
        "rise": stated("works_inflation"),
        "supervision": stated("supervision_share"),
        "residual": stated("residual_share"),
        "state": stated("state_share") if perspective == "state" else live(1.0),
        "company": gearing * stated("debt_rate") + (1.0 - gearing) * equity,
        "equity": equity,
        "transaction": stated("transaction_cost") * retendered,
        "oversight": stated("oversight_cost"),
    }


def _hands_over(scenario: Scenario, row: Mapping[str, Any]) -> float:
    """1 where direct administration takes over at the end of a stated term."""
    of_contract = terms_of(scenario.contracts).hands_over[scenario.contracts["contract_id"].eq(row["contract_id"])]
    return float(of_contract[0]) if not absent(row["term_years"]) else 0.0


def _nobody_paid(row: Mapping[str, Any]) -> bool:
    """Whether it is direct administration, which nobody pays by its quality."""
    return bool(publicly_run(pd.DataFrame([row]))[0])


def _deduction(row: Mapping[str, Any], stated: Callable[[str], Live]) -> Live:
    """Deductions to expect: where a company is paid for availability, within the ceiling."""
    if not FINANCING[row["financing"]].deducted or row["payment_mechanism"] != "availability":
        return live(0.0)
    return least([stated("expected_deduction_share"), stated("deduction_ceiling")])


def write_terms(
    grid: Grid, scenario: Scenario, cells: Cells, names: Mapping[str, str], t: Callable[..., str]
) -> dict[str, dict[str, Live]]:
    """Write one row for each contract at the cursor and return the cells by contract."""
    sheet = grid.sheet
    write_headers(sheet, [t(N_("Contract")), *(t(header) for header, _ in _COLUMNS.values())])
    found: dict[str, dict[str, Live]] = {}
    for row in scenario.contracts.to_dict("records"):
        contract = str(row["contract_id"])
        grid.say(sheet.row, 0, names.get(contract, contract))
        content = terms_of_row(scenario, {str(k): v for k, v in row.items()}, cells)
        found[contract] = {
            key: grid.put(sheet.row, 1 + n, content[key], style) for n, (key, (_, style)) in enumerate(_COLUMNS.items())
        }
        sheet.row += 1
    sheet.row += 1
    return found


def write_headers(sheet: Sheet, texts: Sequence[str], start: int = 0) -> None:
    """Write a row of headers at the cursor and move below it."""
    for n, text in enumerate(texts):
        sheet.value(sheet.row, start + n, text, sheet.styles("header"))
    sheet.paper.set_height(sheet.row, 68)
    sheet.row += 1
