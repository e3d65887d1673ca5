r"""What services of today have room for until those that are to take their patients open, and what a case there costs.

A room holds the capacity of today's service, and no more than the cases that reach it. Of a service that is kept the
room is paid already, but for what a case costs; a service that ends runs on in proportion to the patients it still has,
at a fixed cost of one when full. A case treated meanwhile costs no less than the dearest size of its specialty would
take for it when full, works repaid over the horizon: else a late opening would gain. What is charged beyond the cost of
the room is on the line ``elsewhere``, as care that no budget of the plan pays.

Of a case that waits :math:`\omega\pi` a year is saved (line ``waiting``). Rooms where that is no saving are left out,
and with them specialties without a price of waiting, whose people are charged what the open service would cost anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.options import PricedOptions, existing_table
from redesaude.assemble.phases import phases_of
from redesaude.assemble.register import contracts_in
from redesaude.assemble.steps import PricedSteps
from redesaude.assemble.tiers import tiered
from redesaude.finance.cashflow import running_a_year
from redesaude.finance.contracts import Terms
from redesaude.finance.phases import Phases
from redesaude.finance.services import Services, share_of_years, timing_of
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario, positions
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import PlanningProblem, Waits
from redesaude_models.problem import Services as ServiceRows
from redesaude_models.rooms import Rooms

_PLACE = ["site_id", "specialty_id"]
#: years below which nobody waits
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class TodaysRooms:
    """The rooms worth being treated in, as services of today have them.

    ``table`` has columns site_id, specialty_id, contract_id and ``kept`` (else of a service that ends). ``size``
    (rooms, periods) is cases a year, 0 where it is not worth it. ``lines`` is what a case treated there for a year
    costs by line in the perspective of the scenario (real currency, ``waiting`` saved), ``whole`` what running takes of
    it of all governments, both (rooms, periods). ``reach`` (cases a year that reach the place, by period) is by site
    and specialty, ``most`` (those that reach some service of today) by specialty.
    """

    table: pd.DataFrame
    size: Floats
    lines: Mapping[str, Floats]
    whole: Mapping[str, Floats]
    reach: Mapping[tuple[str, str], Floats]
    most: Mapping[str, Floats]

    @property
    def cost(self) -> Floats:
        """What a case treated there for a year costs more than one that waits (currency, negative)."""
        return np.asarray(sum(self.lines.values()), dtype=float)

    def alike(self, other: TodaysRooms) -> bool:
        """Whether the ``other`` rooms of the same places are as large and come in the same turn, the cheapest first."""
        if self is other:
            return True
        turn, others = (np.argsort(rooms.cost, axis=0, kind="stable") for rooms in (self, other))
        same = self.table is other.table or self.table.equals(other.table)
        return same and np.array_equal(self.size, other.size) and np.array_equal(turn, others)

    def take(self, rows: np.ndarray) -> TodaysRooms:
        """Return the given rooms."""
        if rows.dtype == bool and rows.all():
            return self
        lines, whole = ({line: rate[rows] for line, rate in part.items()} for part in (self.lines, self.whole))
        table = self.table[rows].reset_index(drop=True)
        return replace(self, table=table, size=self.size[rows], lines=lines, whole=whole)


@dataclass(frozen=True)
class Places:
    """Where services of today have rooms, whatever a case costs there.

    ``services`` are those as the finance engine wants them, ``price`` that of a case sent away, the rest as
    :class:`TodaysRooms` have it.
    """

    table: pd.DataFrame
    services: Services
    price: Floats
    size: Floats
    reach: Mapping[tuple[str, str], Floats]
    most: Mapping[str, Floats]


@once
def todays_rooms(scenario: Scenario) -> TodaysRooms:
    """Return the rooms of the services that exist."""
    return rooms_at(scenario, places_today(scenario))


@once
def places_today(scenario: Scenario) -> Places:
    """Return where the services that exist have rooms: the same whatever contracts state."""
    today = existing_table(scenario)
    specialties = scenario.specialties.set_index("specialty_id")
    priced = today["specialty_id"].map(specialties["unmet_cost"]).notna()
    today = today[priced & (today["today_capacity"] > 0) & (today["today_contract"] != "")].reset_index(drop=True)
    reach, most = _within_reach(scenario, today, travel_minutes(scenario))
    capacity = today["today_capacity"].to_numpy(float) * scenario.settings.occupancy
    within = [reach[place] for place in today[_PLACE].itertuples(index=False, name=None)]
    size = np.minimum(capacity[:, None], np.array(within).reshape(len(today), len(scenario.periods)))
    kept, ends = np.arange(len(today)), np.flatnonzero(today["closing"] == "when_replaced")
    both = np.concatenate([kept, ends])
    table = today.iloc[both].assign(nominal=capacity[both], kept=np.arange(len(both)) < len(kept))
    table = table.rename(columns={"today_contract": "contract_id"}).reset_index(drop=True)
    price = table["specialty_id"].map(specialties["unmet_cost"]).to_numpy(float)
    return Places(table[[*_PLACE, "contract_id", "kept"]], _services(table), price, size[both], reach, most)


def rooms_at(scenario: Scenario, places: Places) -> TodaysRooms:
    """Return the rooms of ``places`` worth being treated in, at the terms of the contracts of ``scenario``."""
    whose = scenario.settings.perspective
    of_state = _running(scenario, places, whose)
    whole = of_state if whose == "government" else _running(scenario, places, "government")
    rooms = TodaysRooms(
        table=places.table,
        size=places.size,
        lines=of_state | _borne(scenario, places, of_state),
        whole=whole,
        reach=places.reach,
        most=places.most,
    )
    rooms = replace(rooms, size=np.where(rooms.cost < 0, rooms.size, 0.0))
    return rooms.take(np.any(rooms.size > 0, axis=1))


def _within_reach(
    scenario: Scenario, today: pd.DataFrame, minutes: Minutes
) -> tuple[dict[tuple[str, str], Floats], dict[str, Floats]]:
    """The cases a year, by period, that reach each service of today, and those that reach any; no limit where some are
    sent on.
    """
    periods = range(len(scenario.periods))
    cases, tiers = np.stack([case_matrix(scenario, t) for t in periods], axis=-1), tiered(scenario)
    ceiling = scenario.specialties["ceiling_minutes"].fillna(np.inf).to_numpy(float)
    site = positions(scenario.sites["site_id"], today["site_id"])
    reach: dict[tuple[str, str], Floats] = {}
    most: dict[str, Floats] = {}
    for s, name in enumerate(scenario.specialties["specialty_id"].astype(str)):
        own = np.flatnonzero(today["specialty_id"] == name)
        far = minutes[:, site[own]]
        near = np.isfinite(far) & (far <= ceiling[s] + 1e-9)
        each, any_of_them = near.T @ cases[:, s], near.any(axis=1) @ cases[:, s]
        no_limit = np.full(len(periods), np.inf)
        sent_on = name in tiers
        reach |= {
            (str(today["site_id"][n]), name): no_limit if sent_on else people
            for n, people in zip(own.tolist(), each, strict=True)
        }
        most[name] = no_limit if sent_on else any_of_them * (1.0 + 1e-9)
    return reach, most


def _running(scenario: Scenario, places: Places, perspective: str) -> dict[str, Floats]:
    """What running takes for a case treated for a year in each room, by line and period."""
    table, size = places.table, places.size
    ids = table["contract_id"].to_list()
    under = contracts_in(scenario).succeeding(ids, ids, table["specialty_id"].to_list())
    ends = ~table["kept"].to_numpy(bool)[:, None]
    full = np.where(ends & (size > 0), 1.0 / np.where(size > 0, size, 1.0), 0.0)
    running = running_a_year(places.services, under, perspective)
    return {line: np.asarray(fixed[:, None] * full + per_case[:, None]) for line, (fixed, per_case) in running.items()}


def _borne(scenario: Scenario, places: Places, running: Mapping[str, Floats]) -> dict[str, Floats]:
    """What is charged for a case beyond running the room, and what is saved as it does not wait."""
    table = places.table
    least = np.zeros(0) if table.empty else table["specialty_id"].map(dearest_case(scenario)).to_numpy(float)
    elsewhere = np.maximum(least[:, None] - np.asarray(sum(running.values())), 0.0)
    saved = scenario.settings.waiting_weight * places.price[:, None]
    return {"elsewhere": elsewhere, "waiting": np.broadcast_to(-saved, elsewhere.shape)}


def _services(table: pd.DataFrame) -> Services:
    """The services of today as the finance engine wants them, nothing to be built."""
    none = np.zeros(len(table))
    return Services(
        works=none,
        lifecycle=table["today_lifecycle"].to_numpy(float),
        fixed=table["today_fixed"].to_numpy(float),
        per_case=table["today_per_case"].to_numpy(float),
        capacity=table["nominal"].to_numpy(float),
        build_years=none,
        before_fixed=none,
        before_lifecycle=none,
        before_share=none,
        unmet_cost=none * np.nan,
    )


@once
def dearest_case(scenario: Scenario) -> pd.Series:
    """Return by specialty what a case takes in the dearest of its sizes when full, works repaid over the horizon."""
    sizes, settings = scenario.sizes[scenario.sizes["capacity"] > 0], scenario.settings
    repaid = phases_of(scenario).calendar.recovery()
    yearly = sizes["fixed_cost"] + (sizes["lifecycle_share"] + repaid) * sizes["capex"]
    cost = sizes["cost_per_case"] + yearly / (sizes["capacity"] * settings.occupancy)
    return pd.Series(cost.groupby(sizes["specialty_id"]).max())


def late_until(opened: Floats, waiting: Floats, period: Ints, phases: Phases) -> Floats:
    """Return until when (years from the first) cases wait in a period, the beginning of it where none would."""
    begins, ends = (np.array(each, dtype=float)[period] for each in (phases.begins, phases.ends))
    until = np.minimum(opened, ends)
    return np.where((until > begins + _TOLERANCE) & (waiting > 0), np.round(until, 9), begins)


def worth_of(begins: Floats, ends: Floats, phases: Phases) -> Floats:
    """Return the NPV of 1 a year from each beginning to its end (years from the first)."""
    parts = share_of_years(begins, ends, phases.calendar.horizon_years)
    return np.asarray(phases.worth(parts))


@dataclass(frozen=True)
class _Arrivals:
    """Ways in which options may be open late, as :class:`redesaude_models.rooms.Rooms` has them, each in a ``period``
    and ``until`` when.
    """

    option: Ints
    wait: Ints
    begun: Ints
    period: Ints
    until: Floats
    waiting: Floats
    as_today: Flags

    def take(self, rows: Flags) -> _Arrivals:
        """Return the rows marked."""
        return _Arrivals(*(getattr(self, f.name)[rows] for f in fields(self)))


def _arrivals(options: PricedOptions, steps: PricedSteps, waits: Waits, phases: Phases) -> _Arrivals:
    """Every way in which people may come to wait: the choice of the first period, there, and the rows of ``waits``."""
    every = np.arange(len(options.table))
    option, rows = np.concatenate([every, waits.option]), np.concatenate([-1 - 0 * every, np.arange(len(waits.option))])
    step, begun, period = (
        np.concatenate([none + 0 * every, own]) for none, own in ((-1, waits.step), (0, waits.begun), (0, waits.period))
    )
    later = np.flatnonzero(step >= 0)
    opens, waiting = (each[option] for each in _lateness(options.services, options.terms))
    delay, share = _lateness(steps.services, steps.terms)
    opens[later] = np.array(phases.begins)[begun[later]] + delay[step[later]]
    waiting[later] = share[step[later]]
    kept, existing = (options.table["status"] == "kept").to_numpy(bool), options.table["existing"].to_numpy(bool)
    as_today = existing[option] & (options.services.before_share[option] < 1)
    as_today[later] &= kept[steps.source[step[later]]]
    until = late_until(opens, waiting, period, phases)
    found = _Arrivals(option, rows, begun, period, until, waiting, as_today)
    return found.take(until > np.array(phases.begins)[period])


def _lateness(services: Services, terms: Terms) -> tuple[Floats, Floats]:
    """Years from the decision to the opening, and the share of cases that wait so long."""
    waiting = (1.0 - services.elsewhere_share) * (1.0 - services.before_share)
    return timing_of(services, terms).opened - services.begun, waiting


def room_rows(
    scenario: Scenario,
    rooms: TodaysRooms,
    options: PricedOptions,
    steps: PricedSteps,
    problem: PlanningProblem,
) -> tuple[Rooms, TodaysRooms]:
    """Return the rows that somebody may need in the rows of the planning problem, and what they are."""
    ids, phases = scenario.specialties["specialty_id"], phases_of(scenario)
    option_of, room_of = (positions(ids, each["specialty_id"]) for each in (options.table, rooms.table))
    arrivals = _arrivals(options, steps, problem.waits, phases)
    service = _service_rows(scenario, rooms.table, problem.services)
    needed = np.isin(room_of, option_of[arrivals.option]) & ((service >= 0) | ~rooms.table["kept"].to_numpy(bool))
    if not needed.any():
        return Rooms(), rooms.take(needed)
    rooms, room_of = rooms.take(needed), room_of[needed]
    arrivals = arrivals.take(np.isin(option_of[arrivals.option], room_of))
    times = _between(np.stack([option_of[arrivals.option], arrivals.period, arrivals.until], axis=1), phases)
    found = Rooms(
        specialty=times.specialty,
        period=times.period,
        until=times.ends,
        worth=worth_of(times.begins, times.ends, phases),
        option=arrivals.option,
        wait=arrivals.wait,
        begun=arrivals.begun,
        late=times.of_cut,
        waiting=arrivals.waiting,
        as_today=arrivals.as_today,
        **_of_options(options, rooms),
        of=room_of,
        site=positions(scenario.sites["site_id"], rooms.table["site_id"]),
        service=service[needed],
        kept=rooms.table["kept"].to_numpy(bool),
        size=rooms.size,
        cost=rooms.cost,
        most=np.array([rooms.most[name] for name in ids]),
    )
    return found, rooms


def _of_options(options: PricedOptions, rooms: TodaysRooms) -> dict[str, Floats]:
    """The cases for which each option has room of today, by period, and the share of its cases that takes it."""
    existing, before = options.table["existing"].to_numpy(bool), options.services.before_share
    nobody = np.zeros(rooms.size.shape[1])
    places = options.table[_PLACE].itertuples(index=False, name=None)
    reach = np.array([rooms.reach.get(place, nobody) for place in places]).reshape(len(before), len(nobody))
    today = np.minimum((before * options.services.capacity)[:, None], reach)
    return {"today": np.where(existing[:, None], today, 0.0), "used": np.where(existing, before, 0.0)}


def cuts_of(rooms: Rooms) -> Floats:
    """Return where the time of rooms is cut: rows of a specialty, a period, and years from the first."""
    return np.stack([rooms.specialty.astype(float), rooms.period.astype(float), rooms.until], axis=1)


def cut_at(rooms: Rooms, cuts: Floats, phases: Phases) -> Rooms:
    """Return rooms in the intervals of these ``cuts``, their own among them; none where nobody needs any.

    An interval cut in two is worth what both parts are, with the same rooms and people: no plan costs otherwise.
    """
    if not len(rooms.of):
        return rooms
    times = _between(cuts, phases)
    cut = replace(
        rooms,
        specialty=times.specialty,
        period=times.period,
        until=times.ends,
        worth=worth_of(times.begins, times.ends, phases),
    )
    row = {tuple(each): n for n, each in enumerate(cuts_of(cut).tolist())}
    at = np.array([row[tuple(each)] for each in cuts_of(rooms).tolist()], dtype=np.int64)
    return replace(cut, late=at[rooms.late])


class _Times(NamedTuple):
    """The intervals between openings, by specialty and period, and of each cut the interval that ends there."""

    specialty: Ints
    period: Ints
    begins: Floats
    ends: Floats
    of_cut: Ints


def _between(cuts: Floats, phases: Phases) -> _Times:
    """Cut time at ``cuts`` (rows of a specialty, a period, and years from the first)."""
    cuts, row = np.unique(cuts, axis=0, return_inverse=True)
    of, period, ends = cuts[:, 0].astype(np.int64), cuts[:, 1].astype(np.int64), cuts[:, 2]
    first = np.r_[True, (cuts[1:, :2] != cuts[:-1, :2]).any(axis=1)][: len(of)]
    begins = np.where(first, np.array(phases.begins, dtype=float)[period], np.r_[0.0, ends[:-1]][: len(ends)])
    return _Times(of, period, begins, ends, np.ravel(row))


def _service_rows(scenario: Scenario, table: pd.DataFrame, services: ServiceRows) -> np.ndarray:
    """The row of the service of each room, -1 for one that ends whatever is decided."""
    site = positions(scenario.sites["site_id"], table["site_id"])
    specialty = positions(scenario.specialties["specialty_id"], table["specialty_id"])
    pairs = zip(services.site.tolist(), services.specialty.tolist(), strict=True)
    row = {pair: k for k, pair in enumerate(pairs)}
    return np.array([row.get(pair, -1) for pair in zip(site.tolist(), specialty.tolist(), strict=True)], dtype=np.int64)
