"""Commands solve and demo: a scenario solved, its report written, and written again with its studies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from redesaude.asking.best import OBJECTIVES
from redesaude.asking.best import solve as solve_scenario
from redesaude.cli.asked import plan_to_ask
from redesaude.cli.common import Exit, exit_code, fail, folder_for, read, tell_notes
from redesaude.cli.faults import Guard, guarded
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.journal import done_with, journal_for
from redesaude.cli.options import Beginning, Results, Sought
from redesaude.cli.progress import showing
from redesaude.cli.summary import show_how_anew, show_plan, show_ppp_direct
from redesaude.cli.terminal import console
from redesaude.inputs.checks import check_again
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import N_, translator
from redesaude.plan.plan import Plan
from redesaude.report.folder import place_report
from redesaude.report.placing import Placed
from redesaude.report.studied import Studied
from redesaude.report.studies import Studies, studies_of
from redesaude.report.study_process import StudyProcess, beside
from redesaude.report.terms import REPORT_PHASES
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress
from redesaude.studies.ties import tie_sentence

#: the objective that the workbook states
_AS_STATED = Sought()
_OBJECTIVE = N_("--objective {found}: one of {known}")
_ANEW = Beginning()


@dataclass(frozen=True)
class Job:
    """What a solve was asked for on the command line."""

    file: Path
    options: SolveOptions
    results: Results
    variant: str = "base"
    beginning: Beginning = _ANEW
    sought: Sought = _AS_STATED

    def scenario(self) -> Scenario:
        """The scenario asked for: the workbook's, its variant, in the language asked for."""
        scenario = read(self.file, self.results.lang)
        scenario = scenario if self.variant == "base" else apply_variant(scenario, self.variant)
        settings, sought = scenario.settings, self.sought
        if sought.objective is not None:
            if sought.objective not in OBJECTIVES:
                say = translator(settings.language)
                fail(say(_OBJECTIVE, found=sought.objective, known=", ".join(OBJECTIVES)))
            settings = replace(settings, objective=sought.objective)
        if sought.money is not None:
            settings = replace(settings, money_ceiling=sought.money)
        return scenario if settings == scenario.settings else check_again(scenario.replace(settings=settings))

    def known(self) -> tuple[Plan, ...]:
        """The plans to begin with; ends the command where the folder named holds none."""
        source = self.beginning.source
        return () if source is None else (plan_to_ask(source, self.results.lang),)


def run(job: Job) -> Exit:
    """Do what was asked for and return how it ended."""
    began = time.perf_counter()
    scenario, known = job.scenario(), job.known()
    reading = time.perf_counter() - began
    say = translator(scenario.settings.language)
    target = folder_for(scenario, job.results.out, scenario.variant_id)
    journal, stop = journal_for(target, scenario, say, resume=job.beginning.resume), CtrlC(say)
    with guarded(Guard(scenario, job.options, target, say)) as guard, stop.listening():
        with showing(console, say) as tell:
            tell(Progress("read", reading, message=scenario.settings.title))
            plan = solve_scenario(scenario, job.options, tell, stop, known, journal=journal)
            plan = replace(plan, seconds={"read": reading, **plan.seconds, "total": time.perf_counter() - began})

            def phase(word: str) -> None:
                tell(Progress("report", time.perf_counter() - began, message=say(word)))

            phase(REPORT_PHASES["write"])
            guard.stage, guard.plan = "report", plan
            studied = Studied(plan)
            studies: Studies | None = None
            wanted = job.results.studies and plan.has_decisions and not stop.stopped
            with beside(plan, job.options.limits(scenario.settings).threads if wanted else 1) as other:
                placed = place_report(plan, target, studied=studied, replace=job.results.replace_better)
                done_with(journal, placed, say)
                guard.stage, guard.plan, guard.written, stop.written = "studies", None, placed.folder, True
                if placed.written and wanted and not stop.stopped:
                    studies, placed = _with_studies(studied, placed, phase, other)
        show_plan(console, plan, placed.folder, say)
        if studies is not None and (tie := tie_sentence(plan, studies.tied, say)):
            console.print(tie, highlight=False, soft_wrap=True)
        if studies is not None and studies.compared is not None and studies.compared.ppp_direct is not None:
            show_ppp_direct(console, studies.compared.ppp_direct, plan.scenario, say)
            show_how_anew(console, job.file, say)
        tell_notes(placed, say)
        guard.tell([plan])
    return exit_code(plan)


def _with_studies(
    studied: Studied, first: Placed, tell: Callable[[str], object], other: StudyProcess | None
) -> tuple[Studies, Placed]:
    """Write a report that is there already again with its studies: Ctrl-C during those loses no plan."""
    plan = studied.plan
    studies = studies_of(plan, lambda phase: tell(REPORT_PHASES[phase]), studied, other)
    tell(REPORT_PHASES["write"])
    again = place_report(plan, first.folder, studies=studies, studied=studied)
    return studies, replace(again, notes=first.notes + again.notes)
