"""Where a result goes: written beside its place and put there at once, and nothing that stood there is lost.

A result registers itself: its manifest lists every file that was written, with its fingerprint. What the list of an
earlier result names is replaced or moved to ``history/``; all else in the folder is somebody's and stays.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from redesaude.errors import OutputError, ResultError, reason_of
from redesaude.inputs.folder_names import HISTORY, MOST_BYTES, REPLANS, REVIEWS, is_folder_name
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.settled import settle, settle_names
from redesaude.report.scratch import Scratch
from redesaude.report.verdict import EQUAL, Verdict, stands_against
from redesaude.status import Status

MANIFEST = "manifest.json"
#: format of a result folder; 1 had no number and no list of files
FORMAT = 2
#: keys of a manifest of ours, of a plan, a comparison or answers
_MARKS = (
    {"status", "engine", "audit", "input_sha256"},
    {"strategies", "versions", "input_sha256"},
    {"answers", "versions", "input_sha256"},
)
#: what results of format 1 held
_FORMAT_1 = re.compile(
    r"(plan|scenario|compare)\.xlsx|scenario-travel_times\.csv|run\.log|manifest\.json|tables/\w+\.csv"
)

_IS_FILE = N_("{target} is a file; name a folder for the results")
_NOT_OURS = N_("{target} holds something other than an earlier result; name a new or empty folder")
_NEWER = N_(
    "{target} holds a result of format {number}, of a newer version (this one knows up to {known}); name another folder"
)
_NO_PLACE = N_("no result can be written at {target} ({reason}); name another folder with --out")
_KEPT = N_("The earlier result in {target} is better and stays; this one is not written (--replace puts it there).")
_IN_HISTORY = N_("The earlier result is now in {folder}.")
_IN_USE = N_(
    "{target} could not be replaced ({reason}); close its files in other programs. The results are in {folder}."
)
_ELSEWHERE = N_("Nothing could be written at {target} ({reason}). The results are in {folder}.")
_NO_RESULT = N_("{folder} holds no result")
_NO_NAME = N_(
    "'{name}' cannot be the name of a folder on every system (at most {limit} bytes, no separators or wildcards, no "
    "dot at an end); name another with --out, or rename the file"
)


@dataclass(frozen=True)
class Note:
    """A sentence about where a result went: a message id and the values of its placeholders."""

    sentence: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return self.sentence.format_map(dict(self.values))


@dataclass(frozen=True)
class Placed:
    """Where a result is: its folder, whether it was ``written`` (or an earlier one stays), and notes to tell."""

    folder: Path
    written: bool = True
    notes: tuple[Note, ...] = ()


def default_folder(scenario: Scenario, within: str) -> Path:
    """Return ``results/<scenario>/<within>``, ``within`` being a variant or what else is made of a scenario.

    Raises
    ------
    OutputError
        when one of the names is not that of a folder: an id is never a way elsewhere.

    """
    for name in (scenario.name, within):
        if not is_folder_name(name):
            raise OutputError(_NO_NAME, name=ascii(name)[1:-1] if not name.isprintable() else name, limit=MOST_BYTES)
    return Path("results") / scenario.name / within


def results_at(folder: Path | str) -> list[tuple[Path, dict[str, Any]]]:
    """Return the result at ``folder`` and those in its history, each with its manifest, the latest first.

    Raises
    ------
    ResultError
        when ``folder`` holds no result.

    """
    folder = Path(folder)
    if not _manifest(folder):
        raise ResultError(_NO_RESULT, folder=folder)
    past = folder / HISTORY
    found = [(at, _manifest(at)) for at in (past.iterdir() if past.is_dir() else ()) if at.is_dir()]
    found = [(at, manifest) for at, manifest in found if manifest]
    return [(folder, _manifest(folder)), *sorted(found, key=lambda one: written_at(*one), reverse=True)]


def reviews_beside(folder: Path | str) -> list[tuple[Path, dict[str, Any]]]:
    """Return the reviews and re-plans in their folders beside a result, those in their histories too, by name."""
    there = [at for kept in (REVIEWS, REPLANS) for at in sorted((Path(folder).parent / kept).glob("*/"))]
    return [found for at in there if _manifest(at) for found in results_at(at)]


def is_at_least(folder: Path, input_sha256: str, cost: float | None) -> bool:
    """Return whether the result in ``folder`` is of this input and its plan costs no more than ``cost``.

    None of them costs more where there is no plan to compare with, nor where it says that there can be none.
    """
    manifest = _manifest(folder)
    if manifest.get("input_sha256") != input_sha256:
        return False
    if manifest.get("status") == Status.INFEASIBLE:
        return True
    objective = manifest.get("objective")
    if objective is None:
        return False
    return cost is None or objective <= cost + EQUAL * max(1.0, abs(cost))


def check_target(out: Path | str) -> Path:
    """Return ``out`` resolved when a result may be written there, having tried. Ask before a long run.

    Raises
    ------
    OutputError
        when ``out`` is a file, holds something other than an earlier result, or nothing can be written there.

    """
    target = _seen(out)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with Scratch(target) as scratch:
            (scratch.path / target.name).mkdir()  # a name too long, or one that the system keeps for itself
    except OSError as error:
        raise OutputError(_NO_PLACE, target=target, reason=reason_of(error)) from error
    return target


def place(
    out: Path | str, write: Callable[[Path], Mapping[str, Any]], standing: Mapping[str, Any], *, replace: bool = False
) -> Placed:
    """Have ``write`` fill a folder and return its manifest, put the folder at ``out`` and tell where it is.

    A reader never sees half a result. An earlier result of which ``standing`` (what the manifest will say of the plan)
    falls short stays, unless ``replace``; one that is another or less good moves to ``history/`` within the new one.
    Files that others put into the folder stay. Where the folder cannot be written or replaced, the result goes to a
    free name beside it, or else to the system's folder for temporary files.

    Raises
    ------
    OutputError
        when ``out`` is a file or holds something other than an earlier result, or the result can be written nowhere.

    """
    target = _seen(out)
    earlier = _manifest(target)
    verdict = stands_against(standing, earlier) if earlier else Verdict.REPLACES
    if verdict == Verdict.FALLS_SHORT and not replace:
        return Placed(target, written=False, notes=(Note(_KEPT, {"target": target}),))
    keep = verdict != Verdict.REPLACES
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with Scratch(target) as scratch:
            _write(scratch.fresh, write)
            return _put(scratch, target, keep=keep)
    except OSError as error:
        return _elsewhere(target, write, error)


def _seen(out: Path | str) -> Path:
    """Return ``out`` resolved; OutputError when it is something that a result may not replace."""
    try:
        target = Path(out).resolve()
        taken = target.exists() and (not target.is_dir() or any(target.iterdir()))
    except (OSError, ValueError) as error:  # too long, or with characters that no path has
        raise OutputError(_NO_PLACE, target=repr(str(out)), reason=reason_of(error)) from error
    if not taken:
        return target
    if not target.is_dir():
        raise OutputError(_IS_FILE, target=target)
    manifest = _manifest(target)
    if not manifest:
        raise OutputError(_NOT_OURS, target=target)
    if manifest.get("format", 1) > FORMAT:
        raise OutputError(_NEWER, target=target, number=manifest["format"], known=FORMAT)
    return target


def _put(scratch: Scratch, target: Path, *, keep: bool) -> Placed:
    """Put the fresh result at ``target``, or at a free name beside it while that is in use."""
    if not target.exists():
        _rename(scratch.fresh, target)
        return Placed(target)
    try:
        past = _merge(scratch, target, keep=keep)
        settle(scratch.whole)  # before there is a moment in which nothing stands at the place
        os.rename(target, scratch.aside)
        try:
            _rename(scratch.whole, target)
        except OSError:
            os.rename(scratch.aside, target)
            raise
    except OSError as error:
        sibling = _free(target)
        _rename(scratch.fresh, sibling)
        values = {"target": target, "reason": reason_of(error), "folder": sibling}
        return Placed(sibling, notes=(Note(_IN_USE, values),))
    return Placed(target, notes=(Note(_IN_HISTORY, {"folder": target / past}),) if past else ())


def _rename(folder: Path, to: Path) -> None:
    """Put ``folder`` at ``to``; the new name never outlives a power cut that the content does not."""
    settle(folder)
    os.rename(folder, to)
    settle_names(to.parent)


def _elsewhere(target: Path, write: Callable[[Path], Mapping[str, Any]], error: OSError) -> Placed:
    """Write the result once more, among the system's temporary files: better there than lost."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"redesaude-{target.name[:40]}-"))
        _write(folder, write)
    except OSError as second:
        raise OutputError(_NO_PLACE, target=target, reason=f"{reason_of(error)}; {reason_of(second)}") from error
    return Placed(folder, notes=(Note(_ELSEWHERE, {"target": target, "reason": reason_of(error), "folder": folder}),))


# --- manifests ---------------------------------------------------------------------------------------------------


def _write(folder: Path, write: Callable[[Path], Mapping[str, Any]]) -> None:
    """Have ``write`` fill ``folder``, and register what it wrote."""
    manifest = dict(write(folder))
    files = {name: fingerprint_of(folder / name) for name in _files(folder)}
    written = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    text = json.dumps(
        {"format": FORMAT, "written": written, **manifest, "files": files},
        indent=2, ensure_ascii=False, allow_nan=False,
    )  # fmt: skip
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result of ours; empty for any other folder, though it may have a manifest.json."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    ours = isinstance(manifest, dict) and any(marks <= manifest.keys() for marks in _MARKS)
    return manifest if ours and isinstance(manifest.get("format", 1), int) else {}


def _files(folder: Path) -> list[str]:
    """Names of the files in ``folder``, with those of its folders before them."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def fingerprint_of(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# --- what stays of an earlier result -----------------------------------------------------------------------------


def _merge(scratch: Scratch, target: Path, *, keep: bool) -> Path | None:
    """Make ``whole`` of the fresh result and what stays of ``target``; return where its files went if they are kept."""
    manifest = _manifest(target)
    _carry(scratch.fresh, scratch.whole, lambda _: True)
    past = scratch.whole / HISTORY / _past_name(target, manifest) if keep and manifest else None
    ours = _registered(target, manifest, edited=past is not None)
    _carry(target, scratch.whole, lambda name: name not in ours)
    if past is None:
        return None
    past = _free(past)
    _carry(target, past, lambda name: name in ours)
    return past.relative_to(scratch.whole)


def _registered(target: Path, manifest: Mapping[str, Any], *, edited: bool) -> set[str]:
    """Names in ``target`` that its manifest lists; those edited since are somebody's, unless asked for."""
    names = _files(target)
    if "files" not in manifest:
        return {name for name in names if manifest and _FORMAT_1.fullmatch(name)}
    listed = manifest["files"]
    mine = {name for name in names if name in listed and (edited or fingerprint_of(target / name) == listed[name])}
    return mine | {MANIFEST}


def written_at(folder: Path, manifest: Mapping[str, Any]) -> str:
    """When a result was written, as ISO text in UTC; results of format 1 are as old as their manifest."""
    made = dt.datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, dt.UTC)
    return str(manifest.get("written", made.isoformat(timespec="seconds")))


def _past_name(target: Path, manifest: Mapping[str, Any]) -> str:
    """Name of an earlier result in the history: the day it was written, and the start of its input's fingerprint."""
    day, digest = written_at(target, manifest), str(manifest["input_sha256"])
    return f"{re.sub('[^0-9-]', '', day[:10])}-{re.sub('[^0-9a-f]', '', digest)[:8]}"


def _carry(source: Path, to: Path, wanted: Callable[[str], bool], within: str = "") -> None:
    """Bring the files of ``source`` whose names are ``wanted`` into ``to``, beside what has those names there.

    Files are linked where the system can, so that a long history costs no room.
    """
    items = list(source.iterdir())
    for item in items:
        name = f"{within}{item.name}"
        if item.is_dir() and not item.is_symlink():
            place = to / item.name
            _carry(item, place if place.is_dir() or not place.exists() else _free(place), wanted, f"{name}/")
        elif wanted(name):
            to.mkdir(parents=True, exist_ok=True)
            _link(item, _free(to / item.name))
    if not items and wanted(within):
        to.mkdir(parents=True, exist_ok=True)


def _link(item: Path, to: Path) -> None:
    try:
        os.link(item, to, follow_symlinks=False)
    except (OSError, NotImplementedError):  # no links on this file system
        shutil.copy2(item, to, follow_symlinks=False)


def _free(path: Path) -> Path:
    """``path``, or the first of its names with a number that is not taken."""
    names = (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in count(2))
    return next(name for name in chain([path], names) if not os.path.lexists(name))
