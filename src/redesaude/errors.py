"""The errors a user can meet, each with what is needed to mend it."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "variant", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input workbook, where it is, and how to mend it.

    The three sentences are English templates (message ids of the catalogues in ``language``) whose
    ``{placeholders}`` are filled from ``values``, so that the same problem can be told in any language.

    Attributes
    ----------
    code : short stable name of the kind of problem, e.g. ``"not_a_number"``.
    sheet : sheet (table) name; empty when the whole file is meant.
    cell : address such as ``"H17"``, or a row or column when no single cell is at fault; may be empty.
    found, expected, remedy : what stands there, what should, and what to type.
    severity : ``error`` stops every run, ``variant`` only those of the variant that it is in, ``warning`` none.

    """

    code: str
    sheet: str
    cell: str
    found: str
    expected: str
    remedy: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    severity: Severity = "error"


class RedesaudeError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(RedesaudeError):
    """The input has problems; all of them are in ``problems``, to be told in ``language`` if it is known."""

    def __init__(self, problems: Sequence[Problem], language: str | None = None) -> None:
        self.problems = tuple(problems)
        self.language = language
        lines = [_sentence(problem) for problem in self.problems if problem.severity == "error"]
        super().__init__(f"problems in the input: {len(lines)}\n" + "\n".join(lines))


def reason_of(error: Exception) -> str:
    """What went wrong, without the path: a sentence about a file has named it already."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _sentence(problem: Problem) -> str:
    """The problem in one English line, with its place if it has one."""
    where = "!".join(part for part in (problem.sheet, problem.cell) if part)
    text = "; ".join((problem.found, problem.expected, problem.remedy)).format_map(_Missing(problem.values))
    return f"{where}: {text}" if where else text


@dataclass(frozen=True)
class Fault:
    """A failure of this package's own, for those who mend it.

    Attributes
    ----------
    stage : what was being done, e.g. the way of solving.
    kind, message : class and words of the error. ``trace`` : where it was raised, one line for each call, the innermost
        last; no folder of the machine is named in any of them.

    """

    stage: str
    kind: str
    message: str
    trace: tuple[str, ...] = ()

    @classmethod
    def of(cls, stage: str, error: BaseException) -> Fault:
        """Return ``error``, met at ``stage``."""
        calls = traceback.extract_tb(error.__traceback__)
        trace = (
            f"{_within(call.filename)}:{call.lineno} {call.name}: {call.line or ''}".rstrip(": ") for call in calls
        )
        return cls(stage, type(error).__name__, _FOLDERS.sub("", str(error)), tuple(trace))

    def __str__(self) -> str:
        return f"{self.stage}: {self.kind}: {self.message}"


#: the folders of a path, absolute or of a home, of any system
_FOLDERS = re.compile(r"(?:~|[A-Za-z]:)?[\\/](?:[^\\/:'\"<>|\n]+[\\/])+")

#: our packages, in which the place of a file is told; and the folder below which others have theirs
_OURS, _OTHERS = ("redesaude", "redesaude_models"), "site-packages"


def _within(filename: str) -> str:
    """Return the place of a file in its package; its name alone where it is in none.

    A folder that is only called as a package is none, such as that into which somebody copied the project.
    """
    path = PurePath(filename)
    for folder in path.parents:
        if folder.name == _OTHERS:
            return path.relative_to(folder).as_posix()
        if folder.name in _OURS and Path(folder, "__init__.py").exists():
            return path.relative_to(folder.parent).as_posix()
    return path.name


class FaultError(RedesaudeError):
    """Something of this package's own went wrong; the input is not to blame. ``faults`` led to it, if any are known."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class AuditError(FaultError):
    """A plan did not survive its audit: it breaks a promise it claims to keep, or its costs do not add up."""


class SolverError(FaultError):
    """The solver failed in a way that is neither a plan, nor infeasibility, nor a time limit."""


class BoundError(FaultError):
    """A plan costs less than what was proven that any plan costs: the proof is false."""


class ToldError(RedesaudeError):
    """An error in one sentence: a message id whose ``{placeholders}`` are filled from ``values``.

    It is told in ``language`` if that is known.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence, self.values = sentence, values
        self.language: str | None = None
        super().__init__(sentence.format_map(_Missing(values)) if values else sentence)


class OutputError(ToldError):
    """The results cannot be written where they were asked for."""


class ResultError(ToldError):
    """A result folder cannot be read: nothing is kept there, a newer version wrote it, or it is damaged."""


class _Missing(dict[str, object]):
    """Leaves a placeholder visible instead of hiding the whole message when a value is absent."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
