r"""Internal rates of return: every rate at which yearly flows are worth nothing.

With :math:`x = 1 / (1 + r)` the worth of flows :math:`c_0, c_1, \dots` is the polynomial :math:`\sum_t c_t x^t`.
Between two neighbouring zeros of its derivative it only rises or only falls, so its zeros are found from those of the
derivative, and these from the second derivative, and so on: none is missed, also where the worth touches zero without
crossing it. Flows that change sign once have at most one.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from redesaude.finance.arguments import NumberByYear, checked
from redesaude_models.arrays import Floats

#: rates looked for, per year
LEAST, MOST = -0.99, 10.0
#: worth that counts as nothing, as a share of the largest flow's
_NOTHING = 1e-12


class ReturnRateError(ValueError):
    """Flows without one internal rate of return; ``rates`` are those that exist, none or several."""

    def __init__(self, rates: Floats, why: str) -> None:
        super().__init__(why)
        self.rates = rates


@checked
def internal_return(flows: NumberByYear) -> float:
    """Return the rate (per year, -0.99 to 10) at which yearly ``flows`` (currency) are worth nothing.

    Raises
    ------
    ReturnRateError
        a ValueError that says so where there is none, or several; then :func:`internal_returns` tells them.

    """
    found = internal_returns(flows)
    if len(found) == 1:
        return float(found[0])
    if len(found):
        raise ReturnRateError(found, f"several rates of return: {', '.join(f'{rate:.4%}' for rate in found)}")
    signs = np.sign(flows)
    if not (signs > 0).any() or not (signs < 0).any():
        raise ReturnRateError(found, "no rate of return: the flows are all paid or all received")
    raise ReturnRateError(found, f"no rate of return between {LEAST:.0%} and {MOST:.0%}")


@checked
def internal_returns(flows: NumberByYear) -> Floats:
    """Return every rate (per year, -0.99 to 10) at which yearly ``flows`` are worth nothing, rising; may be empty."""
    money = np.trim_zeros(np.asarray(flows, dtype=float))
    if len(money) < 2:
        return np.zeros(0)
    zeros = _zeros(money / np.abs(money).max(), 1.0 / (1.0 + MOST), 1.0 / (1.0 + LEAST))
    return np.sort(1.0 / np.array(zeros) - 1.0)


def _zeros(c: Floats, low: float, high: float) -> list[float]:
    """Return the zeros of ``sum(c[t] * x**t)`` for ``x`` from ``low`` to ``high``, rising, each once."""
    if len(c) < 2 or (c >= 0).all() or (c <= 0).all():
        return []
    powers = np.arange(len(c))

    def worth(x: float) -> float:
        return float(c @ x**powers)

    def scale(x: float) -> float:
        return float(np.abs(c) @ x**powers)

    slope = c[1:] * powers[1:]
    ends = [low, *_zeros(slope / np.abs(slope).max(), low, high), high]
    values = [0.0 if abs(worth(x)) <= _NOTHING * scale(x) else worth(x) for x in ends]
    touched = [x for x, value in zip(ends, values, strict=True) if value == 0.0]
    spans = [span for span, pair in zip(pairwise(ends), pairwise(values), strict=True) if pair[0] * pair[1] < 0]
    return sorted(touched + [float(brentq(worth, *span, xtol=1e-15, rtol=4 * np.finfo(float).eps)) for span in spans])
