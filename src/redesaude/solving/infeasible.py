"""Why no plan exists: the rules that bind, and the smallest change of each that would make one possible, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.assemble.promises import limits_of
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, Translator
from redesaude.plan.plan import Termination
from redesaude.solving.elastic import SINGLE, Elastic, elastic_model
from redesaude.solving.highs import solve
from redesaude.solving.infeasible_resources import resource_sentences
from redesaude.solving.options import Limits
from redesaude.solving.rules import RULES, SINGLE_SOURCE, tell
from redesaude_models.network import read_decisions
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import Floats, LinearModel, load_values

#: most seconds of the explanation, however many are left
_MOST_SECONDS = 60.0

_ACCESS = N_(
    "{specialty}, region {region}: the promise of {share:.0%} of cases within {minutes:.0f} minutes cannot be kept; "
    "{short:,.0f} cases a year stay outside. "
    "Lower access_share to {possible:.1%} (share on the sheet access_targets) or let it be elastic."
)
_UNMET = N_(
    "{specialty} in {territory}: {cases:,.0f} cases a year can be treated nowhere. "
    "Give an unmet_cost, raise ceiling_minutes, or allow a nearer site."
)
_VOLUME = N_(
    "{specialty} at {site}: the least volume of {least:,.0f} cases a year cannot be reached; "
    "{short:,.0f} are missing. Type {possible:,.0f} in min_cases or let it be elastic."
)
_MONEY = N_(
    "Limit {limit}: at least {excess:,.0f} above the {amount:,.0f} allowed is needed. "
    "Raise it to {needed:,.0f} or let it be elastic."
)
_LIMIT_OF = N_("{limit} of {period}")
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
    change first. Where no rule is, all may give way, promises to people last, and what then does is named together.
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
        outcome = solve(_together(elastic), limits.within(_share(limits, 1), 0.01))
        if outcome.values is not None:
            found.append(_change("", elastic, relaxed, outcome.values, say))
        elif outcome.termination == Termination.PROVEN_INFEASIBLE:
            return _contradiction(assembled, say)
    if not found:
        return (say(_NO_TIME),)
    return (*_told(_best(found), say), *([say(_CUT)] if cut else []))


def _together(elastic: Elastic) -> LinearModel:
    """Return the form in which every kind may give way."""
    people = np.isin(elastic.kinds, (_ACCESS_KIND, _UNMET_KIND))
    return replace(elastic.form, cost=np.where(people, _LAST, 1.0) * elastic.form.cost)


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
    problem, scenario = relaxed.problem, relaxed.scenario
    specialty = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["name"], strict=True))
    names = [specialty[s] for s in problem.specialties.ids]
    regions = dict(zip(scenario.territories["region_id"], scenario.territories["region_name"], strict=True))
    for promise, short in zip(problem.access, decisions.access_short.tolist(), strict=True):
        total = float(problem.demand.cases[promise.demands, promise.period].sum())
        if promise.price > 0 and short > 1e-6 * total:
            yield say(
                _ACCESS,
                specialty=names[promise.specialty],
                region=regions.get(promise.region, promise.region),
                share=promise.share,
                minutes=promise.minutes,
                short=short,
                possible=math.floor(max(0.0, promise.share - short / total) * 1000 + 1e-6) / 1000,
            )
    territory = scenario.territories["name"].to_list()
    unmet = (problem.demand.cases * decisions.unmet * (problem.demand.unmet_cost > 0)).max(axis=1)
    for d in np.flatnonzero(unmet > 1e-6).tolist():
        where, what = territory[problem.demand.territory[d]], names[problem.demand.specialty[d]]
        yield say(_UNMET, specialty=what, territory=where, cases=float(unmet[d]))
    sites = dict(zip(scenario.sites["site_id"], scenario.sites["name"], strict=True))
    missing = (decisions.volume_short * (problem.options.volume_price > 0)).max(axis=1)
    table = relaxed.options.table
    for o in np.flatnonzero(missing > 1e-6).tolist():
        yield say(
            _VOLUME,
            specialty=specialty[table["specialty_id"][o]],
            site=sites[table["site_id"][o]],
            least=float(problem.options.min_cases[o]),
            short=float(missing[o]),
            possible=math.floor(float(problem.options.min_cases[o] - missing[o]) + 1e-6),
        )
    limits = dict(_limit_names(scenario, say))
    for limit, excess in zip(problem.money, decisions.money_short.tolist(), strict=True):
        if limit.price > 0 and excess > 1e-6 * max(abs(limit.limit), 1.0):
            needed = math.ceil(limit.limit + excess - 1e-6 * max(abs(limit.limit), 1.0))
            yield say(_MONEY, limit=limits.get(limit.id, limit.id), excess=excess, amount=limit.limit, needed=needed)
    yield from resource_sentences(relaxed, decisions, say)


def _limit_names(scenario: Scenario, say: Translator) -> Iterator[tuple[str, str]]:
    """Yield (id of a limit, what a planner calls it): its code on the sheet, of a period where there are several."""
    periods = scenario.periods["period_id"].to_list()
    for limit in limits_of(scenario, "funding"):
        yield limit.id, _limit_name(limit.row.funding_id, limit.period, periods, say)
    for limit in limits_of(scenario, "fiscal"):
        yield limit.id, _limit_name(limit.row.fiscal_id, limit.period, periods, say)


def _limit_name(code: str, period: int, periods: Sequence[str], say: Translator) -> str:
    return code if len(periods) == 1 else say(_LIMIT_OF, limit=code, period=periods[period])
