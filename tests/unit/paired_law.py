"""The law of paired differences on random scenarios that can be enumerated: the interval told holds the true one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from asked_enumeration import Asked
from enumeration import Enumeration

from random_tables import random_tables
from redesaude.asking.answers import Answered, ask
from redesaude.asking.difference import Answer
from redesaude.asking.questions import Question, closed, opened, scenario_of, typed, under
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from tiny import scenario

#: gaps of the plan in hand and of each question, drawn anew for each case
_GAPS = (0.0, 0.01, 0.05, 0.2)
#: what rounding may explain, of the cost
_ROUNDING = 1e-6
_CELLS = (
    "sizes/*/fixed_cost",
    "sizes/*/capex",
    "sizes/*/capacity",
    "contracts/*/opex_factor",
    "specialties/*/cases_per_100k",
)
#: of two changes of cells that both are asked for
_MORE, _LESS = (1.1, 1.8), (0.5, 0.9)


@dataclass(frozen=True)
class Paired:
    """What came of a case: how many differences were held against the truth, by what was told of them, and what is
    untrue of them.
    """

    told: tuple[str, ...]
    untrue: tuple[str, ...]


def law(seed: int, most: int | None = None) -> Paired:
    """Ask a random scenario, with a plan and questions as rough as drawn, and hold every answer against enumeration.

    ``most`` of the questions drawn are asked (None: all).
    """
    random, case = np.random.default_rng(seed + 1_000_000), scenario(**random_tables(seed))
    options = _rough(random)
    best, plan = Enumeration(case).best(), solve(case, options)
    if plan.has_decisions != (best is not None):
        return Paired((), (f"the base plan: {plan.status.value}, the best costs {best}",))
    if best is None:
        return Paired((), ())
    if plan.bound is not None and random.random() < 0.5:  # as from a search that was cut short
        plan = replace(plan, bound=plan.bound - random.exponential(0.1) * abs(best), gap=None)
    asked = [*_services(case), *_cells(case, random)][:most]
    refused = [question for question in asked if _refused(case, question)]
    answers = ask(plan, [question for question in asked if question not in refused], _rough(random)).answers
    found = [(each, _truth(case, each.question)) for each in answers]
    untrue = [f"{each.question.text}: {says}" for each, true in found for says in _untrue(each, true, best)]
    untrue += [f"{each.text}: refused, but possible" for each in refused if Asked(case, each).best() is not None]
    told = (*(each.difference.answer.value for each, _ in found), *("refused" for _ in refused))
    return Paired(told, tuple(untrue))


def _refused(case: Scenario, question: Question) -> bool:
    """Whether the sheets contradict what is asked for, which is told before anything is solved."""
    try:
        scenario_of(case, question)
    except InputError:
        return True
    return False


def _rough(random: np.random.Generator) -> SolveOptions:
    return SolveOptions(gap=float(random.choice(_GAPS)), time_limit=30.0, certificate=False)


def _services(case: Scenario) -> list[Question]:
    first, last = case.sites["site_id"].iloc[[0, -1]]
    specialty, contract = case.specialties["specialty_id"].iloc[0], case.contracts["contract_id"].iloc[-1]
    return [opened(last, specialty), closed(first), under(first, contract)]


def _cells(case: Scenario, random: np.random.Generator) -> list[Question]:
    chosen = random.choice(len(_CELLS), 2, replace=False)
    texts = [f"{_CELLS[n]}*={random.uniform(*ends):.3f}" for n, ends in zip(chosen, (_MORE, _LESS), strict=True)]
    return [Question((typed(case, "set", text),)) for text in texts]


def _truth(case: Scenario, question: Question) -> float | None:
    """The best of what is asked for; None where no network does it."""
    if question.changes[0].kind == "set":
        return Enumeration(scenario_of(case, question)).best()
    return Asked(case, question).best()


def _untrue(each: Answered, true: float | None, best: float) -> Iterator[str]:
    told, slack = each.difference, _ROUNDING * max(abs(best), 1.0)
    if (true is None) != (told.answer == Answer.IMPOSSIBLE):
        yield f"told {told.answer.value}, the best costs {true}"
        return
    if true is None:
        return
    apart = true - best
    if not told.low - slack <= apart <= told.high + slack:
        yield f"from {told.low} to {told.high} is told, {apart} is true"
    if told.found is not None and not told.low - slack <= told.found <= told.high + slack:
        yield f"{told.found} is found, from {told.low} to {told.high} is told"
    if each.question.changes[0].kind != "set" and each.relation != 1:
        yield f"a forced decision is told to be of relation {each.relation}"
    if each.question.changes[0].kind != "set" and (told.low < 0 or (told.found is not None and told.found < -slack)):
        yield f"a forced decision is told as cheaper: from {told.low}, {told.found} found"
    wrong = {Answer.DEARER: apart < -slack, Answer.CHEAPER: apart > slack}
    if wrong.get(told.answer, False):
        yield f"told {told.answer.value}, {apart} is true"
