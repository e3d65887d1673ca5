"""A workbook as it is printed: its pages by LibreOffice, and the size of the letters on each."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path


def convert(path: Path, folder: Path, kind: str) -> Path:
    """Return the file that LibreOffice makes of a workbook in ``folder``, which also holds its profile."""
    return convert_all([path], folder, kind)[0]


def convert_all(paths: Sequence[Path], folder: Path, kind: str) -> list[Path]:
    """Return the files that one run of LibreOffice makes of workbooks, whatever their names, in parts of ``folder``."""
    profile, staged, made = ((folder / name) for name in ("profile", "staged", kind))
    staged.mkdir(parents=True, exist_ok=True)
    names = [f"{n}-{path.stem}" for n, path in enumerate(paths)]
    for name, path in zip(names, paths, strict=True):
        shutil.copyfile(path, staged / f"{name}{path.suffix}")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind]
    books = [str(staged / f"{name}{path.suffix}") for name, path in zip(names, paths, strict=True)]
    subprocess.run([*command, "--outdir", str(made), *books], check=True, capture_output=True, timeout=600)
    shutil.rmtree(staged)
    return [made / f"{name}.{kind}" for name in names]


def printed(path: Path, folder: Path) -> bytes:
    """Return the workbook as a PDF."""
    return convert(path, folder, "pdf").read_bytes()


def sizes(pdf: bytes) -> list[set[float]]:
    """Return the sizes of letters, in points, on each page of a PDF that LibreOffice wrote."""
    found = []
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            text = zlib.decompressobj().decompress(pdf[start.end() :])
        except zlib.error:
            continue
        if told := re.findall(rb"/F\d+ ([\d.]+) Tf", text):
            found.append({float(size) for size in told})
    return found
