"""Sheet ``years``: who is treated, and within the standard, in each calendar year, while services are still opening."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.cash_flow import PUBLIC_PAYERS
from redesaude.report.falls import fall_sentences
from redesaude.report.terms import PAYERS
from redesaude.report.today import how_known
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet
from redesaude.report.workbook.story.people import within_by_year

_WIDTHS = (30, *[11] * 14)
#: years in which each specialty is shown by itself: so many from the first on, and the last
_SHOWN = 10


def years_frame(view: View) -> pd.DataFrame:
    """Return the whole area by year, all specialties together.

    Columns: year, cases, treated, treated_share, within_share (of the cases of specialties with a standard; NaN: none),
    as_today (the same share of the same people by today's services), lasting (the share that stays in every later year,
    of the people of the last one), capacity, staff, capital and public (what public payers spend, capital included).
    """
    rows = _whole(view)
    within, alone = (
        (rows["cases"] * rows[share]).groupby(rows["year"]).sum(min_count=1)
        for share in ("share_within_standard", "share_as_today")
    )
    judged = rows["cases"].where(rows["share_within_standard"].notna(), 0.0).groupby(rows["year"]).sum()
    last = rows["specialty_id"].map(rows[rows["year"] == rows["year"].max()].set_index("specialty_id")["cases"])
    stays = rows["share_lasting"] * last
    last = last.where(stays.notna())
    sums = rows.groupby("year")[["cases", "treated", "capacity", "capital"]].sum()
    return sums.assign(
        staff=rows.groupby("year")["staff"].sum(min_count=1),
        public=rows[[f"cost_{payer}" for payer in PUBLIC_PAYERS]].sum(axis=1).groupby(rows["year"]).sum(),
        treated_share=sums["treated"] / sums["cases"].where(sums["cases"] > 0),
        within_share=within / judged.where(judged > 0),
        as_today=alone / judged.where(judged > 0),
        lasting=stays.groupby(rows["year"]).sum(min_count=1) / last.groupby(rows["year"]).sum(min_count=1),
    ).reset_index()


def specialties_frame(view: View, share: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    """Return ``share`` of each specialty in the whole area: a row for each, a column for each year shown."""
    rows = _whole(view)
    shown = _shown(rows["year"])
    rows = rows.assign(share=share(rows))[rows["year"].isin(shown)]
    wide = rows.pivot_table(index="specialty_id", columns="year", values="share", dropna=False, sort=False)
    wide = wide.dropna(how="all").rename(columns=str).reset_index()
    return wide.assign(specialty=view.names.label("specialties", wide["specialty_id"]))


def _shown(years: pd.Series) -> list[int]:
    """The years that have a column."""
    found = sorted(years.unique().tolist())
    return [*found[:_SHOWN], *([found[-1]] if len(found) > _SHOWN else [])]


def today_share(view: View, share: Callable[[pd.DataFrame], pd.Series]) -> dict[str, float]:
    """Return ``share`` of each specialty in the whole area today."""
    rows = view.studied.today[view.studied.today["region_id"] == ALL]
    return dict(zip(rows["specialty_id"], share(rows).astype(float), strict=True))


def promised_frame(view: View) -> pd.DataFrame:
    """Return, by specialty_id, the ``target`` due in the last year and the year ``since`` which every year meets its.

    NaN where nothing is due, and where the last year misses it.
    """
    rows = _whole(view).sort_values("year")
    rows = rows[rows["target"].notna()]
    short = rows[rows["met"] == "no"].groupby("specialty_id")["year"].max()
    own = rows.groupby("specialty_id").agg(target=("target", "last"), first=("year", "min"), last=("year", "max"))
    since = (short.reindex(own.index) + 1).fillna(own["first"])
    return own.assign(since=since.where(since <= own["last"]))[["target", "since"]].reset_index()


def _whole(view: View) -> pd.DataFrame:
    return view.studied.years[view.studied.years["region_id"] == ALL]


def regions_frame(view: View) -> pd.DataFrame:
    """Return by region the cases in time a year and their share, in the first year and the last, largest gain first."""
    years, rows = view.studied.years, []
    for region in sorted(set(years["region_id"]) - {ALL, ""}):
        near = within_by_year(view, years["region_id"] == region)
        if len(near):
            first, last = near.iloc[0], near.iloc[-1]
            rows.append((region, view.names.regions.get(region, region), *first, *last, last["near"] - first["near"]))
    columns = ["region_id", "region", "near_first", "share_first", "near_last", "share_last", "gain"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["gain", "region"], ascending=[False, True], ignore_index=True
    )


def region_columns(view: View) -> list[Column]:
    """Return the columns of :func:`regions_frame` as sheets show them."""
    t = view.t
    return [
        Column("region", t(N_("Health region"))),
        Column("near_first", t(N_("Cases in time, first year")), "", "number"),
        Column("share_first", t(N_("Share, first year")), "", "percent"),
        Column("near_last", t(N_("Cases in time, last year")), "", "number"),
        Column("share_last", t(N_("Share, last year")), "", "percent"),
        Column("gain", t(N_("More cases in time a year")), "", "number"),
    ]


def write(book: Book) -> Block:
    """Write the sheet and return its table of the whole area."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "A period is decided as a whole, but its services open one after the other. Here each year counts only "
            "what runs in it: a case whose hospital is still being built is treated only as far as that hospital runs "
            "today. The years count the people of the middle of their period; as today: how many of the same people "
            "today's services would treat."
        )
    )
    stays = t(
        N_(
            "To stay: of the people of the last year, those within the standard in the year and in every later one; "
            "this share never falls."
        )
    )
    sheet = book.sheet("years", _WIDTHS, " ".join((note, stays, *fall_sentences(view))))
    share, known = t(N_("share of cases")), t(N_("the same, {how}"), how=how_known(view))
    for title, of in ((t(N_("Within the standard")), within_standard), (t(N_("Treated")), _treated)):
        sheet.heading(title)
        frame = specialties_frame(view, of)
        frame["today"] = frame["specialty_id"].map(today_share(view, of)).astype(float)
        columns = [Column("specialty", t(N_("Specialty"))), Column("today", t(N_("Today")), known, "whole_percent")]
        columns += [Column(y, y, share, "whole_percent") for y in frame.columns if y.isdecimal()]
        if of is within_standard:
            frame = frame.merge(promised_frame(view), on="specialty_id", how="left")
            columns.append(
                Column("target", t(N_("Target")), t(N_("share promised within the standard")), "whole_percent")
            )
            columns.append(Column("since", t(N_("Met from")), t(N_("year; blank: not met")), "year"))
        sheet.table(frame, columns)
    if len(regions := regions_frame(view)):
        sheet.heading(t(N_("By health region: first and last year")))
        sheet.table(regions, region_columns(view))
    sheet.heading(t(N_("All specialties")))
    money, frame = view.numbers.money_header(), years_frame(view)
    people = Column("staff", t(N_("Staff")), t(N_("full-time people")), "number")
    staff = [people] if frame["staff"].notna().any() else []
    block = sheet.table(
        frame,
        [
            Column("year", t(N_("Year")), "", "year"),
            Column("cases", t(N_("Cases")), t(N_("a year")), "number"),
            Column("treated", t(N_("Treated")), t(N_("cases a year")), "number"),
            Column("treated_share", t(N_("Treated")), share, "percent", formula=_share),
            Column("within_share", t(N_("Within the standard")), share, "percent"),
            Column("as_today", t(N_("As today")), t(N_("within it, by today's services")), "percent"),
            Column("lasting", t(N_("To stay")), t(N_("then and in every later year")), "percent"),
            Column("capacity", t(N_("Capacity")), t(N_("cases a year")), "number"),
            *staff,
            Column("capital", t(N_("Capital")), money, "millions"),
            Column("public", t(N_("Public money")), money, "millions"),
        ],
    )
    sheet.chart(_chart(book, block), rows=16, columns=9)
    _new_money(sheet, view)
    return block


def _new_money(sheet: Sheet, view: View) -> None:
    """Table of what each payer pays beyond what today's services would take, by year."""
    t, money = view.t, view.numbers.money_header()
    sheet.heading(t(N_("New money: what each payer pays beyond today's services, going on")))
    frame = new_money_frame(view)
    years = [Column(y, y, money, "millions", total=True) for y in frame.columns if y.isdecimal()]
    today = Column("today", t(N_("Today")), t(N_("{money}, in the first year"), money=money), "millions", total=True)
    sheet.table(frame, [Column("name", t(N_("Payer"))), today, *years], total=t(N_("Total")))


def new_money_frame(view: View) -> pd.DataFrame:
    """Return a row for each payer: its name, what ``today`` takes in the first year, and new money of years shown."""
    table = view.studied.new_money
    years = _shown(table["year"])
    wide = table[table["year"].isin(years)].pivot_table(index="payer", columns="year", values="new_money", sort=False)
    wide = wide.rename(columns=str).reset_index()
    today = table[table["year"] == years[0]].set_index("payer")["today"] if years else pd.Series(dtype=float)
    names = [view.t(PAYERS[payer].name) for payer in wide["payer"]]
    return wide.assign(name=names, today=wide["payer"].map(today).astype(float))


def _chart(book: Book, block: Block) -> object:
    """The shares of all specialties, as lines by year."""
    t, chart = book.view.t, book.chart("line")
    lines = (
        ("treated_share", t(N_("Treated"))),
        ("within_share", t(N_("Within the standard"))),
        ("as_today", t(N_("As today"))),
    )
    for key, name in lines:
        chart.add_series({"name": name, "categories": block.series("year"), "values": block.series(key)})
    charts.dress(chart, t(N_("Share of cases, by year")), legend=True)
    charts.standing(chart, "", "0%", min=0, max=1)
    return chart


def _share(row: Row) -> str:
    return f'IF({row.at("cases")}>0,{row.at("treated")}/{row.at("cases")},"")'


def within_standard(rows: pd.DataFrame) -> pd.Series:
    """Return the share within the standard, for :func:`specialties_frame`."""
    return rows["share_within_standard"]


def _treated(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(rows["treated"] / rows["cases"].replace(0.0, np.nan))
