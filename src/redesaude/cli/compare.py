"""Command compare: strategies of a scenario side by side."""

from __future__ import annotations

import math
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from redesaude.cli.common import Exit, exit_code, fail, folder_for, read, tell_notes
from redesaude.cli.faults import Guard, guarded
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import COMPARE
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_, Translator, translator
from redesaude.plan.plan import Termination
from redesaude.report.comparison import place_comparison
from redesaude.report.comparison.words import STRATEGIES, verdict_name
from redesaude.report.terms import STATUSES
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress
from redesaude.studies.compare import VARIANT, Comparison
from redesaude.studies.compare import compare as compare_scenario
from redesaude.studies.strategies import MIX

_LINE_EVERY = 5.0


def run(file: Path, options: SolveOptions, *, variants: str, jobs: int, out: Path | None, lang: str | None) -> Exit:
    """Compare the strategies of a workbook, write their folder and return how it ended."""
    scenario = read(file, lang)
    say = translator(scenario.settings.language)
    target = folder_for(scenario, out, COMPARE)
    lines = _Lines(console, say)
    with guarded(Guard(scenario, options, target, say)) as guard:
        found = compare_scenario(scenario, options, variants=_named(scenario, variants), jobs=jobs, progress=lines.tell)
        if not found.plans:
            fail(say(N_("Stopped before any strategy was solved.")), Exit.INTERRUPTED)
        guard.stage, guard.plan = "report", found.plans.get(MIX)
        _show(console, found, say)
        guard.tell(list(found.plans.values()))
        if any(plan.has_decisions for plan in found.plans.values()):
            placed = place_comparison(found, target)
            console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
            tell_notes(placed, say)
        else:
            _tell_reasons(console, found, say)
    return _exit(found)


def _named(scenario: Scenario, variants: str) -> tuple[str, ...]:
    if variants.strip() == "all":
        return tuple(dict.fromkeys(scenario.variants["variant_id"]))
    return tuple(name.strip() for name in variants.split(",") if name.strip())


def _exit(found: Comparison) -> Exit:
    """The exit code of the best mix; interrupted if any strategy was."""
    if MIX not in found.plans or any(p.termination == Termination.INTERRUPTED for p in found.plans.values()):
        return Exit.INTERRUPTED
    if any(plan.termination == Termination.FAULT for plan in found.plans.values()):
        return Exit.FAULT
    return exit_code(found.plans[MIX])


class _Lines:
    """A line for each new phase of a strategy, and otherwise one every few seconds."""

    def __init__(self, to: Console, say: Translator) -> None:
        self._console, self._say = to, say
        self._last: dict[str, tuple[str, float]] = {}

    def tell(self, strategy: str, progress: Progress) -> None:
        phase, at = self._last.get(strategy, ("", 0.0))
        now = time.monotonic()
        if phase != progress.phase or now - at >= _LINE_EVERY:
            self._last[strategy] = progress.phase, now
            self._console.print(f"{name_of(strategy, self._say):<26} {progress}", highlight=False, soft_wrap=True)


def name_of(strategy: str, say: Translator) -> str:
    """Return the name of a strategy, a variant's id for a variant."""
    known = STRATEGIES.get(strategy)
    return say(known.name) if known else strategy.removeprefix(VARIANT)


def _tell_reasons(to: Console, found: Comparison, say: Translator) -> None:
    """Say why no strategy has a plan: there is nothing to compare, and no folder."""
    for strategy, plan in found.plans.items():
        for reason in plan.reason or (STATUSES[plan.status].meaning,):
            text = f"{name_of(strategy, say)}: {say(reason)}"
            to.print(text, soft_wrap=True, highlight=False)


def _show(to: Console, found: Comparison, say: Translator) -> None:
    """Print the interval and verdict of each strategy."""
    currency = found.scenario.settings.currency
    headings = (
        N_("strategy"),
        N_("plan found, {currency} million"),
        N_("proven least"),
        N_("against the best mix"),
    )
    table = Table(show_edge=False)
    for n, heading in enumerate(headings):
        table.add_column(say(heading, currency=currency), justify="right" if n in (1, 2) else "left")
    for row in rows_of(found.strategies):
        costs = (f"{cost / 1e6:,.1f}" if math.isfinite(cost) else "-" for cost in (row.high, row.low))
        table.add_row(name_of(row.strategy_id, say), *costs, say(verdict_name(row.verdict, row.low)))
    to.print(table)
