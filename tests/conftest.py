"""What all tests share. Its presence puts ``tests/`` on the import path, so that every test may ``import tiny``."""

from __future__ import annotations

import os

os.environ.setdefault("REDESAUDE_STRICT", "1")  # a fault of our own is raised, and not passed on to the next way
