"""Techniques handed over: whether they can be learned in an order, and leave something that the hospital treats."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.services import allowed_sites, circles
from redesaude.language import N_

LEARNS_FROM_ITSELF = Fault(
    "technique_from_itself",
    N_("{receiver_site_id} hands the technique over to itself"),
    N_("two hospitals"),
    N_("correct one of them, or leave giver_site_id blank: the hub of the agreement"),
)
NEVER_OPEN = Fault(
    "technique_where_never_open",
    N_("{specialty_id} may never be open at {value}"),
    N_("a site where {specialty_id} may be open"),
    N_("correct the site, allow {specialty_id} there on site_services, or delete the row"),
)
NOT_LEARNED_THERE = Fault(
    "prerequisite_not_learned",
    N_("{missing} is not planned at {receiver_site_id}"),
    N_("a technique that {receiver_site_id} learns too"),
    N_("add a row of {missing} for {receiver_site_id} (in an early year, if it does it already), or set it to active"),
)
PREREQUISITE_CIRCLE = Fault(
    "prerequisite_circle",
    N_("the techniques go round in a circle: {circle}"),
    N_("techniques that have a beginning"),
    N_("take one prerequisite of the circle away"),
)
TAKES_ALL = Fault(
    "techniques_take_all",
    N_("the techniques of {specialty_id} at {receiver_site_id} take {taken} of its cases, a size treats {least}"),
    N_("together less than the smallest size treats"),
    N_("type smaller shares: what is left is treated without any of them"),
)


@about("techniques")
def check_techniques(book: Book) -> Iterator[Problem]:
    """Yield every technique that cannot be handed over as planned."""
    sheet = book["techniques"]
    frame = sheet.frame
    itself = (frame["giver_site_id"] == frame["receiver_site_id"]) & (frame["receiver_site_id"] != "")
    yield from sheet.where(itself, "giver_site_id", LEARNS_FROM_ITSELF)
    yield from _never_open(book, sheet)
    if sheet.sound("technique_id", "receiver_site_id", "prerequisite"):
        yield from _order(sheet)
    if sheet.sound("specialty_id", "receiver_site_id", "case_share") and book["sizes"].sound("treats_share"):
        yield from _nothing_left(book["sizes"].frame, sheet)


def _never_open(book: Book, sheet: Sheet) -> Iterator[Problem]:
    allowed = allowed_sites(book)
    if allowed is None:
        return
    sites = set(book["sites"].frame["site_id"])
    for column in ("receiver_site_id", "giver_site_id"):
        pairs = zip(sheet.frame["specialty_id"], sheet.frame[column], strict=True)
        never = [site in sites and site not in allowed.get(specialty, {site}) for specialty, site in pairs]
        yield from sheet.where(pd.Series(never, sheet.frame.index, dtype=bool), column, NEVER_OPEN)


def _order(sheet: Sheet) -> Iterator[Problem]:
    """Prerequisites that the hospital does not learn, and those that wait for each other."""
    frame = sheet.frame
    learned, waiting = (
        set(zip(rows["receiver_site_id"], rows["technique_id"], strict=True))
        for rows in (frame[frame["active"]], frame)
    )
    links = []
    for row, values in frame.iterrows():
        site, known = values["receiver_site_id"], learned if values["active"] else waiting
        for needed in values["prerequisite"]:
            if (site, needed) not in known:
                yield sheet.at(row, "prerequisite", NOT_LEARNED_THERE, missing=needed)
            links.append((row, f"{values['technique_id']} @ {site}", f"{needed} @ {site}"))
    table = pd.DataFrame(links, columns=["row", "after", "before"]).set_index("row")
    for row, circle in circles(table):
        yield sheet.at(row, "prerequisite", PREREQUISITE_CIRCLE, circle=" > ".join(circle))


def _nothing_left(sizes: pd.DataFrame, sheet: Sheet) -> Iterator[Problem]:
    frame = sheet.frame[sheet.frame["active"]]
    full = sizes["treats_share_mature"].fillna(sizes["treats_share"]).groupby(sizes["specialty_id"]).min()
    key = ["receiver_site_id", "specialty_id"]
    taken = frame.groupby(key)["case_share"].transform("sum")
    least = frame["specialty_id"].map(full).astype(float)
    for row in frame.index[(taken >= least - 1e-9) & ~frame.duplicated(key)]:
        yield sheet.at(row, "case_share", TAKES_ALL, taken=float(taken[row]), least=float(least[row]))
