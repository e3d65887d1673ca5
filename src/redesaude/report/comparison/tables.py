"""Sheets with a column by strategy: costs and payers, access, benefits, limits."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.promises.access import targets_by_period
from redesaude.report.comparison.pages import STRATEGY_WIDTH, Pages
from redesaude.report.comparison.words import PAYERS, READINGS, WORTH
from redesaude.report.terms import BENEFITS, COST_LINES, PROMISE_KINDS, cost_line
from redesaude.report.today import how_known
from redesaude.report.workbook.limits import access_words
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.report.workbook.years import today_share, within_standard
from redesaude.studies.strategies import STATUS_QUO


def write_costs(pages: Pages) -> None:
    """Write sheet ``costs``: by line, then by payer."""
    t, money = pages.view.t, pages.view.numbers.symbol
    note = t(
        N_("Present value over the horizon, in {money}. The lines add up to the cost of each strategy."), money=money
    )
    sheet = pages.book.sheet("costs", pages.widths, note)
    lines = pages.wide(pages.comparison.costs, ["line"], "npv")
    order = {line: n for n, line in enumerate(COST_LINES)}
    lines = lines.sort_values(
        "line", key=lambda names: names.map(lambda n: order.get(n, len(order))), ignore_index=True
    )
    terms = [cost_line(line) for line in lines["line"]]
    lines = lines.assign(name=[t(x.name) for x in terms], meaning=[t(x.meaning) if x.meaning else "" for x in terms])
    columns = [Column("name", t(N_("Cost line"))), Column("meaning", t(N_("What it is")))]
    sheet.table(lines, [*columns, *pages.columns("money", money, total=True)], freeze=2, total=t(N_("Total")))
    sheet.heading(t(N_("By who pays")))
    payers = pages.wide(pages.comparison.payers, ["payer"], "npv")
    payers = payers.set_index("payer").reindex([p for p in PAYERS if p in set(payers["payer"])]).reset_index()
    payers = payers.assign(
        name=[t(PAYERS[p].name) for p in payers["payer"]], meaning=[t(PAYERS[p].meaning) for p in payers["payer"]]
    )
    first = [Column("name", t(N_("Payer"))), Column("meaning", t(N_("What it is")))]
    sheet.table(payers, [*first, *pages.columns("money", money)])


def write_access(pages: Pages) -> None:
    """Write sheet ``access``: by specialty, the share within the standard, cases sent away and the mean journey."""
    t = pages.view.t
    note = t(N_("Whole area. Municipalities and regions are in the workbook of each plan."))
    sheet = pages.book.sheet("access", (*pages.widths, STRATEGY_WIDTH), note)
    parts = (
        ("share_within_standard", t(N_("Share of cases within the standard, once all services are open")), "percent"),
        ("cases_unmet", t(N_("Cases sent away a year")), "number"),
        ("mean_minutes", t(N_("Mean journey of those treated, minutes one way")), "number"),
    )
    for n, (value, heading, kind) in enumerate(parts):
        sheet.heading(heading)
        table = pages.wide(pages.comparison.access, ["specialty_id"], value)
        table = table.assign(
            name=pages.view.names.label("specialties", table["specialty_id"]),
            target=_targets(pages, table["specialty_id"]),
        )
        columns = [Column("name", t(N_("Specialty"))), Column("target", t(N_("Target and standard")))]
        if value == "share_within_standard":
            columns.append(Column("known", t(N_("Today, {how}"), how=how_known(pages.view)), "", kind))
            table["known"] = table["specialty_id"].map(today_share(pages.view, within_standard)).astype(float)
        sheet.table(table, [*columns, *pages.columns(kind)], freeze=2 if n == 0 else None)


def _targets(pages: Pages, specialties: pd.Series) -> list[str]:
    """Say every target of each specialty in words: those of the whole area, and how many regions have their own."""
    t, scenario = pages.view.t, pages.comparison.scenario
    promised = list(targets_by_period(scenario))
    position = {name: n for n, name in enumerate(scenario.specialties["specialty_id"])}
    texts = []
    for name in specialties:
        own = [target for target in promised if target.specialty == position[name]]
        whole = [access_words(pages.view, target.minutes, target.share) for target in own if target.region == ALL]
        regions = {target.region for target in own} - {ALL}
        if regions:
            whole.append(t(N_("in {count} {count:region|regions}: sheet limits of each plan"), count=len(regions)))
        texts.append("; ".join(dict.fromkeys(whole)) or t(N_("no target")))
    return texts


def write_benefits(pages: Pages) -> None:
    """Write sheet ``benefits``: what each strategy does more or less than today."""
    t, found = pages.view.t, pages.comparison.benefits
    note = t(
        N_(
            "Against today. A service treats its cases from its opening on, so a contract that opens earlier is worth "
            "more. Healthy years are discounted like money. The stated cost of a case sent away may hold lost health; "
            "valuing healthy years too would then count that part twice."
        )
    )
    sheet = pages.book.sheet("benefits", pages.widths, note)
    if STATUS_QUO not in pages.strategies:
        known = N_("Today has no plan of its own here: it is told as its services go on, {how}.")
        sheet.text(t(known, how=how_known(pages.view)), "sentence")
    parts = (
        ("plan_per_year", t(N_("A year, once everything is open"))),
        ("change_per_year", t(N_("Difference to today, a year, once everything is open"))),
        ("change_npv", t(N_("Difference to today, over the horizon, discounted"))),
    )
    for n, (value, heading) in enumerate(parts):
        sheet.heading(heading)
        table = pages.wide(found, ["item"], value)
        table = table.assign(
            name=[t(BENEFITS[item].name) for item in table["item"]],
            meaning=[t(BENEFITS[item].meaning) for item in table["item"]],
            format=["money" if item.endswith(("money", "cost")) else "number" for item in table["item"]],
        )
        columns = [Column("name", t(N_("What"))), Column("meaning", t(N_("What it means")))]
        sheet.table(table, [*columns, *pages.columns("@format")], freeze=2 if n == 0 else None)
    _write_worth(pages, sheet)


def _write_worth(pages: Pages, sheet: Sheet) -> None:
    t, money = pages.view.t, pages.view.numbers.symbol
    worth = pages.comparison.worth.set_index("strategy_id")
    sheet.heading(t(N_("Benefits and costs in money, present value, against today")))
    rows = [
        {"name": t(term.name), "meaning": t(term.meaning), "format": "money", **worth[key].to_dict()}
        for key, term in WORTH.items()
    ]
    ratios = {
        "benefit_cost_ratio": (t(N_("Benefit-cost ratio")), t(N_("benefits / additional public spending")), "decimal"),
        "cost_per_daly": (t(N_("Public cost of a healthy year")), t(N_("additional public spending / years")), "money"),
        "net_cost_per_daly": (
            t(N_("Net cost of a healthy year")),
            t(N_("after money saved; negative: it gains years and saves money")),
            "money",
        ),
    }
    for key, (name, meaning, kind) in ratios.items():
        values = {s: v for s, v in worth[key].items() if s != STATUS_QUO}
        rows.append({"name": name, "meaning": meaning, "format": kind, **values})
    columns = [
        Column("name", t(N_("What"))),
        Column("meaning", t(N_("What it means"))),
        *pages.columns("@format", money),
    ]
    sheet.table(pd.DataFrame(rows).reindex(columns=["name", "meaning", "format", *pages.strategies]), columns)


def write_limits(pages: Pages) -> None:
    """Write sheet ``limits``: the share of each limit used in the year of greatest use."""
    t, limits = pages.view.t, pages.comparison.limits
    note = t(
        N_(
            "Share of each limit used in the year of greatest use (works: over the period). The PPP limit is told in "
            "its three readings; the one the input holds it to is marked."
        )
    )
    sheet = pages.book.sheet("limits", pages.widths, note)
    table = pages.wide(limits, ["limit_id", "kind", "reading", "applies"], "share")
    names = _limit_names(pages)
    table = table.assign(
        name=[names.get(row, row) for row in table["limit_id"]],
        meaning=[
            " · ".join(
                part
                for part in (
                    t(PROMISE_KINDS[kind].name),
                    t(READINGS[reading]) if reading else "",
                    t(N_("binding")) if reading and applies else "",
                )
                if part
            )
            for kind, reading, applies in zip(table["kind"], table["reading"], table["applies"], strict=True)
        ],
    )
    columns = [Column("name", t(N_("Limit"))), Column("meaning", t(N_("Kind")))]
    block = sheet.table(table, [*columns, *pages.columns("percent")], freeze=2)
    for name in pages.strategies:
        sheet.mark_above(block, name, 1.0)


def _limit_names(pages: Pages) -> dict[str, str]:
    scenario = pages.comparison.scenario
    pairs = [
        (row_id, name or row_id)
        for frame, key in ((scenario.funding, "funding_id"), (scenario.fiscal, "fiscal_id"))
        for row_id, name in zip(frame[key], frame["name"], strict=True)
    ]
    return dict(pairs)
