"""What a command that solves much has found before it is written: finished plans and figures, and journals of searches.

Each member (a strategy, a variant, a point of a curve, an answer to a question) has a place of its own in a hidden
folder beside the result, named after what it is solved from (the input, a variant's changes made, without the sheet
that lists variants), the options, the versions, and whatever else it depends on, such as the plan in hand that is
asked: what was found for another question is never taken for an answer, and that another variant is added to the
workbook changes no member. Figures that no scenario stands for (a row of a design that was priced) are kept likewise.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

import numpy as np

from redesaude.errors import ResultError
from redesaude.inputs.fingerprint import fingerprint
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario
from redesaude.plan.journal import Kept, read_journal, remove_journal
from redesaude.plan.plan import Plan
from redesaude.plan.settled import settle, settle_names
from redesaude.plan.storage import DAMAGED, NAME, UNREADABLE, read_plan, write_plan
from redesaude.solving.clock import Clock
from redesaude.solving.journal import Journal
from redesaude.solving.options import SolveOptions
from redesaude.status import Termination
from redesaude_models.arrays import Floats

#: packages of which another version may find another plan
_VERSIONS = ("redesaude", "highspy")

#: ends of a search after which there is more to find
_UNFINISHED = (Termination.INTERRUPTED, Termination.FAULT)
#: tables of a plan that say what it decides
_DECIDED = ("openings", "assignments", "transfers")
#: how the names of files with figures end
_FIGURES = ".npz"


def members_beside(result: Path, scenario: Scenario) -> Path:
    """Return the folder for the members of what is asked of ``scenario`` and goes to ``result``."""
    return result.with_name(f".{result.name}.members") / _content(scenario)[:16]


def identity(plan: Plan) -> str:
    """Return the fingerprint of a plan: its scenario, what it decides, costs, and what is proven of it."""
    digest = hashlib.sha256(_content(plan.scenario).encode())
    digest.update(repr((plan.objective, plan.bound, plan.certified.bound)).encode())
    for name in _DECIDED:
        digest.update(getattr(plan, name).to_csv(index=False).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class Members:
    """The members of what is asked, kept in ``folder`` (None: nowhere); may be used from several processes.

    With ``resume`` finished members are not solved again, and the others take up from their journals; a deterministic
    one begins anew, so that the comparison is the one that nothing had cut short. ``lost`` are the names of those that
    the disk did not take. ``of`` is what members depend on beside scenario and options. Where ``clock`` shares out the
    time of all of them, what is taken up costs it what it had taken: no more is done than without the cut.
    """

    def __init__(
        self, folder: Path | None = None, *, resume: bool = False, of: tuple[str, ...] = (), clock: Clock | None = None
    ) -> None:
        self.folder, self.resume = folder, resume
        self.lost: tuple[str, ...] = ()
        self._of, self._clock = of, clock

    def about(self, *what: str | Plan, clock: Clock | None = None) -> Members:
        """Return the same of members that depend on more: plans, or whatever tells one question from another."""
        more = (identity(each) if isinstance(each, Plan) else each for each in what)
        return Members(self.folder, resume=self.resume, of=(*self._of, *more), clock=clock or self._clock)

    def count(self) -> int:
        """Return how many finished members are there, whatever they were solved with."""
        if self.folder is None:
            return 0
        return sum(len(list(self.folder.glob(pattern))) for pattern in (f"*/{NAME}", f"*{_FIGURES}"))

    def kept(self, scenario: Scenario, options: SolveOptions) -> Plan | None:
        """Return the plan of a finished member, None if there is none to take up.

        Raises
        ------
        ResultError
            when a newer version kept it, or it is damaged.

        """
        if self.folder is None or not self.resume:
            return None
        place = self._place(self.folder, scenario, options)
        if not (place / NAME).is_file():
            return None
        plan = read_plan(place)
        self._spend(plan.seconds.get("total", 0.0))
        if _content(plan.scenario) != _content(scenario):  # more was asked of it than of the scenario it is kept under
            return plan
        return replace(plan, scenario=replace(scenario, notices=plan.scenario.notices))

    def keep(self, plan: Plan, scenario: Scenario, options: SolveOptions) -> None:
        """Keep ``plan`` if its search is finished, at once: whoever reads finds it whole or not at all.

        A disk that takes no more costs what is kept of the member, not the comparison (:meth:`holds`).
        """
        if self.folder is None or plan.termination in _UNFINISHED:
            return
        place = self._place(self.folder, scenario, options)
        fresh = place.with_name(f"{place.name}-next")
        try:
            for folder in (fresh, place):
                shutil.rmtree(folder, ignore_errors=True)
            fresh.mkdir(parents=True)
            write_plan(plan, fresh)
            settle(fresh)
            os.rename(fresh, place)
            settle_names(self.folder)
        except OSError:
            return
        remove_journal(place.with_suffix(".journal"))

    def holds(self, plan: Plan, scenario: Scenario, options: SolveOptions) -> bool:
        """Return whether ``plan`` is kept, as far as it should be."""
        if self.folder is None or plan.termination in _UNFINISHED:
            return True
        return (self._place(self.folder, scenario, options) / NAME).is_file()

    def figures(self, name: str, make: Callable[[], Floats]) -> Floats:
        """Return the figures that are kept under ``name``, else those that ``make`` finds, which are kept at once.

        Raises
        ------
        ResultError
            when those that are kept are damaged.

        """
        if self.folder is None:
            return make()
        path = self.folder / f"{self._hashed(name)}{_FIGURES}"
        if self.resume and path.is_file():
            try:
                with np.load(path, allow_pickle=False) as kept:
                    self._spend(float(kept["seconds"]))
                    taken: Floats = kept["found"]
            except UNREADABLE as error:
                raise ResultError(DAMAGED, path=path, reason=error) from error
            return taken
        began = time.monotonic()
        found = make()
        _write(path, found=found, seconds=np.array(time.monotonic() - began))
        return found

    def journal(self, scenario: Scenario, options: SolveOptions) -> Journal:
        """Return the journal of a member's search. Raises as :meth:`kept`."""
        if self.folder is None:
            return Journal()
        path = self._place(self.folder, scenario, options).with_suffix(".journal")
        kept, takes_up = read_journal(path), self.resume and not options.deterministic
        return Journal(path, kept or Kept(scenario.input_sha256), resume=takes_up and kept is not None)

    def clear(self) -> None:
        """Remove what is kept: the comparison is written."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.folder.parent.is_dir() and not any(self.folder.parent.iterdir()):
                self.folder.parent.rmdir()

    def _place(self, folder: Path, scenario: Scenario, options: SolveOptions) -> Path:
        """The place of a member; how many run at once says nothing of what is asked."""
        asked = {name: value for name, value in asdict(options).items() if name != "jobs"}
        return folder / self._hashed(_content(scenario), asked)

    def _hashed(self, *what: object) -> str:
        """A name for what is asked, as this version answers it."""
        versions = {name: metadata.version(name) for name in _VERSIONS}
        text = json.dumps([*what, versions, *self._of], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def _spend(self, seconds: float) -> None:
        if self._clock is not None:
            self._clock.set_aside(seconds)


def _write(path: Path, **arrays: np.ndarray) -> None:
    """Write figures at once, whole or not at all; a disk that takes no more costs what is kept of them."""
    fresh = path.with_suffix(".next")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]
        settle(fresh)
        os.replace(fresh, path)
        settle_names(path.parent)
    except OSError:
        return


@once
def _content(scenario: Scenario) -> str:
    """The fingerprint of what a solve reads: all that is stated but the list of variants."""
    tables = {name: frame for name, frame in scenario.tables().items() if name != "variants"}
    return fingerprint(scenario.settings, tables, scenario.variant_id)
