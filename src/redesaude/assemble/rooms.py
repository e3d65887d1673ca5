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
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.options import PricedOptions, existing_table
from redesaude.assemble.phases import phases_of
from redesaude.assemble.tiers import tiered
from redesaude.finance.cashflow import running_a_year
from redesaude.finance.contracts import terms_of
from redesaude.finance.phases import Phases
from redesaude.finance.risks import register_of
from redesaude.finance.services import Services, share_of_years, timing_of
from redesaude.finance.succession import contracts_of
from redesaude.inputs.scenario import Scenario, positions
from redesaude.travel.matrix import Minutes
from redesaude_models.arrays import Floats, Ints
from redesaude_models.problem import Services as ServiceRows
from redesaude_models.rooms import Rooms

_PLACE = ["site_id", "specialty_id"]
#: years below which nobody waits
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class TodaysRooms:
    """The rooms worth being treated in, as services of today have them.

    ``table`` has columns site_id, specialty_id, contract_id, ``kept`` (else of a service that ends) and ``size`` (cases
    a year). ``lines`` is what a case treated there for a year costs by line in the perspective of the scenario (real
    currency, ``waiting`` saved), ``whole`` what running takes of it of all governments. ``reach`` (cases a year that
    reach the place) is by site and specialty, ``most`` (those that reach some service of today) by specialty.
    """

    table: pd.DataFrame
    lines: Mapping[str, Floats]
    whole: Mapping[str, Floats]
    reach: Mapping[tuple[str, str], float]
    most: Mapping[str, float]

    @property
    def cost(self) -> Floats:
        """What a case treated there for a year costs more than one that waits (currency, negative)."""
        return np.asarray(sum(self.lines.values()), dtype=float)

    def take(self, rows: np.ndarray) -> TodaysRooms:
        """Return the given rooms."""
        lines, whole = ({line: rate[rows] for line, rate in part.items()} for part in (self.lines, self.whole))
        return replace(self, table=self.table[rows].reset_index(drop=True), lines=lines, whole=whole)


def todays_rooms(scenario: Scenario, minutes: Minutes) -> TodaysRooms:
    """Return the rooms of the services that exist; ``minutes`` are ``(territories, sites)``."""
    today = existing_table(scenario)
    specialties = scenario.specialties.set_index("specialty_id")
    priced = today["specialty_id"].map(specialties["unmet_cost"]).notna()
    today = today[priced & (today["today_capacity"] > 0) & (today["today_contract"] != "")].reset_index(drop=True)
    reach, most = _within_reach(scenario, today, minutes)
    capacity = today["today_capacity"].to_numpy(float) * scenario.settings.occupancy
    size = np.minimum(capacity, [reach[place] for place in today[_PLACE].itertuples(index=False, name=None)])
    today = today.assign(nominal=capacity, size=size)[size > 0].reset_index(drop=True)
    kept = today.assign(kept=True)
    ends = today[today["closing"] == "when_replaced"].assign(kept=False)
    table = pd.concat([kept, ends], ignore_index=True).rename(columns={"today_contract": "contract_id"})
    of_state, whole = (_running(scenario, table, whose) for whose in (scenario.settings.perspective, "government"))
    rooms = TodaysRooms(
        table=table[[*_PLACE, "contract_id", "kept", "size"]],
        lines=of_state | _borne(scenario, table, of_state),
        whole=whole,
        reach=reach,
        most=most,
    )
    return rooms.take(rooms.cost < 0)


def _within_reach(
    scenario: Scenario, today: pd.DataFrame, minutes: Minutes
) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """The cases a year that reach each service of today, and those that reach any; no limit where some are sent on."""
    cases, tiers = case_matrix(scenario), tiered(scenario)
    ceiling = scenario.specialties["ceiling_minutes"].fillna(np.inf).to_numpy(float)
    site = positions(scenario.sites["site_id"], today["site_id"])
    reach: dict[tuple[str, str], float] = {}
    most: dict[str, float] = {}
    for s, name in enumerate(scenario.specialties["specialty_id"].astype(str)):
        own = np.flatnonzero(today["specialty_id"] == name)
        far = minutes[:, site[own]]
        near = np.isfinite(far) & (far <= ceiling[s] + 1e-9)
        each, any_of_them = near.T @ cases[:, s], float(near.any(axis=1) @ cases[:, s])
        sent_on = name in tiers
        reach |= {
            (str(today["site_id"][n]), name): np.inf if sent_on else float(people)
            for n, people in zip(own.tolist(), each, strict=True)
        }
        most[name] = np.inf if sent_on else any_of_them * (1.0 + 1e-9)
    return reach, most


def _running(scenario: Scenario, table: pd.DataFrame, perspective: str) -> dict[str, Floats]:
    """What running takes for a case treated for a year in each room, by line."""
    services, ids = _services(table), table["contract_id"].to_list()
    terms = terms_of(scenario.contracts, scenario.settings.perspective)
    register = register_of(scenario.risks, scenario.contracts)
    under = contracts_of(scenario.contracts, terms, register).succeeding(ids, ids, table["specialty_id"].to_list())
    full = np.where(table["kept"], 0.0, 1.0 / table["size"].to_numpy(float))
    running = running_a_year(services, under, perspective)
    return {line: np.asarray(fixed * full + per_case) for line, (fixed, per_case) in running.items()}


def _borne(scenario: Scenario, table: pd.DataFrame, running: Mapping[str, Floats]) -> dict[str, Floats]:
    """What is charged for a case beyond running the room, and what is saved as it does not wait."""
    price = table["specialty_id"].map(scenario.specialties.set_index("specialty_id")["unmet_cost"])
    least = table["specialty_id"].map(dearest_case(scenario)).to_numpy(float)
    return {
        "elsewhere": np.maximum(least - np.asarray(sum(running.values())), 0.0),
        "waiting": -scenario.settings.waiting_weight * price.to_numpy(float),
    }


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


def dearest_case(scenario: Scenario) -> pd.Series:
    """Return by specialty what a case takes in the dearest of its sizes when full, works repaid over the horizon."""
    sizes, settings = scenario.sizes[scenario.sizes["capacity"] > 0], scenario.settings
    repaid = phases_of(scenario).calendar.recovery()
    yearly = sizes["fixed_cost"] + (sizes["lifecycle_share"] + repaid) * sizes["capex"]
    cost = sizes["cost_per_case"] + yearly / (sizes["capacity"] * settings.occupancy)
    return pd.Series(cost.groupby(sizes["specialty_id"]).max())


def late_until(opened: Floats, waiting: Floats, phases: Phases) -> Floats:
    """Return until when (years from the first) cases wait in the first period, 0 where none would."""
    until = np.minimum(opened, float(phases.ends[0]))
    return np.where((until > _TOLERANCE) & (waiting > 0), np.round(until, 9), 0.0)


def worth_of(begins: Floats, ends: Floats, phases: Phases) -> Floats:
    """Return the NPV of 1 a year from each beginning to its end (years from the first)."""
    parts = share_of_years(begins, ends, phases.calendar.horizon_years)
    return np.asarray(phases.worth(parts))


def room_rows(
    scenario: Scenario, rooms: TodaysRooms, options: PricedOptions, services: ServiceRows
) -> tuple[Rooms, TodaysRooms]:
    """Return the rooms that somebody may need in the rows of the planning problem, and what they are."""
    ids, of = scenario.specialties["specialty_id"], options.services
    option_of, room_of = (positions(ids, each["specialty_id"]) for each in (options.table, rooms.table))
    waiting = (1.0 - of.elsewhere_share) * (1.0 - of.before_share)
    until = late_until(timing_of(of, options.terms).opened, waiting, phases_of(scenario))
    service = _service_rows(scenario, rooms.table, services)
    needed = np.isin(room_of, option_of[until > 0]) & ((service >= 0) | ~rooms.table["kept"].to_numpy(bool))
    if not needed.any():
        return Rooms(), rooms.take(needed)
    rooms, room_of = rooms.take(needed), room_of[needed]
    is_late = np.isin(option_of, room_of) & (until > 0)
    times = _between(np.stack([option_of[is_late].astype(float), until[is_late]], axis=1))
    late = np.full(len(until), -1, dtype=np.int64)  # the last interval in which an option is not open yet
    late[is_late] = times.of_cut
    existing = options.table["existing"].to_numpy(bool)
    places = options.table[_PLACE].itertuples(index=False, name=None)
    reach = np.array([rooms.reach.get(place, 0.0) for place in places])
    found = Rooms(
        specialty=times.specialty,
        until=times.ends,
        worth=worth_of(times.begins, times.ends, phases_of(scenario)),
        late=late,
        waiting=np.where(late >= 0, waiting, 0.0),
        today=np.where(existing, np.minimum(of.before_share * of.capacity, reach), 0.0),
        used=np.where(existing, of.before_share, 0.0),
        of=room_of,
        site=positions(scenario.sites["site_id"], rooms.table["site_id"]),
        service=service[needed],
        kept=rooms.table["kept"].to_numpy(bool),
        size=rooms.table["size"].to_numpy(float),
        cost=rooms.cost,
        most=np.array([rooms.most[name] for name in ids]),
    )
    return found, rooms


def cuts_of(rooms: Rooms) -> Floats:
    """Return where the time of rooms is cut: rows of a specialty and years from the first."""
    return np.stack([rooms.specialty.astype(float), rooms.until], axis=1)


def cut_at(rooms: Rooms, cuts: Floats, phases: Phases) -> Rooms:
    """Return rooms in the intervals of these ``cuts``, their own among them; none where nobody needs any.

    An interval cut in two is worth what both parts are, with the same rooms and people: no plan costs otherwise.
    """
    if not len(rooms.of):
        return rooms
    times = _between(cuts)
    row = {tuple(cut): n for n, cut in enumerate(cuts_of(replace(rooms, specialty=times.specialty, until=times.ends)))}
    at = np.array([row[tuple(cut)] for cut in cuts_of(rooms)], dtype=np.int64)
    late = np.where(rooms.late >= 0, at[rooms.late], -1)
    worth = worth_of(times.begins, times.ends, phases)
    return replace(rooms, specialty=times.specialty, until=times.ends, worth=worth, late=late)


class _Times(NamedTuple):
    """The intervals between openings, by specialty, and of each cut the interval that ends there."""

    specialty: Ints
    begins: Floats
    ends: Floats
    of_cut: Ints


def _between(cuts: Floats) -> _Times:
    """Cut time at ``cuts`` (rows of a specialty and years from the first)."""
    cuts, row = np.unique(cuts, axis=0, return_inverse=True)
    of, ends = cuts[:, 0].astype(np.int64), cuts[:, 1]
    first = np.r_[True, of[1:] != of[:-1]][: len(of)]
    begins = np.where(first, 0.0, np.r_[0.0, ends[:-1]][: len(ends)])
    return _Times(of, begins, ends, np.ravel(row))


def _service_rows(scenario: Scenario, table: pd.DataFrame, services: ServiceRows) -> np.ndarray:
    """The row of the service of each room, -1 for one that ends whatever is decided."""
    site = positions(scenario.sites["site_id"], table["site_id"])
    specialty = positions(scenario.specialties["specialty_id"], table["specialty_id"])
    pairs = zip(services.site.tolist(), services.specialty.tolist(), strict=True)
    row = {pair: k for k, pair in enumerate(pairs)}
    return np.array([row.get(pair, -1) for pair in zip(site.tolist(), specialty.tolist(), strict=True)], dtype=np.int64)
