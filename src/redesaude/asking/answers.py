"""Questions asked of a plan in hand: each is solved from where the plan stands, and what it proves is shared.

A changed scenario is begun from the plan, and where it only restricts the one in hand from its bound too. A plan that
is found on the way and fits the scenario in hand betters it, so that what is forced is never cheaper. Each answer is
kept as it comes (:mod:`redesaude.studies.members`), so that what was cut short goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from redesaude.asking.difference import Difference, difference
from redesaude.asking.questions import Question, scenario_of
from redesaude.assemble import Assembled, assemble
from redesaude.errors import FaultError, InputError
from redesaude.inputs.scenario import Scenario
from redesaude.language import said
from redesaude.plan.journal import Kept
from redesaude.plan.plan import Plan
from redesaude.solving.journal import Journal
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.relation import alike, decides_more, named, restricts
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude.studies.members import Members
from redesaude.studies.network_changes import CHANGES, at_the_end, changes_between
from redesaude.studies.sharing import bounded, cheaper

#: columns of the table of answers; money is NPV
ANSWERS = (
    "question",
    "answer",
    "low",
    "found",
    "high",
    "relation",
    "status",
    "objective",
    "bound",
    "services",
    "seconds",
)

QuestionListener = Callable[[int, Progress], object]
"""called with the number of a question and each step of its search"""


@dataclass(frozen=True)
class Answered:
    """What came of a ``question``: the ``plan`` of the changed scenario, the ``difference`` of its best to the best of
    the one in hand, and their ``relation`` (1: the changed one only restricts it, -1: the reverse, 0: neither known).
    """

    question: Question
    plan: Plan
    difference: Difference
    relation: int


@dataclass(frozen=True)
class Answers:
    """Answers to questions asked of ``plan``, which is better than the one asked of where a question led to a better
    one (``bettered``).
    """

    plan: Plan
    answers: tuple[Answered, ...]
    bettered: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """One row for each question, columns :data:`ANSWERS`."""
        return pd.DataFrame([_row(each) for each in self.answers], columns=list(ANSWERS))

    @property
    def changes(self) -> pd.DataFrame:
        """What each answer changes in the services of the last period, columns of :data:`CHANGES` after its question:
        against the plan in hand.
        """
        found = [each for each in self.answers if each.plan.has_decisions]
        rows = [(each.question.text, *row) for each in found for row in changes_between(self.plan, each.plan)]
        return pd.DataFrame(rows, columns=["question", *CHANGES[2:]])


def ask(
    plan: Plan,
    questions: Sequence[Question],
    options: SolveOptions | None = None,
    *,
    progress: QuestionListener | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> Answers:
    """Return the answers to ``questions`` asked of ``plan``, each with a proven interval of the difference that it
    makes; those not begun when asked to stop are left out. ``options`` are those of each solve; what is found is kept
    in ``members`` and taken from there.

    Raises
    ------
    InputError
        when a question names what is not there, or contradicts the scenario, before anything is solved.
    ValueError
        when the plan has no decisions.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions cannot be asked")
    scenarios = [scenario_of(plan.scenario, question) for question in questions]
    inquiry = Inquiry(plan, (members or Members()).about(plan))
    options = replace(options or SolveOptions(), certificate=False)
    stop, found = stop or StopSignal(), []
    for n, (question, scenario) in enumerate(zip(questions, scenarios, strict=True)):
        if stop.stopped:
            break
        listener = None if progress is None else (lambda step, n=n: progress(n, step))
        found.append((question, *inquiry.answer(scenario, options, listener, stop)))
    return inquiry.answers(found)


class Inquiry:
    """A ``plan`` of which changed scenarios are asked, and what they have proven of it.

    ``assembled`` is its problem. Answers are kept in ``members`` and taken from there.
    """

    def __init__(self, plan: Plan, members: Members | None = None) -> None:
        self.plan, self._asked = plan, plan
        self._members = members or Members()
        self.assembled = assemble(plan.scenario)

    def answer(
        self,
        scenario: Scenario,
        options: SolveOptions,
        progress: Callable[[Progress], object] | None = None,
        stop: StopSignal | None = None,
        *,
        known: Sequence[Plan] = (),
        relation: int | None = None,
        seconds: float | None = None,
    ) -> tuple[Plan, int]:
        """Return the best plan found for ``scenario`` with its bound, and its relation to the one in hand.

        ``known`` are more plans to begin from; ``relation`` is what is known already (None: it is found out).
        ``seconds`` are those left for it (None: as ``options`` say).

        Raises
        ------
        ResultError
            when the answer that is kept is damaged.

        """
        relation = self._relation(scenario) if relation is None else relation
        blank = Plan(scenario, Status.NO_PLAN, Termination.TIME_LIMIT)
        fits = cheaper(blank, self.plan)
        if relation > 0 and fits.has_decisions:  # what is asked for is so already
            return bounded(replace(fits, seconds={}), self.plan.bound), relation
        plan = self._members.kept(scenario, options)
        if plan is None:
            given = Journal(kept=Kept("", bound=self.plan.bound), resume=True) if relation > 0 else Journal()
            limited = options if seconds is None else replace(options, time_limit=seconds)

            def search() -> Plan:
                return solve(scenario, limited, progress, stop, (self.plan, *known), journal=given)

            sought = plan = _plan_of(scenario, search)
            for other in (fits, *(cheaper(blank, each) for each in known)):
                plan = cheaper(plan, other) if other.has_decisions else plan
            plan = replace(plan, seconds=sought.seconds, termination=sought.termination)
            plan = bounded(plan, self.plan.bound) if relation > 0 else plan
            self._members.keep(plan, scenario, options)
        self.learn(plan, relation)
        return plan, relation

    def learn(self, plan: Plan, relation: int) -> None:
        """Take what a plan and the bound of a changed scenario say of the one in hand."""
        self.plan = cheaper(self.plan, plan)
        if relation < 0:
            self.plan = bounded(self.plan, plan.bound)

    def answers(self, found: Sequence[tuple[Question, Plan, int]]) -> Answers:
        """Return the answers, all against what is known of the plan in hand now."""
        answers = []
        for question, plan, relation in found:
            best = bounded(plan, self.plan.bound) if relation > 0 else plan
            answers.append(Answered(question, best, difference(self.plan, best, relation), relation))
        return Answers(self.plan, tuple(answers), bettered=self.plan.objective != self._asked.objective)

    def _relation(self, scenario: Scenario) -> int:
        """Which of both scenarios only restricts the other, if that is known."""
        try:
            changed = assemble(scenario)
        except InputError:
            return 0
        if decides_more(changed.problem, self.assembled.problem):
            return 1
        return _restriction(changed, self.assembled)


def _restriction(changed: Assembled, base: Assembled) -> int:
    """What the models of both say of their relation."""
    one, other = (named(each) for each in alike([changed, base]))
    if one is None or other is None:
        return 0
    if restricts(one, other) == 0:
        return 1
    return -1 if restricts(other, one) == 0 else 0


def _plan_of(scenario: Scenario, search: Callable[[], Plan]) -> Plan:
    """What a search finds for a changed scenario; a plan without decisions that says why where it cannot begin."""
    try:
        return search()
    except InputError as error:
        causes = tuple(map(said, str(error).splitlines()))
        return Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, causes=causes)
    except FaultError as error:
        return Plan(scenario, Status.NO_PLAN, Termination.FAULT, faults=error.faults)


def _row(each: Answered) -> dict[str, object]:
    plan, told = each.plan, each.difference
    return {
        "question": each.question.text,
        "answer": told.answer.value,
        "low": told.low,
        "found": told.found,
        "high": told.high,
        "relation": each.relation,
        "status": plan.status.value,
        "objective": plan.objective,
        "bound": plan.bound,
        "services": len(at_the_end(plan)) if plan.has_decisions else None,
        "seconds": plan.seconds.get("total", 0.0),
    }
