"""The plan in its result folder, exactly: every figure with all its digits, and the scenario with its tables as read.

``plan.npz`` is one archive of arrays (numpy's format, no pickle). The array ``plan`` is JSON text in UTF-8: the number
of the format, and everything that is not a number of a table; the others are the columns of the tables.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redesaude.errors import ResultError
from redesaude.inputs.book import empty_frame
from redesaude.inputs.cells import convert
from redesaude.inputs.tables import TABLES
from redesaude.language import N_
from redesaude.plan.certificate import NAME as CERTIFICATE
from redesaude.plan.certificate import Certificate, CertificateError, read_certificate
from redesaude.plan.packing import Arrays, pack, unpack
from redesaude.plan.plan import PROMISES, Plan
from redesaude.promises import Parts, with_parts

NAME = "plan.npz"
FORMAT = 1
#: bytes that the arrays may take once unpacked, a hundred times what the largest scenario shipped needs
MOST_BYTES = 4 * 10**9

UNREADABLE = (OSError, ValueError, TypeError, LookupError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError)
_ROOT = "plan"

_ABSENT = N_(
    "{path} is not there: {folder} is no result, or one of an early version that did not keep its plan; solve again"
)
_TOO_NEW = N_("{path} has format {number}, of a newer version; this one reads formats up to {known}")
DAMAGED = N_("{path} cannot be read as a plan ({reason})")


def write_plan(plan: Plan, folder: Path) -> None:
    """Keep ``plan`` in ``folder``; the same bytes for the same plan. TypeError if a part of it cannot be kept."""
    arrays: Arrays = {}
    content = {"format": FORMAT, "plan": pack(plan, Plan, arrays, _ROOT)}
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    arrays[_ROOT] = np.frombuffer(text, np.uint8)
    with (folder / NAME).open("wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    if plan.certificate is not None:
        plan.certificate.write(folder / CERTIFICATE)


def read_plan(folder: Path | str) -> Plan:
    """Return the plan kept in the result folder ``folder``: all tables and figures as they were, and its scenario.

    Of the workbook it was read from only the name is kept. The audit is that of the day it was written;
    :func:`redesaude.plan.audit.audit` makes it again.

    Raises
    ------
    ResultError
        when no plan is kept there, a newer version wrote it, or it is damaged.

    """
    path = Path(folder) / NAME
    if not path.is_file():
        raise ResultError(_ABSENT, path=path, folder=folder)
    try:
        arrays = arrays_of(path)
        content = json.loads(arrays.pop(_ROOT).tobytes().decode("utf-8", "surrogatepass"))
        number = int(content["format"])
        if number > FORMAT:
            raise ResultError(_TOO_NEW, path=path, number=number, known=FORMAT)
        _complete(content["plan"]["scenario"], arrays)
        if "reason" in content["plan"]:  # as an earlier version called it
            content["plan"]["causes"] = content["plan"].pop("reason")
        plan: Plan = _parted(unpack(content["plan"], Plan, arrays, _ROOT))
        _see_tables(plan)
    except UNREADABLE as error:
        raise ResultError(DAMAGED, path=path, reason=error) from error
    return replace(plan, certificate=_certificate(path.with_name(CERTIFICATE)))


def _certificate(path: Path) -> Certificate | None:
    """The certificate beside the plan; None if there is none."""
    try:
        return read_certificate(path) if path.exists() else None
    except CertificateError as error:
        raise ResultError(error.reason, **error.values) from error


def arrays_of(path: Path) -> Arrays:
    """Every array of the archive; ValueError when they would take more room than any plan does."""
    with zipfile.ZipFile(path) as archive:
        needed = sum(part.file_size for part in archive.infolist())
    if needed > MOST_BYTES:
        raise ValueError(f"{needed / 1e9:.1f} GB once unpacked, more than {MOST_BYTES / 1e9:.0f} GB")
    with np.load(path, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}


def _complete(scenario: dict[str, Any], arrays: Arrays) -> None:
    """Give sheets and columns that the input has gained since then what stands in them when they are left out."""
    for table in TABLES:
        if table.name == "settings":
            continue
        name = f"{_ROOT}.scenario.{table.name}"
        if table.name not in scenario:
            scenario[table.name] = pack(empty_frame(table), pd.DataFrame, arrays, name)
        packed = scenario[table.name]
        blanks = pd.Series(None, index=range(packed["rows"]), dtype=object)
        added = {c.name: convert(c, blanks).typed for c in table.columns if c.name not in packed["columns"]}
        if added:
            known = packed["columns"] | pack(pd.DataFrame(added), pd.DataFrame, arrays, name)["columns"]
            packed["columns"] = {c.name: known.pop(c.name) for c in table.columns} | known


def _parted(plan: Plan) -> Plan:
    """Give the promises of an earlier version the fields that only their ids held."""
    if set(plan.promises.columns) != set(PROMISES) - set(Parts._fields):
        return plan
    return replace(plan, promises=with_parts(plan.promises, plan.scenario, plan.openings))


def _see_tables(plan: Plan) -> None:
    """ValueError when a table of the plan has other columns than this version writes."""
    blank = Plan(plan.scenario, plan.status, plan.termination)
    for name, table in vars(blank).items():
        if isinstance(table, pd.DataFrame) and list(table.columns) != list(getattr(plan, name).columns):
            raise ValueError(f"the table {name} has other columns than this version knows")
