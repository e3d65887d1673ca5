r"""The milestones of a plan: when each service is procured, built, staffed and opened, converted or closed.

The dates are not scheduled anew: they are those of :func:`redesaude.finance.services.timing_of`, by which the cash flow
is laid out, with the expected delay of works. A service decided at :math:`b` years from the first is signed at
:math:`b + P` and opens at :math:`b + P + B`; without works it needs no procurement and opens at once. Training occupies
the months before opening that the sheet ``sizes`` states; it moves no date and no money. A satellite is supported from
its opening until its skills have matured, if they do while it runs. A service of today that ends runs on until those
that take its patients are open, as far as people are treated there (:mod:`redesaude.plan.transition`), and ends then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

import numpy as np
import pandas as pd

from redesaude.finance.services import timing_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.paths import closings_of
from redesaude.plan.referral_flows import Agreement, Network
from redesaude_models.arrays import Floats

MILESTONES = ("site_id", "specialty_id", "size_id", "contract_id", "milestone", "begins", "ends", "months")
#: the milestones, in the order in which a service passes them
STAGES = ("procurement", "works", "training", "opening", "conversion", "support", "maturity", "running_on", "closing")

_SERVICE = ["site_id", "specialty_id", "size_id", "contract_id"]
#: years below which two dates are the same
_TOLERANCE = 1e-6


def milestones(appraisal: Appraisal) -> pd.DataFrame:
    """Return one row for each milestone of each service that changes; services kept as they are have none.

    Columns :data:`MILESTONES`, then ``start`` and ``end`` (calendar years with fraction). ``begins`` and ``ends`` are
    the half-years (``2027-H1``) in which the stage begins and ends; opening, conversion (another contract or size
    without works) and closing are moments: both are the half-year in which they fall, and ``months`` is 0.
    """
    parts = [*_of_openings(appraisal), *_of_closings(appraisal)]
    table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    table[["start", "end"]] += appraisal.calendar.first_year
    table["months"] = 12.0 * (table["end"] - table["start"])
    first, last = np.floor(2.0 * table["start"] + _TOLERANCE), np.ceil(2.0 * table["end"] - _TOLERANCE) - 1.0
    table["begins"], table["ends"] = half_years(first), half_years(np.maximum(first, last))
    order = table["milestone"].map(STAGES.index)
    table = table.assign(order=order).sort_values([*_SERVICE[:2], "start", "order"], ignore_index=True)
    return table[[*MILESTONES, "start", "end"]]


def half_years(halves: pd.Series) -> pd.Series:
    """Return half-years counted from year 0 as text: 4054 is ``2027-H1``."""
    return halves.astype(int).map(lambda half: f"{half // 2}-H{half % 2 + 1}").astype(str)


def half_year_of(years: pd.Series) -> pd.Series:
    """Return calendar years with fraction as the half-years in which they fall; blank where unknown."""
    known = years.astype(float)
    return half_years((2.0 * known.fillna(0.0) + _TOLERANCE) // 1).where(known.notna(), "")


def _of_openings(appraisal: Appraisal) -> Iterator[pd.DataFrame]:
    """The stages of each opening that is not simply kept; ``start`` and ``end`` in years from the first."""
    openings = appraisal.plan.openings
    changes = (openings["change"] != "kept").to_numpy(bool)
    for stage, start, end, there in _stages(appraisal):
        mine = there & changes
        yield openings.loc[mine, _SERVICE].assign(milestone=stage, start=start[mine], end=end[mine])


def _stages(appraisal: Appraisal) -> Iterator[tuple[str, Floats, Floats, np.ndarray]]:
    """Yield (stage, start, end, whether there is one) for the rows of the openings, in years from the first.

    This is the one list of stages: whatever else a service goes through in time belongs here.
    """
    services, openings = appraisal.services(), appraisal.plan.openings
    timing = timing_of(services, appraisal.terms())
    training = _training_years(appraisal)
    at_once = openings["change"].isin(["enlarged", "converted"]).to_numpy(bool) & (services.works <= 0)
    yield "procurement", services.begun, timing.signed, timing.signed > services.begun + _TOLERANCE
    yield "works", timing.signed, timing.opened, timing.build > _TOLERANCE
    yield "training", timing.opened - training, timing.opened, training > 0
    yield "opening", timing.opened, timing.opened, ~at_once
    yield "conversion", timing.opened, timing.opened, at_once
    network = appraisal.network()
    supported, matured = (_of_satellites(appraisal, network, date) for date in (attrgetter("matured"), network.skilled))
    yield "support", timing.opened, supported, ~np.isnan(supported)
    yield "maturity", matured, matured, ~np.isnan(matured)


def _of_satellites(appraisal: Appraisal, network: Network, date: Callable[[Agreement], float]) -> Floats:
    """The ``date`` of the agreement of each opening, years from the first; NaN where it has none or ends before."""
    openings = appraisal.plan.openings
    dates = {
        (a.satellite, a.specialty, a.begun): date(a)
        for a in network.agreements
        if date(a) < appraisal.phases.ends[a.periods[-1]] - _TOLERANCE
    }
    periods = openings["period_id"].map(appraisal.periods)
    places = zip(openings["site_id"], openings["specialty_id"], periods, strict=True)
    return np.array([dates.get(place, np.nan) for place in places], dtype=float)


def _training_years(appraisal: Appraisal) -> Floats:
    """Years of training before each opening, as the sheet ``sizes`` states them."""
    months = appraisal.scenario.sizes.set_index(["specialty_id", "size_id"])["training_months"]
    return months.loc[pd.MultiIndex.from_frame(appraisal.plan.openings[_SERVICE[1:3]])].to_numpy(float) / 12.0


def _of_closings(appraisal: Appraisal) -> Iterator[pd.DataFrame]:
    """The end of each service that ends, and before it the time for which it runs on."""
    running, columns = appraisal.meanwhile().runs_until(), [*_SERVICE, "milestone", "start", "end"]
    ended = [
        (*place, *state, float(begin), max(float(begin), running.get(place, 0.0)))
        for place, period, state in closings_of(appraisal.scenario, appraisal.plan.openings)
        for begin in (appraisal.phases.begins[period],)
    ]
    table = pd.DataFrame(ended, columns=[*_SERVICE, "start", "end"]).astype({"start": float, "end": float})
    goes_on = table["end"] > table["start"] + _TOLERANCE
    yield table[goes_on].assign(milestone="running_on")[columns]
    yield table.assign(milestone="closing", start=table["end"])[columns]
