r"""Techniques handed over: when a hospital does each by itself, and what its services treat until then.

A technique :math:`k` of a hospital begins to be handed over in the year planned, in a new service that needs support no
sooner than it opens at :math:`o`, and after those that it builds on; the hospital does it by itself after its months
:math:`m_k`:

.. math:: d_k = \max\bigl(y_k,\ o,\ \max_{q \text{ before } k} d_q\bigr) + m_k / 12

Until then the share :math:`s_k` of the cases of its specialty that need it are sent up: over a period from :math:`a` to
:math:`b` a service treats :math:`\alpha - \sum_k s_k \min(1, \max(0, (d_k - a) / (b - a)))`, where :math:`\alpha` is
what its size treats with matured skills. Skills that mature as a whole at the end of support are one technique with the
share that the size gains; where a hospital has techniques with shares, these hold instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from redesaude.inputs.scenario import Scenario, rows_of

#: a service, as (site, specialty)
Place = tuple[str, str]


@dataclass(frozen=True)
class Transfer:
    """A technique on its way to a hospital: its ``row`` on the sheet, when the transfer ``begins`` and is ``done``.

    Both in years from the first of the plan.
    """

    row: Any
    begins: float
    done: float


class Skills:
    """The techniques of a scenario, by hospital and specialty."""

    def __init__(self, scenario: Scenario) -> None:
        self._first_year = float(scenario.periods["first_year"].iloc[0])
        self._rows = {(row.receiver_site_id, row.technique_id): row for row in rows_of(scenario.taught)}
        self._of: dict[Place, list[str]] = {}
        for (site, technique), row in self._rows.items():
            self._of.setdefault((site, row.specialty_id), []).append(technique)

    def transfers(self, place: Place, opened: float = -np.inf) -> list[Transfer]:
        """Return the techniques of a service in the order of the sheet.

        ``opened`` is when a service that needs support opened, years from the first. Techniques of another specialty
        that these build on are handed over as planned, whenever that service opens.
        """
        site, specialty = place
        return [self._transfer(site, technique, specialty, opened) for technique in self._of.get(place, ())]

    def _transfer(self, site: str, technique: str, specialty: str, opened: float) -> Transfer:
        row = self._rows[site, technique]
        before = [self._transfer(site, needed, specialty, opened).done for needed in row.prerequisite]
        since = opened if row.specialty_id == specialty else -np.inf
        begins = max(row.year_planned - self._first_year, since, *before)
        return Transfer(row, begins, begins + row.training_months / 12.0)

    def share(
        self,
        place: Place,
        levels: tuple[float, float],
        agreement: tuple[float, float],
        span: tuple[float, float],
    ) -> float:
        """Return the share of severities that a service treats over a period from and to ``span``.

        ``levels`` are what its size treats when new and with matured skills, ``agreement`` when it opened and its
        skills mature as a whole (-inf and inf: without agreement).
        """
        young, mature = levels
        known = self.transfers(place, agreement[0])
        waiting = [(t.row.case_share, t.done) for t in known if t.row.case_share > 0]
        return share_treated(mature, waiting or [(mature - young, agreement[1])], span)


def share_treated(full: float, waiting: Iterable[tuple[float, float]], span: tuple[float, float]) -> float:
    """Return the share of severities treated over a period from and to ``span``, of ``full``.

    ``waiting`` are the shares that are not treated until a date, which counts by the years before it.
    """
    begin, end = span
    before = ((share, min(1.0, max(0.0, (done - begin) / (end - begin)))) for share, done in waiting)
    return round(full - sum(share * part for share, part in before), 9)


def mature_share(size: Any) -> float:
    """Return the share of severities that a row of ``sizes`` treats with matured skills; blank: no more than before."""
    return float(size.treats_share if np.isnan(size.treats_share_mature) else size.treats_share_mature)


def least_share(scenario: Scenario, specialty: str) -> float:
    """Return the least share of severities that a hospital with techniques may treat; infinite where all wait for none.

    What a service of today can do by itself when the plan begins is not waited for.
    """
    skills, taught = Skills(scenario), scenario.taught[scenario.taught["specialty_id"] == specialty]
    today = set(zip(scenario.existing["site_id"], scenario.existing["specialty_id"], strict=True))
    taken = 0.0
    for site in set(taught["receiver_site_id"]):
        place = site, specialty
        waits = (t.row.case_share for t in skills.transfers(place) if place not in today or t.done > 0)
        taken = max(taken, sum(waits))
    sizes = scenario.sizes[scenario.sizes["specialty_id"] == specialty]
    return min(map(mature_share, rows_of(sizes)), default=np.inf) - taken if taken > 0 else np.inf


def as_of_today(scenario: Scenario) -> Scenario:
    """Return the scenario in which no technique is handed over that a hospital does not do by itself today."""
    skills, table = Skills(scenario), scenario.techniques
    known = {
        (t.row.receiver_site_id, t.row.technique_id)
        for place in zip(table["receiver_site_id"], table["specialty_id"], strict=True)
        for t in skills.transfers(place)
        if t.done <= 0
    }
    never = int(scenario.periods["first_year"].iloc[-1] + scenario.settings.horizon_years)
    pairs = zip(table["receiver_site_id"], table["technique_id"], table["year_planned"], strict=True)
    years = [year if (site, technique) in known else never for site, technique, year in pairs]
    return scenario.replace(techniques=table.assign(year_planned=years))
