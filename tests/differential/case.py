"""A case by its seed: a scenario of some shape, or the problem of one with its numbers drawn anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache

from differential.judge import Finding, Truth, judge, judge_solve
from differential.known import known_plans
from differential.mutations import mutated
from differential.shapes import SHAPES, tables_of
from differential.ways import WAYS
from redesaude.assemble import Assembled, assemble
from tiny import scenario

#: cases of one scenario: the first as it stands, the others mutations of its problem
OF_ONE = 10

#: whole solves, one in turn
ENGINES = (("decomposed", 0.0), ("decomposed", 0.01), ("direct", 0.0))

#: ways that cost little, tried in every case; side by side in every third one, of the others two in turn
_EVERY = ("services", "room", "whole", "growing")
_BESIDE = "beside"
_IN_TURN = tuple(
    (way, gap) for gap in (0.0, 0.01) for way in WAYS if way not in (*_EVERY, _BESIDE) and (way, gap) != ("direct", 0)
)


@dataclass
class Verdict:
    """What one case came to: its shape, whether a plan is possible, which ways were tried, what they said wrongly."""

    seed: int
    shape: str
    feasible: bool = False
    tried: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def shape_of(seed: int) -> str:
    """The shape of a case."""
    return list(SHAPES)[seed // OF_ONE % len(SHAPES)]


@lru_cache(maxsize=1)
def _base(number: int) -> Assembled:
    return assemble(scenario(**tables_of(shape_of(number * OF_ONE), number // len(SHAPES))))


def assembled_of(seed: int) -> Assembled:
    """The assembled problem of a case."""
    base = _base(seed // OF_ONE)
    return base if seed % OF_ONE == 0 else replace(base, problem=mutated(base.problem, [seed]))


def tried_in(seed: int) -> list[tuple[str, float]]:
    """The ways and gaps of a case, where its problem is of their kind."""
    turn = seed // OF_ONE + seed % OF_ONE
    some = [_IN_TURN[(turn + n) % len(_IN_TURN)] for n in (0, len(_IN_TURN) // 2)]
    beside = [(_BESIDE, 0.01 * (turn % 2))] if seed % 3 == 0 else []
    return [(way, gap) for way in _EVERY for gap in (0.0, 0.01)] + some + beside


def certify(seed: int) -> Verdict:
    """Hold the ways against the truth of one case; where it is a whole scenario, the engines too."""
    verdict = Verdict(seed, shape_of(seed))
    try:
        assembled = assembled_of(seed)
        truth = Truth(assembled.problem)
    except Exception as error:  # the finding is that there is no such case
        verdict.findings.append(
            Finding("raised", "the case itself", 0.0, f"{type(error).__name__}: {str(error)[:300]}")
        )
        return verdict
    verdict.feasible = truth.feasible
    if not truth.known:
        verdict.tried["truth not known in time"] += 1
        return verdict
    verdict.findings += truth.doubts()
    known = known_plans(seed, truth)
    verdict.tried["from known plans"] += len(known) > 0
    for way, gap in tried_in(seed):
        findings = judge(assembled, truth, way, gap, known)
        if findings is not None:
            verdict.tried[way] += 1
            verdict.findings += findings
    if seed % OF_ONE == 0:
        engine, gap = ENGINES[seed // OF_ONE % len(ENGINES)]
        findings = judge_solve(assembled.scenario, truth, engine, gap)
        verdict.tried[f"solve, {engine}" if findings is not None else "refused in words"] += 1
        verdict.findings += findings or []
    return verdict
