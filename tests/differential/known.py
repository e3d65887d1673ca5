"""Plans that a search is told of, in half of the cases: the best one, one like it, or what may not even be one."""

from __future__ import annotations

import numpy as np

from differential.judge import Truth
from redesaude.solving.known import Openings
from redesaude_models.keys import keys_of, over_periods

#: keeps these draws apart from those of the problem
_APART = 1_000_003


def known_plans(seed: int, truth: Truth) -> tuple[Openings, ...]:
    """What up to two plans open; nothing where the problem is infeasible."""
    rng = np.random.default_rng([seed, _APART])
    if not truth.feasible or rng.random() < 0.5:
        return ()
    keys = keys_of(truth.problem)
    options = over_periods(keys.option, keys.periods)
    ways = (lambda: truth.opened, lambda: _like(rng, truth.opened, options), lambda: _any(rng, options))
    return tuple(ways[n]() for n in rng.choice(len(ways), int(rng.integers(1, 3)), replace=False))


def _like(rng: np.random.Generator, opened: Openings, options: list[tuple[str, ...]]) -> Openings:
    """Some of what is open closed, another option open, perhaps beside one of the same service."""
    kept = {option for option in sorted(opened) if rng.random() < 0.7}
    return frozenset(kept | {options[int(rng.integers(len(options)))]})


def _any(rng: np.random.Generator, options: list[tuple[str, ...]]) -> Openings:
    """Some options, and one that is none of this problem."""
    return frozenset(option for option in options if rng.random() < 0.4) | {("nowhere", *options[0][1:])}
