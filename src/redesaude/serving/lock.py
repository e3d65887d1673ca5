"""Whether somebody still works on something: a file that is locked as long as its process lives, however that ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO


def hold(path: Path) -> BinaryIO | None:
    """Lock ``path`` until the file returned is closed, here and in every process that inherits it; None: it is held.

    On Windows a lock is not inherited: there the child takes it itself.
    """
    stream = path.open("a+b")
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return None
    return stream


def is_held(path: Path) -> bool:
    """Whether a living process holds ``path``."""
    if not path.exists():
        return False
    stream = hold(path)
    if stream is None:
        return True
    stream.close()
    return False
