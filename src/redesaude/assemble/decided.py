"""What is decided already: services that must open or may not, by period, and what may not open before what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude_models.arrays import Flags, Ints
from redesaude_models.problem import Decided

_PLACE = ("site_id", "specialty_id")


def decided_flags(scenario: Scenario, services: pd.DataFrame, options: pd.DataFrame) -> tuple[Decided | None, Flags]:
    """Return the rows of ``decisions`` over services and options, and in which periods a service is frozen.

    ``services`` and ``options`` are the tables of the problem's rows; the second result is ``(services, periods)``.
    """
    periods = scenario.periods["period_id"].to_list()
    opened, frozen = (np.zeros((len(services), len(periods)), dtype=bool) for _ in range(2))
    barred = np.zeros((len(options), len(periods)), dtype=bool)
    kept = (options["status"] == "kept").to_numpy(bool)
    for row in rows_of(scenario.decided):
        mine, options_of = matching(services, row, _PLACE), matching(options, row, _PLACE)
        same = matching(options, row, (*_PLACE, "size_id", "contract_id"))
        for t in periods_of(periods, row.period_id):
            if row.decision == "open":
                opened[mine, t] = True
                barred[options_of & ~same, t] = True
            elif row.decision == "start":
                opened[mine, t:] = True
                barred[options_of & ~same, t] = True
                barred[options_of & ~matching(options, row, (*_PLACE, "contract_id")), t:] = True
                barred[options_of & ~kept, :t] = True
            elif row.decision == "close":
                barred[options_of, t:] = True
            elif row.decision == "forbid":
                barred[same, t] = True
            elif t == 0:  # frozen: what runs today runs on
                barred[options_of & ~kept, t] = True
                opened[mine & services["existing"].to_numpy(bool), t] = True
            else:
                frozen[mine, t] = True
    return (Decided(opened, barred) if len(scenario.decided) else None), frozen


def matching(table: pd.DataFrame, row: Any, columns: tuple[str, ...]) -> Flags:
    """Return which rows of ``table`` a row of ``decisions`` means; blank and ``all`` mean any."""
    found = np.ones(len(table), dtype=bool)
    for name in columns:
        wanted = getattr(row, name)
        if wanted not in ("", ALL):
            found &= (table[name] == wanted).to_numpy(bool)
    return found


def periods_of(periods: list[str], period_id: str) -> Iterator[int]:
    """Yield the positions of the period meant, of all where blank."""
    yield from (t for t, name in enumerate(periods) if period_id in ("", name))


def precedence_rows(scenario: Scenario, services: pd.DataFrame) -> Ints:
    """Return rows (service, service it may not be open before or -1 where that can never open, periods between)."""
    row = {pair: n for n, pair in enumerate(zip(services["site_id"], services["specialty_id"], strict=True))}
    found = [
        (row[r.site_id, r.specialty_id], row.get((r.after_site_id, r.after_specialty_id), -1), int(r.periods_between))
        for r in rows_of(scenario.precedence)
        if (r.site_id, r.specialty_id) in row
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 3)
