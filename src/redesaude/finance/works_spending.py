r"""How works are spent over the years before the opening, and what a price index of works adds.

A spending curve tells which share of the works is spent (:math:`y`) when a share of their time has passed (:math:`x`).
Even spending is a straight line; works that start slowly, are busy in the middle and end slowly follow an S. The one
fitted to hospital building is that of the British Department of Health and Social Security (Hudson and Maunick, 1974,
with two parameters for a class of projects),

.. math:: y = x + C x^2 - C x - \frac{6 x^3 - 9 x^2 + 3 x}{K}

Where prices of works rise by :math:`g` a year above prices in general, works cost
:math:`\sum_t y_t (1 + g)^{t - b}` times what they are estimated at in prices of year :math:`b`: in real terms with
:math:`g` real, in money of the day with :math:`g` the works' own index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from redesaude.finance.arguments import Amount, ArgumentError, Number, Rate, Shares, Years, checked
from redesaude.finance.company_loan import works_lengths
from redesaude.finance.nominal import price_index
from redesaude.finance.project_company import Project
from redesaude_models.arrays import Floats

Curve = Callable[[Floats], Floats]
"""share of the time of works passed (0-1) -> share of the works spent, rising from 0 to 1"""


def even(passed: Floats) -> Floats:
    """Return the share spent when works are spent evenly."""
    return np.asarray(passed, dtype=float)


@checked
def dhss_curve(c: Number, k: Number) -> Curve:
    """Return the S-curve of the DHSS with parameters ``c`` and ``k``, fitted to a class of projects.

    Raises
    ------
    ArgumentError
        where the curve would fall on its way (money spent and taken back), as for ``k`` below 3 with ``c`` 0.

    """
    if abs(k) < 1e-9:
        raise ArgumentError("k", f"{k:g}", "a number that is not 0")

    def spent(passed: Floats) -> Floats:
        x = np.asarray(passed, dtype=float)
        return np.asarray(x + c * x**2 - c * x - (6.0 * x**3 - 9.0 * x**2 + 3.0 * x) / k)

    # the slope 1 - c - 3 / k + (2 c + 18 / k) x - 18 x^2 / k is a parabola: its least on 0 to 1 is at an end, or at the
    # vertex, which is a minimum for k below 0
    vertex = np.clip((2.0 * c + 18.0 / k) * k / 36.0, 0.0, 1.0)
    at = np.array([0.0, vertex, 1.0])
    slope = 1.0 - c - 3.0 / k + (2.0 * c + 18.0 / k) * at - 18.0 / k * at**2
    if slope.min() < -1e-12:
        raise ArgumentError("k", f"{k:g}", "one with which the curve never falls", f"with c {c:g} it falls")
    return spent


@checked
def stated_curve(passed_shares: Shares, spent_shares: Shares) -> Curve:
    """Return the curve through stated points, straight between them: a schedule of works.

    Raises
    ------
    ArgumentError
        unless both go from 0 to 1, the time rising and what is spent never falling.

    """
    x, y = np.asarray(passed_shares, dtype=float), np.asarray(spent_shares, dtype=float)
    whole = x.ndim == 1 and x.shape == y.shape and len(x) > 1 and (x[0], y[0], x[-1], y[-1]) == (0.0, 0.0, 1.0, 1.0)
    if not whole or not (np.diff(x) > 0).all() or not (np.diff(y) >= 0).all():
        came = f"{spent_shares!r} at {passed_shares!r}"
        raise ArgumentError("spent_shares", came, "a spending curve, which goes from 0, 0 to 1, 1 and never falls")
    return lambda passed: np.asarray(np.interp(passed, x, y))


@checked
def spending_profile(curve: Curve, build_years: Years) -> Floats:
    """Return the share of the works spent in each year before the opening, shape ``(years,)``; the last is year 0.

    A first year shorter than a year holds the start of the curve; works without length fall on year 0.
    """
    years = max(1, int(np.ceil(build_years)))
    lengths = works_lengths(build_years, years)
    passed = np.cumsum(lengths) / build_years if build_years > 0 else np.ones(1)
    return np.diff(curve(np.clip(passed, 0.0, 1.0)), prepend=0.0)


@checked
def works_by_year(
    works: Amount, build_years: Years, curve: Curve = even, rise_per_year: Rate = 0.0, stated_in: int | None = None
) -> Floats:
    """Return what works (currency, at prices of year ``stated_in``) cost in each year of works.

    ``rise_per_year`` is the yearly rise of their prices. ``stated_in`` is a year of the company (0 the last of works);
    None: the first year of works.
    """
    profile = spending_profile(curve, build_years)
    year = np.arange(1 - len(profile), 1)
    base = year[0] if stated_in is None else stated_in
    return works * profile * price_index(rise_per_year, year - base)


@checked
def with_spending(project: Project, curve: Curve, rise_per_year: Rate = 0.0, stated_in: int | None = None) -> Project:
    """Return ``project`` with its works spent along ``curve``, at prices that rise (:func:`works_by_year`).

    A public contribution stays the amount it is; where its own profile is not stated it follows the works.
    """
    spent = works_by_year(project.works, project.build_years, curve, rise_per_year, stated_in)
    total = float(spent.sum())
    profile = spent / total if total else spending_profile(curve, project.build_years)
    return replace(project, works=total, works_profile=profile)
