"""The extra ``pack``: libraries that print papers as PDF, text documents and PNG, where they are installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

_MODULES = ("docx", "font_roboto", "fpdf")


@cache
def installed() -> bool:
    """Tell whether all libraries of the extra are there."""
    return all(find_spec(name) is not None for name in _MODULES)
