"""Sheet ``summary``: the plan on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_, said
from redesaude.lines import Group, Kind
from redesaude.plan.delay import saved_by_delay
from redesaude.plan.endings import Fate
from redesaude.plan.first_years import first_late_promises
from redesaude.plan.proof import relative_gap
from redesaude.report.aim import aim_sentence
from redesaude.report.falls import fall_sentences
from redesaude.report.figures import annuity, in_last_period, key_figures, keyed
from redesaude.report.terms import PUBLIC_MONEY, SERVICE_STATUSES, STATUSES, TERMINATIONS, no_certificate
from redesaude.report.today import how_known
from redesaude.report.view import View, several
from redesaude.report.waiting import waiting_sentences
from redesaude.report.workbook import access, charts, costs, decisions, limits, phases, unmet, years
from redesaude.report.workbook.access import AccessBlocks, access_chart
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.costs import CostBlocks
from redesaude.report.workbook.lookup import count, is_equal, is_other, literal, total
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet
from redesaude.report.workbook.years import years_frame
from redesaude.studies.ties import tie_sentence

_WIDTHS = (35, 12.5, *[13] * 7)
_BANNERS = {"optimal": "good", "feasible": "caution", "infeasible": "bad", "no_plan": "bad"}


@dataclass(frozen=True)
class Pages:
    """The tables of the other sheets that the summary points at."""

    decisions: Block
    costs: CostBlocks
    access: AccessBlocks
    limits: list[Block]
    unmet: Block
    years: Block
    phases: Block | None  # where there are several periods


def gap_sentence(view: View) -> str:
    """Say how far from the best possible the plan may be, in money and as the gap, a share of its cost."""
    plan, numbers, t = view.plan, view.numbers, view.t
    if plan.objective is None or plan.bound is None:
        return t(N_("How far this plan is from the best possible is not known."))
    above = plan.objective - plan.bound
    values = {"bound": numbers.money(plan.bound), "cost": numbers.money(plan.objective), "above": numbers.money(above)}
    if plan.bound <= 0:
        return t(
            N_("No plan can cost less than {bound}. This one costs {cost}: at most {above} above the best."), **values
        )
    return t(
        N_(
            "No plan that keeps the firm promises can cost less than {bound}. This one costs {cost}: at most {above} "
            "({percent} of it) could still be saved."
        ),
        **values,
        percent=numbers.percent(above / plan.objective),
    )


def write(book: Book) -> None:
    """Write the sheet, which without a plan says why there is none."""
    view, t = book.view, book.view.t
    sheet = book.sheet("summary", _WIDTHS)
    status = view.plan.status.value
    sheet.text(t(STATUSES[status].name), "banner", _BANNERS[status])
    sheet.text(f"{t(STATUSES[status].meaning)} {t(TERMINATIONS[view.plan.termination.value])}", "sentence")
    if not view.plan.has_decisions:
        _reasons(sheet, view)
        return
    pages = _pages(book)
    if view.plan.aim is not None:
        sheet.text(aim_sentence(view), "sentence", "bold")
    sheet.text(gap_sentence(view), "sentence", "bold")
    for sentence in (*first_late_promises(view.plan, t), *fall_sentences(view), *waiting_sentences(view)):
        sheet.text(sentence, "sentence")
    if view.studies is not None and (tie := tie_sentence(view.plan, view.studies.tied, t)):
        sheet.text(tie, "sentence")
    sheet.row += 1
    _figures(sheet, view, pages)
    _centres(sheet, view, pages.decisions)
    _proof(sheet, view)
    _charts(book, sheet, pages)


def _pages(book: Book) -> Pages:
    return Pages(
        decisions=book.page(decisions.write),
        costs=book.page(costs.write),
        access=book.page(access.write),
        limits=book.page(limits.write),
        unmet=book.page(unmet.write),
        years=book.page(years.write),
        phases=book.page(phases.write) if several(book.view) else None,
    )


def _reasons(sheet: Sheet, view: View) -> None:
    """Say why there is no plan, and what is in the workbook all the same."""
    t = view.t
    sheet.row += 1
    sheet.heading(t(N_("Why")))
    for cause in view.plan.causes or (said(N_("No reason was recorded; the log is on the checks sheet.")),):
        sheet.text("• " + t.tell(cause), "sentence")
    if view.plan.bound is not None:
        bound = view.numbers.money(view.plan.bound)
        sheet.text(t(N_("No plan can cost less than {bound}."), bound=bound), "sentence")


def _figures(sheet: Sheet, view: View, pages: Pages) -> None:
    t = view.t
    columns = [
        Column("name", t(N_("Key figures"))),
        Column("value", t(N_("Value")), "", "@format", formula=lambda row: str(row.record["formula"])),
        Column("meaning", t(N_("What it means")), span=len(_WIDTHS) - 2),
    ]
    sheet.table(figures_frame(view, pages), columns)


def figures_frame(view: View, pages: Pages) -> pd.DataFrame:
    """Return the key figures, each with the formula that derives it from the other sheets."""
    rows = [*_money_figures(view, pages.costs), _yearly_figure(view, pages), *_care_figures(view, pages)]
    return pd.DataFrame(rows, columns=["name", "format", "value", "formula", "meaning"])


Figure = tuple[str, str, float, str, str]


def _money_figures(view: View, costs: CostBlocks) -> list[Figure]:
    t, figures, settings = view.t, key_figures(view.plan), view.scenario.settings
    place = _group_cells(costs)
    money = view.numbers.money_header()
    weight = view.numbers.percent(settings.waiting_weight)
    part = view.numbers.percent(figures.waiting / figures.total if figures.total > 0 else 0.0)
    years = t(
        N_("over {years} years, with the price of waiting, travel, cases sent away and promises missed"),
        years=settings.horizon_years,
    )
    return [
        (t(N_("Whole-life cost, {money}"), money=money), "millions", figures.total, costs.lines.total("total"), years),
        (
            t(N_("of which public money, {money}"), money=money),
            "millions",
            figures.public,
            "+".join(place[group] for group in PUBLIC_MONEY),
            t(N_("works, running cost, payments to contractors, letting and oversight")),
        ),
        (
            t(N_("of which works and equipment, {money}"), money=money),
            "millions",
            figures.capital,
            place[Group.CAPITAL],
            t(N_("paid by the budget, with overruns and renewal")),
        ),
        (
            t(N_("of which the price of waiting, {money}"), money=money),
            "millions",
            figures.waiting,
            place[Group.WAITING],
            t(
                N_("{part} of the whole, no money: cases that nobody treats until services open, weight {weight}"),
                part=part,
                weight=weight,
            ),
        ),
        *_delay_figure(view),
    ]


def _delay_figure(view: View) -> Iterator[Figure]:
    """What is saved because services open late: told where waiting for them does not count in full."""
    if view.scenario.settings.waiting_weight < 1.0:
        saved = saved_by_delay(view.studied.appraisal)
        name = view.t(N_("Saved because services open late, {money}"), money=view.numbers.money_header())
        meaning = view.t(N_("what they would cost until they open, less what runs meanwhile; the plan gains by it"))
        yield name, "millions", saved, repr(saved), meaning


def _yearly_figure(view: View, pages: Pages) -> Figure:
    """What running the services takes a year: in several periods that of the last one, which the sheet phases shows."""
    t = view.t
    name = t(N_("Running cost and payments a year, {money}"), money=view.numbers.money_header())
    if pages.phases is not None:
        value = float(in_last_period(view.plan, view.studied.phases)["running_per_year"].sum())
        formula = total(pages.phases.range("running_per_year"), _in_last(view, pages.phases))
        return name, "millions", value, formula, t(N_("mean of the years of the last period, as on the sheet phases"))
    lines = pages.costs.lines
    running = total(lines.range("total"), is_equal(lines.range("kind"), literal(Kind.RUNNING)))
    formula = f"{running}/{annuity(view.scenario)!r}"
    return name, "millions", key_figures(view.plan).yearly, formula, t(N_("as an equal amount every year"))


def _group_cells(costs: CostBlocks) -> dict[str, str]:
    """Cell of the total of each group of cost lines."""
    return {group: costs.groups.cell("npv", i) for i, group in enumerate(costs.groups_frame["group"])}


def _care_figures(view: View, pages: Pages) -> list[Figure]:
    t, figures = view.t, key_figures(view.plan)
    return [
        (
            t(N_("Cases treated a year")),
            "number",
            figures.treated,
            _of_last(view, pages.decisions, "cases"),
            t(N_("at the centres of the plan, once all of them are open")),
        ),
        (
            t(N_("Cases sent away a year")),
            "number",
            figures.sent_away,
            _of_last(view, pages.unmet, "cases"),
            t(N_("outside the network, or untreated")),
        ),
        *_access_figures(view, pages.years),
        *_promise_figures(view, pages.limits),
    ]


def _access_figures(view: View, years: Block) -> Iterator[Figure]:
    """The share within the standard today, in the first year and in the last, as the sheet years has them."""
    t, frame = view.t, years_frame(view)
    today = view.studied.today[view.studied.today["region_id"] == ALL].dropna()
    if len(today):
        share = float(np.average(today["share_within_standard"], weights=today["cases"]))
        meaning = t(N_("{how}; see the note of the sheet access"), how=how_known(view))
        yield t(N_("Within the access standard today")), "percent", share, repr(share), meaning
    for row in sorted({0, len(frame) - 1}):
        cell = years.cell("within_share", row)
        yield (
            t(N_("Within the access standard in {year}"), year=int(frame["year"].iloc[row])),
            "percent",
            float(frame["within_share"].iloc[row]),
            f'IF(ISNUMBER({cell}),{cell},"")',
            t(N_("share of the cases of specialties that have a standard; year by year on the sheet years")),
        )


def _promise_figures(view: View, blocks: list[Block]) -> Iterator[Figure]:
    """How many promises are kept when due, kept only from a later year (where there are any), and missed."""
    t, verdicts = view.t, limits.limits_frame(view)["verdict"]
    met, missed = t(N_("met")), t(N_("missed"))
    kept, lost = int((verdicts == met).sum()), int((verdicts == missed).sum())
    later = len(verdicts) - kept - lost
    meaning = t(N_("access, volume and money; see the limits sheet"))
    yield (
        t(N_("Promises kept")),
        "number",
        float(kept),
        _count(blocks, lambda cells: [is_equal(cells, literal(met))]),
        meaning,
    )
    if later:
        neither = _count(blocks, lambda cells: [is_other(cells, literal(word)) for word in (met, missed)])
        opening = t(N_("their services open after the year in which they are due; see the limits sheet"))
        yield t(N_("Promises kept from a later year")), "number", float(later), neither, opening
    yield (
        t(N_("Promises missed")),
        "number",
        float(lost),
        _count(blocks, lambda cells: [is_equal(cells, literal(missed))]),
        meaning,
    )


def last_period(view: View) -> str:
    """Name of the last period."""
    return str(view.names.periods[str(view.scenario.periods["period_id"].iloc[-1])])


def _of_last(view: View, block: Block, column: str) -> str:
    """Formula of the sum of a column over the rows of the last period."""
    if not several(view):
        return block.total(column)
    return total(block.range(column), _in_last(view, block))


def _in_last(view: View, block: Block) -> str:
    """Condition of the rows of the last period."""
    return is_equal(block.range("period"), literal(last_period(view)))


def _count(blocks: list[Block], conditions: Callable[[str], list[str]]) -> str:
    return "+".join(count(*conditions(block.range("verdict"))) for block in blocks)


def _centres(sheet: Sheet, view: View, decisions: Block) -> None:
    """Table of the number of services by specialty and contract, counted live on the decisions sheet."""
    t, openings, names = view.t, in_last_period(view.plan, view.plan.openings), view.names
    ended = [t(SERVICE_STATUSES[fate].name) for fate in Fate]
    contracts = sorted(openings["contract_id"].unique(), key=lambda c: names.contracts.get(c, c))
    counts = pd.crosstab(openings["specialty_id"], openings["contract_id"]).reindex(columns=contracts)
    counts = counts.rename(columns=partial(keyed, "contract"))
    counts["total"] = counts.sum(axis=1)
    frame = counts.reset_index()
    frame["name"] = names.label("specialties", frame["specialty_id"])
    columns = [
        Column("name", t(N_("Services by specialty and contract"))),
        Column("total", t(N_("All contracts")), "", "number", _total(list(counts.columns[:-1])), total=True),
        *(
            Column(
                keyed("contract", c),
                names.contracts.get(c, c),
                "",
                "number",
                partial(_counted, view, decisions, ended, c),
                total=True,
            )
            for c in contracts
        ),
    ]
    sheet.table(frame.sort_values("name"), columns, total=t(N_("Total")))


def _total(columns: list[str]) -> Callable[[Row], str]:
    return lambda row: f"SUM({row.at(columns[0])}:{row.at(columns[-1])})"


def _counted(view: View, decisions: Block, ended: list[str], contract: str, row: Row) -> str:
    """Formula that counts this specialty's services under ``contract`` in the last period, without those that end."""
    conditions = [
        is_equal(decisions.range("specialty_id"), literal(str(row.record["specialty_id"]))),
        is_equal(decisions.range("contract_id"), literal(contract)),
        *(is_other(decisions.range("decision"), literal(word)) for word in ended),
    ]
    return count(*conditions, *([_in_last(view, decisions)] if several(view) else []))


def _proof(sheet: Sheet, view: View) -> None:
    """Table of the evidence: objective, proven bound, gap, time and audit."""
    t, plan = view.t, view.plan
    money = view.numbers.money_header()
    audit = t(N_("passed")) if plan.audit.passed else t(N_("failed"))
    rows = [
        (
            t(N_("Cost of this plan, {money}"), money=money),
            "millions",
            plan.objective,
            t(N_("what the search made least")),
        ),
        (t(N_("Proven lower bound, {money}"), money=money), "millions", plan.bound, t(N_("no plan can cost less"))),
        (t(N_("Gap")), "percent", plan.gap, t(N_("(cost - bound) / cost"))),
        _certified(view),
        (t(N_("Seconds of the solve")), "number", plan.seconds.get("solve"), t(N_("on the machine that ran it"))),
        (t(N_("Audit")), "verdict", audit, t(N_("every promise and cost recomputed; see the checks sheet"))),
    ]
    frame = pd.DataFrame(rows, columns=["name", "format", "value", "meaning"], dtype=object)
    columns = [
        Column("name", t(N_("How good the plan is"))),
        Column("value", t(N_("Value")), "", "@format"),
        Column("meaning", t(N_("What it means")), "", "line", span=len(_WIDTHS) - 2),
    ]
    block = sheet.table(frame, columns)
    sheet.mark(block, "value", {t(N_("passed")): "good", t(N_("failed")): "bad"})


def _certified(view: View) -> tuple[object, ...]:
    """Row of what the certificate proves, or of why there is none."""
    t, certified = view.t, view.plan.certified
    name = t(N_("Bound certified without a solver, {money}"), money=view.numbers.money_header())
    if certified.bound is None:
        why = t(no_certificate(certified.reason)) if certified.reason else t(N_("not asked for"))
        return name, "text", t(N_("none")), why
    gap = relative_gap(view.plan.objective, certified.bound) or 0.0
    meaning = t(N_("anyone can recompute it with redesaude verify; gap {gap}"), gap=view.numbers.percent(gap))
    return name, "millions", certified.bound, meaning


def _charts(book: Book, sheet: Sheet, pages: Pages) -> None:
    view, t = book.view, book.view.t
    cost = book.chart("bar")
    groups = pages.costs.groups  # public money stands first; a price on waiting goes nowhere
    money = replace(groups, last=groups.first + len(PUBLIC_MONEY) - 1)
    charts.bars(cost, money, "name", [("npv", t(N_("Total")))])
    charts.dress(cost, t(N_("Where the money goes")), legend=False)
    charts.lying(cost, view.numbers.money_header(), view.numbers.money_format(digits=0))
    sheet.chart(cost, rows=24, columns=4, move=False)
    sheet.chart(access_chart(book, pages.access.whole), rows=24, start=4)
