"""Sheet ``checks``: the audit, the run, what was noticed in the input, and the log."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from redesaude.errors import Problem
from redesaude.language import N_
from redesaude.plan.first_years import late_promises
from redesaude.plan.plan import Plan
from redesaude.promises.access import SHEET
from redesaude.report.manifest import versions
from redesaude.report.terms import PHASE_NAMES, TERMINATIONS
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.solving.parameters import changed

_WIDTHS = (42, 14, 18, 14, 90)


def audit_frame(view: View) -> pd.DataFrame:
    """Return the checks of the audit with their verdict in words."""
    t = view.t
    rows = [
        (t(c.name), t(N_("passed")) if c.passed else t(N_("failed")), c.worst, c.tolerance, c.detail)
        for c in view.plan.audit.checks
    ]
    return pd.DataFrame(rows, columns=["name", "verdict", "worst", "tolerance", "detail"])


def run_frame(view: View) -> pd.DataFrame:
    """Return the facts needed to repeat the run: engine, seed, options, versions, size, time, input."""
    plan, t = view.plan, view.t
    facts = {
        t(N_("Why the search ended")): t(TERMINATIONS[plan.termination.value]),
        t(N_("Engine")): plan.engine,
        t(N_("Random sequence no.")): str(plan.seed),
        **{t(N_("Option {name}"), name=name): _set(view, value) for name, value in _options(plan)},
        t(N_("Variables")): view.numbers.decimal(plan.variables),
        t(N_("Constraints")): view.numbers.decimal(plan.constraints),
        **{
            t(N_("Seconds: {phase}"), phase=t(PHASE_NAMES.get(phase, phase))): view.numbers.decimal(seconds, 1)
            for phase, seconds in plan.seconds.items()
        },
        t(N_("Variant")): plan.scenario.variant_id,
        t(N_("Fingerprint of the input (SHA-256)")): plan.scenario.input_sha256,
        **{t(N_("Version of {name}"), name=name): version for name, version in versions().items()},
    }
    return pd.DataFrame(list(facts.items()), columns=["fact", "value"])


def _options(plan: Plan) -> list[tuple[str, object]]:
    """Return the options of a run, of the parameters of its search only those that are not as usual."""
    searched = plan.options.get("search")
    tuned = changed(searched) if isinstance(searched, Mapping) else {}
    others = {name: value for name, value in plan.options.items() if name != "search"}
    return sorted((others | tuned).items(), key=lambda option: option[0])


def _set(view: View, value: object) -> str:
    return view.t(N_("not set, as in the settings")) if value is None else str(value)


def notices_frame(view: View) -> pd.DataFrame:
    """Return what was noticed in the input, and of the promises of the plan, without stopping the run."""
    rows = [(f"{p.sheet} {p.cell}".strip(), _sentence(view, p)) for p in view.scenario.notices]
    if view.plan.has_decisions:
        rows += [(SHEET, sentence) for sentence in late_promises(view.plan, view.t)]
    return pd.DataFrame(rows, columns=["place", "notice"])


def _sentence(view: View, problem: Problem) -> str:
    """Found, expected and remedy as sentences of their own."""
    parts = (view.t(part, **problem.values) for part in (problem.found, problem.expected, problem.remedy) if part)
    return " ".join(part[0].upper() + part[1:].rstrip(".") + "." for part in parts)


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    note = t(N_("The audit recomputes every promise and every cost from the plan and the input, without the solver."))
    sheet = book.sheet("checks", _WIDTHS, note)
    _audit(sheet, view)
    sheet.heading(t(N_("The run")))
    sheet.table(run_frame(view), [Column("fact", t(N_("Fact"))), Column("value", t(N_("Value")), span=4)])
    sheet.heading(t(N_("Noticed in the input")))
    notices = [Column("place", t(N_("Where"))), Column("notice", t(N_("What")), span=4)]
    sheet.table(notices_frame(view), notices)
    sheet.heading(t(N_("Log")))
    for line in view.plan.log:
        sheet.value(sheet.row, 0, line, sheet.styles("line"))
        sheet.row += 1


def _audit(sheet: Sheet, view: View) -> None:
    t = view.t
    columns = [
        Column("name", t(N_("Check"))),
        Column("verdict", t(N_("Result")), kind="verdict"),
        Column("worst", t(N_("Worst deviation")), t(N_("relative, or in the unit of the check")), "tiny"),
        Column("tolerance", t(N_("Tolerance")), "", "tiny"),
        Column("detail", t(N_("Detail"))),
    ]
    block = sheet.table(audit_frame(view), columns)
    sheet.mark(block, "verdict", {t(N_("passed")): "good", t(N_("failed")): "bad"})
