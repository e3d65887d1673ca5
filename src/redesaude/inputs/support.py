"""Tiers of sizes, and the agreements between hubs and satellites: whether a network can be made of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.services import allowed_sites
from redesaude.language import N_

LESS_MATURE = Fault(
    "matures_to_less",
    N_("treats_share_mature {treats_share_mature} is less than treats_share {treats_share}"),
    N_("at least as much as before"),
    N_("correct one of the two, or leave treats_share_mature blank"),
)
MATURES_ALONE = Fault(
    "matures_without_support",
    N_("treats_share_mature is given, but the size needs no support"),
    N_("skills that mature while a hub supports them"),
    N_("type yes in needs_support, or leave treats_share_mature blank"),
)
NEVER_MATURES = Fault(
    "never_matures",
    N_("treats_share_mature is given, but no row of {specialty_id} on the sheet support has support_years"),
    N_("the years after which skills have matured"),
    N_("type support_years there, or leave treats_share_mature blank"),
)
NO_TOP = Fault(
    "tiers_without_top",
    N_("no size of {specialty_id} treats all severities, the most is {most}"),
    N_("a size with treats_share 1, to which the others are sent up"),
    N_("type 1 at the largest size, or add an end-line size"),
)
NO_TIERS = Fault(
    "transfer_without_tiers",
    N_("{column} is given, but every size of {specialty_id} treats all severities"),
    N_("sizes with a treats_share below 1"),
    N_("nobody is sent up and it is not used; type treats_share on the sheet sizes if somebody should be"),
    severity="warning",
)
HUB_AND_SATELLITE = Fault(
    "hub_needs_support",
    N_("the size needs support and supports {supports_max} others"),
    N_("a size that either needs a hub or is one"),
    N_("type no in needs_support or 0 in supports_max, or make two sizes of it"),
)
NO_AGREEMENT = Fault(
    "support_without_agreement",
    N_("the size needs support, but the sheet support allows no agreement in {specialty_id}"),
    N_("a row of {specialty_id} on the sheet support"),
    N_("add a row there (hub and satellite blank: any), or type no in needs_support"),
)
NO_HUB = Fault(
    "support_without_hub",
    N_("the size needs support, but no size of {specialty_id} supports others"),
    N_("a size of {specialty_id} with supports_max of 1 or more"),
    N_("type supports_max at the size that may be a hub"),
)
NOBODY_NEEDS_IT = Fault(
    "agreement_not_needed",
    N_("no size of {specialty_id} needs support"),
    N_("a size of {specialty_id} with needs_support"),
    N_("type yes in needs_support on the sheet sizes; without it nothing is supported"),
    severity="warning",
)
GIVEN_TO_NOBODY = Fault(
    "agreement_not_bilateral",
    N_("an agreement is given, but {column} is blank"),
    N_("the hub and the satellite of the agreement"),
    N_("type both sites, or allowed in status"),
)
SUPPORTS_ITSELF = Fault(
    "supports_itself",
    N_("{hub_site_id} is hub and satellite"),
    N_("two sites"),
    N_("correct one of them, or delete the row"),
)
NOT_THERE = Fault(
    "agreement_where_never_open",
    N_("{specialty_id} may never be open at {value}"),
    N_("a site where {specialty_id} may be open"),
    N_("correct the site, allow {specialty_id} there on site_services, or delete the row"),
)

_SITES = ("hub_site_id", "satellite_site_id")


def check_tiers(book: Book) -> Iterator[Problem]:
    """Yield every specialty whose sizes make no levels, and skills that cannot mature."""
    sheet, specialties = book["sizes"], book["specialties"]
    frame = sheet.frame
    if not sheet.sound("treats_share", "treats_share_mature", "needs_support"):
        return
    yield from _maturing(book)
    most = frame.groupby("specialty_id")["treats_share"].transform("max")
    first = ~frame["specialty_id"].duplicated() & (frame["specialty_id"] != "")
    for row in frame.index[first & (most < 1)]:
        yield sheet.at(row, "treats_share", NO_TOP, most=float(most[row]))
    if not (specialties.frame["transfer_minutes"].notna() | (specialties.frame["transfer_cost"] > 0)).any():
        return
    least = frame.groupby("specialty_id")["treats_share"].min()
    alike = specialties.frame["specialty_id"].map(least).fillna(1.0) >= 1
    taught = book["techniques"].frame
    alike &= ~specialties.frame["specialty_id"].isin(set(taught.loc[taught["case_share"] > 0, "specialty_id"]))
    for column, used in (("transfer_minutes", pd.Series.notna), ("transfer_cost", lambda values: values > 0)):
        yield from specialties.where(alike & used(specialties.frame[column]), column, NO_TIERS)


def _maturing(book: Book) -> Iterator[Problem]:
    """Skills that grow less than they are, alone, or never."""
    sheet = book["sizes"]
    frame, mature = sheet.frame, sheet.frame["treats_share_mature"]
    if mature.isna().all():
        return
    yield from sheet.where(mature < frame["treats_share"], "treats_share_mature", LESS_MATURE)
    yield from sheet.where(mature.notna() & ~frame["needs_support"], "treats_share_mature", MATURES_ALONE)
    support = book["support"].frame
    ends = set(support.loc[support["support_years"].notna(), "specialty_id"])
    lasting = frame["specialty_id"].isin(set(support["specialty_id"]) - ends)
    yield from sheet.where(mature.notna() & frame["needs_support"] & lasting, "treats_share_mature", NEVER_MATURES)


def check_support(book: Book) -> Iterator[Problem]:
    """Yield every satellite without a hub, and every agreement that cannot be made."""
    if book["sizes"].sound("specialty_id", "needs_support", "supports_max"):
        yield from _satellites(book["sizes"], book["support"])
        yield from _agreements(book)


@about("support")
def _agreements(book: Book) -> Iterator[Problem]:
    sheet, sizes = book["support"], book["sizes"]
    frame = sheet.frame
    needing = set(sizes.frame.loc[sizes.frame["needs_support"], "specialty_id"])
    known = frame["specialty_id"].isin(set(book["specialties"].frame["specialty_id"]))
    yield from sheet.where(known & ~frame["specialty_id"].isin(needing), "specialty_id", NOBODY_NEEDS_IT)
    itself = (frame["hub_site_id"] == frame["satellite_site_id"]) & (frame["hub_site_id"] != "")
    yield from sheet.where(itself, "satellite_site_id", SUPPORTS_ITSELF)
    allowed = allowed_sites(book)
    sites = set(book["sites"].frame["site_id"])
    for column in _SITES:
        if sheet.sound(column):
            yield from sheet.where((frame["status"] == "given") & (frame[column] == ""), column, GIVEN_TO_NOBODY)
        if allowed is not None:
            pairs = zip(frame["specialty_id"], frame[column], strict=True)
            never = [site in sites and site not in allowed.get(specialty, {site}) for specialty, site in pairs]
            made = frame["status"] != "forbidden"
            yield from sheet.where(pd.Series(never, frame.index, dtype=bool) & made, column, NOT_THERE)


def _satellites(sizes: Sheet, support: Sheet) -> Iterator[Problem]:
    """Sizes that need what no agreement and no hub can give."""
    frame = sizes.frame
    needs, known = frame["needs_support"], frame["specialty_id"] != ""
    if not needs.any():
        return
    yield from sizes.where(needs & (frame["supports_max"] > 0), "supports_max", HUB_AND_SATELLITE)
    if not support.unreadable and not any(support.flaws.get(column) for column in ("specialty_id", "status")):
        agreed = set(support.frame.loc[support.frame["status"] != "forbidden", "specialty_id"])
        yield from sizes.where(needs & known & ~frame["specialty_id"].isin(agreed), "needs_support", NO_AGREEMENT)
    hubs = set(frame.loc[(frame["supports_max"] > 0) & ~needs, "specialty_id"])
    yield from sizes.where(needs & known & ~frame["specialty_id"].isin(hubs), "needs_support", NO_HUB)
