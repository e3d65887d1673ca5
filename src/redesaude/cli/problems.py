"""Problems of an input, told in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from redesaude.errors import Problem
from redesaude.language import N_, Translator

_COLOUR = {"error": "red", "variant": "red", "warning": "yellow"}
_WORD = {
    "error": N_("to mend"),
    "variant": N_("to mend before this variant can be solved"),
    "warning": N_("please look"),
}
_COUNT = N_("To mend: {errors}; warnings: {warnings}")
_BUT = N_("The workbook can be solved, and so can its variants but for those named above.")
_FINE = N_("Nothing to mend: the workbook can be solved.")


def show_problems(console: Console, problems: Sequence[Problem], say: Translator) -> None:
    """Print every problem: where it is, what was found, what is expected and how to mend it; then their number."""
    for problem in sorted(problems, key=lambda p: p.severity):
        where = "!".join(part for part in (problem.sheet, problem.cell) if part)
        colour = _COLOUR[problem.severity]
        console.print(Text.assemble((where, f"bold {colour}"), "  ", (say(_WORD[problem.severity]), colour)))
        for text in (problem.found, problem.expected, problem.remedy):
            console.print(f"    {say(text, **problem.values)}", highlight=False, soft_wrap=True)
    warnings = sum(problem.severity == "warning" for problem in problems)
    if all(problem.severity != "error" for problem in problems):
        console.print(say(_FINE if warnings == len(problems) else _BUT), style="green")
    if problems:
        console.print(say(_COUNT, errors=len(problems) - warnings, warnings=warnings))
