r"""A distribution stated by its 10th, 50th and 90th percentiles, as experts are asked for a risk.

Lowest and highest outcomes are seldom known, and what is called lowest is often what one in ten falls below. With
:math:`z = \Phi^{-1}(u) / \Phi^{-1}(0.9)`, so that -1, 0 and 1 are the three percentiles, a factor is

.. math:: x = p_{50} \left(\frac{p_{50}}{p_{10}}\right)^{z} \text{ below the median},
          \qquad x = p_{50} \left(\frac{p_{90}}{p_{50}}\right)^{z} \text{ above it}

two halves of lognormal laws (one law where both ratios are alike) that meet at the median: through all three
percentiles whatever their skew, never below zero. What is added to a rate is made of two normal halves.
Its mean is close to the rule of thumb of appraisers, 0.3, 0.4 and 0.3 of the three (Swanson, in Megill, 1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from redesaude.finance.arguments import POSITIVE, Number, check, check_fields, in_order
from redesaude_models.arrays import Floats

_Z = float(ndtri(0.9))


@dataclass(frozen=True)
class Percentiles:
    """One in ten outcomes is below ``p10``, half below ``p50``, one in ten above ``p90``.

    ``added``: what is added to a rate, of any sign; otherwise a factor, above zero. They rise.
    """

    p10: Number
    p50: Number
    p90: Number
    added: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        in_order("p10", self.p10, "p50", self.p50)
        in_order("p50", self.p50, "p90", self.p90)
        if not self.added:
            check("p10", self.p10, POSITIVE)

    @property
    def _spreads(self) -> tuple[float, float]:
        """Standard deviation of each half: of the outcome added, or of the logarithm of a factor."""
        p10, p50, p90 = (
            (self.p10, self.p50, self.p90) if self.added else np.log((self.p10, self.p50, self.p90)).tolist()
        )
        return (p50 - p10) / _Z, (p90 - p50) / _Z

    @property
    def mean(self) -> float:
        """The expected outcome, exact."""
        low, high = self._spreads
        if self.added:
            return self.p50 + (high - low) / float(np.sqrt(2.0 * np.pi))
        halves = np.exp(low**2 / 2.0) * ndtr(-low) + np.exp(high**2 / 2.0) * ndtr(high)
        return float(self.p50 * halves)

    def quantile(self, u: Floats) -> Floats:
        """Return the outcome not exceeded with probability ``u``."""
        z = ndtri(u)
        low, high = self._spreads
        moved = np.where(z < 0, low, high) * z
        return np.asarray(self.p50 + moved if self.added else self.p50 * np.exp(moved))
