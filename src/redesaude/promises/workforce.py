"""Workforce: people by role and area, who may be added at which cost, and who each service needs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from redesaude.columns import WORKFORCE
from redesaude.finance.phases import Phases
from redesaude.inputs.areas import area_name, in_area
from redesaude.inputs.changes import row_key
from redesaude.inputs.scenario import Scenario, in_each_period, rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Advice, Cell, advised
from redesaude.promises.kind import Draft, Line, Parts, PromiseKind, Put, Row, Word, in_periods, npv_by_period
from redesaude_models.arrays import Flags, Floats
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.resources import Workforce
from redesaude_models.workforce import available, need

#: the sheet that states the staff there is, and what names a row of it
SHEET = "workforce"
KEY = ("role_id", "region_id")


@dataclass(frozen=True)
class Role:
    """A role in an area (as in ``in_area``), with its row of ``workforce`` in each period that has one, by position."""

    role: str
    area: str
    rows: dict[int, Any]

    @property
    def id(self) -> str:
        """Name of the role in its area."""
        return f"{self.role}|{self.area}"

    def promise(self, period_id: str) -> str:
        """Id of the promise that there are enough of them in a period."""
        return f"workforce|{self.id}|{period_id}"


def roles(scenario: Scenario) -> list[Role]:
    """Return the roles and areas of ``workforce`` in the order of the sheet."""
    found: dict[tuple[str, str], Role] = {}
    for t, row in in_each_period(scenario.workforce, KEY, scenario.periods["period_id"]):
        key = (row.role_id, row.region_id)
        found.setdefault(key, Role(*key, {})).rows[t] = row
    return list(found.values())


def role_grid(scenario: Scenario, column: str, otherwise: float) -> Floats:
    """Return a column of ``workforce`` by role and area (as in :func:`roles`) and period, as on the sheet."""
    known, periods = roles(scenario), range(len(scenario.periods))
    cells = [getattr(r.rows[t], column) if t in r.rows else otherwise for r in known for t in periods]
    return np.array(cells, dtype=float).reshape(len(known), len(periods))


def works_at(scenario: Scenario, role: Role, sites: pd.Series) -> Flags:
    """Return at which of the sites the people of ``role`` may work: those in its area."""
    if role.area == ALL:
        return np.ones(len(sites), dtype=bool)
    here = scenario.territories["territory_id"][in_area(scenario.territories, role.area)]
    home = sites.map(scenario.sites.set_index("site_id")["territory_id"])
    return home.isin(here).to_numpy(bool)


def staff_of(scenario: Scenario, role: str, services: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the FTE of ``role`` that each service (specialty_id, size_id) needs open, and for each yearly case.

    A row of ``staffing`` for the size stands before the row for every size.
    """
    rows = scenario.staffing[scenario.staffing["role_id"] == role]
    fixed, per_case = np.zeros(len(services)), np.zeros(len(services))

    def sized(size: str) -> Any:
        return services["size_id"] == size if size else True

    for row in rows_of(rows.sort_values("size_id", kind="stable")):
        mine = ((services["specialty_id"] == row.specialty_id) & sized(row.size_id)).to_numpy(bool)
        fixed[mine] = row.fte
        per_case[mine] = 0.0 if np.isnan(row.cases_per_fte) else 1.0 / row.cases_per_fte
    return fixed, per_case


def workforce_rows(scenario: Scenario, options: pd.DataFrame, phases: Phases) -> Workforce:
    """Return the roles over ``options`` (columns site_id, specialty_id, size_id); costs become NPV.

    Training is paid once, in the first year of the period; what a recruited person costs, every year from then on.
    """
    known = roles(scenario)
    needs = [
        [n * works_at(scenario, r, options["site_id"]) for n in staff_of(scenario, r.role, options)] for r in known
    ]
    size = len(known), len(options)
    fixed, per_case = (np.array([n[k] for n in needs], dtype=float).reshape(size) for k in (0, 1))
    grid = partial(role_grid, scenario)
    return Workforce(
        ids=tuple(role.id for role in known),
        stock=grid("stock", np.inf),
        fixed=fixed,
        per_case=per_case,
        training_max=grid("training_max", 0.0),
        recruitment_max=grid("recruitment_max", 0.0),
        training_cost=grid("training_cost", 0.0) * phases.firsts,
        recruitment_cost=grid("recruitment_cost", 0.0) * phases.worth(phases.onward),
        hard=grid("hard", 1.0) > 0.5,
        price=np.nan_to_num(grid("price", 0.0)) * phases.annuities,
    )


class Staff(PromiseKind):
    """Enough people of each role in each area: a row of the model for each, see :mod:`redesaude_models.workforce`."""

    words: ClassVar = {"workforce": Word(N_("Workforce"), N_("at most the people there, trained and recruited"))}
    heading = N_("Workforce")
    line, check = "shortfall_workforce", N_("staff for every service")
    answers: ClassVar = {"workforce": SHEET}

    def state(self, problem: PlanningProblem, draft: Draft) -> PlanningProblem:
        """Return ``problem`` with the roles over its options."""
        return replace(problem, workforce=workforce_rows(draft.scenario, draft.options, draft.phases))

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one person short throughout the period."""
        for role in roles(scenario):
            for t, stated in role.rows.items():
                yield role.promise(scenario.periods["period_id"].iloc[t]), stated.price * float(phases.annuities[t])

    def parts(self, scenario: Scenario, _: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the role."""
        for role in roles(scenario):
            for t in role.rows:
                yield role.promise(str(scenario.periods["period_id"].iloc[t])), Parts(role_id=role.role)

    def tidied(self, _: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return ``decisions`` without noise in who is trained and recruited."""
        hires = decisions.hires
        clean = replace(hires, trained=_clean(hires.trained), recruited=_clean(hires.recruited))
        return replace(decisions, hires=clean)

    def settled(self, problem: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return ``decisions`` with the people who are missing where the need is elastic."""
        lacking = np.maximum(need(problem, decisions) - available(problem, decisions), 0.0)
        short = np.where(problem.workforce.hard, 0.0, lacking)
        return replace(decisions, hires=replace(decisions.hires, short=short))

    def rows(self, put: Put, decisions: Decisions) -> Iterator[Row]:
        """Yield a row for each role, area and period that has one on the sheet."""
        people, periods = put.problem.workforce, put.problem.periods
        needed, there = need(put.problem, decisions), available(put.problem, decisions)
        for r, role in enumerate(roles(put.scenario)):
            for t in sorted(role.rows):
                short, hard = max(0.0, needed[r, t] - there[r, t]), bool(people.hard[r, t])
                met, npv = short <= 1e-6 * max(there[r, t], 1.0), 0.0 if hard else people.price[r, t] * short
                figures = (there[r, t], needed[r, t], short, hard, met, npv)
                yield role.promise(periods[t]), "workforce", "", role.area, periods[t], *figures

    def lines(self, put: Put, decisions: Decisions) -> Iterator[Line]:
        """Yield the cost of training and recruiting, and the price of people missing."""
        people, hires, periods = put.problem.workforce, decisions.hires, put.problem.periods
        if not people.ids:
            return
        yield from npv_by_period(periods, "training", people.training_cost * hires.trained)
        recruited = (people.recruitment_cost * hires.recruited).sum(axis=0) @ _onward(put.phases)
        yield from npv_by_period(periods, "recruitment", recruited[None, :])
        yield from npv_by_period(periods, self.line, people.price * hires.short)

    def sentences(self, put: Put, decisions: Decisions) -> Iterator[Said]:
        """Say how many more people are needed."""
        return in_periods(put.problem.periods, self._lacking(put, decisions))

    def _lacking(self, put: Put, decisions: Decisions) -> Iterator[tuple[int, Advice]]:
        scenario, problem = put.scenario, put.problem
        names = dict(zip(scenario.workforce["role_id"], scenario.workforce["name"], strict=True))
        needed = need(problem, decisions)
        for r, role in enumerate(roles(scenario)):
            lacking = (decisions.hires.short[r] > 1e-6) & (problem.workforce.price[r] > 0)
            for t in np.flatnonzero(lacking).tolist():
                short = float(decisions.hires.short[r, t])
                sentence = said(
                    N_(
                        "{role} in {area}: {short:,.1f} full-time people are missing of {needed:,.1f} needed. "
                        "Raise stock, training_max or recruitment_max by {more:,.1f}, or let the need be elastic."
                    ),
                    role=names[role.role],
                    area=area_name(scenario.territories, role.area),
                    short=short,
                    needed=float(needed[r, t]),
                    more=math.ceil(short * 10 - 1e-6) / 10,
                )
                stock = float(role.rows[t].stock) + math.ceil(short * 10 - 1e-6) / 10
                place = f"workforce/{row_key('workforce', role.rows[t])}/stock"
                yield t, advised(sentence, () if math.isnan(stock) else (Cell(place, f"{stock:.12g}"),))

    def tables(self, put: Put, decisions: Decisions) -> Mapping[str, pd.DataFrame]:
        """Return who is needed and who is there, by role and area (columns :data:`WORKFORCE`)."""
        problem, hires = put.problem, decisions.hires
        needed, there = need(problem, decisions), available(problem, decisions)
        rows = [
            (
                *(role.role, role.area, problem.periods[t]),
                *(needed[r, t], problem.workforce.stock[r, t], hires.trained[r, t], hires.recruited[r, t], there[r, t]),
                max(0.0, needed[r, t] - there[r, t]),
                bool(needed[r, t] > 0 and needed[r, t] >= there[r, t] - 1e-6 * max(there[r, t], 1.0)),
            )
            for r, role in enumerate(roles(put.scenario))
            for t in sorted(role.rows)
        ]
        table = pd.DataFrame(rows, columns=list(WORKFORCE))
        return {"workforce": table.sort_values(list(WORKFORCE[:3]), ignore_index=True) if rows else table}


def _clean(amount: Floats) -> Floats:
    return np.where(amount > 1e-9, amount, 0.0)


def _onward(phases: Phases) -> Floats:
    """Return which part of a yearly payment that begins in a period (rows) and lasts falls due in each."""
    lasting = np.triu(np.tile(phases.annuities, (len(phases), 1)))
    return np.asarray(lasting / lasting.sum(axis=1, keepdims=True))
