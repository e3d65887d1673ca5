"""A travel matrix too large for a sheet: a CSV or Parquet file beside the workbook."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd

from redesaude.errors import reason_of
from redesaude.inputs.csv_table import RaggedError, csv_text
from redesaude.inputs.faults import Fault
from redesaude.inputs.workbook import RawTable
from redesaude.language import N_

MOST_BYTES = 500_000_000

#: more than there are municipalities in the largest countries: a matrix has a column for each destination
MOST_COLUMNS = 10_000

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
TOO_WIDE = Fault(
    "travel_file_too_wide",
    N_("{found} has {columns} columns"),
    N_("at most {limit} columns"),
    N_("save it as a table with the columns origin_id, destination_id, minutes"),
)
RAGGED = Fault(
    "travel_file_ragged",
    N_("the rows of {found} have more cells than its header"),
    N_("a name in the header for each column"),
    N_("save it again with the columns origin_id, destination_id, minutes and nothing right of them"),
)
EMPTY = Fault(
    "travel_file_empty",
    N_("{found} has no rows below its header"),
    N_("travel times"),
    N_("save the table again with its rows, or empty the cell"),
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


def read_travel_file(folder: Path | None, name: str, language: str = "en") -> RawTable:
    """Return the table in the file ``name`` of ``folder``; TravelFileError if unusable.

    ``language`` is that of whoever wrote it: it tells the code page of a CSV file that is not Unicode.
    """
    try:
        path = _inside(folder, name)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise TravelFileError(TOO_LARGE, found=name, megabytes=size // 10**6, limit=MOST_BYTES // 10**6)
        frame = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path, language)
    except (OSError, RuntimeError, ValueError, csv.Error, pd.errors.ParserError) as error:  # the name may be at fault
        raise TravelFileError(UNREADABLE, found=name, reason=reason_of(error)) from error
    if frame.empty:
        raise TravelFileError(EMPTY, found=name)
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


def _csv(path: Path, language: str) -> pd.DataFrame:
    """Read what a spreadsheet saves as CSV; codes stay text with their zeros."""
    found = csv_text(path.read_bytes(), language)
    _hold_to_width(path, found.columns)
    try:
        frame = found.frame()
    except RaggedError as error:
        raise TravelFileError(RAGGED, found=path.name) from error
    numbers = [name for name in frame.columns if name.lower() in ("minutes", "km")]
    return found.with_numbers(frame, numbers or list(frame.columns[1:]))  # a matrix has minutes in all but the first


def _hold_to_width(path: Path, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise TravelFileError(TOO_WIDE, found=path.name, columns=columns, limit=MOST_COLUMNS)


def _parquet(path: Path) -> pd.DataFrame:
    if find_spec("pyarrow") is None:
        raise TravelFileError(NO_PARQUET, found=path.name)
    frame = pd.read_parquet(path)
    _hold_to_width(path, frame.shape[1])
    return frame
