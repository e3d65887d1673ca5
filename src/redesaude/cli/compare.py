"""Command compare: strategies of a scenario side by side."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from redesaude.cli.common import Exit, exit_code, fail, folder_for, read, tell_notes
from redesaude.cli.faults import Guard, guarded
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.problems import show_problems
from redesaude.cli.summary import show_ppp_direct, show_reoptimised
from redesaude.cli.taken_up import COMPARISON, members_for
from redesaude.cli.terminal import console, errors
from redesaude.errors import InputError
from redesaude.inputs.folder_names import COMPARE
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.variants import apply_variant
from redesaude.language import N_, Translator, said, translator
from redesaude.report.comparison import place_comparison
from redesaude.report.comparison.words import STRATEGIES, verdict_name
from redesaude.report.terms import STATUSES
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress
from redesaude.status import Termination
from redesaude.studies.cluster import Cluster
from redesaude.studies.compare import VARIANT, Comparison
from redesaude.studies.compare import compare as compare_scenario
from redesaude.studies.pools import Pool
from redesaude.studies.strategies import DIRECT, MIX, PPP

_LOST = N_(
    "{count} of the plans could not be kept in {folder}: the disk takes no more there. Were the comparison cut short "
    "now, --resume would look for them again from the beginning."
)
_ENDING = N_("Interrupted: nothing was written. What was solved is kept; --resume takes it up.")

_LEFT_OUT = N_("Left out of the comparison, because they are wrong: {variants}")

_LINE_EVERY = 5.0


@dataclass(frozen=True)
class Places:
    """Where a comparison is solved (in ``jobs`` processes, or by a ``cluster``), where it goes, and whether it takes up
    what is kept there.
    """

    jobs: int = 1
    cluster: str | None = None
    out: Path | None = None
    resume: bool = False

    def at_once(self) -> int | Pool:
        """Return how many processes, or the workers of the cluster."""
        return self.jobs if self.cluster is None else Cluster(self.cluster)


def run(file: Path, options: SolveOptions, places: Places, *, variants: str, lang: str | None) -> Exit:
    """Compare the strategies of a workbook, write their folder and return how it ended."""
    scenario = read(file, lang)
    say = translator(scenario.settings.language)
    target = folder_for(scenario, places.out, COMPARE)
    names, jobs = usable(scenario, variants, say), places.at_once()
    members, stop = members_for(target, scenario, say, COMPARISON, resume=places.resume), CtrlC(say, _ENDING)
    with guarded(Guard(scenario, options, target, say)) as guard, stop.listening():
        found = compare_scenario(
            scenario,
            options,
            variants=names,
            jobs=jobs,
            progress=_Lines(console, say).tell,
            stop=stop,
            members=members,
        )
        if members.lost:
            text = say(_LOST, count=len(members.lost), folder=members.folder)
            console.print(text, soft_wrap=True, highlight=False)
        if not found.plans:
            fail(say(N_("Stopped before any strategy was solved.")), Exit.INTERRUPTED)
        stop.written = True  # the members are kept
        guard.stage, guard.plan = "report", found.plans.get(MIX)
        show(console, found, say)
        guard.tell(list(found.plans.values()))
        if any(plan.has_decisions for plan in found.plans.values()):
            placed = place_comparison(found, target)
            console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
            tell_notes(placed, say)
        else:
            _tell_reasons(console, found, say)
        if not _cut_short(found):
            members.clear()
    return _exit(found)


def usable(scenario: Scenario, variants: str, say: Translator) -> tuple[str, ...]:
    """Return the variants that are named, those that are wrong left out and told; a name that is none ends all."""
    every = list(dict.fromkeys(scenario.variants["variant_id"]))
    names = every if variants.strip() == "all" else [name.strip() for name in variants.split(",") if name.strip()]
    left_out = []
    for name in names:
        try:
            apply_variant(scenario, name)
        except InputError as error:
            if name not in every:
                raise
            left_out.append(name)
            show_problems(errors, error.problems, say)
    if left_out:
        errors.print(say(_LEFT_OUT, variants=", ".join(left_out)), style="red", soft_wrap=True, highlight=False)
    return tuple(name for name in names if name not in left_out)


def _cut_short(found: Comparison) -> bool:
    return MIX not in found.plans or any(p.termination == Termination.INTERRUPTED for p in found.plans.values())


def _exit(found: Comparison) -> Exit:
    """The exit code of the best mix; interrupted if any strategy was."""
    if _cut_short(found):
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
        if phase != progress.stage or now - at >= _LINE_EVERY:
            self._last[strategy] = progress.stage, now
            self._console.print(f"{name_of(strategy, self._say):<26} {progress}", highlight=False, soft_wrap=True)


def name_of(strategy: str, say: Translator) -> str:
    """Return the name of a strategy, a variant's id for a variant."""
    known = STRATEGIES.get(strategy)
    return say(known.name) if known else strategy.removeprefix(VARIANT)


def _tell_reasons(to: Console, found: Comparison, say: Translator) -> None:
    """Say why no strategy has a plan: there is nothing to compare, and no folder."""
    for strategy, plan in found.plans.items():
        for cause in plan.causes or (said(STATUSES[plan.status].meaning),):
            text = f"{name_of(strategy, say)}: {say.tell(cause)}"
            to.print(text, soft_wrap=True, highlight=False)


def show(to: Console, found: Comparison, say: Translator) -> None:
    """Print the interval and verdict of each strategy, and PPP less direct on one network and each solved anew."""
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
        costs = (say("{cost:,.1f}", cost=cost / 1e6) if math.isfinite(cost) else "-" for cost in (row.high, row.low))
        table.add_row(name_of(row.strategy_id, say), *costs, say(verdict_name(row.verdict, row.low)))
    to.print(table)
    if found.ppp_direct is not None:
        show_ppp_direct(to, found.ppp_direct, found.scenario, say)
    ppp, direct = (found.plans.get(name) for name in (PPP, DIRECT))
    if ppp is not None and direct is not None and ppp.has_decisions and direct.has_decisions:
        show_reoptimised(to, ppp, direct, say)
