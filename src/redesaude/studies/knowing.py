"""What is known when an assumption is: its share of what varies, and what that is worth before plans are chosen.

The assumptions that the screening finds to matter move through their ranges, each by itself, all others together as one
group, so that nothing is held still. At each point every rival in hand is priced again: the plan under its contracts,
and under each programme of others on its network (:class:`redesaude.studies.alternatives.Alternatives`), and plans
given beside. Nothing is searched: a plan found with the assumption known could be better still, and knowing be worth
more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.studies.alternatives import AS_DECIDED
from redesaude.studies.assumptions import Assumption, assumptions_of
from redesaude.studies.indices import Indices, design, indices_of, whole_rows
from redesaude.studies.members import Members
from redesaude.studies.screening import GoOn, Screening, known_at
from redesaude.studies.verdicts import Verdicts
from redesaude.studies.worth import Worth, worth_of_all, worth_of_each
from redesaude_models.arrays import Floats

#: names of rivals: the plan as decided, direct administration everywhere, a programme of a contract, another plan
IN_HAND, COMPARATOR, PROGRAMME_OF, OTHER = "in_hand", "comparator", "programme", "other"
#: stands for all assumptions that are not looked at by themselves
REST = "rest"
#: what varies: the cost of the plan in hand, and what the best of its rivals costs more
COST, DIFFERENCE = "cost", "difference"

_OF = ("assumption_id", "contract_id", "value", "low", "high", "range_stated")
#: shares of the variance of each output, with the ends of their intervals; NaN where it does not vary
INDICES = (*_OF, "output", "first", "first_low", "first_high", "total", "total_low", "total_high")
#: net present value; ``chance`` is what chance alone finds in 19 of 20 cases, ``shown`` whether there is more
WORTH = (*_OF, "worth", "worth_low", "worth_high", "chance", "shown")
#: mean cost of each rival and its standard deviation (NPV), and in which share of the points it is the cheapest
RIVALS = ("rival", "mean", "spread", "cheapest")

#: most assumptions looked at by themselves, and from which share of the greatest effect on
_MOST, _MATTERS = 6, 0.05


@dataclass(frozen=True)
class Knowing:
    """What knowing each assumption is worth, and its share of what varies.

    Attributes
    ----------
    indices, worth, rivals : columns :data:`INDICES`, :data:`WORTH`, :data:`RIVALS` (the least mean first).
    rows : of the design that was priced, each with ``points`` points; 0: nothing is known, and the tables are empty.
    all_known : the worth of knowing everything; None where there is no rival to change to, or nothing was priced.

    """

    indices: pd.DataFrame
    worth: pd.DataFrame
    rivals: pd.DataFrame
    rows: int
    points: int
    all_known: Worth | None

    @property
    def chosen(self) -> str:
        """The rival of the least mean: what to choose while nothing more is known; blank without any."""
        return str(self.rivals["rival"].iloc[0]) if len(self.rivals) else ""


def what_matters(screened: Screening) -> list[tuple[str, str]]:
    """Return the assumptions (id, contract) that move the cost of the plan or its margin, the most first."""
    table = screened.table
    if not screened.trajectories:
        return []
    effects = table[["margin_effect", "cost_effect"]]
    share = (effects / effects.max().where(effects.max() > 0)).max(axis=1)
    chosen = table[share >= _MATTERS].assign(share=share).sort_values("share", ascending=False, kind="stable")
    return list(zip(chosen["assumption_id"][:_MOST], chosen["contract_id"][:_MOST], strict=True))


def knowing(
    verdicts: Verdicts,
    matters: Sequence[tuple[str, str]],
    others: Sequence[Plan] = (),
    *,
    count: int = 64,
    seed: int = 0,
    go_on: GoOn = lambda _: True,
    members: Members | None = None,
) -> Knowing:
    """Return what knowing each of the assumptions that matter is worth, of the rivals on the network of a plan and
    ``others``, plans of the same scenario.

    ``go_on`` is asked before each of ``count`` rows of the design with the number of those that are priced; estimates
    rest on the first so many of them as are a power of two. The costs of each are kept in ``members``, those of this
    plan and ``others``, and taken from there.
    """
    every = assumptions_of(verdicts.plan, verdicts.contracts())
    own = [n for key in matters for n, each in enumerate(every) if (each.id, each.contract) == key]
    rest = [n for n in range(len(every)) if n not in own]
    rivals, members = _Rivals(verdicts, others), members or Members()
    places: list[Floats] = []
    priced: list[Floats] = []
    for points in design([*([n] for n in own), *([rest] if rest else [])], seed) if own else ():
        if len(priced) >= count or not go_on(len(priced)):
            break
        price = partial(rivals.all_costs, every, points)
        priced.append(members.figures(f"row {seed} {own} {len(priced)}", price))
        places.append(points)
    rows = whole_rows(len(priced))
    about = [every[n] for n in own]
    if not rows:
        none = [pd.DataFrame(columns=list(names)) for names in (INDICES, WORTH, RIVALS)]
        return Knowing(none[0], none[1], none[2], 0, 0, None)
    costs, at = np.array(priced[:rows]), np.array(places[:rows])
    several = costs.shape[-1] > 1
    worth = worth_of_each(at[:, :, own], costs, seed) if several else []
    return Knowing(
        _indices(about, bool(rest), _outputs(costs), seed),
        _worth(about, worth),
        _ranked(rivals.names, costs),
        rows,
        costs.shape[1],
        worth_of_all(costs, seed) if several else None,
    )


class _Rivals:
    """The plans that may be chosen, by name, the one in hand first, and what they cost at a point."""

    def __init__(self, verdicts: Verdicts, others: Sequence[Plan]) -> None:
        self._verdicts, self._others = verdicts, [Verdicts(plan) for plan in others]
        known, found = verdicts.known, {IN_HAND: AS_DECIDED}
        taken = [known.programmes[AS_DECIDED]]
        for contract, assignment in known.programmes.items():
            if assignment not in taken:
                found[COMPARATOR if assignment == known.comparator else f"{PROGRAMME_OF}:{contract}"] = contract
                taken.append(assignment)
        self._programmes = list(found.values())
        self.names = [*found, *(f"{OTHER}:{n}" for n in range(1, len(others) + 1))]

    def all_costs(self, assumptions: tuple[Assumption, ...], points: Floats) -> Floats:
        """Return what each costs at each of the points."""
        return np.array([self.costs(assumptions, point) for point in points])

    def costs(self, assumptions: tuple[Assumption, ...], point: Floats) -> list[float]:
        """Return what each costs at a point of the unit cube (NPV, all lines)."""
        own = self._verdicts.programmes_cost(known_at(self._verdicts, assumptions, point))
        others = [each.plan_cost(known_at(each, assumptions, point)) for each in self._others]
        return [*own[self._programmes].tolist(), *others]


def _outputs(costs: Floats) -> dict[str, Floats]:
    """What varies: the cost of the plan in hand, and how much more the best of the others costs, by their means."""
    found = {COST: costs[:, :, 0]}
    if costs.shape[-1] > 1:
        found[DIFFERENCE] = costs[:, :, 1 + int(costs[:, :, 1:].mean(axis=(0, 1)).argmin())] - costs[:, :, 0]
    return found


def _told(assumption: Assumption | None) -> tuple[object, ...]:
    if assumption is None:
        return REST, "", np.nan, np.nan, np.nan, False
    return assumption.id, assumption.contract, assumption.value, assumption.low, assumption.high, assumption.stated


def _indices(about: Sequence[Assumption], rest: bool, outputs: dict[str, Floats], seed: int) -> pd.DataFrame:
    found: Indices = indices_of(np.stack(list(outputs.values()), axis=-1), seed)
    ends = [getattr(share, name) for share in (found.first, found.total) for name in ("value", "low", "high")]
    rows = [
        (*_told(assumption), output, *(float(end[o, n]) for end in ends))
        for o, output in enumerate(outputs)
        for n, assumption in enumerate([*about, *([None] if rest else [])])
    ]
    return pd.DataFrame(rows, columns=list(INDICES))


def _worth(about: Sequence[Assumption], worth: Sequence[Worth]) -> pd.DataFrame:
    rows = [
        (*_told(assumption), each.worth, each.low, each.high, each.chance, each.shown)
        for assumption, each in zip(about, worth, strict=False)
    ]
    table = pd.DataFrame(rows, columns=list(WORTH))
    return table.sort_values(["shown", "worth"], ascending=False, kind="stable", ignore_index=True)


def _ranked(names: Sequence[str], costs: Floats) -> pd.DataFrame:
    flat = costs.reshape(-1, costs.shape[-1])
    best = np.bincount(flat.argmin(axis=1), minlength=len(names)) / len(flat)
    rows = list(zip(names, flat.mean(axis=0).tolist(), flat.std(axis=0).tolist(), best.tolist(), strict=True))
    return pd.DataFrame(rows, columns=list(RIVALS)).sort_values("mean", kind="stable", ignore_index=True)
