"""What may happen to each service after the first period: the steps between its options, priced."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from redesaude.assemble.options import PricedOptions
from redesaude.finance.cashflow import Services, Timing, timing_of
from redesaude.finance.discounting import Floats
from redesaude.finance.phases import Phases
from redesaude.finance.pricing import Prices, price_by_period
from redesaude.finance.succession import Succession
from redesaude_models.phasing import settled_periods
from redesaude_models.problem import Flags, Ints, Steps, Waits

CLOSED = -1
#: relative difference below which two prices are the same, summed in another order
_SAME = 1e-9


@dataclass(frozen=True)
class PricedSteps:
    """The steps (rows service, source, target: option rows, -1 for closed) and what the finance engine made of them.

    ``services`` and ``terms`` are those of the targets as the step delivers them; steps that close deliver nothing.
    ``prices[q]`` are NPV by line and period of a step taken in period q whose target stays to the end, the first of
    them None; ``closing`` (steps, periods) is the NPV of closing.
    """

    service: Ints
    source: Ints
    target: Ints
    services: Services
    terms: Succession
    prices: tuple[Prices | None, ...]
    closing: Floats


def step_table(options: PricedOptions) -> pd.DataFrame:
    """Return the steps that services may take: columns service, source, target.

    A service that does not exist may start. Today's service, left as it is, may later become whatever it could become
    in the first period. Any other option may be enlarged under its contract. Works that a company or a provider
    financed stay; everything else may close, and what exists today does not open again once closed.
    """
    table = options.table.assign(row=np.arange(len(options.table)), works=options.services.works)
    rows = table[["service", "row", "contract_id", "capacity", "works"]]
    kept = table["status"] == "kept"
    starts = table.loc[~table["existing"], ["service", "row"]].rename(columns={"row": "target"}).assign(source=CLOSED)
    pairs = rows.merge(rows, on="service", suffixes=("", "_to"))
    pairs = pairs[pairs["row"] != pairs["row_to"]]
    from_today = pairs["row"].isin(table.loc[kept, "row"])
    larger = (pairs["contract_id"] == pairs["contract_id_to"]) & (pairs["capacity_to"] > pairs["capacity"])
    changes = pairs[from_today | larger].rename(columns={"row": "source", "row_to": "target"})
    bound = options.terms.financed & (options.services.works > 0)
    closings = table.loc[~bound, ["service", "row"]].rename(columns={"row": "source"}).assign(target=CLOSED)
    columns = ["service", "source", "target"]
    found = pd.concat([starts[columns], changes[columns], closings[columns]]).astype(np.int64)
    return pd.DataFrame(found).sort_values(columns, ignore_index=True)


def delivered(options: PricedOptions, source: Ints, target: Ints) -> Services:
    """Return the target of each step as the finance engine wants it: what is still to build, and what runs before.

    A service that starts, or that is left as today until then, is delivered as in the first period; an enlargement
    builds the works of its target less those of its source.
    """
    table, services = options.table, options.services.take(target)
    grown = _grown(options, source)
    old = options.services.take(source)
    capacity = table["capacity"].to_numpy(float)
    works = np.maximum(services.works - old.works, 0.0)
    instead = {
        "works": works,
        "earlier_works": services.works - works,
        "before_fixed": old.fixed,
        "before_lifecycle": table["lifecycle_share"].to_numpy(float)[target] * table["capex"].to_numpy(float)[source],
        "before_share": np.minimum(1.0, capacity[source] / capacity[target]),
    }
    return replace(services, **{name: np.where(grown, new, getattr(services, name)) for name, new in instead.items()})


def _grown(options: PricedOptions, source: Ints) -> Flags:
    """Whether each step leaves what the plan itself opened, rather than nothing or today's service as it is."""
    grown = source >= 0
    grown[grown] = options.table["status"].to_numpy()[source[grown]] != "kept"
    return np.asarray(grown)


def price_steps(options: PricedOptions, closing_cost: Floats, phases: Phases, perspective: str) -> PricedSteps:
    """Return the steps of :func:`step_table` priced; ``closing_cost`` (services,) is paid in the first year."""
    steps = step_table(options) if len(phases) > 1 else pd.DataFrame(columns=["service", "source", "target"], dtype=int)
    service, source, target = (steps[name].to_numpy(np.int64) for name in ("service", "source", "target"))
    closes = target == CLOSED
    services, terms = delivered(options, source, target), options.terms.take(target).going_on(_grown(options, source))
    prices: list[Prices | None] = [None]
    for q in range(1, len(phases)):
        found = price_by_period(begun_in(services, phases, q), terms, phases.calendar, phases.begins, perspective)
        lines = ({line: npv * ~closes[:, None] for line, npv in part.items()} for part in (found.fixed, found.per_case))
        prices.append(Prices(*lines))
    closing = np.where(closes, closing_cost[service], 0.0)[:, None] * phases.firsts
    return PricedSteps(service, source, target, services, terms, tuple(prices), closing)


def begun_in(services: Services, phases: Phases, period: int) -> Services:
    """Return the services as decided at the beginning of ``period``."""
    begin = np.full(len(services), float(phases.begins[period]))
    return replace(services, begun=begin, since=begin)


def step_rows(options: PricedOptions, steps: PricedSteps, phases: Phases, frozen: Flags) -> tuple[Steps, Waits]:
    """Return the steps and the waits of the planning problem; ``frozen`` (services, periods): nothing may change."""
    cost, settled = steps.closing.copy(), np.zeros((len(steps.service), len(phases)), dtype=np.int64)
    cost[:, 0] = 0.0
    gap = options.prices.case_cost - options.running.case_cost
    differs = _differs(options.prices, options.running)
    first = _settled(timing_of(options.services, options.terms), differs, phases)
    waits = [_waits(gap, differs, first, since=1)]
    waits[0] = replace(waits[0], option=waits[0].step, step=np.full(len(waits[0].step), -1))
    opens = np.flatnonzero(steps.target != CLOSED)
    target = steps.target[opens]
    for q, priced in enumerate(steps.prices):
        if priced is None:
            continue
        cost[opens, q] += priced.cost[opens].sum(axis=1) - options.running.cost[target, q:].sum(axis=1)
        timing = timing_of(begun_in(steps.services, phases, q), steps.terms)
        gap = priced.case_cost[opens] - options.running.case_cost[target]
        differs = np.zeros((len(steps.target), len(phases)), dtype=bool)
        differs[opens] = _differs(priced, options.running, opens, target)
        settled[:, q] = np.where(steps.target == CLOSED, q, _settled(timing, differs, phases))
        found = _waits(gap, differs[opens], settled[opens, q], since=q)
        begun = np.full(len(found.step), q)
        waits.append(replace(found, option=target[found.step], step=opens[found.step], begun=begun))
    allowed = ~frozen[steps.service]
    allowed[:, 0] = False
    rows = Steps(
        service=steps.service,
        source=steps.source,
        target=steps.target,
        works=(steps.services.works > 0) & (steps.target != CLOSED),
        cost=cost,
        allowed=allowed,
        settled=np.maximum(settled, np.arange(len(phases)) + 1),
        first_settled=np.maximum(first, 1),
    )
    columns = {f.name: np.concatenate([getattr(wait, f.name) for wait in waits]) for f in fields(Waits)}
    return rows, Waits(**columns)


def _differs(
    prices: Prices, running: Prices, rows: Ints | slice = slice(None), others: Ints | slice = slice(None)
) -> Flags:
    """Return where a case costs otherwise on some line than one of a service whose works were done long before.

    ``(rows, periods)``; who is paid may change though the sum does not.
    """
    pairs = ((prices.per_case[line][rows], running.per_case[line][others]) for line in prices.per_case)
    unlike = [np.abs(one - other) > _SAME * np.maximum(np.abs(one), np.abs(other)) for one, other in pairs]
    return np.asarray(np.any(unlike, axis=0))


def _settled(timing: Timing, differs: Flags, phases: Phases) -> Ints:
    """Return the first period that begins with works done and from which on the service costs the same whenever begun.

    None where a case goes on costing otherwise (``differs``), or another contract follows before the horizon: such a
    service is left as it is.
    """
    settled = settled_periods(timing.opened, np.array(phases.begins))
    after = np.arange(len(phases)) >= settled[:, None]
    changes = (after & differs).any(axis=1) | (timing.ends < phases.calendar.horizon_years)
    return np.where(changes, len(phases), settled)


def _waits(gap: Floats, differs: Flags, settled: Ints, since: int) -> Waits:
    """Return where works go on in period ``since`` or later and a case costs otherwise; ``step``: rows of ``gap``."""
    periods = np.arange(gap.shape[1])
    row, period = np.nonzero((periods >= since) & (periods < settled[:, None]) & differs)
    none = np.zeros(len(row), dtype=np.int64)
    return Waits(option=none, step=row, begun=none, period=period, case_cost=gap[row, period])
