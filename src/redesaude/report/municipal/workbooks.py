"""Workbooks of municipalities: their references, and for each health region and macro-region all that is of it.

``references.xlsx`` has the whole area; ``regions/<code>.xlsx`` what one region needs, has, gets and pays, and where its
people go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

import pandas as pd

from redesaude.inputs.areas import Area, areas_of
from redesaude.inputs.folder_names import as_folder_name
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.municipal.ranking import MUNICIPALITY_WIDTHS, municipalities, municipality_columns, ranked_note
from redesaude.report.municipal.references import (
    reference_columns,
    reference_note,
    reference_widths,
    references,
)
from redesaude.report.municipal.supply import supply_today
from redesaude.report.terms import half_year
from redesaude.report.training import TRAINING_WIDTHS, training_columns, training_frame, training_note
from redesaude.report.view import View, several
from redesaude.report.workbook.bills import BILL_WIDTHS, bill_note, bills_frame, region_bills_frame, write_bills
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.decisions import decisions_frame
from redesaude.report.workbook.sheet import Column

#: folder of these workbooks in a result
REGIONS = "regions"
#: more regions than these are written only where they are asked for
MOST = 40

_TITLES = {
    "region": N_("The region at a glance"),
    "municipalities": N_("Municipalities by unmet need today"),
    "services": N_("Services of its people"),
    "references": N_("References by municipality"),
    "bills": N_("Bill of each municipality"),
    "training": N_("Training calendar"),
}

#: words on the tabs of the workbooks of regions
_TABS = {
    "region": N_("Region"),
    "municipalities": N_("Municipalities"),
    "services": N_("Services"),
    "references": N_("References"),
    "bills": N_("Bills"),
    "training": N_("Training"),
}


def chosen(scenario: Scenario, asked: Collection[str] | None) -> list[Area]:
    """Return the areas to be written: those ``asked`` for by code (``all``: every one), else all if they are few."""
    areas = areas_of(scenario.territories)
    if asked is None:
        return areas if len(areas) <= MOST else []
    return [area for area in areas if area.code in asked or ALL in asked]


def write_references(tables: MunicipalTables, path: Path) -> None:
    """Write the references of a plan with decisions, and its municipalities ranked, as tables that can be filtered."""
    book = Book(path, tables.view, {name: _TITLES[name] for name in ("references", "municipalities")})
    whole = Area("", "", frozenset(tables.view.scenario.territories["territory_id"]))
    for write in (_write_references, _write_municipalities):
        write(book, whole, tables)
    book.close()


def write_regions(tables: MunicipalTables, folder: Path, asked: Collection[str] | None = None) -> None:
    """Write the workbooks of a plan with decisions as ``<folder>/<code>.xlsx``; see :func:`chosen`."""
    areas = chosen(tables.view.scenario, asked)
    if areas:
        folder.mkdir(parents=True, exist_ok=True)
    for area, name in zip(areas, _file_names(areas), strict=True):
        pages = {
            page: write for page, write in _PAGES.items() if page != "training" or len(tables.view.studied.training)
        }
        titles = {page: _TITLES[page] for page in pages}
        book = Book(folder / f"{name}.xlsx", tables.view, titles, subject=area.name, tabs=_TABS)
        for write in pages.values():
            write(book, area, tables)
        book.close()


def _file_names(areas: list[Area]) -> Iterator[str]:
    """A plain name for each code; a number after it where two codes would get the same."""
    taken: set[str] = set()
    for area in areas:
        plain = as_folder_name(area.code) or "region"
        name, n = plain, 1
        while name.lower() in taken:
            n += 1
            name = f"{plain}-{n}"
        taken.add(name.lower())
        yield name


class MunicipalTables:
    """The tables of a plan by municipality, of which each workbook shows its part: each made once."""

    def __init__(self, view: View) -> None:
        self.view = view

    @cached_property
    def supply(self) -> pd.DataFrame:
        return supply_today(self.view.scenario)

    @cached_property
    def references(self) -> pd.DataFrame:
        return references(self.view)

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        return municipalities(self.view, self.supply, self.references)

    @cached_property
    def bills(self) -> pd.DataFrame:
        return bills_frame(self.view)

    @cached_property
    def region_bills(self) -> pd.DataFrame:
        return region_bills_frame(self.view)

    @cached_property
    def services(self) -> pd.DataFrame:
        rows = decisions_frame(self.view)
        stages = self.view.studied.milestones
        begun = stages[stages["milestone"] == "opening"].groupby(["site_id", "specialty_id"])["begins"].first()
        keys = zip(rows["site_id"], rows["specialty_id"], strict=True)
        return rows.assign(since=[half_year(self.view.t, begun.get(key, "")) for key in keys])

    def services_of(self, area: Area) -> pd.DataFrame:
        """Services at sites of the area, and those elsewhere that treat its people; ``own`` are cases of its people,
        ``inside`` and ``place`` (in words) say where.
        """
        assigned, home = self.view.plan.assignments, self.view.names.territory_of_site
        keys = ["site_id", "specialty_id", "period_id"]
        own = assigned[assigned["territory_id"].isin(area.territories)].groupby(keys)["cases"].sum()
        rows = self.services.join(own.rename("own"), on=keys)
        inside = rows["site_id"].map(home).isin(area.territories)
        t = self.view.t
        words = {True: t(N_("in the region")), False: t(N_("outside"))}
        kept = rows[inside | (rows["own"] > 0)]
        return kept.assign(own=kept["own"].fillna(0.0), inside=inside[kept.index], place=inside[kept.index].map(words))

    def years_of(self, area: Area) -> pd.DataFrame:
        """Cases, treated and within the standard of its people by specialty, in the first year and in the last."""
        rows, regions = self.view.studied.years, self.view.names.region_of_territory
        rows = rows[rows["region_id"].isin({regions[town] for town in area.territories}) & (rows["cases"] > 0)]
        rows = rows.assign(near=rows["share_within_standard"] * rows["cases"])
        groups = rows.groupby(["specialty_id", "year"])
        sums = groups[["cases", "treated", "near"]].sum(min_count=1).reset_index()
        found = {}
        for name, year in (("first", rows["year"].min()), ("last", rows["year"].max())):
            then = sums[sums["year"] == year].set_index("specialty_id")
            found[f"treated_{name}"] = then["treated"] / then["cases"]
            found[f"within_{name}"] = then["near"] / then["cases"]
        supply = self.supply[self.supply["territory_id"].isin(area.territories)]
        today = supply.groupby("specialty_id")[["cases", "capacity", "gap"]].sum()
        table = today.join(pd.DataFrame(found), how="left").reset_index()
        return table.assign(specialty=self.view.names.label("specialties", table["specialty_id"]))


def _write_region(book: Book, area: Area, tables: MunicipalTables) -> None:
    view, t = book.view, book.view.t
    years = view.studied.years["year"]
    note = t(
        N_(
            "Need and what today's services could treat within the standard, were they shared alike by all within it; "
            "and what the plan does for the people of this region, whose hospital may lie elsewhere."
        )
    )
    sheet = book.sheet("region", (30, 11, 14, 12, 12, 12, 12, 12), note)
    cases, share = t(N_("cases a year")), t(N_("share of cases"))
    first, last = str(int(years.min())), str(int(years.max()))
    treated, within = t(N_("Treated")), t(N_("Within the standard"))
    columns = [
        Column("specialty", t(N_("Specialty"))),
        Column("cases", t(N_("Need")), cases, "number", total=True),
        Column("capacity", t(N_("Supply today")), t(N_("within the standard, cases a year")), "number", total=True),
        Column("gap", t(N_("Gap today")), cases, "number", total=True),
        *(
            Column(f"{key}_{when}", f"{word} {year}", share, "whole_percent")
            for when, year in (("first", first), ("last", last))
            for key, word in (("treated", treated), ("within", within))
        ),
    ]
    sheet.table(tables.years_of(area), columns, freeze=1, total=t(N_("Total")))


def _write_municipalities(book: Book, area: Area, tables: MunicipalTables) -> None:
    rows = tables.municipalities
    sheet = book.sheet("municipalities", MUNICIPALITY_WIDTHS, ranked_note(book.view))
    rows = rows[rows["territory_id"].isin(area.territories)]
    sheet.filter(sheet.table(rows, municipality_columns(book.view), freeze=1))


def _write_services(book: Book, area: Area, tables: MunicipalTables) -> None:
    view, t = book.view, book.view.t
    note = t(N_("Services at sites of this region, and those elsewhere that treat its people, the largest first."))
    period = [Column("period", t(N_("Period")), t(N_("years")))] if several(view) else []
    sheet = book.sheet("services", (13, 20, 36, 24, 32, *[11] * len(period), 13, 11, 11, 11), note)
    rows = tables.services_of(area).sort_values(["inside", "own"], ascending=False, kind="stable")
    columns = [
        Column("place", t(N_("Where"))),
        Column("town", t(N_("Municipality"))),
        Column("site", t(N_("Site")), t(N_("hospital, or place to build"))),
        Column("specialty", t(N_("Specialty"))),
        Column("contract", t(N_("Contract")), t(N_("who delivers, who pays"))),
        *period,
        Column("decision", t(N_("Decision")), t(N_("against today")), "verdict"),
        Column("since", t(N_("From when")), t(N_("half-year"))),
        Column("own", t(N_("Of this region")), t(N_("cases a year")), "number"),
        Column("capacity", t(N_("Capacity")), t(N_("nominal, cases a year")), "number"),
    ]
    sheet.filter(sheet.table(rows, columns, freeze=3))


def _write_references(book: Book, area: Area, tables: MunicipalTables) -> None:
    rows = tables.references[tables.references["territory_id"].isin(area.territories)]
    sheet = book.sheet("references", reference_widths(book.view), reference_note(book.view))
    sheet.filter(sheet.table(rows, reference_columns(book.view), freeze=3))


def _write_bills(book: Book, area: Area, tables: MunicipalTables) -> None:
    home = tables.view.names.region_of_territory
    regions = tables.region_bills["region_id"].isin({home[town] for town in area.territories})
    towns = tables.bills["territory_id"].isin(area.territories)
    sheet = book.sheet("bills", BILL_WIDTHS, bill_note(book.view))
    write_bills(sheet, book.view, tables.region_bills[regions], tables.bills[towns])


def _write_training(book: Book, area: Area, tables: MunicipalTables) -> None:
    sheet = book.sheet("training", TRAINING_WIDTHS, training_note(book.view))
    sheet.filter(sheet.table(training_frame(book.view, area.territories), training_columns(book.view), freeze=2))


#: the sheets of a region's workbook, in their order; the calendar of training only where somebody is trained
_PAGES = {
    "region": _write_region,
    "municipalities": _write_municipalities,
    "services": _write_services,
    "references": _write_references,
    "bills": _write_bills,
    "training": _write_training,
}
