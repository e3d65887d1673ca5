"""A kind of promise is at home in its module: few others know the name of what states it."""

from __future__ import annotations

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["access_target", "load_ceiling"])
def test_a_promise_is_named_in_fewer_than_nine_files(name: str) -> None:
    files = [path for room in ("src", "models") for path in (_ROOT / room).rglob("*") if path.suffix in (".py", ".po")]
    named = sorted(str(path.relative_to(_ROOT)) for path in files if name in path.read_text("utf-8"))
    assert 0 < len(named) < 9, named
