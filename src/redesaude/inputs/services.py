"""What can be open where: sizes, exceptions at sites, co-location. Promises that no plan could keep are told here."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, about
from redesaude.inputs.contracts import eligible_contracts
from redesaude.inputs.faults import Fault
from redesaude.language import N_

NO_SIZE = Fault(
    "specialty_without_size",
    N_("{specialty_id} has no size"),
    N_("at least one row with {specialty_id} on the sheet sizes"),
    N_("add a row for {specialty_id} to the sheet sizes, or delete the specialty"),
)
NO_SITE = Fault(
    "specialty_without_site",
    N_("no site may have {specialty_id}"),
    N_("at least one site that is allowed"),
    N_("take away a forbidden row on site_services, add an allowed one, or set sites_allowed to all"),
)
CENTRES_ORDER = Fault(
    "centres_out_of_order",
    N_("min_centres {min_centres} is more than max_centres {max_centres}"),
    N_("min_centres no more than max_centres"),
    N_("type a smaller min_centres or a larger max_centres"),
)
TOO_FEW_SITES = Fault(
    "too_few_sites",
    N_("min_centres asks for {min_centres} centres but only {sites} sites are allowed"),
    N_("min_centres of {sites} or less"),
    N_("type a smaller min_centres, or allow more sites"),
)
TOO_MANY_REQUIRED = Fault(
    "too_many_required",
    N_("{required} rows of site_services require what {column} limits to {value}"),
    N_("{column} of {required} or more"),
    N_("type a larger {column}, or require fewer on site_services"),
)
BELOW_MINIMUM = Fault(
    "capacity_below_minimum",
    N_("capacity {capacity} x occupancy {occupancy} is less than min_cases {min_cases}"),
    N_("min_cases of {usable} or less"),
    N_("type a larger capacity or a smaller min_cases"),
)
EXISTING_WITHOUT_SIZE = Fault(
    "existing_without_size",
    N_("an existing service has no size_id"),
    N_("the size that comes closest to what is there"),
    N_("type one of the sizes of {specialty_id}: {sizes}"),
)
EXISTING_WITHOUT_CONTRACT = Fault(
    "existing_without_contract",
    N_("an existing service has no contract_id"),
    N_("the contract under which it runs today"),
    N_("type one of the contracts that suit the site: {contracts}"),
)
CONTRACT_NOT_ELIGIBLE = Fault(
    "contract_not_eligible",
    N_("{contract_id} is not a contract that {site_id} may have"),
    N_("one of: {contracts}"),
    N_(
        "type one of those, or add {contract_id} to contracts_allowed of the site or the site's kind to site_kinds; a "
        "contract that waits for a variant (active: no) is none of them"
    ),
)
TWO_EXISTING = Fault(
    "two_existing_sizes",
    N_("{site_id} has {specialty_id} in another existing row already"),
    N_("one existing row for each service"),
    N_("keep the size that is there, with its capacity, and delete the other row"),
)
REQUIRED_AND_FORBIDDEN = Fault(
    "required_and_forbidden",
    N_("{specialty_id} at {site_id} is required and also forbidden in row {other}"),
    N_("either required or forbidden"),
    N_("delete one of the two rows"),
)
REQUIRES_ITSELF = Fault(
    "requires_itself", N_("{specialty_id} requires itself"), N_("another specialty"), N_("delete the row")
)
REQUIRES_CYCLE = Fault(
    "requires_cycle",
    N_("the requirements go round in a circle: {circle}"),
    N_("requirements that end"),
    N_("delete one of the rows of the circle"),
)
NEVER_TOGETHER = Fault(
    "required_never_allowed",
    N_("no site may have both {specialty_id} and {required_specialty_id}, which it requires"),
    N_("at least one site where both are allowed"),
    N_("allow {required_specialty_id} at a site of {specialty_id}, or delete the row"),
)


def check_services(book: Book) -> Iterator[Problem]:
    """Yield every contradiction between specialties, sizes, sites, exceptions and co-location."""
    allowed = allowed_sites(book)
    yield from _specialties(book, allowed)
    yield from _volumes(book)
    yield from _existing(book)
    yield from _required_and_forbidden(book)
    yield from _requires(book, allowed)


def allowed_sites(book: Book) -> dict[str, set[str]] | None:
    """Specialty -> the sites where at least one of its sizes may be open; None if that cannot be told."""
    services, specialties, sites = book["site_services"], book["specialties"], book["sites"]
    readable = services.sound("site_id", "specialty_id", "size_id", "status") or not services.letters
    if not (readable and sites.sound("site_id") and specialties.sound("specialty_id", "sites_allowed")):
        return None
    everywhere = set(sites.frame["site_id"])
    frame = services.frame
    shown = frame[frame["status"] != "forbidden"]
    named = shown.groupby("specialty_id")["site_id"].agg(set).to_dict() if len(frame) else {}
    forbidden = _forbidden_sites(book)
    allowed = {}
    for specialty, rule in zip(specialties.frame["specialty_id"], specialties.frame["sites_allowed"], strict=True):
        candidates = everywhere if rule == "all" else named.get(specialty, set()) & everywhere
        allowed[specialty] = candidates - forbidden.get(specialty, set())
    return allowed


def _forbidden_sites(book: Book) -> dict[str, set[str]]:
    """Specialty -> sites where it is forbidden as a whole, or in every one of its sizes."""
    frame = book["site_services"].frame
    frame = frame[frame["status"] == "forbidden"]
    if frame.empty:
        return {}
    sizes = book["sizes"].frame.groupby("specialty_id")["size_id"].agg(set).to_dict()
    forbidden: dict[str, set[str]] = {}
    named = frame.groupby(["specialty_id", "site_id"])["size_id"].agg(set)
    for specialty, site, refused in named.reset_index().itertuples(index=False, name=None):
        if "" in refused or sizes.get(specialty, {""}) <= refused:
            forbidden.setdefault(specialty, set()).add(site)
    return forbidden


def _specialties(book: Book, allowed: dict[str, set[str]] | None) -> Iterator[Problem]:
    sheet, sizes = book["specialties"], book["sizes"]
    frame = sheet.frame
    known = frame["specialty_id"] != ""
    if sizes.sound("specialty_id") and "specialty_id" in sizes.letters and len(sizes.frame):
        yield from sheet.where(
            known & ~frame["specialty_id"].isin(sizes.frame["specialty_id"]), "specialty_id", NO_SIZE
        )
    order = frame["min_centres"] > frame["max_centres"]
    yield from sheet.where(order, "min_centres", CENTRES_ORDER)
    if allowed is not None and len(book["sites"].frame):
        counts = frame["specialty_id"].map(lambda s: len(allowed.get(s, ())))
        yield from sheet.where(known & (counts == 0), "specialty_id", NO_SITE)
        for row in frame.index[(counts > 0) & (counts < frame["min_centres"])]:
            yield sheet.at(row, "min_centres", TOO_FEW_SITES, sites=counts[row])
    yield from _too_many_required(book)


def _too_many_required(book: Book) -> Iterator[Problem]:
    services = book["site_services"].frame
    required = services[services["status"] == "required"].drop_duplicates(["site_id", "specialty_id"])
    if required.empty:
        return
    for name, key, limit in (("specialties", "specialty_id", "max_centres"), ("sites", "site_id", "max_services")):
        sheet = book[name]
        counts = sheet.frame[key].map(required[key].value_counts()).fillna(0).astype(int)
        for row in sheet.frame.index[counts > sheet.frame[limit]]:
            yield sheet.at(row, limit, TOO_MANY_REQUIRED, required=counts[row])


def _volumes(book: Book) -> Iterator[Problem]:
    """A service that could never reach its own minimum volume."""
    occupancy = book.settings.occupancy
    sizes = book["sizes"]
    usable = sizes.frame["capacity"] * occupancy
    for row in sizes.frame.index[usable < sizes.frame["min_cases"]]:
        yield sizes.at(row, "capacity", BELOW_MINIMUM, occupancy=occupancy, usable=usable[row])
    yield from _own_below_minimum(book)


@about("site_services")
def _own_below_minimum(book: Book) -> Iterator[Problem]:
    services, sizes, occupancy = book["site_services"], book["sizes"], book.settings.occupancy
    own = _own_volumes(services.frame, sizes.frame)
    stated = services.frame[["capacity", "min_cases"]].notna().any(axis=1)
    usable = own["capacity"] * occupancy
    for row in own.index[stated & (usable < own["min_cases"])]:
        column = "capacity" if pd.notna(services.frame["capacity"][row]) else "min_cases"
        volumes = own.loc[row].to_dict()
        yield services.at(row, column, BELOW_MINIMUM, occupancy=occupancy, usable=usable[row], **volumes)


def _own_volumes(services: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    """Capacity and minimum volume of each row of site_services, the size's where it states none of its own."""
    key = ["specialty_id", "size_id"]
    by_size = sizes.drop_duplicates(key).set_index(key)[["capacity", "min_cases"]]
    of_size = by_size.reindex(pd.MultiIndex.from_frame(services[key])).set_axis(services.index)
    return services[["capacity", "min_cases"]].fillna(of_size)


def _existing(book: Book) -> Iterator[Problem]:
    sheet = book["site_services"]
    existing = sheet.frame[sheet.frame["status"] == "existing"]
    if existing.empty:
        return
    sizes = book["sizes"].frame.groupby("specialty_id")["size_id"].agg(list).to_dict()
    suits = eligible_contracts(book)
    for row, service in existing.iterrows():
        contracts = suits.get(service["site_id"], [])
        if not service["size_id"] and sheet.sound("size_id"):
            known = sizes.get(service["specialty_id"], [])
            yield sheet.at(row, "size_id", EXISTING_WITHOUT_SIZE, sizes=known)
        if not service["contract_id"] and sheet.sound("contract_id"):
            yield sheet.at(row, "contract_id", EXISTING_WITHOUT_CONTRACT, contracts=contracts)
        known_contract = service["contract_id"] in set(book["contracts"].frame["contract_id"])
        if known_contract and contracts and service["contract_id"] not in contracts:
            yield sheet.at(row, "contract_id", CONTRACT_NOT_ELIGIBLE, contracts=contracts)
    again = sheet.frame.index.isin(existing.index[existing.duplicated(["site_id", "specialty_id"])])
    same_size = sheet.frame.duplicated(["site_id", "specialty_id", "size_id"])  # told as a duplicate row
    yield from sheet.where(pd.Series(again, sheet.frame.index) & ~same_size, "size_id", TWO_EXISTING)


@about("site_services")
def _required_and_forbidden(book: Book) -> Iterator[Problem]:
    sheet = book["site_services"]
    frame = sheet.frame
    forbidden = frame[frame["status"] == "forbidden"]
    rows = dict(list(forbidden.groupby(["site_id", "specialty_id"])))
    for row, service in frame[frame["status"] == "required"].iterrows():
        others = rows.get((service["site_id"], service["specialty_id"]))
        if others is None:
            continue
        clash = others.index[others["size_id"].isin(["", service["size_id"]])]
        if len(clash):
            yield sheet.at(row, "status", REQUIRED_AND_FORBIDDEN, other=clash[0])


def _requires(book: Book, allowed: dict[str, set[str]] | None) -> Iterator[Problem]:
    sheet = book["requires"]
    if sheet.frame.empty:
        return
    pairs = sheet.frame[(sheet.frame["specialty_id"] != "") & (sheet.frame["required_specialty_id"] != "")]
    itself = sheet.frame["specialty_id"] == sheet.frame["required_specialty_id"]
    yield from sheet.where(itself & sheet.frame.index.isin(pairs.index), "required_specialty_id", REQUIRES_ITSELF)
    links = pairs[~itself.loc[pairs.index]]
    for row, circle in circles(links):
        yield sheet.at(row, "required_specialty_id", REQUIRES_CYCLE, circle=" > ".join(circle))
    for row, needing, needed in links.itertuples():
        both = allowed and allowed.get(needing) and needed in allowed
        if allowed and both and not allowed[needing] & allowed[needed]:
            yield sheet.at(row, "required_specialty_id", NEVER_TOGETHER)


def circles(links: pd.DataFrame) -> Iterator[tuple[int, list[str]]]:
    """Yield each row of ``links`` (what needs, what is needed) that closes a circle, with the circle."""
    needs: dict[str, list[str]] = {}
    for row, needing, needed in links.itertuples():
        path = _path(needs, needed, needing)
        if path:
            yield row, [needing, *path]
        else:
            needs.setdefault(needing, []).append(needed)


def _path(needs: dict[str, list[str]], start: str, goal: str) -> list[str]:
    """A chain of requirements from ``start`` to ``goal``, empty if there is none (depth first)."""
    stack = [[start]]
    seen = set()
    while stack:
        path = stack.pop()
        if path[-1] == goal:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            stack += [[*path, following] for following in needs.get(path[-1], ())]
    return []
