"""Where no plan is possible: which rules may give way, the smallest changes of them, and what a plan costs then."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from redesaude.assemble import assemble
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.relaxations import Relaxation
from redesaude.solving.relaxations import relaxations as relaxed

#: of each set of rules that may give way together: its rank, by how much of themselves they change, what the plan
#: found costs then and what none costs less than (NPV)
RELAXATIONS = ("rank", "kind", "rules", "share", "found", "least")


@dataclass(frozen=True)
class MayGiveWay:
    """What may give way for ``plan`` to become possible, the cheapest first; ``table`` has :data:`RELAXATIONS`.

    ``cut``: the time ended before every kind of rule was tried.
    """

    plan: Plan
    ranked: tuple[Relaxation, ...]
    cut: bool

    @property
    def table(self) -> pd.DataFrame:
        """A row for each."""
        rows = [
            (n, each.kind, len(each.sentences), each.share, each.found, each.least)
            for n, each in enumerate(self.ranked, start=1)
        ]
        return pd.DataFrame(rows, columns=list(RELAXATIONS))


def may_give_way(plan: Plan, options: SolveOptions) -> MayGiveWay:
    """Return which rules of the scenario of ``plan``, which has none that keeps them all, may give way.

    Raises
    ------
    InputError
        where the scenario cannot be put together.

    """
    assembled = assemble(plan.scenario)
    found = relaxed(assembled, options.limits(plan.scenario.settings))
    return MayGiveWay(plan, found.found, found.cut)
