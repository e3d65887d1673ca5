r"""Help in a surge: what beds and which staff regions are short of, and what loans between them let be treated.

In a surge patients :math:`X_{ij}` are treated as in :mod:`redesaude.studies.surge`, and besides by the people there:
with :math:`f, v` the full-time people of a role that open services need and need for each case, :math:`S` those there,

.. math::
    \sum_i X_{ij} A_{jk} \le K_k + \sum_l (B_{lk} - B_{kl}), \qquad
    F_a + \sum_{k \in a} v_k \sum_{ij} X_{ij} A_{jk} \le S_a + \sum_b (P_{ba} - P_{ab})

where room :math:`B` moves between services of a specialty in different regions and people :math:`P` between the areas
of their role, within the rows of ``surge_loans`` (share of what the lender has, longest way), towards regions whose
weekly cases have reached ``starts_at`` of the surge. As many as possible are treated; of all ways to do so the one of
least minutes, of patients and of loans, each unit lent with an hour to set it up. Whom the plan itself lacks today is
no more short than that. How many beds fit where they are taken to, supplies and overtime are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csc_array, csr_array

from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.studies.surge import case_of
from redesaude.studies.surge_state import State
from redesaude.studies.transport import optimum
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Floats, Ints
from redesaude_models.standard_form import LinearModel

#: beds in cases a month, staff in full-time people
LENT = ("surge_id", "period_id", "resource", "what_id", "from_region_id", "to_region_id", "amount", "minutes", "months")
#: of beds need is of patients who go where the plan sends them; ``left`` what is short with loans
SHORT = (
    *("surge_id", "period_id", "region_id", "resource", "what_id", "weekly_cases", "starts_at", "started"),
    *("need", "there", "short", "borrowed", "lent", "months"),
)
#: cases of the months of the surge
HELPED = ("surge_id", "specialty_id", "period_id", "months", "coming", "alone", "with_loans", "turned_away")

_SET_UP = 60.0  # minutes


@dataclass(frozen=True)
class Help:
    """What is lent (columns :data:`LENT`), short (:data:`SHORT`) and treated (:data:`HELPED`) in each surge."""

    lent: pd.DataFrame
    short: pd.DataFrame
    helped: pd.DataFrame


def surge_help(plan: Plan) -> Help:
    """Return the help that regions give each other in the surges of the scenario; SolverError where one is not solved.

    Without rows of ``surge_loans`` nothing is lent, and what is short is told alone.
    """
    minutes = travel_minutes(plan.scenario)
    parts: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for name, rows in plan.scenario.surge.groupby("surge_id", sort=False):
        for period, opened in plan.openings.groupby("period_id", sort=False):
            cases = {str(s): case_of(plan, minutes, rows, part) for s, part in opened.groupby("specialty_id")}
            hit = {s: case for s, case in cases.items() if case.multiplier.max(initial=1.0) > 1.0}
            if hit:
                state = State(plan, str(name), str(period), hit, minutes)
                for found, more in zip(parts, _Loans(state).tables(), strict=True):
                    found += more
    return Help(*(pd.DataFrame(rows, columns=list(c)) for rows, c in zip(parts, (LENT, SHORT, HELPED), strict=True)))


@dataclass(frozen=True)
class _Arc:
    """A loan from one place to another: rows of beds (positions of services) or of staff (positions of roles)."""

    resource: str
    what: str
    start: int
    end: int
    minutes: float
    limit: int


def _longest(row: Any) -> float:
    """Minutes of the longest way of a loan; where the row names none any that is known, and nothing goes without one.

    Unknown ways are infinite.
    """
    return float(np.finfo(float).max if np.isnan(row.max_minutes) else row.max_minutes)


@dataclass(frozen=True)
class _Loans:
    """What may be lent in a state of the network, and what then is."""

    state: State

    @cached_property
    def loans(self) -> tuple[list[_Arc], list[float]]:
        """Loans that the rows allow, and the most of each limit: what a lender may give by one row."""
        arcs: list[_Arc] = []
        limits: list[float] = []
        stated = self.state.scenario.surge_loans
        for row in rows_of(stated[stated["surge_id"] == self.state.surge]):
            for part in (self._beds if row.resource == "beds" else self._people)(row):
                limits.append(part[1])
                arcs += [replace(arc, limit=len(limits) - 1) for arc in part[0]]
        return arcs, limits

    def _beds(self, row: Any) -> Iterator[tuple[list[_Arc], float]]:
        """Room that each service of a lending region may give to those of other regions."""
        longest = _longest(row)
        table = self.state.services
        for j, service in enumerate(rows_of(table)):
            if row.specialty_id in (ALL, service.specialty_id) and self.state.lends(row, service.region_id):
                others = (table["specialty_id"] == service.specialty_id) & (table["region_id"] != service.region_id)
                far = self.state.minutes_from(service.territory_id)
                arcs = [
                    _Arc("beds", service.specialty_id, j, k, float(far[k]), 0)
                    for k in np.flatnonzero(others & table["region_id"].isin(self.state.started)).tolist()
                    if far[k] <= longest
                ]
                yield arcs, float(row.share * self.state.capacity[j])

    def _people(self, row: Any) -> Iterator[tuple[list[_Arc], float]]:
        """People of a role that its area may give to other areas of the role."""
        longest = _longest(row)
        for a, role in enumerate(self.state.roles):
            lends = any(self.state.lends(row, region) for region in self.state.regions_of(role))
            if lends and row.role_id in ("", role.role):
                arcs = []
                for b, other in enumerate(self.state.roles):
                    if a != b and other.role == role.role and self.state.started & self.state.regions_of(other):
                        far = self.state.between(role, other)
                        arcs += [_Arc("staff", role.role, a, b, far, 0)] if far <= longest else []
                yield arcs, float(row.share * self.state.there[a])

    def tables(self) -> tuple[list[Any], list[Any], list[Any]]:
        """Return the rows of what is lent, short and treated."""
        alone, (flows, amounts) = self.treated(loans=False)[0], self.treated(loans=True)
        return self.lent(amounts), self.short(amounts), self.helped(alone, flows)

    def treated(self, *, loans: bool) -> tuple[Floats, Floats]:
        """Return the cases/year on each journey and the amount of each loan, of most treated and then least minutes."""
        model = self._model(loans=loans)
        count = len(self.state.journeys)
        best = optimum(model)
        many = csr_array(np.concatenate([np.ones(count), np.zeros(len(best) - count)])[None, :])
        arcs = np.array([arc.minutes + _SET_UP for arc in self.loans[0]])
        cost = np.concatenate([self.state.journeys["minutes"].to_numpy(float), arcs])
        least = np.array([float(best[:count].sum()) * (1.0 - 1e-9)])
        found = optimum(replace(model, cost=cost).with_rows(many, least))
        return found[:count], found[count:]

    def _model(self, *, loans: bool) -> LinearModel:
        """Rows: cases of each place, room of each service, people of each role, most of each limit of loans."""
        arcs, limits = self.loans
        parts = [self._of_patients(), *self._of_loans(arcs)]
        row, column, value = (np.concatenate([part[n] for part in parts]) for n in range(3))
        coming = np.concatenate([case.cases * case.multiplier for case in self.state.cases.values()])
        upper = np.concatenate([coming, self.state.capacity, self.state.room_for_staff, limits])
        columns = len(self.state.journeys) + len(arcs)
        most = np.full(columns, np.inf)
        if not loans:
            most[len(self.state.journeys) :] = 0.0
        return LinearModel(
            matrix=csc_array(coo_array((value, (row, column)), shape=(len(upper), columns))),
            row_lower=np.full(len(upper), -np.inf),
            row_upper=upper,
            column_lower=np.zeros(columns),
            column_upper=most,
            cost=np.concatenate([-np.ones(len(self.state.journeys)), np.zeros(len(arcs))]),
            offset=0.0,
            integer=np.zeros(columns, dtype=bool),
        )

    @property
    def _places(self) -> int:
        return len(self.state.cases) * len(self.state.minutes)

    def _of_patients(self) -> tuple[Ints, Ints, Floats]:
        """Entries of journeys: their cases, the room they take, and the people who treat them."""
        demand, service = (self.state.journeys[name].to_numpy(np.int64) for name in ("demand", "service"))
        at = np.arange(len(demand))
        taken = np.vstack([self.state.onward.T, self.state.per_case @ self.state.onward.T])[:, service]
        row, column = np.nonzero(taken)
        return (
            np.concatenate([demand, self._places + row]),
            np.concatenate([at, column]),
            np.concatenate([np.ones(len(at)), taken[row, column]]),
        )

    def _of_loans(self, arcs: list[_Arc]) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Entries of loans: less where they are from, more where they go, and their limit."""
        services, staff = self._places, self._places + len(self.state.services)
        first = {"beds": services, "staff": staff}
        limits = staff + len(self.state.roles)
        for n, arc in enumerate(arcs):
            rows = np.array([first[arc.resource] + arc.start, first[arc.resource] + arc.end, limits + arc.limit])
            yield rows, np.full(3, len(self.state.journeys) + n), np.array([1.0, -1.0, 1.0])

    def lent(self, amounts: Floats) -> list[tuple[Any, ...]]:
        """Return the rows of :data:`LENT`."""
        return [
            (
                self.state.surge,
                self.state.period,
                arc.resource,
                arc.what,
                *self._ends(arc),
                self._unit(arc, amount),
                arc.minutes,
                self.state.months,
            )
            for arc, amount in zip(self.loans[0], amounts, strict=True)
            if amount > 1e-6
        ]

    def _unit(self, arc: _Arc, amount: float) -> float:
        return float(amount / 12.0 if arc.resource == "beds" else amount)

    def _ends(self, arc: _Arc) -> tuple[str, str]:
        regions, areas = self.state.services["region_id"].to_list(), [role.area for role in self.state.roles]
        names = regions if arc.resource == "beds" else areas
        return names[arc.start], names[arc.end]

    def short(self, amounts: Floats) -> list[tuple[Any, ...]]:
        """Return the rows of :data:`SHORT`: each region with beds of a specialty, each area with people of a role."""
        state = self.state
        referred = np.concatenate(
            [(case.planned * case.multiplier[:, None]).sum(axis=0) @ case.onward for case in state.cases.values()]
        )
        missing = np.maximum(referred - state.capacity, 0.0)
        beds = state.services.assign(need=referred, there=state.capacity, short=missing)
        sums = beds.groupby(["region_id", "specialty_id"])[["need", "there", "short"]].sum() / 12.0
        found = [("beds", *key, *row) for key, row in zip(sums.index, sums.to_numpy().tolist(), strict=True)]
        needs = state.per_case @ referred
        for role, need, room, there in zip(state.roles, needs, state.room_for_staff, state.there, strict=True):
            found.append(("staff", role.area, role.role, need + there - room, there, max(0.0, need - room)))
        moved = pd.DataFrame(self.lent(amounts), columns=list(LENT))
        return [self._short(row, moved) for row in found]

    def _short(self, row: tuple[Any, ...], moved: pd.DataFrame) -> tuple[Any, ...]:
        resource, area, what, need, there, short = row
        mine = moved[(moved["resource"] == resource) & (moved["what_id"] == what)]
        inside = in_area(self.state.scenario.territories, area)
        regions = self.state.weekly["region_id"].isin(self.state.scenario.territories.loc[inside, "region_id"])
        weekly = self.state.weekly[regions]
        return (
            *(self.state.surge, self.state.period, area, resource, what),
            *(weekly["weekly_cases"].sum(), weekly["starts_at"].min(), "yes" if weekly["started"].any() else "no"),
            *(need, there, short),
            *(mine.loc[mine[end] == area, "amount"].sum() for end in ("to_region_id", "from_region_id")),
            self.state.months,
        )

    def helped(self, alone: Floats, lent: Floats) -> list[tuple[Any, ...]]:
        """Return the rows of :data:`HELPED`."""
        part, found = self.state.months / 12.0, []
        which = self.state.journeys["demand"].to_numpy(np.int64) // len(self.state.minutes)
        for n, (specialty, case) in enumerate(self.state.cases.items()):
            coming = float((case.cases * case.multiplier).sum())
            by = [float(flows[which == n].sum()) for flows in (alone, lent)]
            away = max(0.0, coming - by[1])
            cases = (part * number for number in (coming, *by, away))
            found.append((self.state.surge, specialty, self.state.period, self.state.months, *cases))
        return found
