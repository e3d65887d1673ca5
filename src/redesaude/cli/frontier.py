"""Command frontier: what each share of cases within the standard, or each level of another measure, costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from redesaude.asking.frontier import Frontier, frontier
from redesaude.asking.measures import EACH_SPECIALTY, MEASURES
from redesaude.cli.asked import ENDING, begun, each_line, given, target_for
from redesaude.cli.common import Exit, fail, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import FRONTIER
from redesaude.language import N_, Translator, translator
from redesaude.report.asked.frontier import place_frontier, point_words, step_words
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions

_SHARES = N_("--access {found}: shares in percent from 0 to 100, separated by commas, such as 80,85,90")
_LEVELS = N_("--levels {found}: numbers separated by commas, such as 12,10,8; shares in percent")
_MEASURE = N_("--measure {found}: one of {known}")
_STANDARD = N_("No specialty states an access standard (access_minutes): there is nothing to measure access by.")


@dataclass(frozen=True)
class Wanted:
    """Which levels of which measure; ``access`` are shares for those that are shares, where no levels are said."""

    measure: str = EACH_SPECIALTY
    levels: str = ""
    access: str = ""


def run(source: Path, options: SolveOptions, wanted: Wanted, *, out: Path | None, lang: str | None) -> Exit:
    """Walk the frontier from a plan on, write it and return how it ended."""
    known, scenario = given(source, lang)
    say = translator(scenario.settings.language)
    levels = _levels(wanted, say)
    if MEASURES[wanted.measure].form == "percent" and scenario.specialties["access_minutes"].isna().all():
        fail(say(_STANDARD))
    stop = CtrlC(say, ENDING)
    with stop.listening():
        plan = begun(scenario, options, stop) if known is None else known
        target = target_for(plan, out, FRONTIER)
        telling = each_line(console)
        found = frontier(plan, levels, options, measure=wanted.measure, progress=telling, stop=stop)
        stop.written = True
        placed = place_frontier(found, target)
    show(found)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def _levels(wanted: Wanted, say: Translator) -> list[float]:
    """The levels of a measure, shares of 0-1 from percentages; ends the command where they are none."""
    if wanted.measure not in MEASURES:
        fail(say(_MEASURE, found=wanted.measure, known=", ".join(MEASURES)))
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
