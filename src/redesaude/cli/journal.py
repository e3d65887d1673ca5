"""The journal of a search on the command line: what one that was cut short left, and when it has done its service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from redesaude.cli.terminal import console
from redesaude.errors import ResultError, reason_of
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, Translator
from redesaude.plan.journal import Kept, journal_beside, read_journal, remove_journal
from redesaude.report.placing import Placed, is_at_least
from redesaude.solving.journal import Journal

_PLAN = N_(
    "A search of this input was cut short at {written}: {file} keeps its plan of {currency} {cost:,.0f}. "
    "--resume takes it up; redesaude report writes it down."
)
_BOUND = N_("A search of this input was cut short at {written}: {file} keeps what it proved. --resume takes it up.")
_TAKEN_UP = N_("The search takes up from {file}, of {written}.")
_OTHER = N_("{file} is of a search for another input; it stays until this search has found something.")
_NONE = N_("There is no journal of an earlier search to take up: the search begins anew.")
_UNWRITABLE = N_("The journal of the search could not be written to {file} ({reason}).")


@dataclass(frozen=True)
class Found:
    """What is at the place of a journal: ``kept`` of this input, or of ``another``; neither: nothing."""

    kept: Kept | None
    another: bool


def found_beside(target: Path, scenario: Scenario) -> Found:
    """Return what the journal beside the result ``target`` holds of ``scenario``.

    One that the result there is at least as good as has done its service, and is removed.

    Raises
    ------
    ResultError
        when a newer version wrote it, or it is damaged.

    """
    path = journal_beside(target)
    try:
        kept = read_journal(path)
    except ResultError as error:
        error.language = scenario.settings.language
        raise
    if kept is None or kept.input_sha256 != scenario.input_sha256:
        return Found(None, kept is not None)
    if is_at_least(target, kept.input_sha256, kept.cost):
        remove_journal(path)
        return Found(None, another=False)
    return Found(kept, another=False)


def journal_for(target: Path, scenario: Scenario, say: Translator, *, resume: bool) -> Journal:
    """Return the journal of a search whose result goes to ``target``, telling what is there already."""
    found, path = found_beside(target, scenario), journal_beside(target)
    kept = found.kept
    if kept is not None:
        sentence = _TAKEN_UP if resume else _BOUND if kept.cost is None else _PLAN
        currency = scenario.settings.currency
        _tell(say(sentence, file=path, written=_minute(kept.written), currency=currency, cost=kept.cost or 0.0))
    elif found.another:
        _tell(say(_OTHER, file=path))
    if resume and kept is None:
        _tell(say(_NONE))
    return Journal(path, kept or Kept(scenario.input_sha256), resume=resume and kept is not None)


def done_with(journal: Journal, placed: Placed, say: Translator) -> None:
    """Remove the journal once a result in its place is at least as good; say so if it could not be written."""
    if journal.path is None:
        return
    if journal.unwritable is not None:
        _tell(say(_UNWRITABLE, file=journal.path, reason=reason_of(journal.unwritable)))
    near = placed.folder.parent == journal.path.parent
    if near and is_at_least(placed.folder, journal.kept.input_sha256, journal.kept.cost):
        remove_journal(journal.path)


def _tell(text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False)


def _minute(written: str) -> str:
    return written[:16].replace("T", " ")
