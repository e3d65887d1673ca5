"""What a docstring points to is there."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import redesaude
import redesaude_models

_REFERENCE = re.compile(r":(?:mod|class|func|meth|attr|data|exc):`~?([\w.]+)`")


def _modules() -> Iterator[str]:
    for package in (redesaude, redesaude_models):
        yield package.__name__
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name


def _found(path: str, there: object) -> bool:
    """Whether ``path`` leads on from an object to another; a field of a dataclass counts where it has no default."""
    for name in filter(None, path.split(".")):
        known = getattr(there, "__annotations__", {})
        if not (hasattr(there, name) or name in known):
            return False
        there = getattr(there, name, None)
    return True


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _resolves(target: str, module: ModuleType) -> bool:
    """Whether a reference in ``module`` leads anywhere; with a dot at first it begins in the room of the module."""
    if not target.startswith("."):
        own = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
        if any(_found(target, there) for there in (module, *own)):
            return True
        whole = target if "." in target else f"{module.__name__}.{target}"
    else:
        room = module.__name__ if hasattr(module, "__path__") else module.__name__.rpartition(".")[0]
        whole = room + target
    parts = whole.split(".")
    for cut in range(len(parts), 0, -1):
        there = _module(".".join(parts[:cut]))
        if there is not None:
            return _found(".".join(parts[cut:]), there)
    return False


@pytest.mark.parametrize("name", list(_modules()))
def test_references_lead_somewhere(name: str) -> None:
    module = importlib.import_module(name)
    text = Path(module.__file__ or "").read_text(encoding="utf-8")
    missing = {target for target in _REFERENCE.findall(text) if not _resolves(target, module)}
    assert not missing
