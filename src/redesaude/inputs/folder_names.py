"""Ids and names of files that become names of folders: the same plain name on every system, never a way elsewhere."""

from __future__ import annotations

import re

#: folders of ours beside those of variants, or within them
COMPARE, HISTORY, ASK, WHY, FRONTIER = "compare", "history", "ask", "why", "frontier"
ALTERNATIVES, REVIEWS, REPLANS, SENSITIVITY = "alternatives", "reviews", "replans", "sensitivity"
NORMS, FUTURES, TRADE_OFF = "norms", "futures", "trade_off"
OURS = frozenset(
    {COMPARE, HISTORY, ASK, WHY, FRONTIER, ALTERNATIVES, REVIEWS, REPLANS, SENSITIVITY, NORMS, FUTURES, TRADE_OFF}
)
#: bytes of a name in UTF-8, so that folders and files within find room in the 260 characters of a path on Windows
MOST_BYTES = 150
#: separators, wildcards, control characters (also those that turn the direction of writing) and halves of characters
_BARRED = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+')
#: names that Windows keeps for devices, with any extension
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


def is_folder_name(text: str) -> bool:
    """Whether ``text`` as it stands can be the name of a folder, and of that alone, on Linux, macOS and Windows."""
    return bool(text) and text == as_folder_name(text)


def as_folder_name(text: str) -> str:
    """Return the name of a folder nearest to ``text``, to be suggested; empty if nothing of it is left."""
    plain = _BARRED.sub("-", text).strip(" .-" if _BARRED.search(text) else " ").strip(" .")
    plain = plain.encode()[:MOST_BYTES].decode(errors="ignore").rstrip(" .")
    return f"_{plain}" if _DEVICES.fullmatch(plain) else plain
