"""Text in CSV files: nothing that a spreadsheet would run, whatever it takes for the end of a cell."""

from __future__ import annotations

import re

#: where a spreadsheet would begin a formula: at the start of a text, and after what the spreadsheets of some countries,
#: or a plain-text import, take for the end of a cell though it stands within one; also in the wide forms of East Asia
_FORMULA = re.compile(
    r"(?:^|(?<=[;\t\r\n\v\f\x85\u2028\u2029]))(?=[\s\"]{0,9}[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])"
)


def harmless(text: str) -> str:
    """Return ``text`` with an apostrophe wherever a formula would begin."""
    return _FORMULA.sub("'", text)
