"""Why no plan exists: the rules that bind, and the smallest change of each that would make one possible, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.language import N_, Translator
from redesaude.promises import KINDS
from redesaude.solving.elastic import SINGLE, Elastic, elastic_model
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude.solving.rules import RULES, SINGLE_SOURCE, tell
from redesaude.status import Termination
from redesaude_models.network import read_decisions
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import Floats, LinearModel, load_values

#: most seconds of the explanation, however many are left
_MOST_SECONDS = 60.0

_UNMET = N_(
    "{specialty} in {territory}: {cases:,.0f} cases a year can be treated nowhere. "
    "Give an unmet_cost, raise ceiling_minutes, or allow a nearer site."
)
_RULES = N_(
    "The rules contradict each other whatever is promised, and even if any single one gave way: look at existing "
    "services and what may become of them, frozen periods, and stations."
)

_NO_TIME = N_("The time ended before it was found which rule or promise leaves no plan: give it more.")

_CUT = N_("The time ended before every rule was tried: others might do with a smaller change.")

_NETWORK = N_(
    "Where sizes send cases up or need support, look also at treats_share, transfer_minutes, supports_max and the "
    "sheet support: every case that a service does not treat needs a service that does, every satellite an open hub."
)

_OR, _AND = N_("or: {change}"), N_("and: {change}")

#: shortfalls of access and of treatment
_ACCESS_KIND, _UNMET_KIND = "short_access", "u"

#: how much dearer than a rule a promise to people is, where several kinds must give way
_LAST = 10.0


@dataclass(frozen=True)
class Change:
    """Sentences of what must give way together, and by how much of itself."""

    kind: str
    share: float
    sentences: tuple[str, ...]


def smallest_change(assembled: Assembled, limits: Limits, say: Translator) -> tuple[str, ...]:
    """Return in words the rule that must give way, by the least share of itself, for a plan to be possible.

    Each kind of rule and promise is tried alone while all others hold; those that are enough are named, the smallest
    change first. Where no rule is, all may give way, promises to people last, and what then does is named together;
    that people go untreated only where no rules together are to blame.
    """
    elastic = elastic_model(assembled)
    relaxed = replace(assembled, problem=assembled.problem.promises_alone())
    kinds, found, cut = [kind for kind in elastic.present() if kind != _UNMET_KIND], [], False
    for n, kind in enumerate(kinds):
        outcome = solve(elastic.alone(kind), limits.within(_share(limits, len(kinds) + 2 - n), 0.01))
        if outcome.values is not None:
            found.append(_change(kind, elastic, relaxed, outcome.values, say))
        cut = cut or (outcome.values is None and outcome.termination != Termination.PROVEN_INFEASIBLE)
    if all(change.kind == _ACCESS_KIND for change in found):
        outcome = solve(_together(elastic, treated=True), limits.within(_share(limits, 2), 0.01))
        if outcome.termination == Termination.PROVEN_INFEASIBLE:
            outcome = solve(_together(elastic), limits.within(_share(limits, 1), 0.01))
        if outcome.values is not None:
            found.append(_change("", elastic, relaxed, outcome.values, say))
        elif outcome.termination == Termination.PROVEN_INFEASIBLE:
            return _contradiction(assembled, say)
    if not found:
        return (say(_NO_TIME),)
    return (*_told(_best(found), say), *([say(_CUT)] if cut else []))


def _together(elastic: Elastic, *, treated: bool = False) -> LinearModel:
    """Return the form in which every kind may give way, but for who must be ``treated``."""
    people = np.isin(elastic.kinds, (_ACCESS_KIND, _UNMET_KIND))
    held = treated & (np.asarray(elastic.kinds) == _UNMET_KIND)
    most = np.where(held, 0.0, elastic.form.column_upper)
    return replace(elastic.form, cost=np.where(people, _LAST, 1.0) * elastic.form.cost, column_upper=most)


def _contradiction(assembled: Assembled, say: Translator) -> tuple[str, ...]:
    between = assembled.problem.tiers.service.any() or len(assembled.problem.support.start)
    return (say(_RULES), say(_NETWORK)) if between else (say(_RULES),)


def _share(limits: Limits, parts: int) -> float:
    """Seconds of one of so many runs."""
    return min(_MOST_SECONDS, limits.clock.left) / parts


def _best(found: list[Change]) -> list[Change]:
    """Return the changes to name, the smallest first: access only where no rule changes by as little."""
    rules = sorted((c for c in found if c.kind != _ACCESS_KIND), key=lambda c: c.share)
    access = [c for c in found if c.kind == _ACCESS_KIND and not any(r.share <= c.share * 1.001 for r in rules)]
    return [*access, *rules]


def _told(changes: list[Change], say: Translator) -> tuple[str, ...]:
    """One line for each sentence: those of one change are joined by "and", one change to the next by "or"."""
    return tuple(
        sentence if not (n or k) else say(_AND if k else _OR, change=sentence)
        for n, change in enumerate(changes)
        for k, sentence in enumerate(change.sentences)
    )


def _change(kind: str, elastic: Elastic, relaxed: Assembled, values: Floats, say: Translator) -> Change:
    """Return what gives way at ``values``, in words."""
    own = len(elastic.plain.cost)
    load_values(elastic.of_kind(elastic.plain, kind), values[:own])
    decisions = read_decisions(elastic.model, relaxed.problem)
    changes = elastic.changes(values)
    told = [one for rule in RULES for one in tell(rule, relaxed, changes.get(rule.component, []), say)]
    sentences = [*(one.words for one in told), *_sentences(relaxed, decisions, say)]
    share = sum(one.share for one in told) + float(elastic.plain.cost @ values[:own])
    if kind == SINGLE:
        sentences, share = list(_divided(relaxed, decisions, say)), 1.0
    return Change(kind, share, tuple(sentences))


def _divided(relaxed: Assembled, decisions: Decisions, say: Translator) -> Iterator[str]:
    """Name the specialties whose territories are divided."""
    problem, names = relaxed.problem, relaxed.scenario.specialties["name"].to_list()
    whole = np.abs(decisions.shares - np.round(decisions.shares)) < 1e-6
    divided = problem.demand.specialty[problem.journeys.demand[~whole.all(axis=1)]]
    single = problem.specialties.single_source
    yield from (say(SINGLE_SOURCE, specialty=names[s]) for s in np.unique(divided).tolist() if single[s])


def _sentences(relaxed: Assembled, decisions: Decisions, say: Translator) -> Iterator[str]:
    yield from _untreated(relaxed, decisions, say)
    for kind in KINDS:
        yield from kind.sentences(relaxed, decisions, say)


def _untreated(relaxed: Assembled, decisions: Decisions, say: Translator) -> Iterator[str]:
    problem, scenario = relaxed.problem, relaxed.scenario
    names, territory = scenario.specialties["name"].to_list(), scenario.territories["name"].to_list()
    unmet = (problem.demand.cases * decisions.unmet * (problem.demand.unmet_cost > 0)).max(axis=1)
    for d in np.flatnonzero(unmet > 1e-6).tolist():
        where, what = territory[problem.demand.territory[d]], names[problem.demand.specialty[d]]
        yield say(_UNMET, specialty=what, territory=where, cases=float(unmet[d]))
