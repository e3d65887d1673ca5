"""Who is treated in services of today until others open, were services of a plan to open at other dates.

Under a slower contract people wait longer; as long as services of today run and have room they are treated there, as
those are who wait for the contracts that the plan decided. What that costs and saves is told as the change from the
plan as decided, whose own transition is beside its sites (:meth:`redesaude.plan.appraisal.Appraisal.transition_lines`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from redesaude.assemble.rooms import TodaysRooms
from redesaude.finance.services import Services, timing_of
from redesaude.finance.succession import Succession
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.transition import Transition
from redesaude_models.arrays import Flags, Floats


class TreatedMeanwhile:
    """The rooms of today in which those are treated who wait for the services of a plan."""

    def __init__(
        self, appraisal: Appraisal, services: Services, terms: Succession, rooms: TodaysRooms | None = None
    ) -> None:
        """``services`` and ``terms`` of the openings as decided; ``rooms`` of the scenario, where they are at hand."""
        self._scenario: Scenario = appraisal.scenario
        self._cases: Floats = appraisal.plan.openings["cases"].to_numpy(float)
        self._phases = appraisal.phases
        self._rooms = appraisal.rooms() if rooms is None else rooms
        self._transition = Transition(appraisal.plan, appraisal.phases, services, terms, self._rooms)
        #: when the services of the plan open as decided
        self.opened: Floats = timing_of(services, terms).opened
        self._contracts = tuple(appraisal.plan.openings["contract_id"])
        self._until, self._stands = self._transition.until(self.opened), self._transition.stands(self._contracts)
        self._known: dict[bytes, Floats] = {}

    def restated(self, appraisal: Appraisal, services: Services, terms: Succession, contract: str) -> TreatedMeanwhile:
        """Return the same where other cases come, or the scenario states other contracts, risks or rates.

        ``contract`` is the only one of which it states anything else, where that is known.
        """
        before, after = self._scenario, appraisal.scenario
        settled = all(getattr(before, name) is getattr(after, name) for name in ("settings", "risks", "discount_rates"))
        elsewhere = contract != "" and contract not in set(self._rooms.table["contract_id"])
        if not settled or not (before.contracts is after.contracts or elsewhere):
            return TreatedMeanwhile(appraisal, services, terms)
        cases = appraisal.plan.openings["cases"].to_numpy(float)
        as_it_was = np.array_equal(timing_of(services, terms).opened, self.opened) and np.array_equal(
            cases, self._cases
        )
        return self if as_it_was else TreatedMeanwhile(appraisal, services, terms, self._rooms)

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
