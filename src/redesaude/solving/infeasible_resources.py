"""Promises about hubs, people and stations that must give way before any plan is possible, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from redesaude.assemble import Assembled
from redesaude.assemble.emergency import pledges
from redesaude.assemble.loads import ceilings
from redesaude.assemble.workforce import roles
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Translator
from redesaude.plan.resources import need
from redesaude_models.problem import Decisions

_LOAD = N_(
    "Load ceiling at {site}: at least {short:,.0f} cases a year above the {limit:,.0f} allowed must come from outside. "
    "Type {possible:,.0f} in cases or let it be elastic."
)
_STAFF = N_(
    "{role} in {area}: {short:,.1f} full-time people are missing of {needed:,.1f} needed. "
    "Raise stock, training_max or recruitment_max by {more:,.1f}, or let the need be elastic."
)
_EMERGENCY = N_(
    "The promise {promise} of the emergency network in {region} misses {short:,.1f} of {due:,.1f}. "
    "Add stations or ambulances, lower the promise, or let it be elastic."
)


def resource_sentences(relaxed: Assembled, decisions: Decisions, say: Translator) -> Iterator[str]:
    """Yield a sentence for each promise that falls short in ``decisions``."""
    problem, scenario = relaxed.problem, relaxed.scenario
    sites = dict(zip(scenario.sites["site_id"], scenario.sites["name"], strict=True))
    for row, ceiling, over in zip(ceilings(scenario), problem.loads, decisions.load_excess.tolist(), strict=True):
        if ceiling.price > 0 and over > 1e-6 * max(ceiling.limit, 1.0):
            possible = math.ceil(ceiling.limit + over - 1e-6)
            yield say(_LOAD, site=sites[row.site], short=over, limit=ceiling.limit, possible=possible)
    names = dict(zip(scenario.workforce["role_id"], scenario.workforce["name"], strict=True))
    regions = dict(zip(scenario.territories["region_id"], scenario.territories["region_name"], strict=True))
    needed = need(problem, decisions)
    for r, role in enumerate(roles(scenario)):
        area = say(N_("whole area")) if role.area == ALL else regions.get(role.area, role.area)
        for t in np.flatnonzero((decisions.hires.short[r] > 1e-6) & (problem.workforce.price[r] > 0)).tolist():
            values = {"short": float(decisions.hires.short[r, t]), "needed": float(needed[r, t])}
            values["more"] = math.ceil(values["short"] * 10 - 1e-6) / 10
            yield say(_STAFF, role=names[role.role], area=area, **values)
    stated = pledges(scenario) if problem.emergency.stations else ()
    for pledge, promise, short in zip(
        stated, problem.emergency.promises, decisions.response.short.tolist(), strict=True
    ):
        if promise.price > 0 and short > 1e-6 * max(promise.due, 1.0):
            region = say(N_("whole area")) if pledge.region == ALL else regions.get(pledge.region, pledge.region)
            yield say(_EMERGENCY, promise=pledge.kind, region=region, short=short, due=promise.due)
