"""Command why: what turning round each decision of a plan costs, and what its promises are worth."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from redesaude.asking.relaxations import may_give_way
from redesaude.asking.why import Why, why
from redesaude.cli.asked import ENDING, each_line, plan_or_none_possible
from redesaude.cli.common import Exit, folder_for, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.taken_up import ANSWERS, members_for
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import WHY
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_, translator
from redesaude.plan.plan import Plan
from redesaude.report.asked.answers import BETTERED
from redesaude.report.asked.relaxations import place_relaxations, relaxation_words
from redesaude.report.asked.why import place_why
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions
from redesaude.status import Status

_TOLD = N_(
    "{count} {count:service|services} looked at: {dearer} proven dearer if turned round, {impossible} proven "
    "impossible; {solved} of them solved."
)
_CLOSE = N_("The most that is proven: closing {specialty} at {site} costs at least {low} more.")
_OPEN = N_("The most that is proven: opening {specialty} at {site} costs at least {low} more.")
_WORSE = N_("Worse off than today: {count} {count:municipality and specialty|municipalities and specialties}.")
_BINDING = N_("{count} {count:promise binds|promises bind}.")


def run(
    folder: Path, options: SolveOptions, *, seconds: float, resume: bool, out: Path | None, lang: str | None
) -> Exit:
    """Say why the plan of a result is as it is, and return how it ended."""
    plan, began = plan_or_none_possible(folder, lang), time.monotonic()
    if plan.status == Status.INFEASIBLE:
        return _none_possible(plan, replace(options, time_limit=max(1.0, seconds)), out)
    say = translator(plan.scenario.settings.language)
    target, stop = folder_for(plan.scenario, out, WHY), CtrlC(say, ENDING)
    members = members_for(target, plan.scenario, say, ANSWERS, resume=resume)
    with stop.listening():
        found = why(plan, options, seconds=seconds, progress=each_line(console), stop=stop, members=members)
        stop.written = True
        placed = place_why(found, target)
        if not stop.stopped:
            members.clear()
    show(found)
    console.print(say(N_("{seconds:,.0f} seconds"), seconds=time.monotonic() - began))
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def _none_possible(plan: Plan, options: SolveOptions, out: Path | None) -> Exit:
    """Say what may give way where no plan is possible."""
    target, view = folder_for(plan.scenario, out, WHY), view_of(plan)
    found = may_give_way(plan, options)
    placed = place_relaxations(found, target)
    for line in relaxation_words(view, found):
        console.print(line, highlight=False, soft_wrap=True)
    console.print(view.t(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, view.t)
    return Exit.INFEASIBLE


def show(found: Why) -> None:
    """Print what is known in a few lines."""
    view, table = view_of(found.plan), found.services
    t, count = view.t, table["answer"].value_counts()
    lines = [
        t(
            _TOLD,
            count=len(table),
            dearer=int(count.get("dearer", 0)),
            impossible=int(count.get("impossible", 0)),
            solved=len(found.asked),
        )
    ]
    proven = table[(table["answer"] == "dearer") & (table["low"] > 0)]
    if len(proven):
        row = max(rows_of(proven), key=lambda row: row.low)
        values = {"site": view.names.sites[row.site_id], "specialty": view.names.specialties[row.specialty_id]}
        lines.append(t(_CLOSE if row.opened else _OPEN, low=view.numbers.money(row.low), **values))
    lines.append(t(_BINDING, count=int(found.promises["binds"].sum())))
    lines.append(t(_WORSE, count=len(found.worse)))
    if found.bettered:
        lines.append(t(BETTERED))
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
