"""Who is treated in services of today until others open, were services of a plan to open at other dates.

Under a slower contract people wait longer; as long as services of today run and have room they are treated there, as
those are who wait for the contracts that the plan decided. What that costs and saves is told as the change from the
plan as decided, whose own transition is beside its sites (:meth:`redesaude.plan.appraisal.Appraisal.transition_lines`).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np

from redesaude.finance.services import Services, timing_of
from redesaude.finance.succession import Succession
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.transition import Transition
from redesaude_models.arrays import Flags, Floats, Ints


class TreatedMeanwhile:
    """The rooms of today in which those are treated who wait for the services of a plan."""

    def __init__(self, appraisal: Appraisal, services: Services, terms: Succession) -> None:
        """``services`` and ``terms`` of the openings as decided."""
        self._phases = appraisal.phases
        self._rooms = appraisal.rooms()
        self._transition = Transition(appraisal.plan, appraisal.phases, services, terms, self._rooms)
        self._contracts = tuple(appraisal.plan.openings["contract_id"])
        self._stands = self._transition.stands(self._contracts)
        self._open(appraisal, services, terms)

    def _open(self, appraisal: Appraisal, services: Services, terms: Succession) -> None:
        #: when the services of the plan open as decided
        self.opened: Floats = timing_of(services, terms).opened
        self._until = self._transition.until(self.opened)
        self._cases: Floats = appraisal.plan.openings["cases"].to_numpy(float)
        self._years = self._phases.calendar.horizon_years
        factors, period = self._phases.calendar.factors()[: self._years], self._phases.of_years(self._years)
        #: what a case of each year counts at the rate of each period
        self._worth: Floats = np.where(period[:, None] == np.arange(len(self._phases)), factors[:, None], 0.0)
        self._known: dict[bytes, Floats] = {}
        self._decided: dict[tuple[int, str], Floats] = {}

    def restated(self, appraisal: Appraisal, services: Services, terms: Succession) -> TreatedMeanwhile:
        """Return the same where other cases come, or the scenario states other contracts, risks or rates.

        See :meth:`Appraisal.restated`: who waits where for what is not looked up again, and who is treated in which
        room not where dates, cases and the turn of the rooms are as before.
        """
        other = copy(self)
        other._phases, other._rooms = appraisal.phases, appraisal.rooms()
        other._open(appraisal, services, terms)
        if not (np.array_equal(other._cases, self._cases) and other._rooms.alike(self._rooms)):
            other._transition = self._transition.restated(other._rooms, other._cases)
        elif np.array_equal(other._until, self._until):
            other._known, other._decided = self._known, self._decided
        return other

    def change(self, opened: Floats, contracts: Sequence[str]) -> dict[str, float]:
        """Return what it costs by line (NPV) beyond the plan as decided, were its services to open at ``opened`` under
        other ``contracts``.
        """
        return self._cost(*self._at(opened, contracts))

    def alone(self, opened: Floats, contracts: Sequence[str], place: Ints, places: int) -> list[dict[str, float]]:
        """Return :meth:`change` for each of so many ``places``, were its services alone to open otherwise.

        ``place`` is the number of that of each service, -1 of those that stay as decided.
        """
        until, stands = self._at(opened, contracts)
        moved = (until != self._until) | (stands != self._stands)
        found: list[dict[str, float]] = [{} for _ in range(places)]
        for n in set(place[moved].tolist()) - {-1}:
            own = place == n
            found[n] = self._cost(np.where(own, until, self._until), np.where(own, stands, self._stands))
        return found

    def _at(self, opened: Floats, contracts: Sequence[str]) -> tuple[Floats, Flags]:
        """Until when people wait for each service, and whether one of today is there when its works begin."""
        if len(self._phases) == 1 or tuple(contracts) == self._contracts:  # in one period they stand until works begin
            return self._transition.until(opened), self._stands
        return self._transition.until(opened), self._transition.stands(contracts)

    def _cost(self, until: Floats, stands: Flags) -> dict[str, float]:
        """What it costs by line (NPV) beyond the plan as decided; nothing where all is as decided."""
        moved = (until != self._until) | (stands != self._stands)
        if not len(self._rooms.table) or not moved.any():
            return {}
        worth = self._more(until, stands) @ self._worth
        return {line: float((worth * rate).sum()) for line, rate in self._rooms.lines.items()}

    def _more(self, until: Floats, stands: Flags) -> Floats:
        """The cases that each room treats in each year of the horizon beyond those of the plan as decided."""
        key = until.tobytes() + stands.tobytes()
        if key not in self._known:
            groups = self._transition.groups((until != self._until) | (stands != self._stands))
            then = self._transition.stays((until, stands), groups).by_year(self._years)
            self._known[key] = then - np.sum([self._as_decided(group) for group in groups], axis=0)
        return self._known[key]

    def _as_decided(self, group: tuple[int, str]) -> Floats:
        """The cases that each room treats in each year of those of one group in the plan as decided."""
        if group not in self._decided:
            stays = self._transition.stays((self._until, self._stands), [group])
            self._decided[group] = stays.by_year(self._years)
        return self._decided[group]
