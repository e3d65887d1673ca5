"""A workbook as it is printed: its pages by LibreOffice, and the size of the letters on each."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path


def convert(path: Path, folder: Path, kind: str) -> Path:
    """Return the file that LibreOffice makes of a workbook in ``folder``, which also holds its profile."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", str(folder), str(path)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return folder / f"{path.stem}.{kind}"


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
