"""Hidden folders in which results are written before they take their place, and what a killed run left of them."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TextIO

PREFIX = ".redesaude-"
_LOCK = "lock"


class Scratch:
    """A hidden folder beside the place of a result, locked while its run lives and removed at the end.

    The result is written to ``fresh``; ``whole`` takes it together with what stays of an earlier one, which steps
    aside to ``aside`` for the moment in which ``whole`` takes its place. A run killed in that moment leaves all three
    behind, and the next to come finishes what it began.
    """

    def __init__(self, target: Path) -> None:
        clean_leftovers(target.parent)
        self.path, self._lock = _claimed(target)
        self.fresh, self.whole, self.aside = (self.path / name for name in ("fresh", "whole", "aside"))
        self.fresh.mkdir()

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.close()
        _finish(self.path)  # interrupted as the results changed places
        shutil.rmtree(self.path, ignore_errors=True)  # a file in use elsewhere stays until the next run


def _claimed(target: Path) -> tuple[Path, TextIO]:
    """Make a folder and lock it, naming ``target`` in the lock; again if another run took it before it was locked."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=target.parent))
        try:
            lock = (path / _LOCK).open("w", encoding="utf-8")
        except FileNotFoundError:
            continue
        lock.write(target.name)
        lock.flush()
        _locked(lock)  # where a file system knows no locks, nobody will take this folder for abandoned
        return path, lock


def clean_leftovers(parent: Path) -> None:
    """Remove what killed runs left in ``parent``, putting in place a result that was about to be."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_dir() and not folder.is_symlink() and _abandoned(folder):
            _finish(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _finish(folder: Path) -> None:
    """The earlier result had stepped aside: the new one, whole by then, takes its place."""
    lock, whole, aside = folder / _LOCK, folder / "whole", folder / "aside"
    if not (aside.is_dir() and whole.is_dir() and lock.is_file()):
        return
    name = lock.read_text(encoding="utf-8")
    target = folder.parent / name
    if name and target.name == name and not target.exists():
        os.rename(whole, target)


def _abandoned(folder: Path) -> bool:
    """Whether the run that made ``folder`` is over."""
    try:
        with (folder / _LOCK).open("r+", encoding="utf-8") as lock:
            return _locked(lock)
    except FileNotFoundError:
        # killed before it was locked or as it was removed; a living run that is about to lock it makes itself another
        return {item.name for item in folder.iterdir()} <= {"fresh", "whole", "aside"}
    except OSError:
        return False


def _locked(lock: TextIO) -> bool:
    """Try to lock an open file until it is closed, and tell whether that went well."""
    try:
        lock.seek(0)
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
