"""Files and folders that survive a power cut: their content before their names, where the system lets one ask."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

#: what systems answer that cannot settle a thing of this kind
_CANNOT = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def settle(path: Path) -> None:
    """Have the file at ``path`` survive a power cut, or the folder with all that is in it.

    Raises
    ------
    OSError
        when what was written cannot be kept, as on a full disk.

    """
    if path.is_dir() and not path.is_symlink():
        for item in path.iterdir():
            settle(item)
        settle_names(path)
    elif path.is_file():
        _settle(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)


def settle_names(folder: Path) -> None:
    """Have the names in ``folder`` survive a power cut; Windows settles them by itself."""
    if sys.platform != "win32":
        _settle(folder, os.O_RDONLY)


def _settle(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    finally:
        os.close(descriptor)
