r"""The years in which a new or enlarged service treats more and more of its cases, as ``sizes`` states them.

Of a service that opens at :math:`o` and needs :math:`R` years, the share of its cases treated at :math:`t` is
:math:`\min(1, (t - o)/R)`, of one that is enlarged the share of those that it did not treat before. The rise moves no
money and no decision: prices and promises are those of the steady state, and the years are told as they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.finance.services import timing_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.paths import sizes_before
from redesaude_models.arrays import Floats


def ramp_years(appraisal: Appraisal) -> Floats:
    """Return the years that each opening takes to treat all its cases; 0 where it only goes on."""
    openings = appraisal.plan.openings
    stated = appraisal.scenario.sizes.set_index(["specialty_id", "size_id"])["ramp_up_years"].fillna(0.0)
    years = stated.loc[pd.MultiIndex.from_frame(openings[["specialty_id", "size_id"]])].to_numpy(float)
    grows = openings["size_id"].to_numpy(object) != np.array(sizes_before(appraisal.plan), dtype=object)
    return np.where(grows, years, 0.0)


def lost_to_ramp_up(appraisal: Appraisal) -> Floats:
    """Return the part of each year of the horizon that each opening loses to its rise, shape ``(openings, years)``."""
    ramp, services = ramp_years(appraisal), appraisal.services()
    year = np.arange(appraisal.calendar.horizon_years, dtype=float)
    if not ramp.any():
        return np.zeros((len(ramp), len(year)))
    opened = timing_of(services, appraisal.terms()).opened
    begin = np.maximum(year, np.maximum(opened, services.since)[:, None])
    end = np.maximum(begin, np.minimum(year + 1, services.until[:, None]))
    since, until = (_lost(moment - opened[:, None], ramp[:, None]) for moment in (begin, end))
    return np.asarray(until - since)


def _lost(age: Floats, ramp: Floats) -> Floats:
    """Years lost from the opening to ``age``: the area above a line that rises to 1 over ``ramp`` years."""
    rising = np.clip(age, 0.0, ramp)
    return np.asarray(rising - rising**2 / (2.0 * np.where(ramp > 0, ramp, 1.0)))
