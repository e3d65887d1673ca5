"""What is known of many futures, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from redesaude.asking.futures_found import (
    BY_FUTURES,
    BY_MODEL,
    BY_NOTHING,
    IN_HAND,
    OF_FUTURE,
    OTHER,
    Chosen,
    ManyFutures,
)
from redesaude.language import N_
from redesaude.report.asked.alternatives import FIRMNESS
from redesaude.report.view import View
from redesaude.solving.one_network import Measure

__all__ = ["CHOSEN_BY", "FIRMNESS", "TITLES", "cause_words", "futures_words", "name_words", "proof_words"]

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "chosen": N_("One plan for many futures"),
        "candidates": N_("Each plan in all futures"),
        "futures": N_("The futures, one by one"),
        "decisions": N_("Which decisions all futures share"),
        "changes": N_("What the plan for the worst does otherwise"),
        "causes": N_("What is drawn"),
    }
)
CHOSEN_BY: Mapping[str, str] = {
    Measure.MEAN: N_("the least mean"),
    Measure.WORST: N_("the least mean of the worst futures"),
    Measure.REGRET: N_("the least of the greatest regret"),
}
_PROOFS: Mapping[str, str] = {
    BY_FUTURES: N_("proven of each future by itself"),
    BY_MODEL: N_("proven in one model of all futures"),
    BY_NOTHING: N_("nothing proven"),
}
_IN_HAND = N_("the plan in hand")
_NAMES: Mapping[str, str] = {
    OF_FUTURE: N_("the best plan of future {number}"),
    OTHER: N_("other plan {number}"),
}
_SEARCHED: Mapping[str, str] = {
    Measure.MEAN: N_("searched for the least mean"),
    Measure.WORST: N_("searched for the worst futures"),
    Measure.REGRET: N_("searched for the least regret"),
}
_A_FUTURE, _LATER = N_("future {number}"), N_("future {number}, signed a year later")
_HOLDS = N_("The plan in hand keeps every rule and firm promise in all {count} futures; it costs {mean} on average.")
_BREAKS = N_(
    "The plan in hand breaks a rule or a firm promise in {breaks} of {count} futures; the sheet of the futures says "
    "which."
)
_NONE_POSSIBLE = N_("In {count} of the futures no plan is possible, whatever is decided: they count in no figure.")
_NOT_FOUND = N_(
    "Of {count} of {total} futures no plan was found in the time there was: what their best plans share is not known. "
    "More time (--time-limit) may find them."
)
_REGRET = N_("Its greatest regret lies between {low} and {high}, proven.")
_BEST = N_("By {by}: {plan}, {found}; no plan has less than {least}.")
_BEST_REGRET = N_("By {by}: {plan}, {found} over the best plans found, at most {most}; no plan has less than {least}.")
_SAME = N_("not proven")
_IMPOSSIBLE = N_("By {by}: no network keeps every rule and firm promise in all futures, proven.")
_UNFOUND = N_("By {by}: no network was found that keeps every rule and firm promise in all futures.")
_COMMON = N_("{all} of {total} services are open in the best plans of all futures, {split} are a toss-up.")
_WORTH = N_("Waiting a year saves at most {high}, even if the year told everything: that is proven.")
_WAITING_COSTS = N_(
    "Waiting a year costs at least {high} on average, even if the year told everything: that is proven."
)
_LEFT_OUT = N_("Not drawn, because they act on a single cost line: {names}")
_STOPPED = N_("Stopped before everything was looked at: what is blank is not known.")


def name_words(view: View, name: str) -> str:
    """Return what a candidate, a future or a measure is called, from the name by which it is known."""
    t = view.t
    kind, _, number = name.partition(":")
    if kind in _NAMES and number:
        return t(_NAMES[kind], number=number)
    if name == IN_HAND or not name:
        return t(_IN_HAND) if name else ""
    if name in _SEARCHED:
        return t(_SEARCHED[name])
    return t(_LATER if "+" in name else _A_FUTURE, number=name.partition("+")[0])


def proof_words(view: View, chosen: Chosen) -> str:
    """Return by what the least of a measure is proven."""
    return view.t(_PROOFS[chosen.proven_by])


def cause_words(view: View, found: ManyFutures) -> Iterator[str]:
    """Yield the name of each cause that is drawn."""
    for row in found.drawn.causes.to_dict("records"):
        yield view.t(row["name"]) if row["name"] else str(row["cause_id"])


def futures_words(view: View, found: ManyFutures) -> Iterator[str]:
    """Yield what is known, a sentence each."""
    t, money = view.t, view.numbers.money
    yield from _in_hand(view, found)
    impossible = int((~found.possible).sum())
    if impossible:
        yield t(_NONE_POSSIBLE, count=impossible)
    unfound = sum(
        possible and not best.has_decisions for possible, best in zip(found.possible, found.best, strict=True)
    )
    if unfound:
        yield t(_NOT_FOUND, count=unfound, total=len(found.best))
    for each in found.chosen:
        yield _chosen(view, each)
    if not unfound:
        words = found.decisions["firmness"].value_counts()
        yield t(_COMMON, all=int(words.get("all", 0)), split=int(words.get("split", 0)), total=len(found.decisions))
    waiting = found.waiting
    if waiting is not None and np.isfinite(waiting.high):
        yield t(_WORTH if waiting.high >= 0 else _WAITING_COSTS, high=money(abs(waiting.high)))
    if found.drawn.left_out:
        yield t(_LEFT_OUT, names=", ".join(map(t, found.drawn.left_out)))
    if found.stopped:
        yield t(_STOPPED)


def _in_hand(view: View, found: ManyFutures) -> Iterator[str]:
    t, money = view.t, view.numbers.money
    rows = found.ranked[found.ranked["candidate"] == IN_HAND].to_dict("records")
    for row in rows:
        if row["breaks"]:
            yield t(_BREAKS, breaks=int(row["breaks"]), count=len(found.best))
        elif np.isfinite(row["mean"]):
            yield t(_HOLDS, count=len(found.best), mean=money(row["mean"]))
        if np.isfinite(row["regret_high"]):
            yield t(_REGRET, low=money(row["regret_low"]), high=money(row["regret_high"]))


def _chosen(view: View, chosen: Chosen) -> str:
    t, money = view.t, view.numbers.money
    by = t(CHOSEN_BY[chosen.measure])
    if chosen.candidate is None:
        return t(_IMPOSSIBLE if chosen.impossible else _UNFOUND, by=by)
    figures = {
        name: money(value) if np.isfinite(value) else t(_SAME)
        for name, value in (("found", chosen.found), ("least", chosen.least), ("most", chosen.most))
    }
    sentence = _BEST_REGRET if chosen.measure is Measure.REGRET else _BEST
    return t(sentence, by=by, plan=name_words(view, chosen.candidate.name), **figures)
