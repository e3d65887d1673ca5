"""What a comparison has found before it is written: the plans of finished members, and the journals of the others.

Each member (a strategy or a variant) has a place of its own in a hidden folder beside the comparison, named after what
it is solved from (the input, a variant's changes made, without the sheet that lists variants), the options and the
versions, so that what was found for another question is never taken for an answer, and that another variant is added to
the workbook changes no member.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

from redesaude.inputs.fingerprint import fingerprint
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario
from redesaude.plan.journal import Kept, read_journal, remove_journal
from redesaude.plan.plan import Plan
from redesaude.plan.settled import settle, settle_names
from redesaude.plan.storage import NAME, read_plan, write_plan
from redesaude.solving.journal import Journal
from redesaude.solving.options import SolveOptions
from redesaude.status import Termination

#: packages of which another version may find another plan
_VERSIONS = ("redesaude", "highspy")

#: ends of a search after which there is more to find
_UNFINISHED = (Termination.INTERRUPTED, Termination.FAULT)


def members_beside(result: Path, scenario: Scenario) -> Path:
    """Return the folder for the members of a comparison of ``scenario`` whose result goes to ``result``."""
    return result.with_name(f".{result.name}.members") / _content(scenario)[:16]


class Members:
    """The members of a comparison, kept in ``folder`` (None: nowhere); may be used from several processes.

    With ``resume`` finished members are not solved again, and the others take up from their journals; a deterministic
    one begins anew, so that the comparison is the one that nothing had cut short. ``lost`` are the names of those that
    the disk did not take.
    """

    def __init__(self, folder: Path | None = None, *, resume: bool = False) -> None:
        self.folder, self.resume = folder, resume
        self.lost: tuple[str, ...] = ()

    def count(self) -> int:
        """Return how many finished members are there, whatever they were solved with."""
        return 0 if self.folder is None else len(list(self.folder.glob(f"*/{NAME}")))

    def kept(self, scenario: Scenario, options: SolveOptions) -> Plan | None:
        """Return the plan of a finished member, None if there is none to take up.

        Raises
        ------
        ResultError
            when a newer version kept it, or it is damaged.

        """
        if self.folder is None or not self.resume:
            return None
        place = _place(self.folder, scenario, options)
        if not (place / NAME).is_file():
            return None
        plan = read_plan(place)
        return replace(plan, scenario=replace(scenario, notices=plan.scenario.notices))

    def keep(self, plan: Plan, scenario: Scenario, options: SolveOptions) -> None:
        """Keep ``plan`` if its search is finished, at once: whoever reads finds it whole or not at all.

        A disk that takes no more costs what is kept of the member, not the comparison (:meth:`holds`).
        """
        if self.folder is None or plan.termination in _UNFINISHED:
            return
        place = _place(self.folder, scenario, options)
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
        return (_place(self.folder, scenario, options) / NAME).is_file()

    def journal(self, scenario: Scenario, options: SolveOptions) -> Journal:
        """Return the journal of a member's search. Raises as :meth:`kept`."""
        if self.folder is None:
            return Journal()
        path = _place(self.folder, scenario, options).with_suffix(".journal")
        kept, takes_up = read_journal(path), self.resume and not options.deterministic
        return Journal(path, kept or Kept(scenario.input_sha256), resume=takes_up and kept is not None)

    def clear(self) -> None:
        """Remove what is kept: the comparison is written."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.folder.parent.is_dir() and not any(self.folder.parent.iterdir()):
                self.folder.parent.rmdir()


def _place(folder: Path, scenario: Scenario, options: SolveOptions) -> Path:
    """The place of a member; how many run at once says nothing of what is asked."""
    asked = {name: value for name, value in asdict(options).items() if name != "jobs"}
    versions = {name: metadata.version(name) for name in _VERSIONS}
    text = json.dumps([_content(scenario), asked, versions], sort_keys=True)
    return folder / hashlib.sha256(text.encode()).hexdigest()[:20]


@once
def _content(scenario: Scenario) -> str:
    """The fingerprint of what a solve reads: all that is stated but the list of variants."""
    tables = {name: frame for name, frame in scenario.tables().items() if name != "variants"}
    return fingerprint(scenario.settings, tables, scenario.variant_id)
