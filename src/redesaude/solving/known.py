"""Plans that are known before a search, in the rows of the problem at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redesaude.plan.plan import Plan
from redesaude_models.arrays import Flags, Ints
from redesaude_models.keys import keys_of, over_periods
from redesaude_models.problem import PlanningProblem

Openings = frozenset[tuple[str, ...]]
"""what a plan opens: (site, specialty, size, contract, period) of each service"""


def openings_of(plan: Plan) -> Openings:
    """Return what ``plan`` opens."""
    keys = ["site_id", "specialty_id", "size_id", "contract_id", "period_id"]
    return frozenset(plan.openings[keys].itertuples(index=False, name=None))


@dataclass(frozen=True)
class Known:
    """What a known plan opens: ``options`` (options, periods) of this problem, and ``services`` (services, periods), in
    whatever size and under whatever contract, also such as this problem has not. ``ever`` are the services that it
    opens in any period, of this problem or not; ``service`` is that of each option; ``required`` (services, periods)
    must be open here.
    """

    options: Flags
    services: Flags
    ever: Flags
    service: Ints
    required: Flags

    def decided(self, there: Flags) -> Flags:
        """Return of which options it says whether they open, (options, periods).

        Of a service that it opens in none of the options that are ``there`` it says nothing, nor of a required one that
        it does not open: that is decided anew.
        """
        settled = np.zeros_like(self.services)
        np.logical_or.at(settled, self.service, self.options & there)
        wanted = self.services | self.required
        return np.asarray(~(wanted & ~settled)[self.service])


def known_in(problem: PlanningProblem, openings: Openings) -> Known:
    """Return what ``openings`` mean in ``problem``."""
    keys = keys_of(problem)
    services, ever = {(*option[:2], option[-1]) for option in openings}, {option[:2] for option in openings}

    def named(rows: tuple[tuple[str, ...], ...], among: Openings | set[tuple[str, ...]]) -> Flags:
        flags = [key in among for key in over_periods(rows, keys.periods)]
        return np.array(flags, dtype=bool).reshape(len(rows), len(keys.periods))

    return Known(
        options=named(keys.option, openings),
        services=named(keys.service, services),
        ever=np.array([key in ever for key in keys.service], dtype=bool),
        service=problem.options.service,
        required=_required(problem),
    )


def _required(problem: PlanningProblem) -> Flags:
    """Services that must be open, in whatever size or in one that is required, or as decided, (services, periods)."""
    required = problem.services.required.copy()
    required[problem.options.service[problem.options.required_size]] = True
    always = np.repeat(required[:, None], len(problem.periods), axis=1)
    return always if problem.decided is None else always | problem.decided.open
