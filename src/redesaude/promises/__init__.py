"""The promises that a plan makes, each kind in one module of this room; see :mod:`redesaude.promises.kind`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario
from redesaude.promises.access import Access
from redesaude.promises.buildings import Buildings
from redesaude.promises.centres import Centres
from redesaude.promises.emergency import Emergency
from redesaude.promises.kind import Draft, Parts, PromiseKind, Put, Word
from redesaude.promises.load import Load
from redesaude.promises.lots import LotSizes
from redesaude.promises.money import Money
from redesaude.promises.pilots import Pilots
from redesaude.promises.programme import Programme
from redesaude.promises.volume import Volume
from redesaude.promises.workforce import Staff
from redesaude_models.problem import Decisions, PlanningProblem

__all__ = ["KINDS", "LINES", "WORDS", "Draft", "Parts", "settled", "stated", "tables", "with_parts"]

#: every kind of promise, in the order of the table of promises
KINDS: tuple[PromiseKind, ...] = (
    Access(),
    Money(),
    Volume(),
    Load(),
    Staff(),
    Emergency(),
    Centres(),
    Pilots(),
    LotSizes(),
    Buildings(),
    Programme(),
)

#: the words of the column ``kind`` of the table of promises, and the cost line of a shortfall of each
WORDS: Mapping[str, Word] = {word: meaning for kind in KINDS for word, meaning in kind.words.items()}
LINES: Mapping[str, str] = {word: kind.line for kind in KINDS for word in kind.words}


def stated(problem: PlanningProblem, draft: Draft) -> PlanningProblem:
    """Return ``problem`` with every promise of the scenario; prices become NPV."""
    for kind in KINDS:
        problem = kind.state(problem, draft)
    return problem


def prices(scenario: Scenario, phases: Phases) -> dict[str, float]:
    """Return the NPV of one unit of shortfall of each promise, by its id."""
    return {name: price for kind in KINDS for name, price in kind.prices(scenario, phases)}


def tidied(problem: PlanningProblem, decisions: Decisions) -> Decisions:
    """Return ``decisions`` without noise in what promises decide themselves: people, ambulances."""
    for kind in KINDS:
        decisions = kind.tidied(problem, decisions)
    return decisions


def settled(problem: PlanningProblem, decisions: Decisions) -> Decisions:
    """Return tidy ``decisions`` with what is truly short of each elastic promise."""
    for kind in KINDS:
        decisions = kind.settled(problem, decisions)
    return decisions


def tables(put: Put, decisions: Decisions) -> dict[str, Any]:
    """Return the tables that promises have in a plan, by their name there (keyword arguments of one)."""
    return {name: table for kind in KINDS for name, table in kind.tables(put, decisions).items()}


def with_parts(promises: pd.DataFrame, scenario: Scenario, openings: pd.DataFrame) -> pd.DataFrame:
    """Return ``promises`` with the columns of :class:`Parts`, by ``promise_id``; ``openings`` are those of the plan."""
    known = dict(_parts(scenario, openings))
    parts = [known.get(name, Parts()) for name in promises["promise_id"]]
    values = pd.DataFrame(parts, columns=list(Parts._fields), index=promises.index)
    return promises.assign(**{name: values[name] for name in Parts._fields})


def _parts(scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
    for kind in KINDS:
        yield from kind.parts(scenario, openings)
