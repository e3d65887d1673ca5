"""Command norms: what each norm costs that a plan keeps, and what keeping those would cost that it misses."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from redesaude.asking.norms import Norms, norms
from redesaude.cli.asked import ENDING, each_line, plan_to_ask
from redesaude.cli.common import Exit, exit_code, folder_for, read, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.terminal import console
from redesaude.inputs.changes import BASE
from redesaude.inputs.folder_names import NORMS
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.variants import apply_variant
from redesaude.language import N_, translator
from redesaude.plan.plan import Plan
from redesaude.report.asked.norms import KEPT, group_words, missed_words, place_norms
from redesaude.report.view import View, view_of
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Listener, StopSignal
from redesaude.solving.solve import solve

_HEADINGS = (N_("norm"), N_("kept"), N_("of them binding"), N_("price, {currency} million"), N_("proven between"))
_MISSED = N_("Norms that the plan misses, kept as far as any network could:")
_NOT_ASKED = N_("Beyond the reach of any network, not asked for: {count} {count:norm|norms}.")


def run(source: Path, options: SolveOptions, *, variant: str, each: float, out: Path | None, lang: str | None) -> Exit:
    """Price the norms of a result, or of a workbook that is solved first, print and write them; how it ended."""
    workbook = source.suffix.lower() == ".xlsx" and not source.is_dir()
    given = None if workbook else plan_to_ask(source, lang)
    scenario = apply_variant(read(source, lang), variant) if given is None else given.scenario
    say = translator(scenario.settings.language)
    stop = CtrlC(say, ENDING)
    with stop.listening():
        plan = solve(scenario, options, _told(""), stop) if given is None else given
        if not plan.has_decisions:
            for cause in plan.causes:
                console.print(say.tell(cause), soft_wrap=True, highlight=False)
            return exit_code(plan)
        target = folder_for(scenario, out, NORMS if variant == BASE else f"{NORMS}-{variant}")
        found = _norms(plan, replace(options, time_limit=each), stop)
        stop.written = True
        placed = place_norms(found, target)
    show(console, found)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def _norms(plan: Plan, options: SolveOptions, stop: StopSignal) -> Norms:
    return norms(plan, options, _told, stop)


def _told(name: str) -> Listener:
    """What prints lines of progress of one question."""
    line = each_line(console)
    return lambda step: line(name, step)


def show(to: Console, found: Norms) -> None:
    """Print a row for each group of norms kept, and a line for each missed."""
    view = view_of(found.plan)
    say, table, currency = view.t, Table(show_edge=False), found.plan.scenario.settings.currency
    for n, heading in enumerate(_HEADINGS):
        table.add_column(say(heading, currency=currency), justify="right" if n else "left")
    for row in rows_of(found.kept):
        ends = (say("{cost:,.1f}", cost=end / 1e6) if math.isfinite(end) else "-" for end in (row.least, row.most))
        price = say("{cost:,.1f}", cost=row.price / 1e6)
        norm = group_words(view, row.kind, row.specialty_id, row.regions)
        table.add_row(norm, str(row.norms), str(row.bind), price, " - ".join(ends))
    to.print(table)
    to.print(say(KEPT), soft_wrap=True, highlight=False)
    _show_missed(to, found, view)


def _show_missed(to: Console, found: Norms, view: View) -> None:
    if found.missed:
        to.print(view.t(_MISSED), style="bold", soft_wrap=True, highlight=False)
    for each in found.missed:
        told = f"  {group_words(view, *each.group)} ({each.norms}): {missed_words(view, each)}"
        to.print(told, soft_wrap=True, highlight=False)
    not_asked = int(found.where["asked"].isna().sum())
    if not_asked:
        to.print(view.t(_NOT_ASKED, count=not_asked), soft_wrap=True, highlight=False)
