"""Which assumptions carry the verdict: tornado, break-even and rate sweep, the same network priced again each time.

What a verdict is, and between whom, is told in :mod:`redesaude.studies.verdicts`: the *margin* is by how much the rival
of the decided contract costs more.

A change of ranking is told as it happens: the contract that is cheapest at a site before, and the one after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.studies.alternatives import AS_DECIDED, Alternatives, restated
from redesaude.studies.assumptions import DISCOUNT_RANGE, Assumption, assumptions_of
from redesaude.studies.repricing import Assignment
from redesaude.studies.roots import root_between
from redesaude.studies.verdicts import PROGRAMME, Verdicts
from redesaude_models.arrays import Floats

#: where a break-even was found -> sentence
FOUND = {
    "inside": N_("within the plausible range"),
    "beyond": N_("beyond the plausible range"),
    "none": N_("none between {search_low} and {search_high}"),
    "tie": N_("no value: the two cost the same today"),
}

TORNADO = (
    "assumption_id",
    "contract_id",
    "value",
    "low",
    "high",
    "range_stated",
    "plan_cost_low",
    "plan_cost_high",
    "margin_low",
    "margin_high",
    "sites_turned_low",
    "sites_turned_high",
)
BREAK_EVEN = (
    "site_id",
    "assumption_id",
    "contract_id",
    "decided_id",
    "rival_id",
    "margin",
    "value",
    "low",
    "high",
    "range_stated",
    "search_low",
    "search_high",
    "break_even",
    "found",
)
SWEEP = ("rate", "site_id", "decided_id", "rival_id", "margin", "cheapest_id")
SWITCHES = ("rate", "site_id", "kind", "from_id", "to_id")
RANKING = ("assumption_id", "contract_id", "value", "site_id", "from_id", "to_id")

#: values at which a change of sign is looked for before it is located
_GRID = 6
_RATE_STEP = 0.005
#: costs no further apart than this share of them are equal but for rounding
_ROUNDING = 1e-14


@dataclass(frozen=True)
class Tornado:
    """Each assumption at the ends of its plausible range, one at a time. Money is net present value, base year.

    Attributes
    ----------
    plan_cost, margin : of the plan (all lines; its objective) and of the programme against its rival, today.
    table : columns :data:`TORNADO`, the widest effect on the margin first. ``plan_cost_low`` is the plan's cost with
        the assumption at ``low`` less today's; ``margin_low`` the programme's margin there, and so on for ``high``;
        ``sites_turned_low`` counts sites whose margin changes its sign. ``range_stated``: the range is in the workbook;
        otherwise it is assumed by this study.
    ranking : every site whose cheapest eligible contract changes at an end, columns :data:`RANKING`.

    """

    plan_cost: float
    margin: float
    rival_id: str
    table: pd.DataFrame
    ranking: pd.DataFrame


@dataclass(frozen=True)
class RateSweep:
    """The verdict at real discount rates from 3 to 12 %, margin in net present value of the base year.

    Attributes
    ----------
    table : columns :data:`SWEEP`, one row for each rate, site and the programme (``site_id`` = :data:`PROGRAMME`);
        ``cheapest_id`` is the cheapest eligible contract there (of the programme: the cheapest programme, ``""`` being
        the contracts of the plan).
    switches : columns :data:`SWITCHES`, each rate at which something turns as the rate rises. ``kind`` is ``verdict``
        (between the decided contract and its rival) or ``ranking`` (another contract becomes the cheapest of the site,
        another programme the cheapest of all).

    """

    table: pd.DataFrame
    switches: pd.DataFrame


def tornado(plan: Plan, verdicts: Verdicts | None = None) -> Tornado:
    """Return the effect of each assumption that carries the verdict; ValueError without decisions or comparator.

    ``verdicts`` are those of the plan, where they are at hand: so in all of this page.
    """
    verdicts = verdicts or Verdicts(plan)
    today = verdicts.plan_cost(verdicts.known)
    margins, cheapest = verdicts.margins(verdicts.known, verdicts.costs), verdicts.cheapest(verdicts.costs)
    rows, ranking = [], []
    for assumption in assumptions_of(plan, verdicts.contracts()):
        row = _told(assumption)
        for end, value in (("low", assumption.low), ("high", assumption.high)):
            known = verdicts.at(assumption, value)
            costs = verdicts.site_costs(known)
            there = verdicts.margins(known, costs)
            row |= {
                f"plan_cost_{end}": verdicts.plan_cost(known, assumption.contract) - today,
                f"margin_{end}": there[PROGRAMME],
                f"sites_turned_{end}": int((np.sign(there) != np.sign(margins)).drop(PROGRAMME).sum()),
            }
            changes = _changes(cheapest, verdicts.cheapest(costs))
            ranking += [(assumption.id, assumption.contract, value, *change) for change in changes]
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(TORNADO))
    widest = (table[["margin_low", "margin_high"]] - margins[PROGRAMME]).abs().max(axis=1).sort_values(ascending=False)
    return Tornado(
        plan_cost=today,
        margin=float(margins[PROGRAMME]),
        rival_id=verdicts.programme_rival,
        table=table.loc[widest.index].reset_index(drop=True),
        ranking=pd.DataFrame(ranking, columns=list(RANKING)),
    )


def _told(assumption: Assumption) -> dict[str, object]:
    return {
        "assumption_id": assumption.id,
        "contract_id": assumption.contract,
        "value": assumption.value,
        "low": assumption.low,
        "high": assumption.high,
        "range_stated": assumption.stated,
    }


def _changes(before: pd.Series, after: pd.Series) -> Iterator[tuple[str, str, str]]:
    for site in before.index[before != after.reindex(before.index)]:
        yield str(site), str(before[site]), str(after[site])


def break_even(plan: Plan, verdicts: Verdicts | None = None) -> pd.DataFrame:
    """Return where each assumption turns the verdict of each site and of the programme, columns :data:`BREAK_EVEN`.

    ``break_even`` is the value nearest to today's at which the margin changes its sign; NaN where there is none between
    ``search_low`` and ``search_high``, or where the two cost the same today and nothing is decided that could turn.
    ``found`` is a key of :data:`FOUND`. A site without a rival has no rows, nor has a programme without one; an
    assumption about a contract that is neither decided nor rival there is left out.
    """
    verdicts = verdicts or Verdicts(plan)
    margins = verdicts.margins(verdicts.known, verdicts.costs)
    rows: list[dict[str, object]] = []
    for assumption in assumptions_of(plan, verdicts.contracts()):
        grid = np.unique([*np.linspace(*assumption.search, _GRID), assumption.value])
        table = pd.DataFrame({v: verdicts.margins_alone(verdicts.at(assumption, v)) for v in grid.tolist()})
        for site in margins.index if verdicts.has_programme_rival else margins.index.drop(PROGRAMME):
            if not assumption.contract or assumption.contract in verdicts.contracts_of(site):
                margin_of = _margin_of(verdicts, assumption, str(site))
                value = nearest_root(table.loc[site], assumption.value, margin_of) if margins[site] else np.nan
                rows.append(_row(verdicts, assumption, str(site), margin=float(margins[site]), value=value))
    return pd.DataFrame(rows, columns=list(BREAK_EVEN))


def _row(verdicts: Verdicts, assumption: Assumption, site: str, *, margin: float, value: float) -> dict[str, object]:
    inside = assumption.low <= value <= assumption.high
    decided, rival = verdicts.opponents(site)
    return {
        "site_id": site,
        **_told(assumption),
        "decided_id": decided,
        "rival_id": rival,
        "margin": margin,
        "search_low": assumption.search[0],
        "search_high": assumption.search[1],
        "break_even": value,
        "found": "tie" if not margin else "none" if np.isnan(value) else "inside" if inside else "beyond",
    }


def _margin_of(verdicts: Verdicts, assumption: Assumption, site: str) -> Callable[[float], float]:
    """The margin of one site, or of the programme, as a function of the assumption."""
    if site == PROGRAMME:
        known = verdicts.known
        return _difference(verdicts, assumption, site, verdicts.programme_assignment, known.programmes[AS_DECIDED])
    decided, rival = {site: verdicts.known.repricing.decided[site]}, {site: verdicts.rivals[site]}
    return _difference(verdicts, assumption, site, rival, decided)


def _difference(
    verdicts: Verdicts, assumption: Assumption, site: str, first: Assignment, second: Assignment
) -> Callable[[float], float]:
    """Cost of ``first`` less that of ``second``, at one site or for the programme, as a function of the assumption.

    A search for its root ends where nothing but rounding is left.
    """
    known = verdicts.seen_from(site)
    for assignment in (first, second):
        known.repricing.prices(assignment)  # those that the assumption does not touch hold

    def difference(value: float) -> float:
        stated = assumption.stated_in(verdicts.plan.scenario, value)
        prices = restated(known, assumption.at(known.repricing.plan, value, stated), assumption.contract).repricing
        one, other = (prices.total(assignment, together=site == PROGRAMME) for assignment in (first, second))
        beside = 0.0
        if site != PROGRAMME and known.repricing.has_rooms:
            ways = [(a[site], prices.opened(a)) for a in (first, second)]
            if len(prices.appraisal.phases) > 1 or not np.array_equal(ways[0][1], ways[1][1]):
                beside = _meanwhile(verdicts.at(assumption, value, stated), site, ways)
        apart = one - other + beside
        return apart if abs(apart) > _ROUNDING * (abs(one) + abs(other)) else 0.0

    return difference


def _meanwhile(whole: Alternatives, site: str, ways: list[tuple[str, Floats]]) -> float:
    """What is treated in services of today until those of one site open: the first of two ways less the second.

    It is asked of the whole network: of a contract and dates of opening each. In one period, and at the same dates,
    nothing differs: today's services run until works begin, whatever follows.
    """
    one, other = (sum(whole.repricing.treated_alone(site, contract, opened).values()) for contract, opened in ways)
    return float(one - other)


def nearest_root(margins: pd.Series, today: float, margin: Callable[[float], float]) -> float:
    """Return the value nearest to ``today`` at which ``margin`` changes its sign, NaN if there is none; it is bracketed
    by the values at which it is known. A margin that only comes down to zero turns nothing.
    """
    values, known = margins.index.to_numpy(float), margins.to_numpy(float)
    at, signs = dict(zip(values.tolist(), known.tolist(), strict=True)), np.sign(known)
    turns = [(n, m) for n, m in pairwise(np.flatnonzero(signs).tolist()) if signs[n] != signs[m]]
    brackets = [(float(values[n]), float(values[m])) for n, m in turns if m == n + 1]
    roots = [min(values[n + 1 : m].tolist(), key=lambda root: abs(root - today)) for n, m in turns if m > n + 1]
    roots.sort(key=lambda root: abs(root - today))
    for low, high in sorted(brackets, key=lambda ends: max(ends[0] - today, today - ends[1])):
        if not roots or max(low - today, today - high) < abs(roots[0] - today):
            roots.append(root_between(margin, at, low, high))
            roots.sort(key=lambda root: abs(root - today))
    return min(roots, key=lambda root: abs(root - today), default=np.nan)


def rate_sweep(plan: Plan, verdicts: Verdicts | None = None) -> RateSweep:
    """Return the verdict at discount rates from 3 to 12 % in half points, and the rates at which it switches."""
    verdicts = verdicts or Verdicts(plan)
    rate = assumptions_of(plan, ())[0]
    steps = round((DISCOUNT_RANGE[1] - DISCOUNT_RANGE[0]) / _RATE_STEP)
    margins, cheapest, priced = {}, {}, {}
    for value in np.round(np.linspace(*DISCOUNT_RANGE, steps + 1), 6).tolist():
        known = verdicts.at(rate, value)
        costs, programmes = verdicts.site_costs(known), verdicts.programme_costs(known)
        margins[value] = verdicts.margins(known, costs)
        cheapest[value] = verdicts.cheapest(costs)
        cheapest[value][PROGRAMME] = programmes.idxmin()
        priced[value] = pd.concat([costs, programmes.to_frame(PROGRAMME).T]).to_dict("index")
    overtakings = _overtakings(verdicts, rate, pd.DataFrame(cheapest), priced)
    switches = [*_turns(verdicts, rate, pd.DataFrame(margins)), *overtakings]
    return RateSweep(
        table=_sweep_table(verdicts, margins, cheapest),
        switches=pd.DataFrame(switches, columns=list(SWITCHES)).sort_values(["rate", "site_id"], ignore_index=True),
    )


def _sweep_table(verdicts: Verdicts, margins: dict[float, pd.Series], cheapest: dict[float, pd.Series]) -> pd.DataFrame:
    rows = [
        (value, site, *verdicts.opponents(str(site)), margin, cheapest[value].get(site, ""))
        for value, by_site in margins.items()
        for site, margin in by_site.items()
    ]
    return pd.DataFrame(rows, columns=list(SWEEP))


def _turns(verdicts: Verdicts, rate: Assumption, margins: pd.DataFrame) -> Iterator[tuple[float, str, str, str, str]]:
    """Rates at which the margin of a site or of the programme changes its sign; rows of ``margins`` are sites."""
    for site, row in margins.iterrows():
        decided, rival = verdicts.opponents(str(site))
        for before, after in _sign_changes(row):
            better, worse = (decided, rival) if row[before] > 0 else (rival, decided)
            margin, known = _margin_of(verdicts, rate, str(site)), dict(zip(row.index, row.to_list(), strict=True))
            yield root_between(margin, known, before, after), str(site), "verdict", better, worse


def _sign_changes(row: pd.Series) -> Iterator[tuple[float, float]]:
    """Neighbouring values between which the sign changes."""
    values, signs = row.index.to_list(), np.sign(row.to_numpy(float))
    yield from ((values[n], values[n + 1]) for n in np.flatnonzero(signs[:-1] * signs[1:] < 0).tolist())


def _overtakings(
    verdicts: Verdicts, rate: Assumption, cheapest: pd.DataFrame, priced: Mapping[float, Mapping[Any, Any]]
) -> Iterator[tuple[float, str, str, str, str]]:
    """Rates at which the contract that is cheapest gives way to the one found cheapest at the next rate.

    ``priced`` is what each contract costs at each site, and each programme in all, at each rate.
    """
    for name, row in cheapest.iterrows():
        site = str(name)
        for before, after in pairwise(priced):
            first, second = str(row[before]), str(row[after])
            if first != second:
                assignments = [
                    verdicts.known.programmes[c] if site == PROGRAMME else {site: c} for c in (first, second)
                ]
                difference = _difference(verdicts, rate, site, assignments[0], assignments[1])
                known = {at: float(costs[site][first] - costs[site][second]) for at, costs in priced.items()}
                yield root_between(difference, known, before, after), site, "ranking", first, second
