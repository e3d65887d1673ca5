"""The canary: the source distribution on the newest of everything, on every Python that the machine has.

``python tests/canary.py`` builds the source distribution, and for each Python unpacks it into an empty folder, installs
it from there without constraints, asks the installed command for a workbook and its problems, and runs a part of the
tests that the distribution holds. A Python that is not there is left out, in words.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

#: minor versions of Python 3 that the package is for
VERSIONS = (11, 12, 13, 14)

#: a part of the tests that touches every room: inputs, models, engines, audit, report, command line
PART = (
    "tests/unit/test_inputs_cells.py",
    "tests/unit/test_inputs_template.py",
    "tests/unit/test_models_classical.py",
    "tests/unit/test_solving_scenario.py",
    "tests/unit/test_audit.py",
    "tests/unit/test_report_folder.py",
    "tests/unit/test_sanity.py",
    "tests/unit/test_storage.py",
)

_ROOT = Path(__file__).parents[1]


def main() -> int:
    """Try every Python; 1 where one fails, or none is there."""
    with tempfile.TemporaryDirectory(prefix="canary-") as name:
        folder = Path(name)
        archive = _built(folder)
        outcomes = {f"python3.{minor}": _tried(minor, archive, folder / f"python3.{minor}") for minor in VERSIONS}
    for python, outcome in outcomes.items():
        print(f"{python}: {outcome}")
    return int("failed" in outcomes.values() or "passed" not in outcomes.values())


def _built(folder: Path) -> Path:
    """Build the source distribution of this tree."""
    tools = _environment(sys.executable, folder / "tools")
    _run(tools, "-m", "pip", "install", "--quiet", "build", cwd=folder)
    _run(tools, "-m", "build", "--sdist", "--outdir", folder, _ROOT, cwd=folder)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def _program(minor: int) -> Path | None:
    """Return a Python 3 of this minor version: the path's, or one that pyenv keeps and has not put there."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = shutil.which(f"python3.{minor}")
    for program in (*([Path(named)] if named else []), *sorted(kept.glob(f"3.{minor}.*/bin/python"))):
        if not subprocess.run([program, "--version"], check=False, capture_output=True).returncode:
            return program  # a name on the path may stand for none
    return None


def _tried(minor: int, archive: Path, place: Path) -> str:
    program = _program(minor)
    if program is None:
        return "not on this machine, left out"
    with tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
    (source,) = place.iterdir()
    try:
        installed = _environment(program, place / "environment")
        _run(installed, "-m", "pip", "install", "--quiet", "--upgrade", f"{source}[dev]", cwd=place)
        _run(installed, "-m", "pip", "list", cwd=place)
        for arguments in (("--version",), ("new", "my.xlsx"), ("check", source / "scenarios" / "mato-grosso.xlsx")):
            _run(installed, "-m", "redesaude", *arguments, cwd=place)
        _run(installed, "-m", "pytest", "-n", "auto", *PART, cwd=source)
    except subprocess.CalledProcessError as error:
        print(error)
        return "failed"
    return "passed"


def _environment(python: str | Path, place: Path) -> Path:
    """Make an empty environment and return its Python."""
    subprocess.run([python, "-m", "venv", place], check=True)
    return place / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def _run(python: Path, *arguments: object, cwd: Path) -> None:
    subprocess.run([python, *map(str, arguments)], cwd=cwd, check=True)


if __name__ == "__main__":
    sys.exit(main())
