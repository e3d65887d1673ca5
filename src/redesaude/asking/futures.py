"""Many futures of a plan: the plan in hand and its rivals in each of them, and one plan chosen for all.

The futures are those of :mod:`redesaude.studies.futures`. The best plan of each is solved by itself, as any scenario
is, and kept as the members of a comparison are. Candidates (the plan in hand, others given, the best of each) are
held fast in every future: exact, an optimum of what is left to decide there. The best of them by each measure is where
the search of the expanded model begins (:mod:`redesaude.solving.one_network`), whose plan joins the candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from redesaude.asking.futures_found import (
    BY_FUTURES,
    BY_MODEL,
    BY_NOTHING,
    IN_HAND,
    OF_FUTURE,
    OTHER,
    Candidate,
    Chosen,
    ManyFutures,
    Waiting,
    best_costs,
    bounds_of,
)
from redesaude.assemble import assemble
from redesaude.plan.plan import Plan
from redesaude.solving.held import held
from redesaude.solving.known import Openings, openings_of
from redesaude.solving.one_network import Block, Goal, Measure, Network, block_of, expanded, measured, search, start_of
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.progress import Progress, Reporter, StopSignal
from redesaude.status import Status, Termination
from redesaude.studies.futures import Future, a_year_later, drawn
from redesaude.studies.members import Members
from redesaude.studies.runs import solve_all

Listener = Callable[[str, Progress], object]
"""called with what is searched for, and each step of it"""

#: most seconds of a network held in one future
_HOLD_SECONDS = 120.0
#: relative difference below which two costs are the same
_SAME = 1e-9
#: what stands behind the name of a future that is signed a year later
LATER = "+1"


@dataclass(frozen=True)
class Wanted:
    """What is asked: how many futures, equally likely, drawn with which ``seed``; the ``share`` of them that are the
    worst; whether ``waiting`` a year is tried, which solves every future once more; and ``others``, more candidates.
    """

    count: int = 10
    seed: int = 0
    share: float = 0.1
    waiting: bool = True
    others: tuple[Plan, ...] = ()


def many_futures(
    plan: Plan,
    wanted: Wanted | None = None,
    options: SolveOptions | None = None,
    *,
    progress: Listener | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
    jobs: int = 1,
) -> ManyFutures:
    """Return what becomes of ``plan`` and its rivals in many futures, and the plans chosen for all of them.

    ``options`` are those of each search. What is found of each future is kept in ``members`` and taken from there;
    ``jobs`` futures are solved at once.

    Raises
    ------
    ValueError
        when the plan has no decisions, or no future is asked for.

    """
    wanted = wanted or Wanted()
    if not plan.has_decisions:
        raise ValueError("a plan without decisions has no futures")
    if wanted.count < 1 or not 0.0 < wanted.share <= 1.0:
        raise ValueError("at least one future, and a share of them above 0 and up to 1")
    run = _Run(plan, wanted, replace(options or SolveOptions(), certificate=False), progress, stop or StopSignal())
    run.solve((members or Members()).about(plan), jobs)
    run.hold()
    return run.result()


class _Run:
    """The futures of a plan, from drawing them to the plans that are chosen."""

    def __init__(
        self, plan: Plan, wanted: Wanted, options: SolveOptions, progress: Listener | None, stop: StopSignal
    ) -> None:
        self._plan, self._wanted, self._options = plan, wanted, options
        self._tell, self._stop = progress or (lambda *_: None), stop
        self._drawn = drawn(plan.scenario, wanted.count, wanted.seed)
        self._best: tuple[Plan, ...] = ()
        self._later: tuple[Plan, ...] = ()
        self._blocks: dict[int, Block] = {}
        self._candidates: list[Candidate] = []

    def solve(self, members: Members, jobs: int) -> None:
        """Solve each future by itself, and each again with all signatures a year later."""
        futures = self._drawn.futures
        every = {each.id: each.scenario for each in futures}
        if self._wanted.waiting:
            every |= {each.id + LATER: a_year_later(each.scenario) for each in futures}
        found = solve_all(every, self._options, jobs, self._tell, self._stop, members=members, known=(self._plan,))
        self._best = tuple(found.get(each.id, _unsolved(each)) for each in futures)
        self._later = tuple(found[each.id + LATER] for each in futures if each.id + LATER in found)

    def hold(self) -> None:
        """Hold every candidate in every future that is possible."""
        base = block_of(assemble(self._plan.scenario))
        for k, each in enumerate(self._drawn.futures):
            if self._stop.stopped:
                return
            if self._best[k].status != Status.INFEASIBLE:
                self._blocks[k] = block_of(assemble(each.scenario))
        known: set[Openings] = set()
        for name, plan in self._plans():
            opened = openings_of(plan)
            if self._stop.stopped or opened in known:
                continue
            known.add(opened)
            network = self._settled(base, name, opened)
            if network is not None:
                self._add(name, network)

    def _plans(self) -> Iterator[tuple[str, Plan]]:
        yield IN_HAND, self._plan
        yield from ((f"{OTHER}:{n}", each) for n, each in enumerate(self._wanted.others, start=1))
        yield from ((f"{OF_FUTURE}:{k + 1}", each) for k, each in enumerate(self._best) if each.has_decisions)

    def _settled(self, base: Block, name: str, opened: Openings) -> Network | None:
        """What else a plan decides here and now, as it would expect it; of a future's as in that future."""
        _, _, k = name.partition(":")
        own = [self._blocks[int(k) - 1]] if name.startswith(OF_FUTURE) and int(k) - 1 in self._blocks else []
        for block in (base, *own):
            if (network := block.settle(opened, self._limits())) is not None:
                return network
        return None

    def _add(self, name: str, network: Network) -> Candidate:
        """Hold a network in all futures, and take it among the candidates."""
        costs = np.full(len(self._best), np.nan)
        for n, (k, block) in enumerate(self._blocks.items()):
            if self._stop.stopped:
                break
            self._tell(name, Progress("hold", 0.0, message=f"{n + 1}/{len(self._blocks)}"))
            found = block.hold(network, self._limits())
            if found.values is not None:
                costs[k] = block.arrays.value(found.values)
            elif found.termination == Termination.PROVEN_INFEASIBLE:
                costs[k] = np.inf
        candidate = Candidate(name, network, costs)
        self._candidates.append(candidate)
        return candidate

    def result(self) -> ManyFutures:
        """Choose by each measure, and look at the plan in hand and the one chosen for the worst share."""
        chosen = tuple(self._chosen(measure) for measure in (Measure.MEAN, Measure.WORST, Measure.REGRET))
        hand = self._candidates[0] if self._candidates and self._candidates[0].name == IN_HAND else None
        worst = next((each.candidate for each in chosen if each.measure is Measure.WORST), None)
        in_hand = self._held(hand)
        return ManyFutures(
            self._plan,
            self._drawn,
            self._best,
            tuple(self._candidates),
            chosen,
            in_hand,
            in_hand if worst is hand else self._held(worst),
            self._waiting(chosen[0]),
            self._wanted.share,
            self._stop.stopped,
        )

    def _chosen(self, measure: Measure) -> Chosen:
        """The best candidate by a measure, after a search in the expanded model that begins from it."""
        rows = np.array(sorted(self._blocks), dtype=np.int64)
        least, by = self._proven(measure, rows)
        impossible = False
        known = np.isfinite(best_costs(self._best, self._candidates)[rows]).all()
        if len(rows) and not self._stop.stopped and (known or measure is not Measure.REGRET):
            bound, impossible = self._searched(measure, rows)
            if bound > least:
                least, by = bound, BY_MODEL
        candidate, found = self._leader(measure, rows)
        most = found
        if candidate is not None and measure is Measure.REGRET:
            most = float((candidate.costs[rows] - bounds_of(self._best)[rows]).max())
            found = max(0.0, found)
        return Chosen(measure, candidate, found, min(least, found), most, by, impossible)

    def _proven(self, measure: Measure, rows: np.ndarray) -> tuple[float, str]:
        """What no plan has less of by a measure, from the bounds of the futures alone."""
        if not len(rows):
            return -np.inf, BY_NOTHING
        if measure is Measure.REGRET:
            return 0.0, BY_FUTURES
        bounds = bounds_of(self._best)[rows]
        if not np.isfinite(bounds).all():
            return -np.inf, BY_NOTHING
        return measured(measure, bounds, bounds, self._wanted.share), BY_FUTURES

    def _leader(self, measure: Measure, rows: np.ndarray) -> tuple[Candidate | None, float]:
        """The candidate that is best by a measure among those that break nowhere, and its figure."""
        best = best_costs(self._best, self._candidates)[rows]
        sound = [each for each in self._candidates if len(rows) and np.isfinite(each.costs[rows]).all()]
        figures = [measured(measure, each.costs[rows], best, self._wanted.share) for each in sound]
        if not sound:
            return None, np.nan
        n = int(np.argmin(figures))
        return sound[n], figures[n]

    def _searched(self, measure: Measure, rows: np.ndarray) -> tuple[float, bool]:
        """Search the expanded model; return its bound, and whether it is proven that no network keeps all."""
        best = best_costs(self._best, self._candidates)[rows]
        blocks = [self._blocks[k] for k in rows.tolist()]
        goal = Goal(measure, self._wanted.share, best)
        made = expanded(blocks, goal)
        leader, figure = self._leader(measure, rows)
        limits, reporter = self._limits(whole=True), Reporter(lambda step: self._tell(measure.value, step))
        start = None
        if leader is not None:
            values = [block.hold(leader.network, self._limits()).values for block in blocks]
            sound = [each for each in values if each is not None]
            if len(sound) == len(blocks):
                start = start_of(made, goal, sound)
        proven = self._proven(measure, rows)[0]
        known = {"incumbent": None if leader is None else figure, "bound": proven if np.isfinite(proven) else None}
        reporter.tell("build", f"{len(made.model.cost):,} columns", **known)
        found = search(
            made,
            limits,
            start,
            progress=lambda plan, bound: reporter.tell("search", incumbent=plan, bound=_most(bound, known["bound"])),
            stopped=lambda: self._stop.stopped,
        )
        if found.values is not None:
            self._take(measure, made.network(found.values))
        bound = -np.inf if found.bound is None else float(found.bound)
        return bound, found.termination == Termination.PROVEN_INFEASIBLE

    def _take(self, measure: Measure, network: Network) -> None:
        """Take what was found in the expanded model among the candidates, unless one that opens the same is as good."""
        found, opened = self._add(measure.value, network), _opened(network)
        alike = [each for each in self._candidates[:-1] if _opened(each.network) == opened]
        if any((each.costs <= found.costs * (1.0 + _SAME)).all() for each in alike):
            self._candidates.pop()

    def _held(self, candidate: Candidate | None) -> tuple[Plan, ...]:
        """A candidate in each future as an audited plan, or what breaks it; none where a stop came before."""
        if candidate is None:
            return ()
        found = []
        for k, each in enumerate(self._drawn.futures):
            if self._stop.stopped:
                return ()
            if k not in self._blocks:
                found.append(self._best[k])
                continue
            self._tell(candidate.name, Progress("audit", 0.0, message=f"{k + 1}/{len(self._best)}"))
            found.append(held(each.scenario, candidate.network, self._limits()))
        return tuple(found)

    def _waiting(self, mean: Chosen) -> Waiting | None:
        """What a year is worth, where all futures have a plan now and a year later."""
        later = [plan.objective for plan in self._later if plan.objective is not None]
        if mean.candidate is None or len(later) < len(self._best) or len(self._blocks) < len(self._best):
            return None
        bounds, then = bounds_of(self._later), float(np.mean(later))
        return Waiting(mean.least - then, mean.found - then, mean.found - float(bounds.mean()))

    def _limits(self, *, whole: bool = False) -> Limits:
        """Limits of a search in the expanded model, or of a network that is held."""
        limits = self._options.limits(self._plan.scenario.settings)
        return limits if whole else limits.aside(_HOLD_SECONDS)


def _most(one: float | None, other: float | None) -> float | None:
    """The better of two bounds, each of which may be missing."""
    return max((bound for bound in (one, other) if bound is not None), default=None)


def _opened(network: Network) -> set[object]:
    """What a network opens, in which size and under which contract."""
    return {index for component, index in network if component == "z"}


def _unsolved(future: Future) -> Plan:
    """The plan of a future that was not begun."""
    return Plan(future.scenario, Status.NO_PLAN, Termination.INTERRUPTED)
