"""Command frontier: what each share of cases within the standard costs."""

from __future__ import annotations

from pathlib import Path

from redesaude.asking.frontier import Frontier, frontier
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
_STANDARD = N_("No specialty states an access standard (access_minutes): there is nothing to measure access by.")


def run(source: Path, options: SolveOptions, *, access: str, out: Path | None, lang: str | None) -> Exit:
    """Walk the frontier from a plan on, write it and return how it ended."""
    known, scenario = given(source, lang)
    say = translator(scenario.settings.language)
    shares = _shares(access, say)
    if scenario.specialties["access_minutes"].isna().all():
        fail(say(_STANDARD))
    stop = CtrlC(say, ENDING)
    with stop.listening():
        plan = begun(scenario, options, stop) if known is None else known
        target = target_for(plan, out, FRONTIER)
        found = frontier(plan, shares, options, progress=each_line(console), stop=stop)
        stop.written = True
        placed = place_frontier(found, target)
    show(found)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def _shares(text: str, say: Translator) -> list[float]:
    """Shares of 0-1 from percentages after commas; ends the command where they are none."""
    try:
        shares = [float(word.strip().removesuffix("%")) / 100.0 for word in text.split(",") if word.strip()]
    except ValueError:
        shares = []
    if not shares or not all(0.0 <= share <= 1.0 for share in shares):
        fail(say(_SHARES, found=text))
    return shares


def show(found: Frontier) -> None:
    """Print each point with its interval and the step to it."""
    view = view_of(found.plan)
    for point in found.points:
        console.print(point_words(view, point), style="bold", highlight=False, soft_wrap=True)
        if point is not found.points[0]:
            console.print(f"  {step_words(view, point)}", highlight=False, soft_wrap=True)
