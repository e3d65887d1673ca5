"""Sheet ``decisions``: what opens, changes and closes, when, under which contract, and why."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.endings import Fate
from redesaude.report.decision.pack import AUDIT, Pack
from redesaude.report.decision.reasons import ContractReasons, place_words, worth_of_sites
from redesaude.report.figures import ended_services, in_last_period
from redesaude.report.terms import SERVICE_STATUSES, half_year
from redesaude.report.view import View
from redesaude.report.workbook import decisions as audited
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.story.openings import steps

_WIDTHS = (25, 26, 18, 8, 8, 7, 40, 13.5)
_PAGES = 3


def decisions_frame(view: View) -> pd.DataFrame:
    """Return openings and changes by site, contract and dates, then closings.

    Columns: site_id, specialty_id (the first of them), contract_id, site, services, contract, let, opens, works (in
    currency; None: none), why.
    """
    changes = _changes(view)
    closings = _closings(view)
    parts = [part for part in (changes, closings) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else changes


def _changes(view: View) -> pd.DataFrame:
    rows, worth, reasons = steps(view), worth_of_sites(view), ContractReasons(view).words()
    last = in_last_period(view.plan, worth).set_index("site_id")
    why = []
    for row in rows_of(rows):
        mine = last.loc[[row.site_id]] if row.site_id in last.index else last.iloc[:0]
        mine = mine[mine["specialty_id"].isin(row.specialty_ids)]
        why.append(f"{place_words(view, mine)} {reasons.get((row.site_id, row.contract_id), '')}".strip())
    rows = rows.assign(
        why=why,
        specialty_id=[ids[0] for ids in rows["specialty_ids"]],
        works=rows["works"].where(rows["works"] > 0),
        site=[
            site if town in site else f"{site} ({town})" for site, town in zip(rows["site"], rows["town"], strict=True)
        ],
    )
    return rows[
        ["site_id", "specialty_id", "contract_id", "site", "services", "contract", "let", "opens", "works", "why"]
    ]


def _closings(view: View) -> pd.DataFrame:
    """Services of today that close, by site and date, and where the people of their town go."""
    names, t, stages, runs = view.names, view.t, view.studied.milestones, audited.running_on(view)
    ended = ended_services(view.plan).set_index(["site_id", "specialty_id"])["fate"]
    rows = stages[stages["milestone"] == "closing"]
    rows = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        fate=[ended[place] for place in zip(rows["site_id"], rows["specialty_id"], strict=True)],
        instead=[_instead(view, row.site_id, row.specialty_id) for row in rows_of(rows)],
        runs=[runs.get((row.site_id, row.specialty_id), "") for row in rows_of(rows)],
    )
    groups = rows.groupby(["site_id", "contract_id", "begins", "site", "fate"], as_index=False).agg(
        specialty_id=("specialty_id", "first"),
        services=("specialty", lambda part: ", ".join(sorted(set(part)))),
        why=("instead", lambda part: " ".join(dict.fromkeys(text for text in part if text))),
        runs=("runs", "first"),
    )
    words = {Fate.CLOSED.value: t(N_("closes"))}
    fates = [words.get(fate) or t(SERVICE_STATUSES[fate].name) for fate in groups["fate"]]
    why = [f"{runs} {instead}".strip() for runs, instead in zip(groups["runs"], groups["why"], strict=True)]
    opens = [half_year(t, label) for label in groups["begins"]]
    return groups.assign(contract=fates, let="", opens=opens, works=None, why=why)[
        ["site_id", "specialty_id", "contract_id", "site", "services", "contract", "let", "opens", "works", "why"]
    ]


def _instead(view: View, site: str, specialty: str) -> str:
    """Say where the people of the site's town are treated in the last period."""
    town = view.names.territory_of_site.get(site, "")
    rows = in_last_period(view.plan, view.plan.assignments)
    rows = rows[(rows["territory_id"] == town) & (rows["specialty_id"] == specialty)]
    if rows.empty:
        return ""
    most = rows.sort_values("cases", ascending=False).iloc[0]
    return view.t(
        N_("{specialty}: the people of its town are treated at {site}, {minutes} minutes away."),
        specialty=view.names.specialties[specialty],
        site=view.names.sites.get(most["site_id"], most["site_id"]),
        minutes=view.numbers.decimal(float(most["minutes"])),
    )


def write(pack: Pack) -> None:
    """Write the sheet: what opens and changes, then, on the last of its pages, what ends."""
    view, t = pack.view, pack.view.t
    kept = int((in_last_period(view.plan, view.plan.openings)["change"] == "kept").sum())
    note = t(
        N_(
            "What is to be begun first stands first. Works: with equipment and letting, before discounting, {money}. "
            "Services that go on as they are: {kept}; they and every detail are in {file}, sheet decisions."
        ),
        money=view.numbers.money_header(),
        kept=kept,
        file=AUDIT,
    )
    sheet = pack.sheet("decisions", _WIDTHS, note)
    changes, endings = (part.assign(cell=audit_cells(pack.audit, part)) for part in (_changes(view), _closings(view)))
    columns = [*decision_columns(view), Column("cell", AUDIT, "", "line")]
    if len(endings):
        _endings(pack, sheet, endings, columns, cut=_opening(pack, sheet, changes, columns, _PAGES - 1))
    else:
        _opening(pack, sheet, changes, columns, _PAGES)


def _opening(pack: Pack, sheet: Sheet, frame: pd.DataFrame, columns: list[Column], pages: int) -> bool:
    """Write what opens and changes on as many pages, and say whether some of it has no room there."""
    written = pack.table(sheet, frame, columns, pages, "decisions")
    _linked(pack, sheet, written, frame)
    return len(frame) > written.last - written.first + 1


def _endings(pack: Pack, sheet: Sheet, frame: pd.DataFrame, columns: list[Column], *, cut: bool) -> None:
    """Write what ends, below the rest or, where that fills its pages (``cut``), on the last page."""
    if cut:
        sheet.paper.break_at(sheet.row)
    sheet.heading(pack.view.t(N_("Services of today that end at their place")))
    fit = sheet.fitting(frame, columns, 1)
    _linked(pack, sheet, sheet.table(frame.head(fit), columns, header=False), frame)
    pack.tell_rest(sheet, len(frame) - fit, AUDIT, "decisions")


def _linked(pack: Pack, sheet: Sheet, written: Block, frame: pd.DataFrame) -> None:
    """Turn the cells that name those of the audit workbook into links."""
    for n, cell in enumerate(frame["cell"].head(written.last - written.first + 1)):
        if cell:
            pack.link(sheet, written.first + n, written.columns["cell"], cell, "cell", "line")


def decision_columns(view: View) -> list[Column]:
    """Return the columns of :func:`decisions_frame` as a sheet shows them."""
    t = view.t
    return [
        Column("site", t(N_("Place"))),
        Column("services", t(N_("Services"))),
        Column("contract", t(N_("Contract"))),
        Column("let", t(N_("Let from"))),
        Column("opens", t(N_("Opens"))),
        Column("works", t(N_("Works")), "", "millions"),
        Column("why", t(N_("Why"))),
    ]


def audit_cells(audit: Book, frame: pd.DataFrame) -> list[str]:
    """Return the cell of the audit workbook where each row of :func:`decisions_frame` begins; blank: none."""
    rows, block = _audited(audit.view), audit.page(audited.write)
    keys = zip(frame["site_id"], frame["specialty_id"], frame["contract_id"], strict=True)
    return [block.cell("site", rows[key]).replace("$", "") if key in rows else "" for key in keys]


def _audited(view: View) -> dict[tuple[str, str, str], int]:
    """Row of each service on the audit's sheet of decisions: the first of several periods."""
    frame = audited.decisions_frame(view)
    found: dict[tuple[str, str, str], int] = {}
    for n, row in enumerate(rows_of(frame)):
        found.setdefault((row.site_id, row.specialty_id, row.contract_id), n)
    return found
