"""Sheet ``ppp_direct``: PPP against direct management on the plan's own network, in all, by site and payer, by year."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.plan.benefits import DEATHS, ITEMS, with_evidence
from redesaude.plan.milestones import half_years
from redesaude.report.terms import BENEFITS, PAYERS
from redesaude.report.view import View
from redesaude.report.workbook.benefits import deaths_graded
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.studies.ppp_direct import TREATED, WITHIN, PppDirect

_WIDTHS = (32, 32, 16, 16, 16, 16, 16)
#: half-years below which two dates are the same
_TOLERANCE = 1e-6
#: what is told of each year: item of ``years`` and the kind of its cells
_BY_YEAR = {TREATED: "number", WITHIN: "number", "dalys": "decimal", DEATHS: "decimal", "public_cost": "money"}


def write(book: Book) -> None:
    """Write the sheet of what the studies found."""
    write_found(book, book.view.compared.ppp_direct)


def write_found(book: Book, found: PppDirect | None) -> None:
    """Write the sheet; where there is nothing to compare it says so."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "The plan's own sites, sizes and patients under two ways of management: direct administration wherever it "
            "is eligible, and project companies wherever they are. Nothing is searched, both are priced. Differences "
            "are PPP less direct: below zero, PPP costs less, opens sooner or treats fewer."
        )
    )
    sheet = book.sheet("ppp_direct", _WIDTHS, note)
    if found is None:
        sheet.text(t(N_("No site of this plan could be under a project company as well as direct.")), "sentence")
        return
    _broken(sheet, view, found.broken)
    _in_all(sheet, view, found)
    _by_payer(sheet, view, found.money)
    _by_site(sheet, view, found.sites)
    _openings(sheet, view, found.openings)
    _by_year(sheet, view, found.years)
    _by_specialty(sheet, view, found.specialties)


def _sides(view: View, kind: str, unit: str = "") -> list[Column]:
    t = view.t
    names = {"ppp": t(N_("PPP")), "direct": t(N_("Direct")), "difference": t(N_("Difference"))}
    return [Column(key, name, unit, kind) for key, name in names.items()]


def _broken(sheet: Sheet, view: View, broken: Mapping[str, tuple[str, ...]]) -> None:
    """Say which rules each side breaks: it is priced, not held to them."""
    t = view.t
    for side, name in (("ppp", N_("PPP")), ("direct", N_("Direct"))):
        if broken[side]:
            rules = "; ".join(t(rule) for rule in broken[side])
            told = t(N_("{side} on this network breaks rules that a plan keeps: {rules}."), side=t(name), rules=rules)
            sheet.text(told, "caution", "sentence")


def _in_all(sheet: Sheet, view: View, found: PppDirect) -> None:
    """Each item over the horizon, discounted, and what the difference is worth."""
    t, table = view.t, found.benefits.changes
    sheet.heading(t(N_("Over the horizon, discounted")))
    rows = table.rename(columns={"plan_npv": "ppp", "reference_npv": "direct", "change_npv": "difference"})
    rows = rows.assign(
        name=[t(BENEFITS[item].name) for item in rows["item"]],
        meaning=[t(BENEFITS[item].meaning) for item in rows["item"]],
        format=["money" if ITEMS[item][0] == "money" else "number" for item in rows["item"]],
    )
    what = [Column("name", t(N_("What"))), Column("meaning", t(N_("What it means")))]
    sheet.table(rows, [*what, *_sides(view, "@format")])
    worth = found.benefits
    ratios = {
        t(N_("Net benefit of PPP")): (worth.net, "money", t(N_("benefits less additional public spending"))),
        t(N_("Benefit-cost ratio")): (
            worth.benefit_cost_ratio,
            "decimal",
            t(N_("benefits / additional public spending; blank: PPP costs the public no more")),
        ),
        t(N_("Public cost of a healthy year")): (
            worth.cost_per_daly,
            "money",
            t(N_("additional public spending / years; blank: none is gained")),
        ),
    }
    told = [
        {"name": name, "meaning": meaning, "value": value if math.isfinite(value) else None, "format": kind}
        for name, (value, kind, meaning) in ratios.items()
    ]
    sheet.table(pd.DataFrame(told), [*what, Column("value", t(N_("Value")), "", "@format")])


def _by_payer(sheet: Sheet, view: View, money: pd.DataFrame) -> None:
    """Money by site and payer, then by payer alone: only where the two ways differ."""
    t, unit = view.t, view.numbers.money_header()
    sheet.heading(t(N_("Who pays, present value")))
    whole = money.groupby("payer", sort=False)[["ppp", "direct", "difference"]].sum().reset_index()
    known = [payer for payer in PAYERS if payer in set(whole["payer"])]
    whole = whole.set_index("payer").loc[known].reset_index()
    whole = whole.assign(name=[t(PAYERS[p].name) for p in known], meaning=[t(PAYERS[p].meaning) for p in known])
    sheet.table(
        whole,
        [Column("name", t(N_("Payer"))), Column("meaning", t(N_("What it is"))), *_sides(view, "millions", unit)],
    )
    sheet.heading(t(N_("Site by site, present value, where the two differ")))
    by_site = money.groupby(["site_id", "payer"], sort=False)[["ppp", "direct", "difference"]].sum().reset_index()
    by_site = by_site[by_site["difference"].abs() >= 0.5]
    by_site = by_site.assign(
        site=view.names.label("sites", by_site["site_id"]).where(by_site["site_id"] != "", t(N_("no single site"))),
        payer=[t(PAYERS[p].name) for p in by_site["payer"]],
    ).sort_values(["site", "payer"], ignore_index=True)
    sheet.table(
        by_site, [Column("site", t(N_("Site"))), Column("payer", t(N_("Payer"))), *_sides(view, "millions", unit)]
    )


def _by_site(sheet: Sheet, view: View, sites: pd.DataFrame) -> None:
    """What PPP treats, gains and costs more or less at each site, where the two differ; public money in all."""
    t = view.t
    sheet.heading(t(N_("Site by site over the horizon, PPP less direct")))
    wide = sites.pivot_table(index="site_id", columns="item", values="difference").reset_index()
    known = [name for name in _BY_YEAR if name in wide]
    wide = wide[(wide[known].abs() > _TOLERANCE).any(axis=1)]
    gained = wide["dalys"].where(wide["dalys"] > _TOLERANCE)
    wide = wide.assign(site=view.names.label("sites", wide["site_id"]), ratio=wide["public_cost"] / gained)
    titles = _titles(view) | {
        "dalys": (t(BENEFITS["dalys"].name), t(N_("difference, discounted"))),
        "public_cost": (t(BENEFITS["public_cost"].name), t(N_("difference, present value"))),
    }
    sheet.table(
        wide.sort_values("site", ignore_index=True),
        [
            Column("site", t(N_("Site"))),
            *(Column(key, *titles[key], _BY_YEAR[key]) for key in known),
            Column("ratio", t(N_("Public cost of a healthy year")), t(N_("blank: none is gained")), "money"),
        ],
    )


def _openings(sheet: Sheet, view: View, openings: pd.DataFrame) -> None:
    t, names = view.t, view.names
    sheet.heading(t(N_("When they open")))
    rows = openings.assign(
        site=names.label("sites", openings["site_id"]),
        specialty=names.label("specialties", openings["specialty_id"]),
        ppp=names.label("contracts", openings["ppp_contract_id"]),
        direct=names.label("contracts", openings["direct_contract_id"]),
        ppp_opens=_half_year(openings["ppp_opening"]),
        direct_opens=_half_year(openings["direct_opening"]),
    ).sort_values(["site", "specialty"], ignore_index=True)
    half = t(N_("opens in the half-year"))
    sheet.table(
        rows,
        [
            Column("site", t(N_("Site"))),
            Column("specialty", t(N_("Specialty"))),
            Column("ppp", t(N_("PPP"))),
            Column("direct", t(N_("Direct"))),
            Column("ppp_opens", t(N_("PPP")), half, "verdict"),
            Column("direct_opens", t(N_("Direct")), half, "verdict"),
            Column("months_later", t(N_("Later under PPP")), t(N_("months")), "decimal"),
        ],
    )


def _half_year(opened: pd.Series) -> pd.Series:
    return half_years(np.floor(2.0 * opened + _TOLERANCE))


def _titles(view: View) -> dict[str, tuple[str, str]]:
    """Title and unit of each difference."""
    t = view.t
    return {
        TREATED: (t(N_("Cases treated")), t(N_("difference"))),
        WITHIN: (t(N_("Within the standard")), t(N_("difference, cases"))),
        "dalys": (t(BENEFITS["dalys"].name), t(N_("difference"))),
        DEATHS: (t(N_("Deaths averted")), t(N_("difference, of specialties with evidence"))),
        "public_cost": (t(BENEFITS["public_cost"].name), t(N_("difference, prices of the base year"))),
    }


def _by_year(sheet: Sheet, view: View, years: pd.DataFrame) -> None:
    t, titles = view.t, _titles(view)
    sheet.heading(t(N_("Year by year, PPP less direct")))
    wide = years.pivot_table(index="year", columns="item", values="difference").reset_index()
    sheet.table(
        wide,
        [
            Column("year", t(N_("Year")), "", "year"),
            *(Column(key, *titles[key], kind) for key, kind in _BY_YEAR.items() if key in wide),
        ],
    )


def _by_specialty(sheet: Sheet, view: View, specialties: pd.DataFrame) -> None:
    """What PPP treats and averts more or less in each specialty over the horizon, and how well deaths are known."""
    t, titles = view.t, _titles(view)
    sheet.heading(t(N_("By specialty over the horizon, PPP less direct; deaths averted blank: no evidence")))
    wide = specialties.pivot_table(index="specialty_id", columns="item", values="difference", sort=False).reset_index()
    graded = deaths_graded(view)
    wide = wide.assign(
        specialty=view.names.label("specialties", wide["specialty_id"]),
        **{name: wide["specialty_id"].map(graded[name]) for name in ("stated", "grade", "source")},
        **({} if DEATHS in wide else {DEATHS: np.nan}),
    )
    sheet.table(
        wide.sort_values("specialty", ignore_index=True),
        [
            Column("specialty", t(N_("Specialty"))),
            Column("source", t(N_("Source"))),
            Column(TREATED, *titles[TREATED], "number"),
            Column(WITHIN, *titles[WITHIN], "number"),
            Column(DEATHS, *titles[DEATHS], "decimal"),
            Column("stated", t(N_("Deaths averted")), t(N_("by 1,000 cases within the standard")), "decimal"),
            Column("grade", t(N_("Grade"))),
        ],
    )
    if not with_evidence(view.plan.scenario):
        told = t(N_("Deaths averted are not told: no specialty states them (deaths_averted on the sheet specialties)."))
        sheet.text(told, "sentence")
