"""Whom services of today treat until others open, by the opening that they wait for."""

from __future__ import annotations

import numpy as np

from redesaude.finance.services import share_of_years
from redesaude.plan.appraisal import Appraisal
from redesaude_models.arrays import Floats

_OPENING = ["site_id", "specialty_id", "period_id"]


def guests_in_time_and_late(appraisal: Appraisal) -> tuple[Floats, Floats]:
    """Return the cases within the access standard of their specialty and beyond, both ``(openings, years)``.

    By the openings of the plan and the years of the horizon; less than none where others are not treated because of
    them (:meth:`redesaude.plan.appraisal.Appraisal.guests`).
    """
    plan, years = appraisal.plan, appraisal.calendar.horizon_years
    guests, trips = appraisal.guests(appraisal.meanwhile()), plan.assignments[_OPENING]
    row_of = {key: n for n, key in enumerate(plan.openings[_OPENING].itertuples(index=False, name=None))}
    of = trips.iloc[guests["assignment"].to_numpy(int)]
    row = np.array([row_of[key] for key in of.itertuples(index=False, name=None)], dtype=int)
    limit = of["specialty_id"].map(plan.scenario.specialties.set_index("specialty_id")["access_minutes"])
    far = guests["minutes"].to_numpy(float) > limit.to_numpy(float) + 1e-9
    stays = share_of_years(guests["begins"].to_numpy(float), guests["ends"].to_numpy(float), years)
    treated = guests["cases"].to_numpy(float)[:, None] * stays
    in_time, late = (np.zeros((len(plan.openings), years)) for _ in range(2))
    for found, rows in ((in_time, ~far), (late, far)):
        np.add.at(found, row[rows], treated[rows])
    return in_time, late
