"""The ladder of techniques of a plan: which hospital does which by itself from when, and who is treated nearer for it.

Dates are those of :class:`redesaude.assemble.techniques.Skills`, by which the model counts what a service treats. A
technique whose hospital has no service of its specialty in the plan stays planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.support import between_sites
from redesaude.assemble.techniques import Place, Transfer
from redesaude.inputs.scenario import positions, rows_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.referral_flows import Network
from redesaude.travel.matrix import travel_minutes

#: ``minutes`` are from the hospital to that which hands the technique over, ``cases`` a year need it and are treated
LADDER = (
    *("technique_id", "specialty_id", "giver_site_id", "receiver_site_id", "period_id", "year_planned", "prerequisite"),
    *("in_transfer_from", "independent_from", "state", "case_share", "cases", "minutes", "staff_trained", "months"),
)
NEARER = ("technique_id", "receiver_site_id", "period_id", "territory_id", "cases", "minutes", "minutes_without")

_FIRST_CONTACT = ["site_id", "specialty_id", "period_id"]


class State(StrEnum):
    """How far a technique has come at the end of a period."""

    PLANNED = "planned"
    IN_TRANSFER = "in_transfer"
    INDEPENDENT = "independent"


@dataclass(frozen=True)
class Step:
    """A technique of a hospital in a plan, who hands it over, and in which periods its service is open."""

    transfer: Transfer
    giver: str
    open: frozenset[int]

    def state(self, end: float) -> State:
        if not self.open or self.transfer.begins >= end - 1e-9:
            return State.PLANNED
        return State.INDEPENDENT if self.transfer.done <= end + 1e-9 else State.IN_TRANSFER

    def independent(self, period: int, span: tuple[float, float]) -> float:
        """The part of a period in which the open service does it by itself."""
        begin, end = span
        return float(np.clip((end - self.transfer.done) / (end - begin), 0.0, 1.0)) if period in self.open else 0.0


def ladder(appraisal: Appraisal) -> pd.DataFrame:
    """Return each technique in each period, columns :data:`LADDER`; ``state`` is that at the end of the period.

    ``in_transfer_from`` and ``independent_from`` are calendar years with fraction, NaN where the plan opens no service;
    ``cases`` a year (of the first contact) are those that need the technique and are treated, not sent up.
    """
    scenario, phases, first = appraisal.scenario, appraisal.phases, appraisal.calendar.first_year
    contacts = appraisal.plan.assignments.groupby(_FIRST_CONTACT)["cases"].sum()
    far = _Minutes(appraisal)
    rows = []
    for step in steps(appraisal.network()):
        row, at = step.transfer.row, (step.transfer.row.receiver_site_id, step.transfer.row.specialty_id)
        dates = (first + step.transfer.begins, first + step.transfer.done) if step.open else (np.nan, np.nan)
        for t, period in enumerate(scenario.periods["period_id"]):
            span = phases.begins[t], phases.ends[t]
            cases = row.case_share * step.independent(t, span) * float(contacts.get((*at, period), 0.0))
            told = row.technique_id, row.specialty_id, step.giver, row.receiver_site_id, period, row.year_planned
            pair = far.between(row.receiver_site_id, step.giver)
            people = row.staff_trained, row.training_months
            rows.append(
                (*told, "; ".join(row.prerequisite), *dates, step.state(span[1]), row.case_share, cases, pair, *people)
            )
    return pd.DataFrame(rows, columns=list(LADDER))


def nearer(appraisal: Appraisal) -> pd.DataFrame:
    """Return who is treated nearer, by municipality, columns :data:`NEARER`.

    ``minutes`` are those to the hospital; ``minutes_without`` those with the way on to the one that hands it over.
    """
    phases, far, rows = appraisal.phases, _Minutes(appraisal), []
    trips = dict(list(appraisal.plan.assignments.groupby(_FIRST_CONTACT)))
    for step in steps(appraisal.network()):
        row = step.transfer.row
        on = far.between(row.receiver_site_id, step.giver)
        for t, period in enumerate(appraisal.scenario.periods["period_id"]):
            part = row.case_share * step.independent(t, (phases.begins[t], phases.ends[t]))
            mine = trips.get((row.receiver_site_id, row.specialty_id, period))
            if part > 0 and mine is not None:
                rows += [
                    (
                        row.technique_id,
                        row.receiver_site_id,
                        period,
                        trip.territory_id,
                        part * trip.cases,
                        trip.minutes,
                        trip.minutes + on,
                    )
                    for trip in rows_of(mine)
                ]
    return pd.DataFrame(rows, columns=list(NEARER))


def steps(network: Network) -> Iterator[Step]:
    """Yield the techniques of the plan's scenario, in the order of the sheet."""
    taught = network.plan.scenario.taught
    found = {}
    for place in dict.fromkeys(zip(taught["receiver_site_id"], taught["specialty_id"], strict=True)):
        mine = [a for a in network.agreements if (a.satellite, a.specialty) == place]
        opened = mine[0].opened if mine else -np.inf
        for transfer in network.skills.transfers(place, opened):
            giver = transfer.row.giver_site_id or (mine[0].hub if mine else "")
            found[_key(transfer.row)] = Step(transfer, giver, frozenset(network.paths.get(place, ())))
    yield from (found[_key(row)] for row in rows_of(taught))


def _key(row: Any) -> Place:
    return row.technique_id, row.receiver_site_id


class _Minutes:
    """Minutes from hospital to hospital."""

    def __init__(self, appraisal: Appraisal) -> None:
        self._sites = appraisal.scenario.sites["site_id"]
        self._apart = between_sites(appraisal.scenario, travel_minutes(appraisal.scenario))

    def between(self, site: str, other: str) -> float:
        """Return the minutes from ``site`` to ``other``; NaN where nobody hands over."""
        if not other:
            return np.nan
        there = positions(self._sites, pd.Series([site, other]))
        return float(self._apart[there[0], there[1]])
