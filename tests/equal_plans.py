"""Whether two plans are the same, to the last digit: every field, every table, every word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.plan.plan import Plan


def assert_equal_plans(one: Plan, other: Plan) -> None:
    """Fail at the first part in which the plans differ; of where the input lay only the file's name is compared."""
    _equal(one, other, "plan")


def _equal(one: Any, other: Any, name: str) -> None:
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True, obj=name)
    elif is_dataclass(one):
        assert type(one) is type(other), name
        for field in fields(one):
            if field.name == "input_path":
                assert getattr(one.input_path, "name", None) == getattr(other.input_path, "name", None)
            else:
                _equal(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    elif isinstance(one, Mapping):
        assert list(one) == list(other), name
        for key in one:
            _equal(one[key], other[key], f"{name}.{key}")
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other, err_msg=name, strict=True)
    elif isinstance(one, tuple):
        assert isinstance(other, tuple), name
        assert len(one) == len(other), name
        for n, pair in enumerate(zip(one, other, strict=True)):
            _equal(*pair, f"{name}.{n}")
    else:
        assert one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other)), name
        assert type(one) is type(other) or isinstance(one, (int, float)), name
