"""Command frontier: what each share of cases within the standard, or each level of another measure, costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from redesaude.asking.frontier import Frontier, frontier
from redesaude.asking.measures import EACH_SPECIALTY, MEASURES
from redesaude.asking.trade_off import trade_off
from redesaude.cli.asked import ENDING, begun, each_line, given
from redesaude.cli.common import Exit, fail, folder_for, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.taken_up import CURVE, members_for
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import FRONTIER, TRADE_OFF
from redesaude.language import N_, Translator, translator
from redesaude.plan.plan import Plan
from redesaude.report.asked.frontier import place_frontier, point_words, step_words
from redesaude.report.asked.trade_off import place_trade_off, trade_off_words
from redesaude.report.placing import Placed
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions
from redesaude.studies.members import Members

_SHARES = N_("--access {found}: shares in percent from 0 to 100, separated by commas, such as 80,85,90")
_LEVELS = N_("--levels {found}: numbers separated by commas, such as 12,10,8; shares in percent")
_MEASURE = N_("--measure {found}: one of {known}")
_AGAINST = N_("--against {found}: one of {known}")
_STANDARD = N_("No specialty states an access standard (access_minutes): there is nothing to measure access by.")


#: what levels are set against where no other measure is said
COST = "cost"


@dataclass(frozen=True)
class Wanted:
    """Which levels of which measure; ``access`` are shares for those that are shares, where no levels are said.
    ``against`` is cost, or a measure of which the best is sought, for ``money`` at most (NPV). ``resume`` takes up
    points that were kept.
    """

    measure: str = EACH_SPECIALTY
    levels: str = ""
    access: str = ""
    against: str = COST
    money: float | None = None
    resume: bool = False
    out: Path | None = None


@dataclass(frozen=True)
class _Going:
    """What is kept while it goes on, where the result goes, and what ends it."""

    members: Members
    target: Path
    stop: CtrlC


def run(source: Path, options: SolveOptions, wanted: Wanted, *, lang: str | None) -> Exit:
    """Walk the frontier from a plan on, write it and return how it ended."""
    known, scenario = given(source, lang)
    say = translator(scenario.settings.language)
    levels = _levels(wanted, say)
    shares = {MEASURES[name].form for name in (wanted.measure, wanted.against) if name in MEASURES}
    if "percent" in shares and scenario.specialties["access_minutes"].isna().all():
        fail(say(_STANDARD))
    stop = CtrlC(say, ENDING)
    with stop.listening():
        against_cost = wanted.against == COST
        target = folder_for(scenario, wanted.out, FRONTIER if against_cost else TRADE_OFF)
        going = _Going(members_for(target, scenario, say, CURVE, resume=wanted.resume), target, stop)
        plan = begun(scenario, options, stop, going.members) if known is None else known
        walk = _against_cost if against_cost else _traded
        placed = walk(plan, levels, options, wanted, going)
        if not stop.stopped:
            going.members.clear()
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def _against_cost(plan: Plan, levels: list[float], options: SolveOptions, wanted: Wanted, going: _Going) -> Placed:
    """Walk along the levels at least cost, write and print what came of them."""
    found = frontier(
        plan,
        levels,
        options,
        measure=wanted.measure,
        progress=each_line(console),
        stop=going.stop,
        members=going.members,
    )
    going.stop.written = True
    placed = place_frontier(found, going.target)
    show(found)
    return placed


def _traded(plan: Plan, levels: list[float], options: SolveOptions, wanted: Wanted, going: _Going) -> Placed:
    """Seek the best of the other measure at each level, write and print what came of it."""
    found = trade_off(
        plan,
        levels,
        options,
        measure=wanted.measure,
        against=wanted.against,
        money=wanted.money or None,
        progress=each_line(console),
        stop=going.stop,
        members=going.members,
    )
    going.stop.written = True
    placed = place_trade_off(found, plan, going.target)
    for sentence in trade_off_words(view_of(plan), found):
        console.print(sentence, highlight=False, soft_wrap=True)
    return placed


def _levels(wanted: Wanted, say: Translator) -> list[float]:
    """The levels of a measure, shares of 0-1 from percentages; ends the command where they are none."""
    if wanted.measure not in MEASURES:
        fail(say(_MEASURE, found=wanted.measure, known=", ".join(MEASURES)))
    others = [COST, *(name for name in MEASURES if name != wanted.measure)]
    if wanted.against not in others:
        fail(say(_AGAINST, found=wanted.against, known=", ".join(others)))
    share = MEASURES[wanted.measure].form == "percent"
    text = wanted.levels or (wanted.access if share else "")
    try:
        levels = [float(word.strip().removesuffix("%")) for word in text.split(",") if word.strip()]
    except ValueError:
        levels = []
    most = 100.0 if share else math.inf
    if not levels or not all(0.0 <= level <= most for level in levels):
        fail(say(_SHARES if wanted.measure == EACH_SPECIALTY else _LEVELS, found=text))
    return [level / 100.0 if share else level for level in levels]


def show(found: Frontier) -> None:
    """Print each point with its interval and the step to it."""
    view = view_of(found.plan)
    for point in found.points:
        console.print(point_words(view, found, point), style="bold", highlight=False, soft_wrap=True)
        if point is not found.points[0]:
            console.print(f"  {step_words(view, point)}", highlight=False, soft_wrap=True)
