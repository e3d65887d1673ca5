"""Decisions taken already, and what comes before what: each says all it must, and none contradicts another."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.services import circles
from redesaude.inputs.tables import ALL
from redesaude.language import N_

ONE_SERVICE = Fault(
    "decision_needs_one_service",
    N_("{decision} is said of {value}"),
    N_("one site and one specialty for open and start"),
    N_("type a row for each service, or choose freeze, close or forbid"),
)
ONE_PERIOD = Fault(
    "decision_needs_period",
    N_("{decision} names no period"),
    N_("the period from which it holds, for start and close"),
    N_("type the period_id"),
)
WHOLE_SERVICE = Fault(
    "decision_of_whole_service",
    N_("{decision} names the {column} {value}"),
    N_("close and freeze said of the whole service"),
    N_("empty the cell, or choose forbid"),
)
RUNS_TODAY = Fault(
    "decision_runs_today",
    N_("{specialty_id} at {site_id} is told to start, but it runs like that today"),
    N_("start for what is new, or will be enlarged or converted"),
    N_("choose open or freeze, or type the size and contract that it will have"),
)
CONTRADICTED = Fault(
    "decision_contradicted",
    N_("{decision} is said of {specialty_id} at {site_id}, but {other} in row {first} of the sheet {sheet}"),
    N_("decisions that can be kept together"),
    N_("delete one of the two rows, or correct its period"),
)
PRECEDES_ITSELF = Fault(
    "precedes_itself",
    N_("{specialty_id} at {site_id} comes before itself"),
    N_("another service"),
    N_("correct the row, or delete it"),
)
PRECEDENCE_CIRCLE = Fault(
    "precedence_circle",
    N_("the order goes round in a circle: {circle}"),
    N_("an order that has a beginning"),
    N_("delete one of the rows of the circle"),
)
PRECEDED_TODAY = Fault(
    "preceded_runs_today",
    N_("{specialty_id} at {site_id} runs today, nothing can come before it"),
    N_("a service that does not run today"),
    N_("delete the row, or turn it round"),
)

_FORCED, _BARRED = ("open", "start"), ("close", "forbid")


@about("decisions")
def check_decisions(book: Book) -> Iterator[Problem]:
    """Yield every decision that says too little or too much, and those that contradict each other or the sites."""
    sheet = book["decisions"]
    frame = sheet.frame
    forced = frame["decision"].isin(_FORCED)
    for column in ("site_id", "specialty_id"):
        yield from sheet.where(forced & (frame[column] == ALL), column, ONE_SERVICE)
    if sheet.sound("period_id"):
        yield from sheet.where(
            frame["decision"].isin(["start", "close"]) & (frame["period_id"] == ""), "period_id", ONE_PERIOD
        )
    whole = frame["decision"].isin(["close", "freeze"])
    for column in ("size_id", "contract_id"):
        yield from sheet.where(whole & (frame[column] != ""), column, WHOLE_SERVICE)
    yield from _running(book, sheet)
    yield from _contradicted(book, sheet)


def _running(book: Book, sheet: Sheet) -> Iterator[Problem]:
    """Starts of what runs today as it is."""
    services = book["site_services"].frame
    today = services[services["status"] == "existing"]
    columns = ["site_id", "specialty_id", "size_id", "contract_id"]
    runs = {(site, specialty): state for site, specialty, *state in today[columns].itertuples(index=False)}
    for row, start in sheet.frame[sheet.frame["decision"] == "start"].iterrows():
        size, contract = runs.get((start["site_id"], start["specialty_id"]), (None, None))
        if size is not None and start["size_id"] in ("", size) and start["contract_id"] in ("", contract):
            yield sheet.at(row, "decision", RUNS_TODAY)


def _contradicted(book: Book, sheet: Sheet) -> Iterator[Problem]:
    """Services told to be open where they are forbidden as a whole, on this sheet or on site_services."""
    order = {name: n for n, name in enumerate(book["periods"].frame["period_id"])}
    services, frame = book["site_services"], sheet.frame[sheet.frame["active"]]
    forbidden = services.frame[(services.frame["status"] == "forbidden") & (services.frame["size_id"] == "")]
    barring = frame[frame["decision"].isin(_BARRED) & (frame["size_id"] == "") & (frame["contract_id"] == "")]
    for row, forced in frame[frame["decision"].isin(_FORCED)].iterrows():
        for there, others in ((services, forbidden), (sheet, barring)):
            same = _of_service(others, forced)
            for first, other in same.iterrows():
                if there is services or _together(order, forced, other):
                    word = other["status" if there is services else "decision"]
                    yield sheet.at(row, "decision", CONTRADICTED, other=word, first=first, sheet=there.label)


def _of_service(rows: pd.DataFrame, service: pd.Series) -> pd.DataFrame:
    """The rows that are about a service, or about all at its site or of its specialty."""
    site, specialty = (rows[name].isin([service[name], ALL]) for name in ("site_id", "specialty_id"))
    return rows[site & specialty]


def _together(order: dict[str, int], forced: pd.Series, barring: pd.Series) -> bool:
    """Whether both decisions hold in some period; start and close hold from theirs to the end."""
    spans = []
    for row in (forced, barring):
        begin = order.get(row["period_id"], 0)
        lasting = row["decision"] in ("start", "close") or row["period_id"] == ""
        spans.append((begin, len(order) if lasting else begin + 1))
    return max(spans[0][0], spans[1][0]) < min(spans[0][1], spans[1][1])


@about("precedence")
def check_precedence(book: Book) -> Iterator[Problem]:
    """Yield every order of services that cannot be kept."""
    sheet = book["precedence"]
    frame = sheet.frame
    after, before = (frame[f"{stem}specialty_id"] + " @ " + frame[f"{stem}site_id"] for stem in ("", "after_"))
    known = sheet.sound(*frame.columns)
    itself = (after == before) & known
    yield from sheet.where(itself, "after_site_id", PRECEDES_ITSELF)
    links = pd.DataFrame({"after": after, "before": before})[~itself & known]
    for row, circle in circles(links):
        yield sheet.at(row, "after_site_id", PRECEDENCE_CIRCLE, circle=" > ".join(circle))
    services = book["site_services"].frame
    today = services[services["status"] == "existing"]
    runs = set(zip(today["site_id"], today["specialty_id"], strict=True))
    pairs = zip(frame["site_id"], frame["specialty_id"], strict=True)
    running = pd.Series([pair in runs for pair in pairs], frame.index, dtype=bool)
    yield from sheet.where(running, "site_id", PRECEDED_TODAY)
