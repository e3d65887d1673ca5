"""Problems of an input, told in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from redesaude.errors import Problem
from redesaude.language import N_, Translator

_COLOUR = {"error": "red", "warning": "yellow"}
_WORD = {"error": N_("to mend"), "warning": N_("please look")}
_COUNT = N_("To mend: {errors}; warnings: {warnings}")
_FINE = N_("Nothing to mend: the workbook can be solved.")


def show_problems(console: Console, problems: Sequence[Problem], say: Translator) -> None:
    """Print every problem: where it is, what was found, what is expected and how to mend it; then their number."""
    for problem in sorted(problems, key=lambda p: p.severity):
        where = "!".join(part for part in (problem.sheet, problem.cell) if part)
        colour = _COLOUR[problem.severity]
        console.print(Text.assemble((where, f"bold {colour}"), "  ", (say(_WORD[problem.severity]), colour)))
        for text in (problem.found, problem.expected, problem.remedy):
            console.print(f"    {say(text, **problem.values)}", highlight=False, soft_wrap=True)
    errors = sum(problem.severity == "error" for problem in problems)
    if errors == 0:
        console.print(say(_FINE), style="green")
    if problems:
        console.print(say(_COUNT, errors=errors, warnings=len(problems) - errors))
