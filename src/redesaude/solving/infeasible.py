"""Why no plan exists: the smallest shortfall of promises that would make one possible, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.language import N_, Translator
from redesaude.plan.costs import tidy
from redesaude.plan.plan import Termination
from redesaude.solving.highs import solve
from redesaude.solving.infeasible_resources import resource_sentences
from redesaude.solving.options import Limits
from redesaude_models.network import build_model, read_decisions
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import linear_model, load_values

#: most seconds of the explanation, however many are left
_MOST_SECONDS = 60.0

_ACCESS = N_(
    "{specialty}, region {region}: the promise of {share:.0%} of cases within {minutes:.0f} minutes cannot be kept; "
    "{short:,.0f} cases a year stay outside. Lower access_share to {possible:.1%} or let it be elastic."
)
_UNMET = N_(
    "{specialty} in {territory}: {cases:,.0f} cases a year can be treated nowhere. "
    "Give an unmet_cost, raise ceiling_minutes, or allow a nearer site."
)
_VOLUME = N_(
    "{specialty} at {site}: the least volume of {least:,.0f} cases a year cannot be reached; "
    "{short:,.0f} are missing. Lower min_cases or let it be elastic."
)
_MONEY = N_(
    "Limit {limit}: at least {excess:,.0f} above the {amount:,.0f} allowed is needed. Raise it or let it be elastic."
)
_RULES = N_(
    "The rules on sites contradict each other whatever is promised: look at required and forbidden services, "
    "co-location, min_centres and max_centres, max_services, max_contracts, least contract values, and, where there "
    "are several periods, at max_starts, decisions and precedence."
)

_NO_TIME = N_("The time ended before it was found which promises leave no plan: give it more.")

_NETWORK = N_(
    "Where sizes send cases up or need support, look also at treats_share, transfer_minutes, supports_max and the "
    "sheet support: every case that a service does not treat needs a service that does, every satellite an open hub."
)


def smallest_change(assembled: Assembled, limits: Limits, say: Translator) -> tuple[str, ...]:
    """Return in words the promises that must give way, with the least total shortfall, each as a share of itself.

    The problem is solved again with every promise elastic and nothing else priced. If even that is infeasible the
    rules on sites contradict each other, and that is said.
    """
    relaxed = replace(assembled, problem=assembled.problem.promises_alone())
    model = build_model(relaxed.problem)
    arrays = linear_model(model)
    outcome = solve(arrays, limits.within(_MOST_SECONDS, 0.01))
    if outcome.values is None and outcome.termination != Termination.PROVEN_INFEASIBLE:
        return (say(_NO_TIME),)
    if outcome.values is None:
        between = assembled.problem.tiers.service.any() or len(assembled.problem.support.start)
        return (say(_RULES), say(_NETWORK)) if between else (say(_RULES),)
    load_values(arrays, outcome.values)
    decisions = tidy(relaxed, read_decisions(model, relaxed.problem))
    return tuple(_sentences(relaxed, decisions, say))


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
        )
    for limit, excess in zip(problem.money, decisions.money_short.tolist(), strict=True):
        if limit.price > 0 and excess > 1e-6 * max(abs(limit.limit), 1.0):
            yield say(_MONEY, limit=limit.id, excess=excess, amount=limit.limit)
    yield from resource_sentences(relaxed, decisions, say)
