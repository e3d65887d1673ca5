"""What one kind of promise is to the rest of the program: everything that anybody asks of it, in one object.

A kind is a module of this room with one object, registered once in :data:`redesaude.promises.KINDS`; assembling,
tidying, pricing, the tables of a plan, the explanation of what is infeasible and the report ask all of them in turn and
know none by name. The audit does not: it recomputes each promise from the scenario (:mod:`redesaude.plan.promises`) and
takes from here only what is stated and at which price.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, due_in
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Advice, Cell, advised
from redesaude_models.arrays import Floats
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Promise

Line = tuple[str, str, str, str, str, float]
"""(site, specialty, contract, line, period in which it falls due, NPV)"""
Row = tuple[object, ...]
"""a row of the table of promises, without :class:`Parts`"""

_OF_PERIODS = N_("In {periods}: {sentence}")


class Word(NamedTuple):
    """A word of the column ``kind`` of the table of promises: its name, what is promised, how its figures are shown."""

    name: str
    meaning: str
    form: str = "decimal"


class Parts(NamedTuple):
    """What a promise is about beyond its specialty, region and period; blank or NaN where it is about none.

    ``site_id`` of a load or volume and ``area`` whose people a load does not count, ``role_id`` of staff, ``limit_id``
    of a row of ``funding`` or ``fiscal``; ``minutes`` within which, and ``share`` of whom, an access promise reaches.
    """

    site_id: str = ""
    area: str = ""
    role_id: str = ""
    limit_id: str = ""
    minutes: float = math.nan
    share: float = math.nan


class Spending(Protocol):
    """What one kind of decision spends on lines of one ``kind``."""

    @property
    def kind(self) -> Any:
        """Kind of the lines."""

    def covered(self, row: Any, shares: Any) -> Any:
        """Return what a row of ``funding`` counts of it."""


class Spenders(Protocol):
    """All that may spend public money."""

    @property
    def priced(self) -> Any:
        """The options: their ``services`` and ``terms``."""

    @property
    def payers(self) -> Any:
        """Who pays what services spend (:class:`redesaude.inputs.payers.PayerShares`)."""

    def spendings(self, period: int) -> Iterator[Any]:
        """Yield each :class:`Spending` that the ceilings of a period count."""

    def always(self, period: int, kind: str, row: Any) -> float:
        """Return what a row of ``funding`` counts whatever is decided."""


@dataclass(frozen=True)
class Draft:
    """What promises are stated from, beside the problem without them.

    ``options`` is the table of options in the rows of the problem, ``inhabitants`` are ``(territories, periods)``.
    """

    scenario: Scenario
    phases: Phases
    options: pd.DataFrame
    inhabitants: Floats
    spenders: Spenders


class Tabled(Protocol):
    """Priced options with their table."""

    @property
    def table(self) -> pd.DataFrame:
        """The options in the rows of the problem."""


class Put(Protocol):
    """A scenario put together (:class:`redesaude.assemble.Assembled`)."""

    @property
    def scenario(self) -> Scenario:
        """What is stated."""

    @property
    def problem(self) -> PlanningProblem:
        """The planning problem of it."""

    @property
    def phases(self) -> Phases:
        """Its periods on the calendar."""

    @property
    def services(self) -> pd.DataFrame:
        """The services in the rows of the problem."""

    @property
    def options(self) -> Tabled:
        """The options in the rows of the problem."""


class PromiseKind(ABC):
    """One kind of promise.

    ``words`` are those of the column ``kind`` in the table of promises, ``heading`` stands over them on the sheet
    ``limits``, where the kind is ``always`` listed or only when something is promised. ``line`` is the cost line of its
    shortfalls, ``check`` the audit's check that the hard ones are kept (blank: the check of all others). ``tables`` are
    its tables in a plan, with the sheet of the input that each answers.
    """

    words: ClassVar[Mapping[str, Word]]
    heading: ClassVar[str]
    line: ClassVar[str]
    check: ClassVar[str] = ""
    always: ClassVar[bool] = False
    answers: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def state(self, problem: PlanningProblem, draft: Draft) -> PlanningProblem:
        """Return ``problem`` with the promises of this kind; prices become NPV."""

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the id of each promise and the NPV of one unit short of it."""
        yield from ()

    @abstractmethod
    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the id of each promise and what it is about; ``openings`` are those of the plan."""

    def tidied(self, problem: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return ``decisions`` without noise in what this kind decides itself."""
        return decisions

    @abstractmethod
    def settled(self, problem: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return tidy ``decisions`` with what is truly short of the promises."""

    @abstractmethod
    def rows(self, put: Put, decisions: Decisions) -> Iterator[Row]:
        """Yield the rows of the table of promises, without :class:`Parts`."""

    @abstractmethod
    def lines(self, put: Put, decisions: Decisions) -> Iterator[Line]:
        """Yield the cost lines of shortfalls, and of what this kind decides itself."""

    @abstractmethod
    def sentences(self, put: Put, decisions: Decisions) -> Iterator[Said]:
        """Yield a sentence for each promise with a price that falls short, and how to mend it."""

    def tables(self, put: Put, decisions: Decisions) -> Mapping[str, pd.DataFrame]:
        """Return the tables of this kind by their name in a plan."""
        return {}


class RowKind(PromiseKind):
    """A kind each of whose promises is one row of the model (:class:`redesaude_models.promise.Promise`)."""

    model: ClassVar[type[Promise]]

    @abstractmethod
    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[Promise]:
        """Return the promises over the rows of ``problem``."""

    @abstractmethod
    def stated(self, scenario: Scenario) -> Mapping[str, Any]:
        """Return what the sheets state, spelled out, by the id of the promise."""

    @abstractmethod
    def about(self, problem: PlanningProblem, promise: Any, stated: Any) -> tuple[str, str, str]:
        """Return word of the kind, specialty and region of a promise, blank where it is about none."""

    @abstractmethod
    def sentence(self, put: Put, promise: Any, stated: Any, short: float) -> Said:
        """Return what is said of a promise that falls ``short``, and how to mend it."""

    def cells(self, put: Put, promise: Any, stated: Any, short: float) -> Iterable[Cell]:
        """Return the cells that do what the sentence says; none where no cell alone does."""
        return ()

    def state(self, problem: PlanningProblem, draft: Draft) -> PlanningProblem:
        """Return ``problem`` with the promises of this kind; prices become NPV."""
        return replace(problem, promises=(*problem.promises, *self.promised(problem, draft)))

    def settled(self, problem: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return ``decisions`` with what is short of the elastic promises of this kind."""
        missing = decisions.missing.copy()
        for n, promise in self._own(problem):
            missing[n] = 0.0 if promise.hard else promise.missing(problem, decisions)
        return replace(decisions, missing=missing)

    def rows(self, put: Put, decisions: Decisions) -> Iterator[Row]:
        """Yield the rows of the table of promises: due, achieved, short, hard, met, NPV."""
        problem, stated = put.problem, self.stated(put.scenario)
        for _, promise in self._own(problem):
            due, achieved = promise.due(problem), promise.achieved(problem, decisions)
            short = promise.missing(problem, decisions)
            npv = 0.0 if promise.hard else promise.price * short
            figures = (due, achieved, short, promise.hard, promise.met(problem, short), npv)
            about = self.about(problem, promise, stated[promise.id])
            yield promise.id, *about, problem.periods[promise.period], *figures

    def lines(self, put: Put, decisions: Decisions) -> Iterator[Line]:
        """Yield the price of each shortfall."""
        problem = put.problem
        for n, promise in self._own(problem):
            npv = promise.price * float(decisions.missing[n])
            yield "", promise.specialty_of(problem), "", self.line, problem.periods[promise.period], npv

    def sentences(self, put: Put, decisions: Decisions) -> Iterator[Said]:
        """Yield a sentence for each promise with a price that falls short."""
        return in_periods(put.problem.periods, self._told(put, decisions))

    def _told(self, put: Put, decisions: Decisions) -> Iterator[tuple[int, Advice]]:
        problem, stated = put.problem, self.stated(put.scenario)
        for n, promise in self._own(problem):
            short = float(decisions.missing[n])
            if promise.price > 0 and not promise.met(problem, short):
                about = put, promise, stated[promise.id], short
                yield promise.period, advised(self.sentence(*about), self.cells(*about))

    def _own(self, problem: PlanningProblem) -> Iterator[tuple[int, Any]]:
        """Each promise of this kind with its place among all."""
        return ((n, promise) for n, promise in enumerate(problem.promises) if isinstance(promise, self.model))


def by_period(scenario: Scenario, period_id: str, from_year: float = math.nan) -> Iterator[tuple[int, str]]:
    """Yield the position of each period meant (all where blank), with what tells its promise from that of others.

    Periods that end before ``from_year`` are left out (NaN: none stated).
    """
    ids = scenario.periods["period_id"].to_list()
    for position, name in enumerate(ids):
        if period_id in ("", name) and due_in(scenario, position, from_year):
            yield position, f"|{name}" if len(ids) > 1 else ""


def in_periods(periods: Sequence[str], told: Iterable[tuple[int, Advice]]) -> Iterator[Said]:
    """Yield each sentence once, with the periods that it is said of (positions) unless those are all there are."""
    found: dict[str, tuple[list[str], Advice]] = {}
    for period, advice in told:
        named, _ = found.setdefault(repr(advice), ([], advice))
        named.append(periods[period])
    for named, advice in found.values():
        if len(set(named)) == len(periods):
            yield advice
        else:
            yield advised(said(_OF_PERIODS, periods=", ".join(dict.fromkeys(named)), sentence=advice), advice.cells)


def names_of(table: pd.DataFrame, key: str) -> dict[str, str]:
    """Return the name of each row of a sheet by its code."""
    return dict(zip(table[f"{key}_id"], table["name"], strict=True))


def npv_by_period(periods: tuple[str, ...], line: str, npv: Floats) -> Iterator[Line]:
    """Yield a line for each period of ``npv`` (rows, periods)."""
    for period, total in zip(periods, np.asarray(npv).sum(axis=0).tolist(), strict=True):
        yield "", "", "", line, period, total
