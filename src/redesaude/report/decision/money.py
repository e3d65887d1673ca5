"""Sheet ``money``: public money by year and payer."""

from __future__ import annotations

from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, TRACE, Pack
from redesaude.report.today import how_known
from redesaude.report.workbook import charts
from redesaude.report.workbook.paper import ROW
from redesaude.report.workbook.sheet import Block, Column
from redesaude.report.workbook.story.money import by_payer, public_years, today_years

_WIDTHS = (8.4, *[12.8] * 7)
_CHART_ROWS = (5, 16)
_PAYERS = 3  # in columns of their own, with the others together


def write(pack: Pack) -> Block:
    """Write the sheet and return its table."""
    view, t = pack.view, pack.view.t
    note = t(
        N_(
            "In {money}, prices of {year}, not discounted. Works and letting are part of the sums beside them; what "
            "project companies and providers finance is repaid through payments. By specialty and region: "
            "tables/by_year.csv; by line and source: {file}, sheet cash_flow. Today's services: what they would cost "
            "if they went on as they are, treating whom they treat today ({how}); new money is the difference."
        ),
        how=how_known(view),
        money=view.numbers.money_header(),
        year=view.scenario.settings.base_year,
        file=AUDIT,
    )
    sheet = pack.upright("money", _WIDTHS, note)
    table, today = public_years(view), today_years(view)
    payers = dict(by_payer(view, table, _PAYERS))
    frame = (
        table[["all", "capital"]].assign(**payers, today=today["all"], new=table["all"] - today["all"]).reset_index()
    )
    columns = [
        Column("year", t(N_("Year")), "", "year", link=TRACE),
        *(Column(name, name, "", "millions", total=True) for name in payers),
        Column("all", t(N_("All public money")), "", "millions", total=True),
        Column("capital", t(N_("Works and letting")), "", "millions", total=True),
        Column("today", t(N_("Today's services")), "", "millions", total=True),
        Column("new", t(N_("New money")), "", "millions", total=True),
    ]
    frame = pack.traced(frame, "years" if view.studies is None else "cash_flow", "year")
    block = sheet.table(frame, columns, freeze=1, total=t(N_("Total")))
    sheet.filter(block)
    if payers:
        chart = pack.book.chart("column", "stacked")
        charts.bars(chart, block, "year", [(name, name) for name in payers])
        charts.dress(chart, t(N_("Public money by payer")), legend=True)
        charts.standing(
            chart, view.numbers.money_header(), view.numbers.money_format(digits=0), apart=charts.YEARS_APART
        )
        least, most = _CHART_ROWS
        sheet.chart(chart, rows=min(most, max(least, int(sheet.paper.room(sheet.row) / ROW) - 1)))
    return block
