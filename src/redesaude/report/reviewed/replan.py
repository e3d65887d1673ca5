"""The workbook and the page of a re-plan: what stands, what was learned, what the next plan does otherwise, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.lines import line_of
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.document.blocks import Document, Heading, Paragraph, Table
from redesaude.report.placing import Placed
from redesaude.report.reviewed.review import EXAMPLE
from redesaude.report.reviewed.words import region_words
from redesaude.report.terms import CHANGES
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.reviewing.replan import (
    COST,
    COSTS,
    DEMAND,
    FOLLOWS,
    IN_TIME,
    LINE,
    OTHERS,
    OWN,
    TREATED,
    Replan,
    cost_of,
)
from redesaude.reviewing.standing import Held

NAME = "replan"
_WHOSE = N_("Contract or specialty")
#: changes told on the page
_ON_PAGE = 20

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "summary": N_("The next plan, from today's facts"),
        "changes": N_("What the next plan does otherwise, and why"),
        "paired": N_("The last plan, the last plan carried on, and the next one"),
        "held": N_("What stands of the last plan"),
        "updates": N_("What was measured, and what becomes of what was assumed"),
    }
)
HELD: Mapping[str, str] = {
    Held.FIXED: N_("fixed: built, open or signed"),
    Held.GOES_ON: N_("goes on, not signed: as planned, or given up for something else"),
    Held.PUT_OFF: N_("not done, nothing built: decided anew from the next period on"),
    Held.DROPPED: N_("given up"),
    Held.NEEDED: N_("not done, counts as open: what stands may not run without it"),
    Held.RUNS_ON: N_("was to end, runs on"),
}
ASSUMPTIONS: Mapping[str, str] = {
    "demand": N_("cases against those assumed"),
    "delay_factor": N_("length of works against that stated for the size"),
    "capex_factor": N_("cost of works against that stated for the size"),
    "opex_factor": N_("fixed running cost against that stated for the size"),
    "case_cost_factor": N_("cost per case against that stated for the size"),
}
MEASURES: Mapping[str, str] = {
    COST: N_("net present cost"),
    LINE: N_("net present cost: {line}"),
    TREATED: N_("cases treated in the last period, {about}"),
    IN_TIME: N_("share within the standard in the last period, {about}"),
    "load": N_("cases at hospitals of {about}"),
    "minutes": N_("mean journey of people of {about}, minutes"),
}
_STANDS = N_(
    "Of {all} changes begun by {cutoff} {fixed} stand (built, open or signed), {going} go on unsigned, {off} are "
    "decided anew, {dropped} were given up; {running} services that were to end run on."
)
_SILENT = N_("{count} of them were not reported and are taken as planned.")
_NEEDED = N_("{count} more were not done and count as open all the same: services that stand may not run without them.")
_FACTS_MORE = N_(
    "What happened makes the last plan, carried on, {by} dearer in net present cost: {before}, now {after}."
)
_FACTS_LESS = N_(
    "What happened makes the last plan, carried on, {by} cheaper in net present cost: {before}, now {after}."
)
_PARTED = N_(
    "With a new period from the next year on, in which people go where they do best, the last plan costs {footing} "
    "({before} as it was found)."
)
_FACTS_NONE = N_("What happened changes nothing in the cost of the last plan: {before}.")
_NO_GOING = N_("The last plan cannot be carried on: no plan that opens just what is left of it keeps the promises.")
_SAVES = N_("Deciding anew costs {next}, {saved} less than carrying on; no plan can save more than {most}.")
_SAVES_UNPROVEN = N_(
    "Deciding anew costs {next}, {saved} less than carrying on; how much more could be saved is not proven."
)
_SAME = N_("The next plan is the last one carried on: nothing cheaper was found. It costs {next}.")
_NEXT = N_("The next plan costs {next}.")
_NO_CHANGES = N_("At the end it has the same services, in the same sizes and under the same contracts.")
_FOOTING = N_(
    "First year, prices and horizon are those of the last plan, so that both are paid on the same footing; what is "
    "past is in both."
)
_CHANGE = N_("{specialty} at {site}: {change} ({before} → {after}), {why}")
_WHY: Mapping[str, str] = {
    OWN: N_("it comes {months} months later"),
    OTHERS: N_("because of others of its specialty, late or given up"),
    DEMAND: N_("because of {percent} of the cases assumed"),
    COSTS: N_("because its contract costs or takes {percent} of what was assumed"),
    FOLLOWS: N_("it follows from the others"),
}
_GIVEN_UP = N_("because it was given up or not done")
_LEARNED = N_(
    "The old range is taken as one observation; a year of all cases, or one piece of works, is another. Mean and range "
    "move by what was measured and draw together. A factor without a range is certain and stays."
)
_PAIRS = N_("Both plans on the same footing; the difference is the next plan less the last one carried on.")


def place_replan(replan: Replan, out: Path | str) -> Placed:
    """Write the output folder of a re-plan at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(replan), out)


def asked(replan: Replan) -> Asked:
    """Return what is written of a re-plan."""

    def write(book: Book) -> None:
        sheet = book.sheet("summary", (110,))
        for sentence in summary_words(book.view, replan):
            sheet.text(sentence, "sentence")
        _write_changes(book, replan)
        _write_paired(book, replan)
        _write_held(book, replan)
        _write_updates(book, replan)

    def document(view: View) -> Document:
        return _document(view, replan)

    held = replan.next.held.assign(**{name: _days(replan.next.held[name]) for name in ("planned_on", "now_on")})
    tables = {"summary": _summary(replan), "changes": replan.changes, "paired": replan.paired, "held": held}
    return Asked(NAME, replan.plan, TITLES, write, tables | {"updates": replan.next.updates}, document)


def _summary(replan: Replan) -> pd.DataFrame:
    """The re-plan in one row: whatever the manifest keeps of it."""
    costs = {
        name: cost_of(plan)
        for name, plan in (("before", replan.before), ("footing", replan.footing), ("going_on", replan.going_on))
    }
    row = {
        "cutoff": str(replan.review.cutoff),
        "scenario": replan.next.scenario.name,
        **costs,
        "next": cost_of(replan.plan),
        "changes": len(replan.changes),
        "example": replan.review.actuals.example,
    }
    return pd.DataFrame([row])


def summary_words(view: View, replan: Replan) -> list[str]:
    """Return the re-plan in a few sentences."""
    t = view.t
    counts = replan.next.held["held"].value_counts()
    found = {word: int(counts.get(str(held), 0)) for word, held in _COUNTED.items()}
    said = [t(_STANDS, all=sum(found.values()) - found["running"], cutoff=replan.review.cutoff, **found)]
    if silent := int((~replan.next.held["reported"].astype(bool)).sum()):
        said.append(t(_SILENT, count=silent))
    if needed := int(counts.get(str(Held.NEEDED), 0)):
        said.append(t(_NEEDED, count=needed))
    said += [*_money_words(view, replan), *([] if len(replan.changes) else [t(_NO_CHANGES)])]
    said += [t(sentence, **values) for sentence, values in replan.next.notes]
    return [*([t(EXAMPLE)] if replan.review.actuals.example else []), *said, t(_FOOTING)]


_COUNTED: Mapping[str, Held] = {
    "fixed": Held.FIXED,
    "going": Held.GOES_ON,
    "off": Held.PUT_OFF,
    "dropped": Held.DROPPED,
    "running": Held.RUNS_ON,
}


def _money_words(view: View, replan: Replan) -> Iterator[str]:
    """The two steps from the last plan to the next one."""
    t, money = view.t, view.numbers.money
    after, facts, saved = money(cost_of(replan.plan)), replan.facts_cost, replan.saved
    if facts is None or saved is None:
        yield t(_NO_GOING)
        yield t(_NEXT, next=after)
        return
    before, going = cost_of(replan.footing), cost_of(replan.going_on)
    if replan.footing is not replan.before:
        yield t(_PARTED, before=money(cost_of(replan.before)), footing=money(before))
    nothing = 1e-9 * max(1.0, abs(before))
    if abs(facts) <= nothing:
        yield t(_FACTS_NONE, before=money(before))
    else:
        yield t(
            _FACTS_MORE if facts > 0 else _FACTS_LESS, by=money(abs(facts)), before=money(before), after=money(going)
        )
    if saved <= nothing:
        yield t(_SAME, next=after)
    elif replan.plan.bound is None or not math.isfinite(replan.plan.bound):
        yield t(_SAVES_UNPROVEN, next=after, saved=money(saved))
    else:
        yield t(_SAVES, next=after, saved=money(saved), most=money(going - replan.plan.bound))


def change_words(view: View, row: Mapping[str, object]) -> str:
    """Return what the next plan does otherwise with one service, and why."""
    t, names = view.t, view.names
    site, specialty = str(row["site_id"]), str(row["specialty_id"])
    return t(
        _CHANGE,
        specialty=names.specialties.get(specialty, specialty),
        site=names.sites.get(site, site),
        change=t(CHANGES[str(row["change"])]),
        before=_state(view, row, "before"),
        after=_state(view, row, "after"),
        why=why_words(view, row),
    )


def _state(view: View, row: Mapping[str, object], when: str) -> str:
    contract, size = str(row[f"contract_{when}"]), str(row[f"size_{when}"])
    return f"{size}, {view.names.contracts.get(contract, contract)}" if contract else view.t(N_("none"))


def why_words(view: View, row: Mapping[str, object]) -> str:
    """Return the reason of a change."""
    months, measured = float(row["months"]), float(row["measured"])  # type: ignore[arg-type]
    if row["why"] == OWN and (not math.isfinite(months) or not months):
        return view.t(_GIVEN_UP)
    percent = "" if math.isnan(measured) else view.numbers.percent(measured)
    return view.t(_WHY[str(row["why"])], months=f"{months:+.0f}", percent=percent)


def _document(view: View, replan: Replan) -> Document:
    t = view.t
    first, *rest = summary_words(view, replan)
    changes = [change_words(view, row) for row in _records(replan.changes.head(_ON_PAGE))]
    learned = _learned(view, replan)
    header = tuple(map(t, (N_("Assumption"), _WHOSE, N_("Before"), N_("Measured"), N_("Now"))))
    rows = tuple((r.what, r.of, r.before, r.seen, r.now) for r in rows_of(learned))
    blocks = [
        Paragraph(first, kind="warning" if replan.review.actuals.example else "text"),
        *(Paragraph(sentence) for sentence in rest),
        Heading(t(TITLES["changes"])),
        *(Paragraph(sentence) for sentence in changes or [t(N_("nothing to list"))]),
        Heading(t(TITLES["updates"])),
        Paragraph(t(_LEARNED)),
        *([Table(header, rows)] if rows else [Paragraph(t(N_("nothing to list")))]),
    ]
    subtitle = t(N_("from {cutoff} on"), cutoff=replan.review.cutoff)
    return Document(view.title, subtitle, t.language, tuple(blocks))


def _records(rows: pd.DataFrame) -> Iterator[Mapping[str, object]]:
    yield from ({str(key): value for key, value in record.items()} for record in rows.to_dict("records"))


def _learned(view: View, replan: Replan) -> pd.DataFrame:
    """The updates in words: mean and range before, what was measured, mean and range now."""
    rows, number = replan.next.updates, view.numbers.decimal
    names = [
        (view.names.specialties if row.assumption == "demand" else view.names.contracts).get(row.about, row.about)
        for row in rows_of(rows)
    ]

    def ranged(end: str) -> list[str]:
        return [
            f"{number(mean, 2)} ({number(low, 2)}-{number(high, 2)})" if stated else number(mean, 2)
            for mean, low, high, stated in zip(
                rows[f"mean{end}"], rows[f"low{end}"], rows[f"high{end}"], rows["stated"], strict=True
            )
        ]

    return rows.assign(
        what=[view.t(ASSUMPTIONS[name]) for name in rows["assumption"]],
        of=names,
        before=ranged(""),
        seen=[number(value, 2) for value in rows["measured"]],
        now=ranged("_now"),
    )


def _days(dates: pd.Series) -> list[str]:
    return ["" if date is None or date != date else str(date) for date in dates]  # noqa: PLR0124


def _write_changes(book: Book, replan: Replan) -> None:
    t, view = book.view.t, book.view
    sheet = book.sheet("changes", (34, 30, 20, 34, 34, 44))
    records = list(_records(replan.changes))
    table = replan.changes.assign(
        site=view.names.label("sites", replan.changes["site_id"]),
        specialty=view.names.label("specialties", replan.changes["specialty_id"]),
        told=[t(CHANGES[str(row["change"])]) for row in records],
        before=[_state(view, row, "before") for row in records],
        after=[_state(view, row, "after") for row in records],
        reason=[why_words(view, row) for row in records],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("told", t(N_("Change")), "", "verdict"),
        Column("before", t(N_("In the last plan"))),
        Column("after", t(N_("In the next plan"))),
        Column("reason", t(N_("Reason"))),
    ]
    sheet.table(table, columns, freeze=2)


def _write_paired(book: Book, replan: Replan) -> None:
    t, view = book.view.t, book.view
    sheet = book.sheet("paired", (58, 18, 18, 18, 18), t(_PAIRS))
    table = replan.paired.assign(what=[_measure(view, str(r.measure), str(r.about)) for r in rows_of(replan.paired)])
    heads = {
        "planned": N_("The last plan"),
        "going_on": N_("Carried on"),
        "next": N_("The next plan"),
        "less": N_("Difference"),
    }
    columns = [Column(name, t(head), "", "general") for name, head in heads.items()]
    sheet.table(table, [Column("what", t(N_("Measure"))), *columns], freeze=1)


def _measure(view: View, measure: str, about: str) -> str:
    if measure == LINE:
        return view.t(MEASURES[LINE], line=view.t(line_of(about).title))
    if measure in (TREATED, IN_TIME):
        return view.t(MEASURES[measure], about=view.names.specialties.get(about, about))
    area = view.t(N_("the whole area")) if about == ALL else region_words(view, about)
    return view.t(MEASURES[measure], about=area)


def _write_held(book: Book, replan: Replan) -> None:
    t, view, rows = book.view.t, book.view, replan.next.held
    sheet = book.sheet("held", (34, 30, 8, 28, 44, 13, 13, 12, 14, 14))
    table = rows.assign(
        site=view.names.label("sites", rows["site_id"]),
        specialty=view.names.label("specialties", rows["specialty_id"]),
        contract=view.names.label("contracts", rows["contract_id"]),
        told=[t(HELD[str(held)]) for held in rows["held"]],
        said=[t(N_("reported")) if reported else t(N_("not reported")) for reported in rows["reported"]],
        months=rows["months"].astype(float).replace(np.inf, np.nan),
        **{name: _days(rows[name]) for name in ("planned_on", "now_on")},
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("size_id", t(N_("Size"))),
        Column("contract", t(N_("Contract"))),
        Column("told", t(N_("What the next plan may do with it"))),
        Column("planned_on", t(N_("Planned on"))),
        Column("now_on", t(N_("Done or expected on"))),
        Column("months", t(N_("Months late")), "", "number"),
        Column("build_months", t(N_("Months of works")), t(N_("as the next scenario states them")), "number"),
        Column("said", t(N_("Reported"))),
    ]
    sheet.table(table, columns, freeze=2)


def _write_updates(book: Book, replan: Replan) -> None:
    t = book.view.t
    sheet = book.sheet("updates", (46, 30, 22, 12, 14, 22), t(_LEARNED))
    columns = [
        Column("what", t(N_("Assumption"))),
        Column("of", t(_WHOSE)),
        Column("before", t(N_("Before"))),
        Column("seen", t(N_("Measured"))),
        Column("weight", t(N_("Observations")), "", "general"),
        Column("now", t(N_("Now"))),
    ]
    sheet.table(_learned(book.view, replan), columns, freeze=1)
