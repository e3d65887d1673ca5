"""Which assumptions turn decisions of a plan, at which value, and which matter when all may be otherwise at once."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.solving.progress import StopSignal
from redesaude.studies.screening import Screening, screening
from redesaude.studies.sensitivity import break_even
from redesaude.studies.verdicts import Verdicts


@dataclass(frozen=True)
class Sensitivity:
    """What the contracts of ``plan`` depend on, its network as it is.

    Attributes
    ----------
    flips : columns of :data:`redesaude.studies.sensitivity.BREAK_EVEN`: the value at which each assumption turns each
        verdict; those within the plausible range first, the nearest to today's value before others.
    screened : which matter together.

    """

    plan: Plan
    flips: pd.DataFrame
    screened: Screening

    @property
    def within(self) -> pd.DataFrame:
        """The flips within the plausible range."""
        return self.flips[self.flips["found"] == "inside"]


def sensitivity(
    plan: Plan, *, count: int = 8, seed: int = 0, seconds: float = 300.0, stop: StopSignal | None = None
) -> Sensitivity:
    """Return where each assumption turns a verdict, and walk up to ``count`` trajectories in what is left of the time.

    Raises
    ------
    ValueError
        where the plan has no decisions, or the scenario no direct contract to hold others against.

    """
    began, stop = time.monotonic(), stop or StopSignal()
    verdicts = Verdicts(plan)
    flips = break_even(plan, verdicts)
    width = (flips["high"] - flips["low"]).where(lambda w: w > 0)
    far = ((flips["break_even"] - flips["value"]).abs() / width).rename("far")
    order = flips.assign(far=far, outside=flips["found"] != "inside").sort_values(["outside", "far"], kind="stable")
    screened = screening(
        plan,
        verdicts,
        count=count,
        seed=seed,
        go_on=lambda _: not stop.stopped and time.monotonic() - began < seconds,
    )
    return Sensitivity(plan, flips.loc[order.index].reset_index(drop=True), screened)
