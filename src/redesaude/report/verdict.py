"""Whether a result may take the place of an earlier one: no better one is lost to a worse, and no answer to none."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from redesaude.status import Status

#: relative difference of costs and bounds within which they are equal
EQUAL = 1e-9


class Verdict(Enum):
    """What becomes of an earlier result."""

    REPLACES = auto()  # it says nothing that the new one does not say
    SUPERSEDES = auto()  # it answers another question, or less well: it moves to the history
    FALLS_SHORT = auto()  # it is better: it stays


def stands_against(new: Mapping[str, Any], earlier: Mapping[str, Any]) -> Verdict:
    """Judge what the manifest of a ``new`` result says of its plan against that of an ``earlier`` one.

    Of a plan: ``status``, ``objective``, ``bound``, ``input_sha256``. A comparison has a plan for each strategy, so
    that none is better as a whole: one of the same input with the same costs replaces the earlier. So with answers.
    """
    if "answers" in new or "answers" in earlier:
        return Verdict.REPLACES if _answers(new) == _answers(earlier) else Verdict.SUPERSEDES
    if "strategies" in new or "strategies" in earlier:
        return Verdict.REPLACES if _costs(new) == _costs(earlier) else Verdict.SUPERSEDES
    if earlier["status"] == Status.NO_PLAN:
        return Verdict.REPLACES
    if new["status"] == Status.NO_PLAN:
        return Verdict.FALLS_SHORT
    if new["input_sha256"] != earlier["input_sha256"]:
        return Verdict.SUPERSEDES
    return _of_one_input(new, earlier)


def _of_one_input(new: Mapping[str, Any], earlier: Mapping[str, Any]) -> Verdict:
    """A lower cost is better, and at equal cost a higher bound; any plan is better than none.

    Of plans that were made to be best at the same for the same money the one that reaches more is better.
    """
    aim, before = new.get("aim") or {}, earlier.get("aim") or {}
    if any(aim.get(name) != before.get(name) for name in ("measure", "money")):
        return Verdict.SUPERSEDES
    more = aim.get("reached", 0.0) - before.get("reached", 0.0)
    if abs(more) > EQUAL * max(1.0, abs(before.get("reached", 0.0))):
        return Verdict.SUPERSEDES if more > 0 else Verdict.FALLS_SHORT
    costs = new["objective"], earlier["objective"]
    if None in costs:
        better, worse = costs[1] is None, costs[0] is None
        return Verdict.REPLACES if better and worse else Verdict.SUPERSEDES if better else Verdict.FALLS_SHORT
    scale = EQUAL * max(1.0, abs(costs[1]))
    gain = costs[1] - costs[0]
    if abs(gain) <= scale:
        gain = _bound(new) - _bound(earlier) if _bound(new) != _bound(earlier) else 0.0
    if abs(gain) <= scale:
        return Verdict.REPLACES
    return Verdict.SUPERSEDES if gain > 0 else Verdict.FALLS_SHORT


def _bound(of: Mapping[str, Any]) -> float:
    return -float("inf") if of["bound"] is None else float(of["bound"])


def _answers(of: Mapping[str, Any]) -> object:
    """What a plan was asked, and what came of it; None for a plan or a comparison."""
    return "answers" in of and [of.get(name) for name in ("asked", "input_sha256", "plan", "answers")]


def _costs(of: Mapping[str, Any]) -> object:
    """What a comparison found; None for a plan."""
    rows = of.get("strategies")
    return rows and (of["input_sha256"], [(row["strategy_id"], row["objective"], row["low"]) for row in rows])
