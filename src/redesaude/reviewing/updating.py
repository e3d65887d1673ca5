r"""What was measured updates what was assumed: the old range is the prior, and weighs as much as one observation.

An assumed factor has the triangular range :math:`(l, m, h)`, of mean :math:`\mu` and standard deviation
:math:`\sigma`. Measured was :math:`x` in :math:`w` observations, a year of all that is concerned or a finished piece of
works being one.
With the unit-information prior of Kass and Wasserman (1995) the range counts as one observation of the same spread, and

.. math:: \mu' = \frac{\mu + w x}{1 + w}, \qquad \sigma' = \frac{\sigma}{\sqrt{1 + w}}.

The range is moved and drawn together with them, :math:`v \mapsto \mu' + (v - \mu)/\sqrt{1 + w}`, so that its mean
is :math:`\mu'` and its shape stays. What came out as assumed leaves the mean where it was. A factor that is stated
without a range is certain: nothing measured moves it, and that is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.reviewing.facts import alike
from redesaude.reviewing.planned import Place, Planned
from redesaude.reviewing.review import Review
from redesaude.reviewing.spans import date_of
from redesaude.reviewing.verdicts import Verdict
from redesaude.studies.assumptions import VOLUME_RANGE

#: of each assumption: whose it is, its range and mean before, what was measured in how many observations, and after
UPDATES = (
    *("assumption", "about", "low", "mode", "high", "mean", "measured", "weight"),
    *("low_now", "mode_now", "high_now", "mean_now", "stated"),
)
#: least share of an observation that is one
_LEAST = 0.01
#: the line of cost that grows with cases
_BY_CASE = "case_running"
#: ends of works of which something is known
_FINISHED = (Verdict.AS_PLANNED, Verdict.EARLY, Verdict.LATE, Verdict.NOT_DONE)


@dataclass(frozen=True)
class Measured:
    """An assumption, whose it is (a contract, a specialty), the outcome against the one expected, and its weight."""

    assumption: str
    about: str
    ratio: float
    weight: float


def updates(planned: Planned, review: Review) -> pd.DataFrame:
    """Return what each assumption becomes of which something was measured, columns :data:`UPDATES`."""
    rows = [_updated(planned.scenario, each) for each in measured(planned, review) if each.weight >= _LEAST]
    return pd.DataFrame(rows, columns=list(UPDATES))


def measured(planned: Planned, review: Review) -> list[Measured]:
    """Return what was measured of demand, of works and of running cost."""
    return [*_demand(review), *_works(planned, review), *_running(planned, review)]


def _updated(scenario: Scenario, each: Measured) -> tuple[object, ...]:
    low, mode, high = _range(scenario, each)
    mean = (low + mode + high) / 3.0
    ratio = 1.0 if alike(each.ratio, 1.0) else each.ratio
    stated = high > low
    times = 1.0 / np.sqrt(1.0 + each.weight)
    after = mean * (1.0 + each.weight * ratio) / (1.0 + each.weight) if stated else mean
    now = [max(0.0, after + (value - mean) * times) for value in (low, mode, high)] if stated else [low, mode, high]
    measure = mean * ratio
    return (each.assumption, each.about, low, mode, high, mean, measure, each.weight, *now, after, stated)


def _range(scenario: Scenario, each: Measured) -> tuple[float, float, float]:
    """The range assumed before; that of demand is the one by which studies vary it."""
    if each.assumption == "demand":
        return VOLUME_RANGE[0], 1.0, VOLUME_RANGE[1]
    row = scenario.contracts[scenario.contracts["contract_id"] == each.about].iloc[0]
    mode = float(row[each.assumption])
    low, high = (float(row[f"{each.assumption}_{end}"]) for end in ("low", "high"))
    return (mode if np.isnan(low) else low), mode, (mode if np.isnan(high) else high)


def _demand(review: Review) -> Iterator[Measured]:
    """Cases of services that run as planned; a year of all cases of a specialty is one observation."""
    late = set(zip(review.deviations["site_id"], review.deviations["specialty_id"], strict=True))
    moved = review.dates[review.dates["verdict"].isin([Verdict.LATE, Verdict.NOT_DONE, Verdict.DROPPED])]
    late &= set(zip(moved["site_id"], moved["specialty_id"], strict=True))
    rows = review.figures[(review.figures["sheet"] == "services") & (review.figures["measure"] == "cases")]
    places = zip(rows["site_id"], rows["specialty_id"], strict=True)
    here = np.array([place not in late for place in places], dtype=bool)
    rows = rows[here]
    years = sum(part for _, part in review.actuals.span.parts())
    for specialty, mine in rows.groupby("specialty_id"):
        told = mine[mine["actual"].notna()]
        planned, every = float(told["planned"].sum()), float(mine["planned"].sum())
        if planned > 0:
            yield Measured("demand", str(specialty), float(told["actual"].sum()) / planned, years * planned / every)


def _works(planned: Planned, review: Review) -> Iterator[Measured]:
    """Length and cost of works, each finished one an observation."""
    rows = review.dates[(review.dates["about"] == "works") & (review.dates["sheet"] == "milestones")]
    signed = review.dates[review.dates["about"] == "procurement"]
    slip = {(r.site_id, r.specialty_id): r.months for r in rows_of(signed[signed["months"].notna()])}
    length = _lengths(planned)
    long = defaultdict[str, list[tuple[float, float]]](list)
    for row in rows_of(rows[rows["verdict"].isin(_FINISHED) & rows["actual_on"].notna()]):
        months = length.get((row.site_id, row.specialty_id, row.planned_on), 0.0)
        late = row.months - slip.get((row.site_id, row.specialty_id), 0.0)
        if months > 0:
            long[row.contract_id].append((max(0.0, months + late), months))
    for contract, pairs in sorted(long.items()):
        actual, expected = map(sum, zip(*pairs, strict=True))
        yield Measured("delay_factor", contract, actual / expected, len(pairs))
    under_way = set(rows.loc[rows["verdict"] == Verdict.ON_TRACK, "row_id"])
    costs = review.figures[(review.figures["sheet"] == "milestones") & review.figures["actual"].notna()]
    costs = costs[
        ~(costs["row_id"].isin(under_way) & (costs["verdict"] == Verdict.AS_PLANNED)) & (costs["planned"] > 0)
    ]
    for code, mine in costs.groupby("contract_id"):
        yield Measured("capex_factor", str(code), float(mine["actual"].sum() / mine["planned"].sum()), len(mine))


def _lengths(planned: Planned) -> dict[tuple[str, str, object], float]:
    """Planned months of works, by site, specialty and the day on which they end."""
    rows = planned.milestones[planned.milestones["milestone"] == "works"]
    return {(r.site_id, r.specialty_id, date_of(r.end)): 12.0 * (r.end - r.start) for r in rows_of(rows)}


def _running(planned: Planned, review: Review) -> Iterator[Measured]:
    """Running cost that the public side pays itself, against what so many cases were to cost."""
    span = review.actuals.span
    figures = review.figures[review.figures["sheet"] == "services"]
    costs, cases = (figures[figures["measure"] == measure] for measure in ("cost", "cases"))
    treated = {(r.site_id, r.specialty_id): r.actual / r.planned for r in rows_of(cases) if r.planned > 0}
    paid = {pair for pair, money in planned.payments(span).items() if money > 0}
    moving, whole = planned.money(span, (_BY_CASE,), ["site_id", "specialty_id"]), planned.running(span)
    sums = defaultdict[str, np.ndarray](lambda: np.zeros(3))  # actual, expected of these cases, planned of all
    for row in rows_of(costs[(costs["planned"] > 0) & (costs["contract_id"] != "")]):
        place: Place = (row.site_id, row.specialty_id)
        if (row.site_id, row.contract_id) in paid:
            continue
        times = treated.get(place, np.nan)
        share = min(1.0, float(moving.get(place, 0.0)) / whole[place])
        expected = row.planned * (1.0 - share + share * (1.0 if np.isnan(times) else times))
        told = not np.isnan(row.actual)
        sums[row.contract_id] += (row.actual, expected, row.planned) if told else (0.0, 0.0, row.planned)
    years = sum(part for _, part in span.parts())
    for contract, (actual, expected, every) in sorted(sums.items()):
        if expected > 0:
            for factor in ("opex_factor", "case_cost_factor"):
                yield Measured(factor, contract, float(actual / expected), years * min(1.0, expected / every))
