"""The password of a page that others reach: kept as the hash of Argon2, and asked for no faster than a person types."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: letters that a password has at least
LEAST = 12
_PAUSE = 1.0


def write_password(path: Path, password: str) -> None:
    """Write the hash of ``password``, for its owner alone to read; ValueError for one that is too short."""
    if len(password) < LEAST:
        raise ValueError(LEAST)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(PasswordHasher().hash(password) + "\n", encoding="ascii")


class Password:
    """The password whose hash is ``hashed``; ValueError for what is no such hash."""

    def __init__(self, hashed: str) -> None:
        self._hashed, self._lock = hashed.strip(), threading.Lock()
        try:
            PasswordHasher().check_needs_rehash(self._hashed)
        except InvalidHashError as error:
            raise ValueError("no hash of a password") from error

    def is_(self, text: str) -> bool:
        """Whether ``text`` is the password; one after another, and a wrong one costs a second."""
        with self._lock:
            try:
                return PasswordHasher().verify(self._hashed, text)
            except VerificationError:
                time.sleep(_PAUSE)
                return False
