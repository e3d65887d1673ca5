"""What may come of an input: a result, or every problem in words. Anything else is a finding."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fuzzing.mutants import Mutant, mutant
from redesaude.assemble import input_problems
from redesaude.errors import InputError, Problem
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.inputs.workbook import read_tables
from redesaude.language import LANGUAGES, translator
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve

#: one accepted input in so many is put together, and one in so many of those is solved
ASSEMBLED, SOLVED = 4, 5

_OPTIONS = SolveOptions(gap=0.05, time_limit=3.0, threads=1, certificate=False)
_SAY = {name: translator(name) for name in LANGUAGES}


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant: ``refused``, ``read`` or ``solved``, or the finding ``wrong`` with what was seen."""

    seed: int
    kind: str
    ended: str
    seen: str = ""


def tried(seed: int) -> Verdict:
    """Try the mutant of a seed."""
    made = mutant(seed)
    try:
        return Verdict(seed, made.kind, _ended(made))
    except Exception as error:
        calls = traceback.extract_tb(error.__traceback__)[-3:]
        where = " < ".join(f"{Path(call.filename).name}:{call.lineno}" for call in reversed(calls))
        return Verdict(seed, made.kind, "wrong", f"{type(error).__name__}: {str(error)[:200]} at {where}")


def _ended(made: Mutant) -> str:
    if made.tables is not None:
        return _from_tables(made)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        return _from_file(made, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _from_tables(made: Mutant) -> str:
    try:
        scenario = Scenario.from_tables(made.tables)  # type: ignore[arg-type]
    except InputError as error:
        _in_words(error.problems)
        return "refused"
    return _used(scenario, made.seed)


def _from_file(made: Mutant, folder: Path) -> str:
    path = folder / "mutant.xlsx"
    path.write_bytes(made.workbook)
    for name, content in made.beside.items():
        (folder / name).write_bytes(content)
    if made.same and (ended := _unchanged(made, path)):
        return ended
    checked = check_workbook(path)
    _in_words(checked.problems)
    if checked.scenario is None:
        assert checked.errors, "no scenario, and no error told"
        return "refused"
    return _used(checked.scenario, made.seed)


def _unchanged(made: Mutant, path: Path) -> str:
    """How a file ends of which only the wrapping differs: refused, or read as its origin."""
    try:
        raw = read_tables(path)
    except InputError as error:
        _in_words(error.problems)
        return "refused"
    _in_words(raw.problems)
    if any(problem.severity == "error" for problem in raw.problems):
        return "refused"
    assert _digest(path) == _of_origin(made.origin), "read otherwise than what it was made from, without a word"
    return "read"


@lru_cache(maxsize=16)
def _of_origin(content: bytes) -> str:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "origin.xlsx"
        path.write_bytes(content)
        return _digest(path)


def _digest(path: Path) -> str:
    """Fingerprint of the cells of a workbook."""
    digest = hashlib.sha256()
    for name, table in sorted(read_tables(path).tables.items()):
        digest.update(repr((name, table.headers, table.cells.to_dict("split"), table.merged)).encode(errors="replace"))
    return digest.hexdigest()


def _used(scenario: Scenario, seed: int) -> str:
    """Use an accepted scenario: its fingerprint, its variants, and of some a plan."""
    assert scenario.input_sha256
    for variant in dict.fromkeys(scenario.variants["variant_id"]):
        try:
            apply_variant(scenario, variant)
        except InputError as error:
            _in_words(error.problems)
    if seed % ASSEMBLED:
        return "read"
    problems = input_problems(scenario)
    _in_words(problems)
    if seed % (ASSEMBLED * SOLVED) or any(problem.severity == "error" for problem in problems):
        return "read"
    try:
        solve(scenario, _OPTIONS)
    except InputError as error:
        _in_words(error.problems)
        return "refused"
    return "solved"


def _in_words(problems: Iterable[Problem]) -> None:
    """Every sentence has its placeholders filled, in every language, and can be written."""
    for problem in problems:
        for sentence in (problem.found, problem.expected, problem.remedy):
            assert sentence.format_map(problem.values).strip()
            for say in _SAY.values():
                say(sentence, **problem.values).encode()
