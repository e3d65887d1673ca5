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
from redesaude_models.arrays import Flags, Floats


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
        self._known: dict[bytes, Floats] = {}

    def restated(self, appraisal: Appraisal, services: Services, terms: Succession) -> TreatedMeanwhile:
        """Return the same where other cases come, or the scenario states other contracts, risks or rates.

        See :meth:`Appraisal.restated`: who waits where for what is not looked up again, and who is treated in which
        room not where dates, cases and the turn of the rooms are as before.
        """
        other = copy(self)
        other._phases, other._rooms = appraisal.phases, appraisal.rooms()
        other._open(appraisal, services, terms)
        as_it_was = np.array_equal(other._until, self._until) and np.array_equal(other._cases, self._cases)
        if as_it_was and other._rooms.alike(self._rooms):
            other._known = self._known
        else:
            other._transition = self._transition.restated(other._rooms, other._cases)
        return other

    def change(self, opened: Floats, contracts: Sequence[str]) -> dict[str, float]:
        """Return what it costs by line (NPV) beyond the plan as decided, were its services to open at ``opened`` under
        other ``contracts``.
        """
        until, stands = self._transition.until(opened), self._stands
        if len(self._phases) > 1 and tuple(contracts) != self._contracts:  # in one period they stand until works begin
            stands = self._transition.stands(contracts)
        moved = (until != self._until) | (stands != self._stands)
        if not len(self._rooms.table) or not moved.any():
            return {}
        more = self._more(until, stands)
        years = more.shape[1]
        period, factors = self._phases.of_years(years), self._phases.calendar.factors()[:years]
        return {line: float((more * rate[:, period]).sum(axis=0) @ factors) for line, rate in self._rooms.lines.items()}

    def _more(self, until: Floats, stands: Flags) -> Floats:
        """The cases that each room treats in each year of the horizon beyond those of the plan as decided."""
        key = until.tobytes() + stands.tobytes()
        if key not in self._known:
            moved, years = (until != self._until) | (stands != self._stands), self._phases.calendar.horizon_years
            groups, both = self._transition.groups(moved), ((until, stands), (self._until, self._stands))
            then, now = (self._transition.stays(at, groups).by_year(years) for at in both)
            self._known[key] = then - now
        return self._known[key]
