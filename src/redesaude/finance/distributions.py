"""Distributions of what is uncertain: each known by its mean and its inverse.

The inverses of the normal and of the beta distribution are scipy's. So would be the triangular one, in ``scipy.stats``:
to import that takes longer than a whole report draws, and its three lines are tested against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
from scipy.special import betaincinv, ndtri

from redesaude.finance.arguments import (
    NUMBER,
    SHARE,
    Amount,
    ArgumentError,
    MaybeNumbers,
    Number,
    Numbers,
    Positive,
    Share,
    Shares,
    check_fields,
    checked,
    in_order,
)
from redesaude_models.arrays import Floats


@checked
def triangular_mean(low: MaybeNumbers, mode: Numbers, high: MaybeNumbers) -> Floats:
    """Return (low + mode + high) / 3, elementwise; a NaN low or high means the mode is certain on that side."""
    mode = np.asarray(mode, dtype=float)
    low = np.where(np.isnan(np.asarray(low, dtype=float)), mode, low)
    high = np.where(np.isnan(np.asarray(high, dtype=float)), mode, high)
    in_order("low", low, "mode", mode)
    in_order("mode", mode, "high", high)
    return np.asarray((low + mode + high) / 3.0)


@checked
def discrete_mean(outcomes: Numbers, probabilities: Shares) -> float:
    """Return the expected outcome; the probabilities, one for each outcome, add up to 1 (within 1e-9)."""
    weights = np.asarray(probabilities, dtype=float)
    if weights.shape != np.shape(outcomes) or weights.ndim != 1:
        raise ArgumentError("probabilities", f"{weights.size} numbers", f"one for each of {np.size(outcomes)} outcomes")
    if abs(weights.sum() - 1.0) > 1e-9:
        came = f"shares that add up to {weights.sum():g}"
        raise ArgumentError("probabilities", came, "shares that add up to 1")
    return float(np.asarray(outcomes, dtype=float) @ weights)


class Distribution(Protocol):
    """A distribution known by its mean and its inverse: ``quantile(u)`` for ``u`` in (0, 1), any shape."""

    @property
    def mean(self) -> float:
        """The expected outcome."""
        ...

    def quantile(self, u: Floats) -> Floats:
        """Return the outcome not exceeded with probability ``u``."""
        ...


@dataclass(frozen=True)
class _ThreePoint:
    """Between ``low`` and ``high``, most likely ``mode``; certain where the three are one."""

    low: Number
    mode: Number
    high: Number

    def __post_init__(self) -> None:
        check_fields(self)
        in_order("low", self.low, "mode", self.mode)
        in_order("mode", self.mode, "high", self.high)


@dataclass(frozen=True)
class Triangular(_ThreePoint):
    """Between ``low`` and ``high``, most likely ``mode``, straight between them."""

    @property
    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3.0

    def quantile(self, u: Floats) -> Floats:
        """Return the outcome not exceeded with probability ``u``."""
        width = self.high - self.low
        if width <= 0:
            return np.full_like(u, self.mode)
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1.0 - u) * width * (self.high - self.mode))
        return np.where(u * width < self.mode - self.low, rising, falling)


@dataclass(frozen=True)
class Pert(_ThreePoint):
    """Beta distribution between ``low`` and ``high`` whose mean is (low + 4 mode + high) / 6."""

    @property
    def mean(self) -> float:
        """(low + 4 mode + high) / 6."""
        return (self.low + 4.0 * self.mode + self.high) / 6.0

    def quantile(self, u: Floats) -> Floats:
        """Return the outcome not exceeded with probability ``u``."""
        width = self.high - self.low
        if width <= 0:
            return np.full_like(u, self.mode)
        left, right = 1.0 + 4.0 * (self.mode - self.low) / width, 1.0 + 4.0 * (self.high - self.mode) / width
        return np.asarray(self.low + width * betaincinv(left, right, u))


@dataclass(frozen=True)
class Lognormal:
    """Positive, with expected value ``mean``; ``sigma`` is the standard deviation of the logarithm."""

    mean: Positive
    sigma: Amount

    def __post_init__(self) -> None:
        check_fields(self)

    def quantile(self, u: Floats) -> Floats:
        """Return the outcome not exceeded with probability ``u``."""
        return np.asarray(self.mean * np.exp(self.sigma * ndtri(u) - self.sigma**2 / 2.0))


@dataclass(frozen=True)
class Discrete:
    """One of ``outcomes`` with these ``probabilities``, which add up to 1."""

    outcomes: Annotated[tuple[float, ...], NUMBER]
    probabilities: Annotated[tuple[float, ...], SHARE]

    def __post_init__(self) -> None:
        check_fields(self)
        discrete_mean(self.outcomes, self.probabilities)

    @property
    def mean(self) -> float:
        """The outcomes weighted by their probabilities."""
        return discrete_mean(self.outcomes, self.probabilities)

    def quantile(self, u: Floats) -> Floats:
        """Return the least outcome not exceeded with probability ``u``."""
        order = np.argsort(self.outcomes)
        below = np.cumsum(np.array(self.probabilities)[order])[:-1]
        return np.asarray(np.array(self.outcomes)[order][np.searchsorted(below, u)])


def reference_class(outcomes: Sequence[float]) -> Discrete:
    """Return the distribution of past cases of the same kind: each outcome seen, one at least, is equally likely."""
    if not len(outcomes):
        raise ArgumentError("outcomes", "none", "one at least")
    return Discrete(tuple(outcomes), (1.0 / len(outcomes),) * len(outcomes))


@dataclass(frozen=True)
class Event:
    """With ``probability`` the outcome of ``happening``, otherwise ``otherwise``."""

    probability: Share
    happening: Distribution
    otherwise: Number = 0.0

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def mean(self) -> float:
        """The expected outcome, both cases weighed."""
        return self.probability * self.happening.mean + (1.0 - self.probability) * self.otherwise

    def quantile(self, u: Floats) -> Floats:
        """Return the outcome at ``u``: it happens for the highest ``probability`` of ``u``, worst last."""
        quiet = 1.0 - self.probability
        inside = np.clip((u - quiet) / max(self.probability, 1e-300), 1e-12, 1.0 - 1e-12)
        return np.where(u >= quiet, self.happening.quantile(inside), self.otherwise)
