"""One zip for a laptop without internet: ``make bundle``.

For Linux it holds an interpreter (a copy of the one that runs this; Python's licence allows it) and all packages; for
Windows the wheels of all packages, and an interpreter where one is given (``--windows-python``, the "embeddable
package" of python.org). Start it with a double click on ``start.sh`` or ``start.bat``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
#: what every Linux has of its own
_OF_SYSTEM = re.compile(r"^(ld-linux|lib(c|m|dl|rt|pthread|util|resolv|nsl)\.so)")
#: of the standard library, what no program here needs
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "test", "tests", "idlelib", "turtledemo", "ensurepip", "tkinter",
                                   "site-packages", "dist-packages", "config-*", "lib2to3", "_tkinter*")  # fmt: skip

#: packages that are published as source alone, of Python alone
_SOURCES = ("font-roboto",)

START_SH = """#!/bin/sh
# Opens redesaude in the browser; nothing is installed, nothing is fetched. Other options: ./start.sh --help
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONHOME="$here/linux/python" PYTHONPATH="$here/linux/packages" PYTHONDONTWRITEBYTECODE=1
export LD_LIBRARY_PATH="$here/linux/python/lib"
if [ "$1" = "--cli" ]; then shift; else set -- serve "$@"; fi
exec "$here/linux/python/bin/python3" -m redesaude "$@"
"""

START_BAT = """@echo off
rem Opens redesaude in the browser; nothing is fetched from the internet.
setlocal
set "here=%~dp0"
set python="%here%windows\\python\\python.exe"
if not exist %python% set python=py -{version}
%python% "%here%windows\\start.py" serve %*
if errorlevel 1 pause
"""

#: what start.bat runs: an embeddable Python reads no PYTHONPATH
START_PY = """import sys
import zipfile
from pathlib import Path

here = Path(__file__).resolve().parent
packages, done = here / "packages", here / "packages" / "unpacked.txt"
if not done.exists():
    print("First start: packages are being unpacked...", flush=True)
    for wheel in sorted((here / "wheels").glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
    done.write_text("all packages are here\\n", encoding="utf-8")
sys.path.insert(0, str(packages))
from redesaude.cli import main

main()
"""

READ_ME = """redesaude, to be used without internet

Linux:   double-click start.sh (or run it in a terminal). Built on {system}; it runs on systems as new or newer.
Windows: double-click start.bat. {windows}

Everything you do is kept in the folder "redesaude" in your home; copying that folder is a back-up.
On Linux, ./start.sh --cli solve FILE.xlsx is the command line.
"""
_WITH_PYTHON = "Python is inside."
_WITHOUT = "It needs Python {version} from python.org, which is not inside this copy."


def main() -> None:
    """Write the zip."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "redesaude-bundle.zip")
    parser.add_argument("--windows-python", type=Path, help="the embeddable package of python.org, as a zip")
    parser.add_argument("--no-windows", action="store_true", help="for Linux alone")
    asked = parser.parse_args()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    work = ROOT / "dist" / "bundle"
    shutil.rmtree(work, ignore_errors=True)
    inside = work / "redesaude"
    (inside / "linux").mkdir(parents=True)
    _copy_interpreter(inside / "linux" / "python")
    wheel = _wheel(work)
    _pip("install", "--target", str(inside / "linux" / "packages"), "--no-compile", f"{wheel}[pack,web]")
    _write(inside / "start.sh", START_SH, executable=True)
    _compile(inside / "linux")
    if not asked.no_windows:
        _for_windows(inside, wheel, version, asked.windows_python)
    told = _WITH_PYTHON if asked.windows_python else _WITHOUT.format(version=version)
    told = "This copy is for Linux alone." if asked.no_windows else told
    _write(inside / "README.txt", READ_ME.format(system=_system(), windows=told))
    shutil.copy(ROOT / "LICENSE", inside / "LICENSE.txt")
    _zip(work, asked.out)
    print(f"{asked.out}: {asked.out.stat().st_size / 1e6:,.0f} MB")


def _copy_interpreter(to: Path) -> None:
    """Copy the interpreter, its standard library, and the libraries that these need beside those of every Linux."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = to / "lib" / version
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=_LEFT_OUT)
    program = to / "bin" / "python3"
    program.parent.mkdir(parents=True)
    shutil.copy(Path(sys.executable).resolve(), program)
    for binary in (program, *library.rglob("*.so")):
        told = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607
        for name, path in re.findall(r"(\S+) => (/\S+)", told):
            if not _OF_SYSTEM.match(name) and not (to / "lib" / name).exists():
                shutil.copy(Path(path).resolve(), to / "lib" / name)


def _compile(folder: Path) -> None:
    """Compile all of it once and for all, whatever times of files the zip keeps."""
    # some packages bring templates of files that are no Python: what cannot be compiled is left as it is
    words = ["-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run([sys.executable, *words], check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words


def _wheel(work: Path) -> Path:
    _pip("wheel", "--no-deps", "--wheel-dir", str(work / "own"), str(ROOT))
    return next((work / "own").glob("*.whl"))


def _for_windows(inside: Path, wheel: Path, version: str, python: Path | None) -> None:
    """Put the wheels of all packages there, what unpacks them, and the interpreter if one is given."""
    wheels, packages = inside / "windows" / "wheels", inside / "windows" / "packages"
    packages.mkdir(parents=True)
    _write(packages / "README.txt", "The first start unpacks the packages here.\n")
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), *_SOURCES)
    only = (
        "--find-links",
        str(wheels),
        "--only-binary",
        ":all:",
        "--platform",
        "win_amd64",
        "--python-version",
        version,
    )
    _pip("download", "--dest", str(wheels), *only, f"{wheel}[pack,web]")
    while lacking := lacking_on_windows(wheels, version):
        _pip("download", "--dest", str(wheels), *only, *lacking)
    _write(inside / "windows" / "start.py", START_PY)
    _write(inside / "start.bat", START_BAT.replace("{version}", version).replace("\n", "\r\n"))
    if python is not None:
        unpack_python(python, inside / "windows" / "python")


def unpack_python(python: Path, to: Path) -> None:
    """Unpack an embeddable Python, and name the packages beside it in the file that holds its whole path: it reads no
    PYTHONPATH, and each search is a process of its own.
    """
    with zipfile.ZipFile(python) as archive:
        archive.extractall(to)
    for path in to.glob("python*._pth"):
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n..\\packages\n", encoding="utf-8")


def lacking_on_windows(wheels: Path, version: str) -> list[str]:
    """Return what the wheels of a folder need on Windows and none of them is: pip decides what is needed as if for the
    system that it runs on.
    """
    told = [_metadata(wheel) for wheel in wheels.glob("*.whl")]
    there = {canonicalize_name(about["Name"]): about["Version"] for about in told}
    lacking = set()
    for about in told:
        extras = ("pack", "web") if about["Name"] == "redesaude" else ("",)
        for need in map(Requirement, about.get_all("Requires-Dist") or ()):
            of_windows = [{**_WINDOWS, "python_version": version, "extra": extra} for extra in extras]
            if need.marker is None or any(need.marker.evaluate(each) for each in of_windows):
                found = there.get(canonicalize_name(need.name))
                if found is None or not need.specifier.contains(found, prereleases=True):
                    lacking.add(f"{need.name}{need.specifier}")
    return sorted(lacking)


_WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", words[0], "--quiet", *words[1:]]
    subprocess.run([*command, *_CONSTRAINED.get(words[0], ())], check=True)  # noqa: S603 - our own words


_CONSTRAINED = {name: ("--constraint", str(ROOT / "constraints.txt")) for name in ("install", "download", "wheel")}


def _system() -> str:
    words = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE))
    return words.get("PRETTY_NAME", "Linux")


def _write(path: Path, text: str, *, executable: bool = False) -> None:
    path.write_text(text, encoding="utf-8", newline="")
    path.chmod(0o755 if executable else 0o644)


def _zip(folder: Path, to: Path) -> None:
    """Zip what is below ``folder/redesaude``, with what may be executed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / "redesaude").rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))


if __name__ == "__main__":
    main()
