"""Which assumptions turn decisions of a plan, at which value, which matter when all may be otherwise at once, and what
knowing them is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.solving.clock import Clock
from redesaude.solving.progress import Progress, StopSignal
from redesaude.status import Status, Termination
from redesaude.studies.knowing import Knowing, knowing, what_matters
from redesaude.studies.members import Members
from redesaude.studies.screening import Screening, screening
from redesaude.studies.sensitivity import break_even
from redesaude.studies.sharing import cheaper
from redesaude.studies.verdicts import Verdicts

#: part of the time that the screening may take where rows of a design follow
_SCREENED = 0.5


@dataclass(frozen=True)
class Sensitivity:
    """What the contracts of ``plan`` depend on, its network as it is.

    Attributes
    ----------
    flips : columns of :data:`redesaude.studies.sensitivity.BREAK_EVEN`: the value at which each assumption turns each
        verdict; those within the plausible range first, the nearest to today's value before others.
    screened : which matter together.
    known : what knowing those that matter is worth, and their shares of what varies.
    unfit : how many of the other plans given keep not every rule of the scenario, and are left out.

    """

    plan: Plan
    flips: pd.DataFrame
    screened: Screening
    known: Knowing
    unfit: int = 0

    @property
    def within(self) -> pd.DataFrame:
        """The flips within the plausible range."""
        return self.flips[self.flips["found"] == "inside"]


def sensitivity(
    plan: Plan,
    *,
    count: int = 8,
    rows: int = 64,
    others: Sequence[Plan] = (),
    seed: int = 0,
    seconds: float = 300.0,
    progress: Callable[[Progress], object] | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> Sensitivity:
    """Return where each assumption turns a verdict, and in what is left of the time walk up to ``count`` trajectories
    and price up to ``rows`` rows of a design (a power of two) for ``plan``, its other programmes and ``others``. Each
    trajectory and row is kept in ``members`` and taken from there.

    Raises
    ------
    ValueError
        where the plan has no decisions, or the scenario no direct contract to hold others against.

    """
    clock, stop = Clock(seconds), stop or StopSignal()
    members = (members or Members()).about(plan, clock=clock)

    def going(stage: str, most: int, until: float) -> Callable[[int], bool]:
        def go_on(done: int) -> bool:
            if progress is not None:
                progress(Progress(stage, clock.now, message=f"{done}/{most}"))
            return not stop.stopped and seconds - clock.left < until

        return go_on

    verdicts = Verdicts(plan)
    flips = break_even(plan, verdicts)
    width = (flips["high"] - flips["low"]).where(lambda w: w > 0)
    far = ((flips["break_even"] - flips["value"]).abs() / width).rename("far")
    order = flips.assign(far=far, outside=flips["found"] != "inside").sort_values(["outside", "far"], kind="stable")
    until = seconds * _SCREENED if rows else seconds
    screened = screening(plan, verdicts, count=count, seed=seed, go_on=going("screen", count, until), members=members)
    fitting = [one for one in (_of_scenario(other, plan) for other in others) if one is not None]
    known = knowing(
        verdicts,
        what_matters(screened) if rows else (),
        fitting,
        count=rows,
        seed=seed,
        go_on=going("price", rows, seconds),
        members=members.about(*fitting),
    )
    return Sensitivity(plan, flips.loc[order.index].reset_index(drop=True), screened, known, len(others) - len(fitting))


def _of_scenario(other: Plan, plan: Plan) -> Plan | None:
    """Return another plan as one of the scenario in hand; None where it breaks a rule of it."""
    none = Plan(plan.scenario, Status.NO_PLAN, Termination.TIME_LIMIT)
    found = cheaper(none, other)
    return found if found.has_decisions else None
