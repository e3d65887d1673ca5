"""Faults of our own on the command line: told as such, reported in a file, exit code 4; plans in hand are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from redesaude.cli.common import Exit
from redesaude.cli.terminal import errors
from redesaude.errors import Fault, FaultError, InputError, OutputError, ResultError
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, Translator
from redesaude.plan.plan import Plan
from redesaude.report.fault import FaultReport, write_fault
from redesaude.report.folder import place_bare
from redesaude.solving.options import SolveOptions
from redesaude.status import Termination

_FAILED = N_("A fault of this program, not of your input: {fault}")
_SURVIVED = N_("A part of the search failed ({fault}). The plan was checked and does not rest on it.")
_REPORT = N_("Please send this file to those who maintain the program: {file}")
_KEPT = N_("The plan found by then is kept, without its workbook, in {folder}")
_WRITTEN = N_("The result without its studies is in {folder}")
_NOT_KEPT = N_("The plan found by then could not be kept: {fault}")

#: what is wrong with what the user gave, or where it is to be written
_THEIRS = (InputError, OutputError, ResultError)


@dataclass
class Guard:
    """What is being done for which scenario, for the report of a fault.

    As it goes on: the ``stage``, the ``plan`` in hand that is not ``written`` yet, and the folder where it is.
    """

    scenario: Scenario
    options: SolveOptions
    target: Path
    say: Translator
    stage: str = "solve"
    plan: Plan | None = None
    written: Path | None = None

    @property
    def solved(self) -> bool:
        """Whether the search is over: what is wrong with the input would have been told by then."""
        return self.stage != "solve"

    def tell(self, plans: Sequence[Plan]) -> None:
        """Report the faults that plans came through."""
        for plan in plans:
            if plan.faults:
                ended = plan.termination == Termination.FAULT
                for fault in plan.faults:
                    self._print(self.say(_FAILED if ended else _SURVIVED, fault=fault), "red" if ended else "yellow")
                self._report(FaultReport(plan.faults, plan.scenario, self.options, plan.begun))

    def failed(self, error: Exception) -> None:
        """Report ``error`` and keep the plan in hand."""
        fault = Fault.of(self.stage, error)
        earlier = error.faults if isinstance(error, FaultError) else ()
        self._print(self.say(_FAILED, fault=fault))
        if self.plan is not None and self.plan.has_decisions:
            self._keep(self.plan, fault)
        if self.written is not None:
            self._print(self.say(_WRITTEN, folder=self.written))
        self._report(FaultReport((*earlier, fault), self.scenario, self.options))

    def _keep(self, plan: Plan, fault: Fault) -> None:
        """Write what of the result does not need what failed."""
        try:
            placed = place_bare(plan, self.target, (fault,))
            self._print(self.say(_KEPT, folder=placed.folder))
        except Exception as error:  # told; the plan before everything else
            self._print(self.say(_NOT_KEPT, fault=Fault.of("keep", error)))

    def _report(self, report: FaultReport) -> None:
        try:
            self._print(self.say(_REPORT, file=write_fault(report, self.target)))
        except Exception as error:  # told with what it was to tell: the terminal is what is left
            for fault in (*report.faults, Fault.of("report of the fault", error)):
                self._print("\n".join((str(fault), *fault.trace)))

    def _print(self, text: str, style: str = "red") -> None:
        errors.print(text, style=style, soft_wrap=True, highlight=False)


@contextmanager
def guarded(guard: Guard) -> Iterator[Guard]:
    """Turn what goes wrong inside, and is no fault of the input or of where the results go, into exit code 4.

    An InputError counts as the input's until the search is over; one that comes later is ours.
    """
    try:
        yield guard
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if isinstance(error, _THEIRS) and not (guard.solved and isinstance(error, InputError)):
            raise
        guard.failed(error)
        raise typer.Exit(Exit.FAULT) from error
