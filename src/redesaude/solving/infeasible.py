"""Why no plan exists: the rules that bind, and the smallest change of each that would make one possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.language import Said
from redesaude.promises import KINDS, causes
from redesaude.promises.rules import RULES, told_of
from redesaude.solving.elastic import SINGLE, Elastic, elastic_model
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude.status import Termination
from redesaude_models.arrays import Floats
from redesaude_models.network import read_decisions
from redesaude_models.standard_form import LinearModel, load_values

#: most seconds of the explanation, however many are left
_MOST_SECONDS = 60.0

#: shortfalls of access and of treatment
_ACCESS_KIND, _UNMET_KIND = "short_access", "u"

#: how much dearer than a rule a promise to people is, where several kinds must give way
_LAST = 10.0


@dataclass(frozen=True)
class Change:
    """What must give way together, by how much of itself, and the ``values`` at which it does."""

    kind: str
    share: float
    sentences: tuple[Said, ...]
    values: Floats


@dataclass(frozen=True)
class Changes:
    """The smallest changes ``found``, each of which makes a plan possible.

    ``cut``: the time ended before every kind was tried. ``contradiction``: no plan is possible whatever gives way.
    """

    elastic: Elastic
    found: tuple[Change, ...]
    cut: bool = False
    contradiction: bool = False


def smallest_change(assembled: Assembled, limits: Limits, elastic: Elastic | None = None) -> tuple[Said, ...]:
    """Return the rule that must give way, by the least share of itself, for a plan to be possible.

    Those that are enough alone are named, the smallest change first; where none is, those that must give way together.
    ``elastic`` is its model, where at hand: that of a network that stands still, say.
    """
    changes = smallest_changes(assembled, limits, elastic)
    if changes.contradiction:
        return _contradiction(assembled)
    if not changes.found:
        return (causes.NO_TIME,)
    return (*_joined(_best(changes.found)), *([causes.CUT] if changes.cut else []))


def smallest_changes(assembled: Assembled, limits: Limits, elastic: Elastic | None = None) -> Changes:
    """Return the smallest change of each kind of rule that is enough alone; ``elastic`` is its model, where at hand.

    Each kind of rule and promise is tried alone while all others hold. Where no rule is enough, all may give way,
    promises to people last, and what then does is one change; that people go untreated only where no rules together are
    to blame.
    """
    elastic = elastic or elastic_model(assembled)
    relaxed = replace(assembled, problem=assembled.problem.promises_alone())
    kinds, found, cut = [kind for kind in elastic.present() if kind != _UNMET_KIND], [], False
    for n, kind in enumerate(kinds):
        outcome = solve(elastic.alone(kind), limits.within(_share(limits, len(kinds) + 2 - n), 0.01))
        if outcome.values is not None:
            found.append(_change(kind, elastic, relaxed, outcome.values))
        cut = cut or (outcome.values is None and outcome.termination != Termination.PROVEN_INFEASIBLE)
    if all(change.kind == _ACCESS_KIND for change in found):
        outcome = solve(_together(elastic, treated=True), limits.within(_share(limits, 2), 0.01))
        if outcome.termination == Termination.PROVEN_INFEASIBLE:
            outcome = solve(_together(elastic), limits.within(_share(limits, 1), 0.01))
        if outcome.values is not None:
            found.append(_change("", elastic, relaxed, outcome.values))
        elif outcome.termination == Termination.PROVEN_INFEASIBLE:
            return Changes(elastic, tuple(found), cut, contradiction=True)
    return Changes(elastic, tuple(found), cut)


def _together(elastic: Elastic, *, treated: bool = False) -> LinearModel:
    """Return the form in which every kind may give way, but for who must be ``treated``."""
    people = np.isin(elastic.kinds, (_ACCESS_KIND, _UNMET_KIND))
    held = treated & (np.asarray(elastic.kinds) == _UNMET_KIND)
    most = np.where(held, 0.0, elastic.form.column_upper)
    return replace(elastic.form, cost=np.where(people, _LAST, 1.0) * elastic.form.cost, column_upper=most)


def _contradiction(assembled: Assembled) -> tuple[Said, ...]:
    between = assembled.problem.tiers.service.any() or len(assembled.problem.support.start)
    return (causes.CONTRADICTION, causes.NETWORK) if between else (causes.CONTRADICTION,)


def _share(limits: Limits, parts: int) -> float:
    """Seconds of one of so many runs."""
    return min(_MOST_SECONDS, limits.clock.left) / parts


def _best(found: Sequence[Change]) -> list[Change]:
    """Return the changes to name, the smallest first: access only where no rule changes by as little."""
    rules = sorted((c for c in found if c.kind != _ACCESS_KIND), key=lambda c: c.share)
    access = [c for c in found if c.kind == _ACCESS_KIND and not any(r.share <= c.share * 1.001 for r in rules)]
    return [*access, *rules]


def _joined(changes: list[Change]) -> tuple[Said, ...]:
    """One line for each sentence: those of one change are joined by "and", one change to the next by "or"."""
    return tuple(
        sentence if not (n or k) else causes.also(sentence) if k else causes.either(sentence)
        for n, change in enumerate(changes)
        for k, sentence in enumerate(change.sentences)
    )


def _change(kind: str, elastic: Elastic, relaxed: Assembled, values: Floats) -> Change:
    """Return what gives way at ``values``."""
    own = len(elastic.plain.cost)
    load_values(elastic.of_kind(elastic.plain, kind), values[:own])
    decisions = read_decisions(elastic.model, relaxed.problem)
    changes = elastic.changes(values)
    told = [one for rule in RULES for one in told_of(rule, relaxed, changes.get(rule.component, []))]
    promised = (sentence for each in KINDS for sentence in each.sentences(relaxed, decisions))
    sentences = [*(one.sentence for one in told), *causes.untreated(relaxed, decisions), *promised]
    share = sum(one.share for one in told) + float(elastic.plain.cost @ values[:own])
    if kind == SINGLE:
        sentences, share = list(causes.divided(relaxed, decisions)), 1.0
    return Change(kind, share, tuple(sentences), values)
