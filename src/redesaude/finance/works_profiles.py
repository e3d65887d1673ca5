"""Works of many services, each spent along the curve that its contract states: rows of shares, as on the sheet.

The curve itself, for one project, is in :mod:`redesaude.finance.works_spending`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from redesaude.finance.arguments import ArgumentError
from redesaude.finance.works_spending import Curve, even, stated_curve
from redesaude.inputs.contracts import profile_in
from redesaude_models.arrays import Floats


@cache
def profile_curve(profile: str) -> Curve:
    """Return the curve of a list of shares, ``0.2; 0.5; 0.3``, spent in equal parts of the time of works.

    First to last, evenly within each part, and throughout where the list is blank.

    Raises
    ------
    ArgumentError
        where it is no list of shares that add up to 1.

    """
    try:
        shares = profile_in(profile)
    except ValueError as unread:
        raise ArgumentError("works_profile", repr(profile), "shares that add up to 1", str(unread)) from None
    if len(shares) < 2:
        return even
    spent = np.cumsum(shares)
    return stated_curve(np.linspace(0.0, 1.0, len(shares) + 1), np.concatenate([[0.0], spent / spent[-1]]))


def passed_at(profiles: np.ndarray, done: float) -> Floats:
    """Return the share of the time of works that has passed when the share ``done`` of them is, ``(rows,)``."""
    found = np.full(len(profiles), done)
    for profile in sorted(set(profiles.tolist()) - {""}):
        shares = np.asarray(profile_in(profile))
        ends = np.cumsum(shares) / shares.sum()
        part = int(np.searchsorted(ends, done - 1e-12))
        found[profiles == profile] = (part + 1 - (ends[part] - done) * shares.sum() / shares[part]) / len(shares)
    return found


def curves(profiles: np.ndarray) -> Iterator[tuple[np.ndarray, Curve]]:
    """Yield which of the rows are not spent evenly, and along which curve, by ``profile`` (:func:`profile_curve`)."""
    for profile in sorted(set(profiles.tolist()) - {""}):
        yield profiles == profile, profile_curve(profile)
