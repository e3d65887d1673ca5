"""Why there is no plan, as sentences not told yet: of people, of shares that may not be divided, and of the search."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.errors import Problem
from redesaude.language import N_, Said, said
from redesaude.promises.advice import advised, cells_in
from redesaude.promises.kind import Put
from redesaude_models.problem import Decisions

CONTRADICTION = said(
    N_(
        "The rules contradict each other whatever is promised, and even if any single one gave way: look at existing "
        "services and what may become of them, frozen periods, and stations."
    )
)
NETWORK = said(
    N_(
        "Where sizes send cases up, need support or wait for techniques, look also at treats_share, transfer_minutes, "
        "supports_max and the sheets support and techniques: every case that a service does not treat needs a service "
        "that does, every satellite an open hub."
    )
)
NO_TIME = said(N_("The time ended before it was found which rule or promise leaves no plan: give it more."))
CUT = said(N_("The time ended before every rule was tried: others might do with a smaller change."))

_OR, _AND = N_("or: {change}"), N_("and: {change}")


def either(change: Said) -> Said:
    """Return ``change`` as another that would do."""
    return said(_OR, change=change)


def also(change: Said) -> Said:
    """Return ``change`` as one that is needed too."""
    return said(_AND, change=change)


def mend(problem: Problem) -> Said:
    """Return what is wrong with an input and how to mend it."""
    found, remedy = Said(problem.found, problem.values), Said(problem.remedy, problem.values)
    return said("{found}: {remedy}.", found=found, remedy=remedy)


def untreated(put: Put, decisions: Decisions) -> Iterator[Said]:
    """Yield a sentence for each demand with a price on those who go untreated, and one about their tiers."""
    demand, scenario = put.problem.demand, put.scenario
    names, territory = scenario.specialties["name"].to_list(), scenario.territories["name"].to_list()
    unmet = (demand.cases * decisions.unmet * (demand.unmet_cost > 0)).max(axis=1)
    left = np.flatnonzero(unmet > 1e-6)
    for d in left.tolist():
        yield said(
            N_(
                "{specialty} in {territory}: {cases:,.0f} cases a year can be treated nowhere. "
                "Give an unmet_cost, raise ceiling_minutes, or allow a nearer site."
            ),
            specialty=names[demand.specialty[d]],
            territory=territory[demand.territory[d]],
            cases=float(unmet[d]),
        )
    if np.isin(demand.specialty[left], put.problem.tiers.specialty).any():
        yield NETWORK


def divided(put: Put, decisions: Decisions) -> Iterator[Said]:
    """Yield a sentence for each specialty whose territories may not be divided among sites, where some are."""
    problem, names = put.problem, put.scenario.specialties["name"].to_list()
    whole = np.abs(decisions.shares - np.round(decisions.shares)) < 1e-6
    parted = problem.demand.specialty[problem.journeys.demand[~whole.all(axis=1)]]
    codes = problem.specialties.ids
    for s in np.unique(parted[problem.specialties.single_source[parted]]).tolist():
        sentence = said(
            N_(
                "{specialty}: the people of some territories would have to be divided among several sites. "
                "Type no in its single_source."
            ),
            specialty=names[s],
        )
        cells = cells_in(put.scenario, "specialties", "single_source", ("no", True), specialty_id=codes[s])
        yield advised(sentence, cells)
