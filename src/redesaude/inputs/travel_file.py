"""A travel matrix too large for a sheet: a CSV or Parquet file beside the workbook."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd

from redesaude.inputs.faults import Fault
from redesaude.inputs.workbook import RawTable
from redesaude.language import N_

MOST_BYTES = 500_000_000

OUTSIDE = Fault(
    "travel_file_outside",
    N_("{found} is not beside the workbook"),
    N_("a file in the workbook's folder or below it"),
    N_("copy the file beside the workbook and type its name alone"),
)
ABSENT = Fault(
    "travel_file_missing",
    N_("there is no file {found} beside the workbook"),
    N_("a CSV or Parquet file with origin_id, destination_id, minutes"),
    N_("copy the file beside the workbook, or empty the cell"),
)
TOO_LARGE = Fault(
    "travel_file_too_large",
    N_("{found} has {megabytes} MB"),
    N_("at most {limit} MB"),
    N_("leave out the pairs that are beyond every ceiling"),
)
UNREADABLE = Fault(
    "travel_file_unreadable",
    N_("{found} cannot be read as a table ({reason})"),
    N_("a CSV file in UTF-8, or a Parquet file"),
    N_("save it again as CSV (UTF-8) with the columns origin_id, destination_id, minutes"),
)
NO_PARQUET = Fault(
    "parquet_unavailable",
    N_("{found} is a Parquet file, which needs the package pyarrow"),
    N_("a CSV file, or pyarrow installed"),
    N_("save it as CSV, or install pyarrow"),
)
TWICE = Fault(
    "travel_times_twice",
    N_("both the sheet travel_times and the file {found} give travel times"),
    N_("one of them"),
    N_("delete the sheet, or empty the setting travel_times_file"),
)


class TravelFileError(Exception):
    """The file cannot be used; ``fault`` and ``values`` say why."""

    def __init__(self, fault: Fault, **values: object) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.values = values


def read_travel_file(folder: Path | None, name: str) -> RawTable:
    """Return the table in the file ``name`` of ``folder``; TravelFileError if unusable."""
    path = _inside(folder, name)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise TravelFileError(TOO_LARGE, found=name, megabytes=size // 10**6, limit=MOST_BYTES // 10**6)
    try:
        frame = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise TravelFileError(UNREADABLE, found=name, reason=error) from error
    return RawTable.from_frame("travel_times", frame, label=path.name)


def _inside(folder: Path | None, name: str) -> Path:
    """Resolve ``name`` within ``folder``, whatever dots, drives or links it is made of."""
    if folder is None:
        raise TravelFileError(ABSENT, found=name)
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.is_absolute() or windows.drive or ".." in windows.parts:
        raise TravelFileError(OUTSIDE, found=name)
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise TravelFileError(OUTSIDE, found=name)
    if not path.is_file():
        raise TravelFileError(ABSENT, found=name)
    return path


def _csv(path: Path) -> pd.DataFrame:
    """Ids as text with their zeros; semicolons, as some spreadsheets write them, are fine."""
    with path.open(encoding="utf-8-sig") as stream:
        header = stream.readline()
    separator = ";" if header.count(";") > header.count(",") else ","
    names = [name.strip().strip('"') for name in header.rstrip("\r\n").split(separator)]
    types = {name: "object" for name in names if name.lower() != "minutes"}
    return pd.read_csv(path, sep=separator, encoding="utf-8-sig", dtype=types, skipinitialspace=True)


def _parquet(path: Path) -> pd.DataFrame:
    if find_spec("pyarrow") is None:
        raise TravelFileError(NO_PARQUET, found=path.name)
    return pd.read_parquet(path)
