"""Names of the rows of a planning problem, so that model components carry ids instead of row numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from redesaude_models.arrays import Flags, Ints
from redesaude_models.problem import PlanningProblem

Key = tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """For each family of rows the tuple of ids, in row order: ``option[o]`` is (site, specialty, size, contract).

    A step is (site, specialty, size and contract before, size and contract after), blank where the service is closed.
    """

    periods: tuple[str, ...]
    demand: tuple[Key, ...]
    service: tuple[Key, ...]
    option: tuple[Key, ...]
    journey: tuple[Key, ...]
    hosting: tuple[Key, ...]
    letting: tuple[Key, ...]
    step: tuple[Key, ...]


def keys_of(problem: PlanningProblem) -> Keys:
    """Return the ids of every row of ``problem``."""
    p = problem
    service = tuple(
        (p.sites[j], p.specialties.ids[s])
        for j, s in zip(p.services.site.tolist(), p.services.specialty.tolist(), strict=True)
    )
    demand = tuple(
        (p.territories[i], p.specialties.ids[s])
        for i, s in zip(p.demand.territory.tolist(), p.demand.specialty.tolist(), strict=True)
    )
    option = tuple(
        (*service[k], size, p.contracts[c])
        for k, size, c in zip(p.options.service.tolist(), p.options.size, p.options.contract.tolist(), strict=True)
    )
    return Keys(
        periods=p.periods,
        demand=demand,
        service=service,
        option=option,
        journey=tuple(
            (demand[d][0], *service[k])
            for d, k in zip(p.journeys.demand.tolist(), p.journeys.service.tolist(), strict=True)
        ),
        hosting=tuple(
            (p.sites[j], p.contracts[c])
            for j, c in zip(p.hosting.site.tolist(), p.hosting.contract.tolist(), strict=True)
        ),
        letting=tuple(
            (p.contracts[c], p.lots[g])
            for c, g in zip(p.lettings.contract.tolist(), p.lettings.lot.tolist(), strict=True)
        ),
        step=tuple(
            (*service[k], *_state(option, source), *_state(option, target))
            for k, source, target in zip(
                p.steps.service.tolist(), p.steps.source.tolist(), p.steps.target.tolist(), strict=True
            )
        ),
    )


def _state(options: tuple[Key, ...], row: int) -> Key:
    """Size and contract of an option, blank for a service that is closed."""
    return options[row][2:] if row >= 0 else ("", "")


def over_periods(rows: Iterable[Key], periods: Iterable[str]) -> list[Key]:
    """Return each row's ids followed by each period: the index set of a variable that changes with time."""
    return [(*row, period) for row in rows for period in periods]


def rows_by(group: Ints, count: int, keep: Flags | None = None) -> list[list[int]]:
    """Return for each of ``count`` groups the rows that belong to it, in order (those kept, if ``keep`` is given)."""
    rows = np.arange(len(group)) if keep is None else np.flatnonzero(keep)
    order = rows[np.argsort(group[rows], kind="stable")]
    bounds = np.searchsorted(group[order], np.arange(count + 1))
    return [order[a:b].tolist() for a, b in pairwise(bounds)]
