"""Pyomo keeps what a model is built and read with for the whole process: one thread at a time."""

from __future__ import annotations

import threading

#: held while a model is built or read
modelling = threading.RLock()
