"""Ways to corrupt a plan, or the scenario under it, for tests of the audit: each a function from a plan to a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan


def matches(frame: pd.DataFrame, where: dict[str, Any]) -> np.ndarray:
    """Which rows hold the values of ``where``."""
    found = np.ones(len(frame), dtype=bool)
    for name, value in where.items():
        found &= (frame[name] == value).to_numpy(bool)
    assert found.any(), where
    return found


@dataclass(frozen=True)
class Row:
    """Changes one cell of the first row where ``where`` holds; ``value`` may be a function of what stands there."""

    table: str
    where: dict[str, Any]
    column: str
    value: Any

    def __call__(self, plan: Plan) -> Plan:
        frame = getattr(plan, self.table).copy()
        mask = matches(frame, self.where)
        at = frame.index[mask][0]
        before = frame.loc[at, self.column]
        after = self.value(before) if callable(self.value) else self.value
        assert after != before
        frame[self.column] = frame[self.column].astype(object)
        frame.loc[at, self.column] = after
        return replace(plan, **{self.table: frame.infer_objects()})


@dataclass(frozen=True)
class Drop:
    """Drops the rows where ``where`` holds."""

    table: str
    where: dict[str, Any]

    def __call__(self, plan: Plan) -> Plan:
        frame = getattr(plan, self.table)
        mask = matches(frame, self.where)
        return replace(plan, **{self.table: frame[~mask].reset_index(drop=True)})


@dataclass(frozen=True)
class Copy:
    """Adds a copy of the first row where ``where`` holds, with some values changed."""

    table: str
    where: dict[str, Any]
    values: dict[str, Any]

    def __call__(self, plan: Plan) -> Plan:
        frame = getattr(plan, self.table)
        mask = matches(frame, self.where)
        row = frame[mask].iloc[[0]].assign(**self.values)
        return replace(plan, **{self.table: pd.concat([frame, row], ignore_index=True)})


@dataclass(frozen=True)
class Scenery:
    """Changes the scenario under the plan: a promise or rule that the plan does not keep."""

    table: str
    where: dict[str, Any]
    column: str
    value: Any

    def __call__(self, plan: Plan) -> Plan:
        frame = getattr(plan.scenario, self.table).copy()
        mask = matches(frame, self.where)
        frame.loc[mask, self.column] = self.value
        return replace(plan, scenario=plan.scenario.replace(**{self.table: frame}))


@dataclass(frozen=True)
class Field:
    """Changes a figure of the plan itself."""

    name: str
    value: Any

    def __call__(self, plan: Plan) -> Plan:
        before = getattr(plan, self.name)
        return replace(plan, **{self.name: self.value(before) if callable(self.value) else self.value})


@dataclass(frozen=True)
class All:
    """Several changes, one after the other."""

    changes: tuple[Callable[[Plan], Plan], ...]

    def __call__(self, plan: Plan) -> Plan:
        for change in self.changes:
            plan = change(plan)
        return plan


def all_of(*changes: Callable[[Plan], Plan]) -> All:
    return All(changes)


def more(part: float) -> Callable[[float], float]:
    return lambda value: value + part


def times_(factor: float) -> Callable[[float], float]:
    return lambda value: value * factor


def failed(plan: Plan) -> set[str]:
    """Names of the checks that fail."""
    return {check.name for check in audit(plan).checks if not check.passed}
