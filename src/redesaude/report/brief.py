"""The brief, two to four pages: the words of page 1, pictures, and the tables of the decision file that matter most.

Each number names its cell, of the audit workbook or of the decision file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.decision import access, contracts, decisions, money
from redesaude.report.decision.first import span_of
from redesaude.report.decision.pack import AUDIT, DECISION, Pack, rest_words
from redesaude.report.document.blocks import Block, Document, Heading, Paragraph, Pictures, Table
from redesaude.report.document.tables import table_of
from redesaude.report.drawing.columns import Part, columns
from redesaude.report.drawing.shapes import Drawing
from redesaude.report.falls import fall_sentences
from redesaude.report.map.layers import TODAY
from redesaude.report.map.picture import Pictures as MapPictures
from redesaude.report.terms import STATUSES
from redesaude.report.today import how_known
from redesaude.report.view import View
from redesaude.report.workbook import figures, years
from redesaude.report.workbook.story.facts import Fact, Grid
from redesaude.report.workbook.story.money import by_payer, public_years
from redesaude.report.workbook.story.people import within_by_year
from redesaude.report.workbook.styles import PALETTE

#: rows of tables, that the pages may hold
_DECISIONS, _CONTRACTS = 8, 8
_PAYERS = 3  # in the chart, with the others together
#: width and height in points, of maps and charts, two beside each other
_MAP, _CHART = (250.0, 262.0), (250.0, 165.0)


def brief(pack: Pack) -> Document:
    """Return the brief of the plan whose decision file has been written."""
    view, t = pack.view, pack.view.t
    how = t(
        N_(
            "Small letters at the end name the cells that hold the numbers of a sentence or row: those of {file}, "
            "unless another file is named."
        ),
        file=AUDIT,
    )
    blocks = [
        Paragraph(how, kind="note"),
        *_story(pack),
        Heading(t(N_("In pictures"))),
        *_pictures(pack),
        *_decisions(pack),
        *_regions(pack),
        *_contracts(pack),
    ]
    subtitle = f"{view.variant} · {t(STATUSES[view.plan.status.value].name)}"
    return Document(view.title, subtitle, t.language, tuple(blocks))


def _story(pack: Pack) -> Iterator[Block]:
    """The words of page 1."""
    told = pack.audit.page(figures.write)
    for n, section in enumerate(told.sections):
        yield Heading(section.title)
        if section.grid:
            cells = [span_of(told.cells.get((n, "row", m), ())) for m in range(len(section.grid.rows))]
            yield _grid(pack.view, section.grid, cells)
        for m, line in enumerate(section.lines):
            yield Paragraph(line.text, span_of(told.cells.get((n, "line", m), ())))


def _grid(view: View, grid: Grid, cells: Sequence[str]) -> Table:
    rows = [tuple(c if isinstance(c, str) else c.short(view.numbers) for c in row) for row in grid.rows]
    numbers = frozenset(k for k, cell in enumerate(grid.rows[0]) if isinstance(cell, Fact))
    return Table(grid.header, tuple(rows), numbers, tuple(cells), AUDIT)


def _pictures(pack: Pack) -> Iterator[Block]:
    view, drawn = pack.view, MapPictures(pack.view)
    last = view.scenario.periods["period_id"].iloc[-1]
    maps = [drawn.drawing("within", ALL, period, _MAP) for period in (TODAY, last)]
    yield Pictures(tuple(maps), f"{AUDIT} access; tables/assignments.csv")
    spent = _money_chart(view)
    near = pack.audit.page(years.write).range("within_share")
    cells = f"{AUDIT} {near}"
    if spent is not None:
        cells += f"; {DECISION} {pack.page(money.write).range('all')}"
    yield Pictures(tuple(chart for chart in (_near_chart(view), spent) if chart), cells.replace("$", ""))
    yield from (Paragraph(told, near.replace("$", ""), kind="note") for told in fall_sentences(view))


def _near_chart(view: View) -> Drawing:
    """Share of cases within the standard by year, today first."""
    t = view.t
    near = within_by_year(view, view.studied.years["region_id"] == ALL)["share"]
    now = view.studied.today[view.studied.today["region_id"] == ALL].dropna()
    today = float((now["share_within_standard"] * now["cases"]).sum() / now["cases"].sum()) if len(now) else 0.0
    alone = within_by_year(view, view.studied.years["region_id"] == ALL, "share_as_today")["share"]
    title = t(
        N_(
            "Within the standard, share of cases (today: {how}; as today: by today's services, of the same people as "
            "in the years)"
        ),
        how=how_known(view),
    )
    part = Part(t(N_("Within the standard")), [today, *alone.iloc[:1], *near], PALETTE[0])
    labels = [t(N_("Today")), *[t(N_("As today"))] * len(alone.iloc[:1]), *map(str, near.index)]
    return columns(title, labels, [part], lambda share: view.numbers.percent(share, 0), size=_CHART, most=1.0)


def _money_chart(view: View) -> Drawing | None:
    """Public money by year and payer; None: there is none."""
    table = public_years(view)
    payers = by_payer(view, table, _PAYERS)
    parts = [Part(name, paid.tolist(), PALETTE[n]) for n, (name, paid) in enumerate(payers)]
    title = f"{view.t(N_('Public money by year, real'))}, {view.numbers.money_header()}"
    labels = [str(year) for year in table.index]
    return columns(title, labels, parts, lambda amount: _amount(view, amount), size=_CHART) if parts else None


def _amount(view: View, amount: float) -> str:
    return view.numbers.decimal(amount / view.numbers.unit)


def _decisions(pack: Pack) -> Iterator[Block]:
    view, frame = pack.view, decisions.decisions_frame(pack.view)
    yield Heading(view.t(N_("Decisions, each with its reason")))
    cells = decisions.audit_cells(pack.audit, frame)
    yield table_of(view, frame, decisions.decision_columns(view), cells[:_DECISIONS], AUDIT)
    yield from _rest(view, len(frame) - _DECISIONS, DECISION, pack.book.tabs["decisions"])


def _regions(pack: Pack) -> Iterator[Block]:
    view, frame, block = pack.view, years.regions_frame(pack.view), pack.page(access.write)
    if block is not None:
        yield Heading(view.t(N_("By health region: first and last year")))
        cells = [block.row(n) for n in range(min(len(frame), access.MOST_REGIONS))]
        yield table_of(view, frame, years.region_columns(view), cells, DECISION)
        yield from _rest(view, len(frame) - access.MOST_REGIONS, AUDIT, "years")


def _contracts(pack: Pack) -> Iterator[Block]:
    view, frame, block = pack.view, contracts.contracts_frame(pack.view), pack.page(contracts.write)
    yield Heading(view.t(N_("Contracts side by side")))
    cells = [block.row(n) for n in range(min(len(frame), _CONTRACTS))]
    chosen = [c for c in contracts.contract_columns(view) if c.key not in ("delivery", "procurement_months")]
    yield table_of(view, frame, chosen, cells, DECISION)
    yield from _rest(view, len(frame) - _CONTRACTS, DECISION, pack.book.tabs["contracts"])


def _rest(view: View, left: int, file: str, where: str) -> Iterator[Block]:
    if left > 0:
        yield Paragraph(rest_words(view, left, file, where), kind="note")
