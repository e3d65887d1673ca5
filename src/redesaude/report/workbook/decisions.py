"""Sheet ``decisions``: every service of the plan, and every service of today that the plan closes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.endings import Fate
from redesaude.report.figures import ended_services, in_last_period
from redesaude.report.terms import SERVICE_STATUSES, SITE_KINDS, half_year
from redesaude.report.view import View, several
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.lookup import count, is_equal, literal
from redesaude.report.workbook.lookup import total as total_where
from redesaude.report.workbook.sheet import Block, Column, Row
from redesaude.report.workbook.why_kept import why_kept

_PLACE = ["site_id", "specialty_id"]
_WIDTHS = (20, 20, 40, 13, 26, 9, 34, 11, 13, 9, 11, 9, 14, 9, 44)


def decisions_frame(view: View) -> pd.DataFrame:
    """Return one row for each service of the plan, then those that end, with names, use (0-1) and mean minutes."""
    plan, names, t = view.plan, view.names, view.t
    ended = ended_services(plan)
    column = "change" if several(view) else "status"
    rows = plan.openings.assign(word=plan.openings[column])
    moved = pd.MultiIndex.from_frame(ended.loc[ended["fate"] == Fate.MOVED, ["instead", "specialty_id"]])
    rows.loc[(rows["word"] == "new") & pd.MultiIndex.from_frame(rows[_PLACE]).isin(moved), "word"] = "moved_here"
    ended = ended.assign(word=ended["fate"], cases=np.nan, capacity=np.nan, npv=np.nan)
    if not several(view):
        ended["period_id"] = ""
    rows = pd.concat([part for part in (rows, ended) if len(part)] or [rows], ignore_index=True)
    rows["minutes"] = _mean_minutes(plan.assignments, rows)
    rows["use"] = rows["cases"].astype(float) / rows["capacity"].astype(float).replace(0.0, np.nan)
    sites = rows["site_id"]
    territories = sites.map(lambda site: names.territory_of_site.get(site, ""))
    why, runs = why_kept(view, view.studies), running_on(view)
    ends = rows["word"].isin([fate.value for fate in Fate])
    rows = rows.assign(
        kept=[
            runs.get((row.site_id, row.specialty_id), "") if end else why.get((row.site_id, row.contract_id), "")
            for row, end in zip(rows_of(rows), ends, strict=True)
        ],
        region=names.label("regions", sites.map(names.region_of_site)),
        town=names.label("territories", territories),
        site=names.label("sites", sites),
        owner=[t(SITE_KINDS.get(names.kind_of_site.get(site, ""), "")) for site in sites],
        specialty=names.label("specialties", rows["specialty_id"]),
        contract=names.label("contracts", rows["contract_id"]),
        period=names.label("periods", rows["period_id"]),
        decision=[t(SERVICE_STATUSES[word].name) for word in rows["word"]],
    )
    return rows.sort_values(["region", "town", "site", "specialty", "period", "size_id"], ignore_index=True)


def by_contract(view: View) -> pd.DataFrame:
    """Return what runs under each contract of the input in the last period, whether or not the plan uses it.

    Columns: counted (the contract's id), contract, services, sites, cases (a year).
    """
    last, contracts = in_last_period(view.plan, view.plan.openings), view.scenario.contracts["contract_id"]
    found = last.groupby("contract_id").agg(
        services=("specialty_id", "size"), sites=("site_id", "nunique"), cases=("cases", "sum")
    )
    found = found.reindex(contracts, fill_value=0).astype(float).reset_index(names="counted")
    return found.assign(contract=view.names.label("contracts", found["counted"]))


def running_on(view: View) -> dict[tuple[str, str], str]:
    """Return until when services (site, specialty) that end run on, as a sentence."""
    stages, t = view.studied.milestones, view.t
    until = stages[stages["milestone"] == "running_on"]
    sentence = N_("Runs on until those that take its patients are open ({half}).")
    return {(row.site_id, row.specialty_id): t(sentence, half=half_year(t, row.ends)) for row in rows_of(until)}


def _mean_minutes(assignments: pd.DataFrame, rows: pd.DataFrame) -> list[float]:
    """Mean one-way minutes of the cases each service treats; NaN where it treats none."""
    keys = ["site_id", "specialty_id", "period_id"]
    cases = assignments["cases"].astype(float)
    weighted = pd.DataFrame({"sum": assignments["minutes"].astype(float) * cases, "cases": cases})
    sums = weighted.groupby([assignments[key] for key in keys]).sum()
    mean = (sums["sum"] / sums["cases"].replace(0.0, np.nan)).to_dict()
    return [mean.get(key, np.nan) for key in zip(*(rows[k] for k in keys), strict=True)]


def _use(row: Row) -> str:
    return f'IF({row.at("capacity")}>0,{row.at("cases")}/{row.at("capacity")},"")'


def _columns(view: View) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    return [
        Column("region", t(N_("Health region")), t(N_("where the site is"))),
        Column("town", t(N_("Municipality"))),
        Column("site", t(N_("Site")), t(N_("hospital, or place to build"))),
        Column("owner", t(N_("Owner")), t(N_("of the building today"))),
        Column("specialty", t(N_("Specialty"))),
        Column("size_id", t(N_("Size")), t(N_("as in the input"))),
        Column("contract", t(N_("Contract")), t(N_("who delivers, who pays"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("decision", t(N_("Decision")), _against(view), "verdict"),
        Column("cases", t(N_("Cases")), t(N_("a year")), "number", total=True),
        Column("capacity", t(N_("Capacity")), t(N_("nominal, cases a year")), "number", total=True),
        Column("use", t(N_("Use")), t(N_("cases / capacity")), "percent", formula=_use),
        Column("npv", t(N_("Cost")), t(N_("{money}, present value"), money=money), "money", total=True),
        Column("minutes", t(N_("Journey")), t(N_("mean minutes, one way")), "number"),
        Column("kept", t(N_("Why it stays")), t(N_("where another contract costs less, or it runs on"))),
        Column("site_id", t(N_("Site code")), "", "id"),
        Column("specialty_id", t(N_("Specialty code")), "", "id"),
        Column("contract_id", t(N_("Contract code")), "", "id"),
    ]


def _against(view: View) -> str:
    t = view.t
    return t(N_("against the period before")) if several(view) else t(N_("against today"))


def write(book: Book) -> Block:
    """Write the sheet and return its table."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "One row for each service. New: does not exist today. Kept: goes on as it is. Resized or converted: "
            "exists today, with another size or contract. Moves: goes on at another site of its municipality. No "
            "longer contracted: of a hospital of others, which goes on without the plan. Closed: exists today and is "
            "not in the plan. A plan may use {occupancy} of the nominal capacity. The cost is that of the service "
            "alone; the costs sheet adds what belongs to sites, contracts and patients."
        ),
        occupancy=view.numbers.percent(view.scenario.settings.occupancy, 0),
    )
    sheet = book.sheet("decisions", _WIDTHS, note)
    frame = decisions_frame(view)
    sheet.set_widths(len(_WIDTHS), (12, 16, 14))
    block = sheet.table(frame, _columns(view), freeze=3, total=t(N_("Total")))
    styles = {"new": "good", "closed": "bad"} | dict.fromkeys(
        ("resized", "enlarged", "converted", "moved_here", "moved", "uncontracted"), "caution"
    )
    sheet.mark(block, "decision", {t(SERVICE_STATUSES[key].name): style for key, style in styles.items()})
    sheet.heading(t(N_("What runs under each contract")))
    counted = by_contract(view)
    sheet.table(counted, _counting(view, block), total=t(N_("Total")))
    return block


def _counting(view: View, block: Block) -> list[Column]:
    """Return the columns of :func:`by_contract`, its services and cases counted over those of ``block``."""
    t, periods = view.t, view.scenario.periods["period_id"]
    last = literal(view.names.label("periods", periods.tail(1)).iloc[0])

    def under(row: Row) -> tuple[str, ...]:  # what ends has no capacity
        of_it = is_equal(block.column("contract_id"), row.at("counted"))
        return of_it, is_equal(block.column("period"), last), f"ISNUMBER({block.column('capacity')})"

    def cases(row: Row) -> str:
        return total_where(block.column("cases"), *under(row))

    return [
        Column("contract", t(N_("Contract"))),
        Column("services", t(N_("Services")), _at_last(view), "number", lambda row: count(*under(row)), total=True),
        Column("cases", t(N_("Cases")), t(N_("a year")), "number", cases, total=True),
        Column("counted", t(N_("Contract code")), "", "id"),
    ]


def _at_last(view: View) -> str:
    return view.t(N_("in the last period")) if several(view) else ""
