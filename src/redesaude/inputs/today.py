"""Where people are treated today, as stated: one place and one amount in each row, and nobody treated twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault
from redesaude.language import N_

NO_PLACE = Fault(
    "today_without_place",
    N_("neither site_id nor outside says where they are treated"),
    N_("a site, or the name of a place outside the area"),
    N_("type one of the two, or delete the row"),
)
TWO_PLACES = Fault(
    "today_two_places",
    N_("{site_id} is a site of the area, and {outside} is outside it"),
    N_("one place in each row: a site, or a place outside the area"),
    N_("empty one of the two, or give each a row of its own"),
)
NO_AMOUNT = Fault(
    "today_without_amount",
    N_("neither cases nor share says how many are treated there"),
    N_("cases a year, or a share of the municipality's cases"),
    N_("type one of the two, or delete the row"),
)
TWO_AMOUNTS = Fault(
    "today_two_amounts",
    N_("both cases and share say how many are treated there"),
    N_("cases a year, or a share of the municipality's cases"),
    N_("empty one of the two"),
)
ABOVE_ALL = Fault(
    "today_above_all",
    N_("the shares of {territory_id} and {specialty_id} add up to {total}"),
    N_("shares that add up to no more than 1"),
    N_("lower one of them: what is left over is treated nowhere"),
)
ABOVE_NEED = Fault(
    "today_above_need",
    N_("{total} cases of {territory_id} and {specialty_id} are treated, but there are {need} a year"),
    N_("no more than the cases of the first period"),
    N_("check these rows and the demand; as they stand, all cases count as treated, in the proportions of the rows"),
    severity="warning",
)
NO_SERVICE = Fault(
    "today_without_service",
    N_("{site_id} has no existing service of {specialty_id}"),
    N_("a site with an existing row for {specialty_id} on site_services"),
    N_("add the service to site_services, or correct the site; as it stands they are treated there at no cost"),
    severity="warning",
)

_WHO = ["territory_id", "specialty_id"]


@about("today")
def check_today(book: Book) -> Iterator[Problem]:
    """Yield what is wrong with the rows of today: place, amount, sums, and services that nobody listed."""
    sheet = book["today"]
    site, outside, cases, share = (sheet.typed(name) for name in ("site_id", "outside", "cases", "share"))
    yield from sheet.where(~(site | outside), "site_id", NO_PLACE)
    yield from sheet.where(site & outside, "outside", TWO_PLACES)
    yield from sheet.where(~(cases | share), "cases", NO_AMOUNT)
    yield from sheet.where(cases & share, "share", TWO_AMOUNTS)
    if sheet.sound(*_WHO):
        yield from _sums(book, sheet)
    yield from _unlisted(book, sheet)


def _sums(book: Book, sheet: Sheet) -> Iterator[Problem]:
    """Shares beyond the whole, and cases beyond those there are."""
    frame = sheet.frame
    shares = _total(frame, frame["share"])
    beyond = (shares > 1.0 + 1e-9) & frame["share"].notna()
    yield from sheet.where(beyond, "share", ABOVE_ALL, total=shares)
    need = _need(book, frame)
    total = _total(frame, frame["cases"].fillna(frame["share"] * need))
    above = (total > need * (1.0 + 1e-9)) & frame["cases"].notna() & ~(shares > 1.0 + 1e-9)
    yield from sheet.where(above, "cases", ABOVE_NEED, total=total, need=need)


def _total(frame: pd.DataFrame, amounts: pd.Series) -> pd.Series:
    return amounts.groupby([frame[name] for name in _WHO]).transform("sum")


def _need(book: Book, rows: pd.DataFrame) -> pd.Series:
    """Yearly cases of the people of each row in the base year, or as stated for the first period; NaN: not known."""
    people = book["territories"].frame.drop_duplicates("territory_id").set_index("territory_id")["population"]
    rates = book["specialties"].frame.drop_duplicates("specialty_id").set_index("specialty_id")["cases_per_100k"]
    by_rate = rows["territory_id"].map(people).astype(float) * rows["specialty_id"].map(rates).astype(float) / 1e5
    demand, first = book["demand"].frame, book["periods"].frame["period_id"].head(1)
    due = demand[demand["period_id"].isin(["", *first])].sort_values("period_id", kind="stable")
    known = due.drop_duplicates(_WHO, keep="last").set_index(_WHO)["cases"]
    stated = known.reindex(pd.MultiIndex.from_frame(rows[_WHO])).to_numpy(float)
    return pd.Series(np.where(np.isnan(stated), by_rate, stated), rows.index)


def _unlisted(book: Book, sheet: Sheet) -> Iterator[Problem]:
    """Sites that are not known to have the service today."""
    services = book["site_services"]
    if services.unreadable or any(services.flaws.get(name) for name in ("site_id", "specialty_id", "status")):
        return
    place = ["site_id", "specialty_id"]
    existing = pd.MultiIndex.from_frame(services.frame.loc[services.frame["status"] == "existing", place])
    listed = pd.MultiIndex.from_frame(sheet.frame[place]).isin(existing)
    known = sheet.frame["site_id"].isin(set(book["sites"].frame["site_id"]) - {""})
    known &= sheet.frame["specialty_id"].isin(set(book["specialties"].frame["specialty_id"]) - {""})
    yield from sheet.where(known & ~listed, "site_id", NO_SERVICE)
