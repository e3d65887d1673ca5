"""How a command ends: every error becomes words and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

import typer

from redesaude.cli.common import Exit
from redesaude.cli.interrupt import end_at_once
from redesaude.cli.problems import show_problems
from redesaude.cli.terminal import errors
from redesaude.errors import Fault, FaultError, InputError, RedesaudeError, ToldError
from redesaude.language import translator

#: typer carries its own copy of click, so that the class of its usage errors is found through one it exports
_USAGE: tuple[type[BaseException], ...] = (typer.BadParameter.__bases__[0],)


def outcome(work: Callable[[], int | None]) -> int | None:
    """Return how ``work`` ends, as an exit code, having said in words what went wrong."""
    code: int | None = Exit.WRONG_INPUT
    try:
        code = work()
    except typer.Exit as end:
        code = end.exit_code
    except InputError as error:
        show_problems(errors, error.problems, translator(error.language or "en"))
    except FaultError as error:
        code = _fault(error)
    except ToldError as error:
        say = translator(error.language or "en")
        errors.print(say(error.sentence, **error.values), style="red", soft_wrap=True, highlight=False)
    except RedesaudeError as error:
        errors.print(str(error), style="red", soft_wrap=True, highlight=False)
    except _USAGE as error:
        errors.print(f"{error}  (redesaude --help)", style="red", soft_wrap=True, highlight=False)
    except (KeyboardInterrupt, typer.Abort):
        end_at_once()
        errors.print("interrupted")
        code = Exit.INTERRUPTED
    except Exception as error:  # where no scenario was read yet there is nothing to report but this
        code = _fault(error)
    return code


def _fault(error: Exception) -> Exit:
    """Tell a fault of which nothing is known but where it was raised."""
    fault = Fault.of("command", error)
    for line in (f"A fault of this program, not of your input: {fault}", *fault.trace):
        errors.print(line, style="red", soft_wrap=True, highlight=False)
    return Exit.FAULT
