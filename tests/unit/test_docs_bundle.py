"""The bundle for a laptop without internet: what Windows needs is inside, wherever it is made."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    place = Path(__file__).parents[2] / "docs" / "build_bundle.py"
    spec = importlib.util.spec_from_file_location("build_bundle", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        text = "\n".join([*lines, *(f"Requires-Dist: {need}" for need in needs)])
        archive.writestr(f"{name}-{version}.dist-info/METADATA", text + "\n")


def test_what_only_windows_needs_is_found_lacking_and_what_only_others_need_is_not(
    bundle: ModuleType, tmp_path: Path
) -> None:
    """pip decides for the system it runs on: without ``colorama`` the page would not have started on Windows."""
    _wheel(tmp_path, "redesaude", "1.0", "typer>=0.1", "fpdf2>=2; extra == 'pack'", "sphinx>=8; extra == 'docs'")
    _wheel(tmp_path, "typer", "0.2", "colorama; platform_system == 'Windows'", "uvloop; sys_platform != 'win32'",
           "tomli; python_version < '3.11'")  # fmt: skip
    assert bundle.lacking_on_windows(tmp_path, "3.11") == ["colorama", "fpdf2>=2"]
    _wheel(tmp_path, "colorama", "0.4.6")
    _wheel(tmp_path, "fpdf2", "1.9")
    assert bundle.lacking_on_windows(tmp_path, "3.11") == ["fpdf2>=2"]
    assert bundle.lacking_on_windows(tmp_path, "3.10") == ["fpdf2>=2", "tomli"]


def test_the_start_of_windows_takes_a_folder_whose_name_has_spaces(bundle: ModuleType) -> None:
    """An interpreter inside stands in quotes, which ``py -3.11``, a program and its option, may not."""
    lines = bundle.START_BAT.splitlines()
    assert 'set python="%here%windows\\python\\python.exe"' in lines
    assert "if not exist %python% set python=py -{version}" in lines
    assert '%python% "%here%windows\\start.py" serve %*' in lines
    paths = [line for line in lines if "%here%" in line and not line.startswith(("set", "rem"))]
    assert all(line.count('"%here%') == line.count("%here%") for line in paths)


def test_the_first_start_unpacks_the_wheels_and_the_next_one_begins_at_once(bundle: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "Maria Silva" / "windows"
    (folder / "wheels").mkdir(parents=True)
    (folder / "packages").mkdir()
    program = folder / "start.py"
    program.write_text(bundle.START_PY, encoding="utf-8")
    with zipfile.ZipFile(folder / "wheels" / "redesaude-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("redesaude/__init__.py", "")
        archive.writestr("redesaude/cli.py", "import sys\ndef main(): print(sys.argv[1:])\n")
    said = []
    for _ in range(2):
        command = [sys.executable, "-S", "-E", str(program), "serve", "--port", "0"]
        said.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())
    assert said == [["First start: packages are being unpacked...", "['serve', '--port', '0']"], said[0][1:]]


def test_an_embeddable_python_finds_the_packages_in_every_process(bundle: ModuleType, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "python.zip", "w") as archive:
        archive.writestr("python311._pth", "python311.zip\n.\n")
    bundle.unpack_python(tmp_path / "python.zip", tmp_path / "python")
    told = (tmp_path / "python" / "python311._pth").read_text(encoding="utf-8")
    assert told.splitlines() == ["python311.zip", ".", "..\\packages"]
