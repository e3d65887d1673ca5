"""What the parts of the interface share: what is made, uploads as files of ours, files to be downloaded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from fastapi import HTTPException, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel

from redesaude.inputs.faults import without_accents
from redesaude.language import N_, translator
from redesaude.serving.workbooks import limited

Language = Literal["en", "pt-BR", "vi"]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TOO_LARGE = N_("the file has more than {megabytes} MB")
#: what a workbook may have, as its reader has it
MOST = 100_000_000


class Where(BaseModel):
    """What was made, and the page that shows it."""

    key: str
    location: str


@contextmanager
def received(file: UploadFile, language: str) -> Iterator[Path]:
    """Give the upload as a file of ours, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="redesaude-") as folder:
        copy = Path(folder, "upload.xlsx")
        if not limited(file.file.read, copy, MOST):
            raise HTTPException(413, translator(language)(_TOO_LARGE, megabytes=MOST // 10**6))
        yield copy


def download(path: Path, name: str) -> FileResponse:
    """Return a file to be kept under this name; 404 where it is not there."""
    see(path)
    return FileResponse(path, filename=name, media_type=_XLSX if path.suffix == ".xlsx" else "application/octet-stream")


def named(rows: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """Return the rows whose name has these letters, with or without their accents."""
    wanted = without_accents(name)
    return [row for row in rows if wanted in without_accents(row["name"])]


def see(path: Path) -> None:
    """Answer 404 where there is no such file."""
    if not path.is_file():
        raise HTTPException(404)
