"""What may happen to each service after the first period: the steps between its options, priced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from redesaude.assemble.lapses import PricedLapses, Way, lapses_of
from redesaude.assemble.options import PricedOptions
from redesaude.finance.phases import Phases
from redesaude.finance.pricing import Prices, price_by_period
from redesaude.finance.services import Services, timing_of
from redesaude.finance.succession import Succession
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Steps, Waits

CLOSED = -1


@dataclass(frozen=True)
class PricedSteps:
    """The steps (rows service, source, target: option rows, -1 for closed) and what the finance engine made of them.

    ``ending`` are those that only follow the end of a term.
    ``services`` and ``terms`` are those of the targets as the step delivers them; steps that close deliver nothing.
    ``prices[q]`` are NPV by line and period of a step taken in period q whose target stays to the end, the first of
    them None; ``closing`` (steps, periods) is the NPV of closing.
    """

    service: Ints
    source: Ints
    target: Ints
    ending: Flags
    services: Services
    terms: Succession
    prices: tuple[Prices | None, ...]
    closing: Floats


def step_table(options: PricedOptions, phases: Phases) -> pd.DataFrame:
    """Return the steps that services may take: columns service, source, target, ending.

    A service that does not exist may start. Today's service, left as it is, may later become whatever it could become
    in the first period. Any other option may be enlarged under its contract while its term runs; once its term is over
    and direct administration has taken over (``ending``), it may come under another contract, in the same size or a
    larger one. Works that a company or a provider financed stay until then; everything else may close, and what exists
    today does not open again once closed.
    """
    table = options.table.assign(row=np.arange(len(options.table)), works=options.services.works)
    rows = table[["service", "row", "contract_id", "capacity", "works"]]
    kept = table["status"] == "kept"
    starts = table.loc[~table["existing"], ["service", "row"]].rename(columns={"row": "target"}).assign(source=CLOSED)
    pairs = rows.merge(rows, on="service", suffixes=("", "_to"))
    pairs = pairs[pairs["row"] != pairs["row_to"]]
    from_today = pairs["row"].isin(table.loc[kept, "row"])
    same = pairs["contract_id"] == pairs["contract_id_to"]
    larger = same & (pairs["capacity_to"] > pairs["capacity"])
    over = _may_be_over(options, phases)
    after = over[pairs["row"].to_numpy()] & ~same & (pairs["capacity_to"] >= pairs["capacity"]) & ~from_today
    pairs = pairs.assign(ending=after & (options.direct != ""))
    changes = pairs[from_today | larger | pairs["ending"]].rename(columns={"row": "source", "row_to": "target"})
    bound = options.terms.financed & (options.services.works > 0)
    closings = table.loc[~bound | over, ["service", "row"]].rename(columns={"row": "source"})
    closings = closings.assign(target=CLOSED, ending=bound[closings["source"].to_numpy()])
    columns = ["service", "source", "target", "ending"]
    found = pd.concat([starts.assign(ending=False)[columns], changes[columns], closings[columns]])
    found = found.astype(dict.fromkeys(columns[:3], np.int64) | {"ending": bool})
    return pd.DataFrame(found).sort_values(columns[:3], ignore_index=True)


def _may_be_over(options: PricedOptions, phases: Phases) -> Flags:
    """Whether some period begins with the term of an option over, had it been chosen in the first."""
    return np.asarray(timing_of(options.services, options.terms).ends <= phases.begins[-1])


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
    columns = ["service", "source", "target", "ending"]
    steps = step_table(options, phases) if len(phases) > 1 else pd.DataFrame(columns=columns, dtype=int)
    service, source, target = (steps[name].to_numpy(np.int64) for name in columns[:3])
    closes, ending = target == CLOSED, steps["ending"].to_numpy(bool)
    direct = (options.table["contract_id"] == options.direct).to_numpy(bool)[target]
    terms = options.terms.take(target).going_on(_grown(options, source) & ~ending).following(ending, direct)
    services = delivered(options, source, target)
    prices: list[Prices | None] = [None]
    for q in range(1, len(phases)):
        found = price_by_period(begun_in(services, phases, q), terms, phases.calendar, phases.begins, perspective)
        lines = ({line: npv * ~closes[:, None] for line, npv in part.items()} for part in (found.fixed, found.per_case))
        prices.append(Prices(*lines))
    closing = np.where(closes, closing_cost[service], 0.0)[:, None] * phases.firsts
    return PricedSteps(service, source, target, ending, services, terms, tuple(prices), closing)


def begun_in(services: Services, phases: Phases, period: int) -> Services:
    """Return the services as decided at the beginning of ``period``."""
    begin = np.full(len(services), float(phases.begins[period]))
    return replace(services, begun=begin, since=begin)


def step_rows(
    options: PricedOptions, steps: PricedSteps, phases: Phases, frozen: Flags, perspective: str
) -> tuple[Steps, Waits, PricedLapses]:
    """Return steps, waits and lapses of the planning problem; ``frozen`` (services, periods): nothing may change."""
    cost, settled = steps.closing.copy(), np.zeros((len(steps.service), len(phases)), dtype=np.int64)
    cost[:, 0] = 0.0
    allowed = ~frozen[steps.service]
    allowed[:, 0] = False
    ways = list(_ways(options, steps, phases))
    for way in ways[1:]:
        q = way.begun
        cost[way.step, q] += way.prices.cost.sum(axis=1) - options.running.cost[way.option, q:].sum(axis=1)
        settled[:, q] = q
        settled[way.step, q] = way.leaving.settled
    rows = Steps(
        service=steps.service,
        source=steps.source,
        target=steps.target,
        works=(steps.services.works > 0) & (steps.target != CLOSED),
        cost=cost,
        allowed=allowed,
        settled=np.maximum(settled, np.arange(len(phases)) + 1),
        first_settled=np.maximum(ways[0].leaving.settled, 1),
    )
    waits = [way.waits for way in ways]
    columns = {f.name: np.concatenate([getattr(wait, f.name) for wait in waits]) for f in fields(Waits)}
    taken = [way.take(allowed[way.step, way.begun]) if way.begun else way for way in ways]
    leaving = [way.take(np.isin(way.option, steps.source)) for way in taken]
    return rows, Waits(**columns), lapses_of(leaving, np.flatnonzero(steps.ending), perspective)


def _ways(options: PricedOptions, steps: PricedSteps, phases: Phases) -> Iterator[Way]:
    """Yield the ways to come to options: the choice in the first period, and the steps of each later one."""
    every, none = np.arange(len(options.table)), np.full(len(options.table), -1)
    yield Way(0, every, none, options.services, options.terms, options.prices, options.running, phases)
    opens = np.flatnonzero(steps.target != CLOSED)
    for q, priced in enumerate(steps.prices):
        if priced is not None:
            services = begun_in(steps.services.take(opens), phases, q)
            terms, prices = steps.terms.take(opens), priced.take(opens)
            yield Way(q, steps.target[opens], opens, services, terms, prices, options.running, phases)
