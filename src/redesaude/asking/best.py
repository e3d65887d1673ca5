r"""The best of a measure within a ceiling of money: the most access, or the most healthy years, within R$ X.

Asked for a level of the measure as a hard promise (:mod:`redesaude.asking.measures`), a scenario has a least cost
:math:`c(\ell)` that never falls as the level :math:`\ell` rises. The best level within a ceiling :math:`X` is the
greatest with :math:`c(\ell) \le X`, and is enclosed by trying levels: a plan within the ceiling shows that its level is
reached, a bound above the ceiling (or a proof that no plan is possible) that no plan reaches the level. Each try ends
as soon as either is known. What stays between is told as it is. In the end the least cost of the best level found is
sought, so that of plans that are equally good the cheapest is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from redesaude.asking.answers import Inquiry
from redesaude.asking.measures import MEASURES, Measure
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, said
from redesaude.plan.journal import Kept
from redesaude.plan.plan import Aim, Plan
from redesaude.promises.programme import ACCESS, HEALTHY_YEARS
from redesaude.solving.clock import Clock
from redesaude.solving.journal import Journal
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Listener, Progress, StopSignal
from redesaude.solving.solve import solve as least_cost
from redesaude.status import Status, Termination
from redesaude.studies.sharing import cheaper

_TOO_DEAR = N_("No plan costs {ceiling:,.0f} or less (money_ceiling): the least cost is at least {least:,.0f}, proven.")
_NONE_FOUND = N_("No plan within money_ceiling, {ceiling:,.0f}, was found: the cheapest costs {cost:,.0f}.")

#: what the setting ``objective`` may be
OBJECTIVES = ("cost", ACCESS, HEALTHY_YEARS)

#: shares of the time for the plan of least cost that all begins from (without a ceiling, which ends it as soon as it
#: allows a plan), and in the end for that of the best level
_FIRST, _LAST = 0.35, 0.25
#: share of the time for tries that one of them may take
_EACH = 0.25
#: part of the range of a measure within which two levels are the same
_SAME = 0.0005
#: part of a cost that rounding may make of it
_ROUNDING = 1e-9


def solve(
    scenario: Scenario,
    options: SolveOptions | None = None,
    progress: Listener | None = None,
    stop: StopSignal | None = None,
    known: Sequence[Plan] = (),
    *,
    journal: Journal | None = None,
) -> Plan:
    """Return the plan of ``scenario`` that is best at its setting ``objective``, as
    :func:`redesaude.solving.solve.solve` returns that of least cost.

    Where the objective is no cost the level that was found is stated in the plan's scenario as a hard promise: its
    ``objective`` is the least cost of that level, with bound and certificate, and ``aim`` says what was reached and
    what is proven of it.
    """
    settings, options = scenario.settings, options or SolveOptions()
    if settings.objective == "cost":
        return least_cost(scenario, options, progress, stop, known, journal=journal)
    limits, money, stop = options.limits(settings), settings.money_ceiling or None, stop or StopSignal()
    part = _FIRST if money is None else 1.0 - _LAST
    share = None if limits.clock.whole == math.inf else part * limits.clock.whole
    work = None if options.work is None else max(1, int(part * options.work))
    begun = replace(options, time_limit=share, work=work, certificate=False)
    if money is None:
        plan = least_cost(scenario, begun, progress, stop, known, journal=journal)
    else:  # however near to the least cost it is: the first plan that the ceiling allows, or proof that there is none
        decided = _Decided(stop, money)
        begun, told = replace(begun, gap=0.0), decided.listening(progress)
        plan = least_cost(scenario, begun, told, decided, known, journal=journal)
    if not plan.has_decisions:
        return plan
    left = replace(options, time_limit=limits.clock.left if share is not None else None)
    found = best(plan, settings.objective, left, money=money, progress=progress, stop=stop)
    return replace(found, deterministic=False, faults=(*plan.faults, *found.faults))


def best(
    plan: Plan,
    measure: str,
    options: SolveOptions | None = None,
    *,
    money: float | None = None,
    progress: Listener | None = None,
    stop: StopSignal | None = None,
) -> Plan:
    """Return the plan that is best at ``measure`` and costs ``money`` at most (NPV; None: whatever it costs), and of
    those the cheapest, from ``plan`` of the scenario on; see :func:`solve` for what it says.

    ``options`` are those of all tries together. A plan without decisions says why none within the ceiling is known.

    Raises
    ------
    ValueError
        when the plan has no decisions.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions cannot be bettered")
    if money is not None and plan.bound is not None and plan.bound > money * (1 + _ROUNDING):
        causes = (said(_TOO_DEAR, ceiling=money, least=plan.bound),)
        return Plan(plan.scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, causes=causes)
    if money is not None and (plan.objective or 0.0) > money * (1 + _ROUNDING):
        causes = (said(_NONE_FOUND, ceiling=money, cost=plan.objective),)
        return Plan(plan.scenario, Status.NO_PLAN, Termination.TIME_LIMIT, causes=causes)
    search = Enclosing(plan, MEASURES[measure], options or SolveOptions(), money, progress, stop or StopSignal())
    search.run()
    return search.cheapest()


@dataclass
class Enclosing:
    """The search for the best level within ``money`` (None: no ceiling), from a plan within it.

    ``reached`` is what the best plan found reaches, ``limit`` what no plan reaches more than.
    """

    begun: Plan
    measure: Measure
    options: SolveOptions
    money: float | None
    progress: Listener | None
    stop: StopSignal

    def __post_init__(self) -> None:
        """Begin with what the plan reaches, and the end of what is conceivable."""
        limits = self.options.limits(self.begun.scenario.settings)
        self._seconds = limits.clock.whole
        self._clock = Clock(self._seconds)
        self._inquiry = Inquiry(self.begun)
        self.plan, self.reached = self.begun, self.measure.reached(self.begun)
        self.limit = self.measure.end(self.begun.scenario)
        if not self.measure.stricter(self.limit, self.reached):
            self.limit = self.reached
        self._open: list[float] = []  # levels of which neither is known
        self._refuted = False  # the level tried last
        self._same = 1.0 if self.measure.whole else _SAME * max(abs(self.limit - self.reached), 1e-9)
        if self.measure.form == "percent":
            self._same = _SAME

    def run(self) -> None:
        """Try levels until they are enclosed, or the time for that is over."""
        keep = _LAST * self._seconds if self._seconds < math.inf else 0.0
        while not self.stop.stopped and self._clock.left > keep:
            level = self._next()
            if level is None:
                return
            self._try(level, max(1.0, _EACH * (self._clock.left - keep)))

    def _next(self) -> float | None:
        """The level to try next, in the middle of the wider part of what is open, or, once after a level that no plan
        reaches, just beyond what is reached: the search is over where none reaches that. None where what is open is
        narrow enough.
        """
        by = self.measure
        inside = [level for level in self._open if by.stricter(level, self.reached) and by.stricter(self.limit, level)]
        first, *_, last = sorted(inside or [self.limit], reverse=not by.least) * 2
        parts = [(self.reached, first), *([(last, self.limit)] if inside else [])]
        wide = [part for part in parts if abs(part[1] - part[0]) > self._least_part(part, inside)]
        if not wide:
            return None
        one, other = max(wide, key=lambda part: abs(part[1] - part[0]))
        if self._refuted and one == self.reached:
            self._refuted = False
            step = max(self._same, 1e-6 * abs(one))
            return one + step if by.least else one - step
        middle = (one + other) / 2.0
        if not by.whole:
            return middle
        return float(math.ceil(middle) if by.least else math.floor(middle))

    def _least_part(self, part: tuple[float, float], inside: Sequence[float]) -> float:
        """Below which width a part is not parted."""
        if not self.measure.whole:
            return self._same
        return 1.5 if part[0] in inside or part[1] in inside else 0.5

    def _try(self, level: float, seconds: float) -> None:
        """Ask for a level, and take what its plan and bound say."""
        scenario, decided = self.measure.asked(self.begun.scenario, level), _Decided(self.stop, self.money)
        options = replace(self.options, gap=0.0, time_limit=seconds, certificate=False, explain=False)
        known = [self.plan] if self.plan is not self._inquiry.plan else []
        found, _ = self._inquiry.answer(
            scenario, options, decided.listening(self._listener(level)), decided, known=known, relation=1
        )
        dear = self.money is not None and found.bound is not None and found.bound > self.money * (1 + _ROUNDING)
        if found.has_decisions and self._within(found):
            self.plan, self.reached = found, self.measure.reached(found)
        elif found.status == Status.INFEASIBLE or dear:
            self.limit = level - math.copysign(1.0, level - self.reached) if self.measure.whole else level
            self._refuted = True
        else:
            self._open.append(level)

    def _within(self, plan: Plan) -> bool:
        return self.money is None or (plan.objective or 0.0) <= self.money * (1 + _ROUNDING)

    def _listener(self, level: float) -> Listener | None:
        if self.progress is None:
            return None
        told = f"{level:.2%}" if self.measure.form == "percent" else f"{level:,.0f}"
        tell = self.progress
        return lambda step: tell(replace(step, message=f"{self.measure.name} {told}: {step.message}".rstrip(": ")))

    def cheapest(self) -> Plan:
        """Return the cheapest plan found that reaches what the best one does, with what is proven of both."""
        level = self.measure.eased(self.reached)
        scenario = self.measure.asked(self.begun.scenario, level)
        bound = self._inquiry.plan.bound
        options = replace(self.options, time_limit=max(1.0, self._clock.left) if self._seconds < math.inf else None)
        given = Journal(kept=Kept("", bound=bound), resume=True)
        found = least_cost(scenario, options, self.progress, self.stop, (self.plan, self.begun), journal=given)
        best = cheaper(found, self.plan)
        if best is not found:  # what is certified of the scenario holds for any plan of it
            best = replace(best, certified=found.certified, certificate=found.certificate)
        reached = self.measure.reached(best)
        reached = reached if self.measure.stricter(reached, self.reached) else self.reached
        limit = reached if self.measure.stricter(reached, self.limit) else self.limit
        return replace(best, aim=Aim(self.measure.name, reached, limit, self.money))


class _Decided(StopSignal):
    """Asks for the end of a try as soon as it is known whether a plan within the ceiling keeps what it asks for."""

    def __init__(self, outer: StopSignal, money: float | None) -> None:
        super().__init__()
        self._outer, self._money = outer, math.inf if money is None else money

    @property
    def stopped(self) -> bool:
        """True once it is known, or the end of everything was asked for."""
        return super().stopped or self._outer.stopped

    def listening(self, tell: Listener | None) -> Callable[[Progress], object]:
        """Return a listener that looks at each step, and passes it on."""

        def hear(step: Progress) -> None:
            if step.incumbent is not None and step.incumbent <= self._money:
                self.stop()
            if step.bound is not None and step.bound > self._money * (1 + _ROUNDING):
                self.stop()
            if tell is not None:
                tell(step)

        return hear
