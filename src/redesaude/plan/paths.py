"""The path of each service through the periods of a plan, read from its openings: what is built when, and on what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.plan.numbers import ServiceNumbers, State, today_of
from redesaude.plan.plan import Plan


def paths_of(scenario: Scenario, openings: pd.DataFrame) -> dict[tuple[str, str], dict[int, State]]:
    """Return (site, specialty) -> {position of the period: size and contract}."""
    position = {name: t for t, name in enumerate(scenario.periods["period_id"])}
    found: dict[tuple[str, str], dict[int, State]] = {}
    for row in rows_of(openings):
        states = found.setdefault((row.site_id, row.specialty_id), {})
        states[position[row.period_id]] = (row.size_id, row.contract_id)
    return found


def begun_in(path: dict[int, State], period: int) -> int:
    """Return the period in which the service came to its state of ``period``."""
    while period and path.get(period - 1) == path[period]:
        period -= 1
    return period


def closings_of(scenario: Scenario, openings: pd.DataFrame) -> list[tuple[tuple[str, str], int, State]]:
    """Return (site and specialty, first period (position) in which it is not open, its state before) of what closes.

    What runs today and is not open in the first period closes with it.
    """
    paths, today = paths_of(scenario, openings), today_of(scenario)
    found = []
    for place in sorted(paths.keys() | today.keys()):
        before = today.get(place)
        for period in range(len(scenario.periods)):
            after = paths.get(place, {}).get(period)
            if before is not None and after is None:
                found.append((place, period, before))
            before = after
    return found


def changes_of(scenario: Scenario, openings: pd.DataFrame) -> list[str]:
    """Return what happened to each opening since the period before: new, kept, enlarged or converted."""
    paths, today = paths_of(scenario, openings), today_of(scenario)
    position = {name: t for t, name in enumerate(scenario.periods["period_id"])}
    found = []
    for row in rows_of(openings):
        place, t, now = (row.site_id, row.specialty_id), position[row.period_id], (row.size_id, row.contract_id)
        before = paths[place].get(t - 1) if t else today.get(place)
        if before is None:
            found.append("new")
        elif before == now:
            found.append("kept")
        else:
            found.append("converted" if before[0] == now[0] else "enlarged")
    return found


def records_of(plan: Plan, phases: Phases, numbers: ServiceNumbers) -> list[dict[str, float]]:
    """Return each opening of ``plan`` as the finance engine wants it, with its least volume as ``least_cases``."""
    paths, today = paths_of(plan.scenario, plan.openings), today_of(plan.scenario)
    position = {name: t for t, name in enumerate(plan.scenario.periods["period_id"])}
    waits = plan.scenario.specialties.set_index("specialty_id")
    settings, found = plan.scenario.settings, []
    for row in rows_of(plan.openings):
        place, period = (row.site_id, row.specialty_id), position[row.period_id]
        record = _record(numbers, place, paths[place], period, today.get(place))
        record["capacity"] *= settings.occupancy
        record["unmet_cost"] = float(waits["unmet_cost"][row.specialty_id])
        record["elsewhere_share"] = float(waits["treated_elsewhere_share"][row.specialty_id])
        record["waiting_weight"] = settings.waiting_weight
        found.append(record | _timing(paths[place], period, phases))
    return found


def contracts_before(plan: Plan, direct: str) -> list[str | None]:
    """Return what runs each opening until its contract is signed: blank nothing, None the same contract.

    Where the plan itself gave the service to another contract it is ``direct``, which took over when its term ended.
    What the plan itself enlarges goes on under its contract, whichever that is: None, too, where today's service is
    kept for a while first, and might be under another contract from the beginning.
    """
    paths, today = paths_of(plan.scenario, plan.openings), today_of(plan.scenario)
    position = {name: t for t, name in enumerate(plan.scenario.periods["period_id"])}
    found: list[str | None] = []
    for row in rows_of(plan.openings):
        place = row.site_id, row.specialty_id
        now = today.get(place)
        before = _before(paths[place], position[row.period_id])
        if before is not None and before[1] == row.contract_id:
            found.append(None)
        elif before is not None and before != now:
            found.append(direct)
        else:
            found.append(now[1] if now else "")
    return found


def sizes_before(plan: Plan) -> list[str]:
    """Return the size in which each opening runs until its works open; blank where nothing runs."""
    paths, today = paths_of(plan.scenario, plan.openings), today_of(plan.scenario)
    position = {name: t for t, name in enumerate(plan.scenario.periods["period_id"])}
    found = []
    for row in rows_of(plan.openings):
        place = row.site_id, row.specialty_id
        state = _before(paths[place], position[row.period_id]) or today.get(place)
        found.append(state[0] if state else "")
    return found


def _before(path: dict[int, State], period: int) -> State | None:
    """What the plan ran before the service came to its state of ``period``."""
    begun = begun_in(path, period)
    return path.get(begun - 1) if begun else None


def _timing(path: dict[int, State], period: int, phases: Phases) -> dict[str, float]:
    """When works begin, and the years in which the service runs as this opening."""
    begun = begun_in(path, period)
    last = period == len(phases) - 1
    return {
        "begun": float(phases.begins[begun]),
        "since": float(phases.begins[period]),
        "until": np.inf if last else float(phases.ends[period]),
        "pays_works": float(begun == period),
    }


def _record(
    numbers: ServiceNumbers, place: tuple[str, str], path: dict[int, State], period: int, today: State | None
) -> dict[str, float]:
    """One opening from the rows that name it; works are those beyond what stood before."""
    state, before = path[period], _before(path, period)
    size = numbers.of(*place, state[0])
    as_today = numbers.of(*place, today[0]) if today else None
    every = _built(size, as_today, same=today is not None and state[0] == today[0])
    works, stood = every, as_today
    if before is not None and before != today:  # grown from what the plan itself opened
        stood = numbers.of(*place, before[0])
        works = max(0.0, every - _built(stood, as_today, same=today is not None and before[0] == today[0]))
    return {
        "works": works,
        "earlier_works": every - works,
        "lifecycle": size["lifecycle_share"] * size["capex"],
        "fixed": size["fixed_cost"],
        "per_case": size["cost_per_case"],
        "capacity": size["capacity"],
        "build_years": size["build_months"] / 12.0,
        "before_fixed": stood["fixed_cost"] if stood else 0.0,
        "before_lifecycle": size["lifecycle_share"] * stood["capex"] if stood else 0.0,
        "before_share": min(1.0, stood["capacity"] / size["capacity"]) if stood else 0.0,
        "least_cases": size["min_cases"],
    }


def _built(size: dict[str, float], today: dict[str, float] | None, *, same: bool) -> float:
    """Works that bring today's service, or a bare site, to ``size``."""
    return 0.0 if same else max(0.0, size["capex"] - (today["capex"] if today else 0.0))
