"""Sheet ``sensitivity``: which assumptions carry the verdict, where each turns it, and the discount rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.numbers import in_language
from redesaude.report.studies import Compared
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet
from redesaude.studies.alternatives import AS_DECIDED
from redesaude.studies.appraise import PROGRAMME
from redesaude.studies.assumptions import NAMES
from redesaude.studies.sensitivity import FOUND

_WIDTHS = (34, 44, 26, 26, *[11] * 6, 26, 11)
#: assumptions in the chart
_SHOWN = 12
_SHARES = ("discount_rate", "equity_return")


def write(book: Book) -> None:
    """Write the sheet."""
    view, t, compared = book.view, book.view.t, book.view.compared
    note = t(
        N_(
            "The margin is what the rival would cost less what was decided, present value in {money}: above zero the "
            "decision holds. The rival is direct administration or, where that was decided, the cheapest other option. "
            "One assumption changes at a time and the same network is priced again. Ranges marked assumed are those of "
            "this study, not of the input."
        ),
        money=view.numbers.money_header(),
    )
    sheet = book.sheet("sensitivity", _WIDTHS, note)
    block = _tornado(sheet, view, compared)
    _tornado_chart(book, sheet, block, compared)
    sheet.page_break()
    _rates(book, sheet, compared)
    sheet.page_break()
    _break_even(sheet, view, compared)


def assumption_name(view: View, row: Mapping[Any, Any]) -> str:
    """Name an assumption and, where it is one of a contract, whose it is."""
    name, contract = view.t(NAMES[row["assumption_id"]]), row["contract_id"]
    return f"{name} · {view.names.contracts.get(contract, contract)}" if contract else name


def tornado_frame(view: View, compared: Compared) -> pd.DataFrame:
    """Return the assumptions, widest effect first, with the change of the margin at each end of their range."""
    tornado = compared.tornado
    rows = tornado.table
    rows = rows[(rows["margin_low"] != tornado.margin) | (rows["margin_high"] != tornado.margin)]
    return rows.assign(
        name=[assumption_name(view, row) for row in rows.to_dict("records")],
        format=[_format(name) for name in rows["assumption_id"]],
        stated=[view.t(N_("input")) if stated else view.t(N_("assumed")) for stated in rows["range_stated"]],
        change_low=rows["margin_low"] - tornado.margin,
        change_high=rows["margin_high"] - tornado.margin,
    )


def _format(assumption: str) -> str:
    return "percent" if assumption in _SHARES else "general"


def _tornado(sheet: Sheet, view: View, compared: Compared) -> Block:
    t, numbers = view.t, view.numbers
    sheet.heading(t(N_("Each assumption at the ends of its range")))
    sheet.text(
        t(
            N_("The programme's margin over {rival} is {margin} today; the plan costs {cost} in all."),
            rival=_rival(view, compared.tornado.rival_id),
            margin=numbers.money(compared.tornado.margin),
            cost=numbers.money(compared.tornado.plan_cost),
        ),
        "sentence",
    )
    columns = [
        Column("name", t(N_("Assumption")), span=3),
        Column("stated", t(N_("Where its range is stated"))),
        Column("value", t(N_("Today")), "", "@format"),
        Column("low", t(N_("Low")), "", "@format"),
        Column("high", t(N_("High")), "", "@format"),
        Column("change_low", t(N_("Margin if low")), t(N_("change")), "millions"),
        Column("change_high", t(N_("Margin if high")), t(N_("change")), "millions"),
        Column("plan_cost_low", t(N_("Plan cost if low")), t(N_("change")), "millions"),
        Column("plan_cost_high", t(N_("Plan cost if high")), t(N_("change")), "millions"),
        Column("turned", t(N_("Sites turned")), t(N_("low / high")), "verdict"),
    ]
    frame = tornado_frame(view, compared)
    turned = [
        f"{low} / {high}" for low, high in zip(frame["sites_turned_low"], frame["sites_turned_high"], strict=True)
    ]
    return sheet.table(frame.assign(turned=turned), columns)


def _rival(view: View, contract: str) -> str:
    """Name the programme's rival."""
    if contract == AS_DECIDED:
        return view.t(N_("direct administration everywhere"))
    return view.names.contracts.get(contract, contract)


def _tornado_chart(book: Book, sheet: Sheet, block: Block, compared: Compared) -> None:
    view, t = book.view, book.view.t
    top = Block(block.sheet, block.first, min(block.last, block.first + _SHOWN - 1), block.columns)
    chart = book.chart("bar", "stacked")
    charts.bars(
        chart, top, "name", [("change_low", t(N_("at the low end"))), ("change_high", t(N_("at the high end")))]
    )
    charts.dress(chart, t(N_("Change of the programme's margin")), legend=True)
    charts.lying(chart, view.numbers.money_header(), view.numbers.money_format(digits=0))
    sheet.chart(chart, rows=18, columns=4)


def rates_frame(view: View, compared: Compared) -> pd.DataFrame:
    """Return by discount rate the programme's margin, the cheapest one, and at how many sites the decision holds."""
    table = compared.sweep.table
    programme = table[table["site_id"] == PROGRAMME]
    rates = programme["rate"].to_numpy(float)
    margins = table[table["site_id"] != PROGRAMME].set_index("rate")["margin"]  # none where no site has a rival
    holds = (margins > 0).groupby(level="rate").agg(["sum", "size"]).reindex(rates, fill_value=0)
    decided = view.t(N_("the plan as decided"))
    return pd.DataFrame(
        {
            "rate": rates,
            "margin": programme["margin"].to_numpy(float),
            "cheapest": [
                decided if c == AS_DECIDED else view.names.contracts.get(c, c) for c in programme["cheapest_id"]
            ],
            "hold": holds["sum"].to_numpy(float),
            "sites": holds["size"].to_numpy(float),
        }
    )


def _rates(book: Book, sheet: Sheet, compared: Compared) -> None:
    view, t = book.view, book.view.t
    sheet.heading(t(N_("Discount rates from 3 to 12 %")))
    columns = [
        Column("cheapest", t(N_("Cheapest programme"))),
        Column("rate", t(N_("Real discount rate")), "", "percent"),
        Column("margin", t(N_("Margin of the programme")), view.numbers.money_header(), "millions"),
        Column("hold", t(N_("Sites where the decision holds")), "", "number"),
        Column("sites", t(N_("of sites with a rival")), "", "number"),
    ]
    block = sheet.table(rates_frame(view, compared), columns)
    chart = book.chart("line")
    chart.add_series({"name": t(N_("Margin")), "categories": block.series("rate"), "values": block.series("margin")})
    charts.dress(
        chart,
        t(N_("Margin of the programme by discount rate; where it crosses zero the verdict switches")),
        legend=False,
    )
    rates, money = in_language("0.0%", t.language), view.numbers
    charts.standing(chart, money.money_header(), money.money_format(digits=0), category_format=rates)
    sheet.chart(chart, rows=14, columns=4)
    sheet.heading(t(N_("Rates at which something switches")))
    sheet.table(switches_frame(view, compared), _switch_columns(view))


def switches_frame(view: View, compared: Compared) -> pd.DataFrame:
    """Return each switch of a verdict or ranking as the rate rises, the programme's first."""
    rows = compared.sweep.switches
    order = rows.assign(later=rows["site_id"] != PROGRAMME).sort_values(["later", "rate"], ignore_index=True)
    kinds = {"verdict": view.t(N_("the decision")), "ranking": view.t(N_("the cheapest contract"))}
    return order.assign(
        where=[_where(view, site) for site in order["site_id"]],
        what=[kinds[kind] for kind in order["kind"]],
        old=[_option(view, row["site_id"], row["from_id"]) for row in order.to_dict("records")],
        new=[_option(view, row["site_id"], row["to_id"]) for row in order.to_dict("records")],
    )


def _where(view: View, site: str) -> str:
    return view.t(N_("the programme")) if site == PROGRAMME else view.names.sites.get(site, site)


def _option(view: View, site: str, contract: str) -> str:
    if contract == AS_DECIDED:
        return view.t(N_("the plan as decided")) if site == PROGRAMME else ""
    return view.names.contracts.get(contract, contract)


def _switch_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("where", t(N_("Where"))),
        Column("what", t(N_("What switches"))),
        Column("old", t(N_("Below this rate"))),
        Column("new", t(N_("Above this rate"))),
        Column("rate", t(N_("Real discount rate")), "", "percent"),
    ]


def break_even_frame(view: View, compared: Compared) -> pd.DataFrame:
    """Return where each assumption turns each verdict: the programme first, then sites, those within range first."""
    rows = compared.break_even
    order = pd.Categorical(rows["found"], ["inside", "beyond", "none", "tie"], ordered=True)
    rows = rows.assign(
        later=rows["site_id"] != PROGRAMME, order=order, where=[_where(view, site) for site in rows["site_id"]]
    )
    rows = rows[~rows["later"] | rows["break_even"].notna()]
    rows = rows.sort_values(["later", "order", "where", "assumption_id"], ignore_index=True)
    return rows.assign(
        name=[assumption_name(view, row) for row in rows.to_dict("records")],
        decided=[_option(view, row["site_id"], row["decided_id"]) for row in rows.to_dict("records")],
        rival=[_opponent(view, row) for row in rows.to_dict("records")],
        format=[_format(name) for name in rows["assumption_id"]],
        result=[_found(view, row) for row in rows.to_dict("records")],
    )


def _opponent(view: View, row: Mapping[Any, Any]) -> str:
    if row["site_id"] == PROGRAMME:
        return _rival(view, str(row["rival_id"]))
    return _option(view, str(row["site_id"]), str(row["rival_id"]))


def _found(view: View, row: Mapping[Any, Any]) -> str:
    decimals = view.numbers.decimal
    limits = {name: decimals(float(row[name]), 2) for name in ("search_low", "search_high")}
    return view.t(FOUND[row["found"]], **limits)


def _break_even(sheet: Sheet, view: View, compared: Compared) -> None:
    t = view.t
    sheet.heading(t(N_("Break-even: the value of each assumption at which the decision no longer holds")))
    sheet.text(t(N_("Sites are listed where such a value exists; the margin is today's.")), "note")

    def distance(row: Row) -> str:
        there, today = row.at("break_even"), row.at("value")
        return f'IF(AND(ISNUMBER({there}),{today}<>0),{there}/{today}-1,"")'

    frame = break_even_frame(view, compared)
    frame["change"] = (frame["break_even"] / frame["value"] - 1.0).where(frame["value"] != 0)
    columns = [
        Column("where", t(N_("Where"))),
        Column("name", t(N_("Assumption"))),
        Column("decided", t(N_("Decided"))),
        Column("rival", t(N_("Rival"))),
        Column("margin", t(N_("Margin today")), "", "millions"),
        Column("value", t(N_("Today")), "", "@format"),
        Column("break_even", t(N_("Break-even")), "", "@format"),
        Column("change", t(N_("Change to get there")), "", "whole_percent", distance),
        Column("low", t(N_("Range from")), "", "@format"),
        Column("high", t(N_("Range to")), "", "@format"),
        Column("result", t(N_("Break-even is"))),
    ]
    block = sheet.table(frame, columns, repeat=True)
    sheet.mark(block, "result", {t(FOUND["inside"]): "caution"})
