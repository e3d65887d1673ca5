r"""Who is treated in services of today until those that are to take them open, found again from a plan's openings.

The rules are those of :mod:`redesaude_models.transition`, by names and dates instead of rows: between two openings of a
specialty, as many as wait find the rooms of today that are free, the cheapest first. What a room holds and what a case
there costs is told by :mod:`redesaude.assemble.rooms`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.rooms import TodaysRooms, late_until, todays_rooms, worth_of
from redesaude.finance.contracts import Terms
from redesaude.finance.phases import Phases
from redesaude.finance.services import Services, share_of_years, timing_of
from redesaude.inputs.scenario import Scenario, positions
from redesaude.lines import Kind, line_of
from redesaude.plan.plan import Plan
from redesaude.plan.priced_lines import Line
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Floats, Ints

Place = tuple[str, str]


class _Opening(NamedTuple):
    """A service of the first period: its cases, until when they wait, what share of them would; of one of today what
    room it has as it runs today, and the share of its cases that takes it.
    """

    specialty: str
    cases: float
    until: float
    waiting: float
    today: float
    used: float


@dataclass(frozen=True)
class Meanwhile:
    """Stays in rooms of today: ``room`` (row of ``rooms``), from when until when (years from the first), cases a year.

    Arrays of the same length, in the order of specialties and time.
    """

    rooms: TodaysRooms
    room: Ints
    begins: Floats
    ends: Floats
    cases: Floats

    def by_year(self, years: int) -> Floats:
        """Return the cases treated in each room in each of ``years``, ``(rooms, years)``."""
        found = np.zeros((len(self.rooms.table), years))
        np.add.at(found, self.room, self.cases[:, None] * share_of_years(self.begins, self.ends, years))
        return found

    def runs_until(self) -> dict[Place, float]:
        """Return until when (years from the first) each service that ends runs on; those that do not are left out."""
        found: dict[Place, float] = {}
        table = self.rooms.table
        for r, end in zip(self.room.tolist(), self.ends.tolist(), strict=True):
            if not table["kept"][r]:
                place = str(table["site_id"][r]), str(table["specialty_id"][r])
                found[place] = max(found.get(place, 0.0), end)
        return found


def rooms_of(scenario: Scenario) -> TodaysRooms:
    """Return the rooms of today's services, from the scenario alone."""
    return todays_rooms(scenario, travel_minutes(scenario))


def meanwhile(plan: Plan, phases: Phases, services: Services, terms: Terms, rooms: TodaysRooms) -> Meanwhile:
    """Return who is treated where until services open, in the first period; ``services`` and ``terms`` are those of the
    openings of ``plan``, ``rooms`` those of its scenario.
    """
    waiting = (1.0 - services.elsewhere_share) * (1.0 - services.before_share)
    until = late_until(timing_of(services, terms).opened, waiting, phases)
    opened = _opened(plan, rooms, services, waiting=waiting, until=until)
    stays: list[tuple[int, float, float, float]] = []
    for specialty in dict.fromkeys(rooms.table["specialty_id"]):
        own = {place: each for place, each in opened.items() if each.specialty == specialty}
        there = np.flatnonzero(rooms.table["specialty_id"] == specialty)
        in_turn = there[np.argsort(rooms.cost[there], kind="stable")].tolist()
        dates = sorted({0.0, *(float(each.until) for each in own.values())})
        for begin, end in pairwise(dates):
            due = sum(each.cases * each.waiting for each in own.values() if each.until > begin)
            left = min(due, rooms.most[specialty] - sum(each.used * each.cases for each in own.values()))
            for r in in_turn:
                cases = max(0.0, min(left, _free(rooms, r, own, begin)))
                left -= cases
                if cases > 0:
                    stays.append((r, begin, end, cases))
    columns = np.array(stays, dtype=float).reshape(-1, 4).T
    return Meanwhile(rooms, columns[0].astype(np.int64), *columns[1:])


def _opened(
    plan: Plan, rooms: TodaysRooms, services: Services, *, waiting: Floats, until: Floats
) -> dict[Place, _Opening]:
    """The services open in the first period, by site and specialty."""
    openings, first = plan.openings, plan.scenario.periods["period_id"].iloc[0]
    places = list(zip(openings["site_id"], openings["specialty_id"], strict=True))
    reach = np.array([rooms.reach.get(place, 0.0) for place in places])
    today = np.minimum(services.before_share * services.capacity, reach)
    numbers = np.stack([openings["cases"].to_numpy(float), until, waiting, today, services.before_share], axis=1)
    now = (openings["period_id"] == first).tolist()
    return {
        place: _Opening(place[1], *each)
        for place, each, there in zip(places, numbers.tolist(), now, strict=True)
        if there
    }


def _free(rooms: TodaysRooms, room: int, opened: dict[Place, _Opening], begin: float) -> float:
    """The cases a year for which a room is free from ``begin`` on."""
    row = rooms.table.iloc[room]
    its, size = opened.get((row["site_id"], row["specialty_id"])), float(row["size"])
    if not row["kept"]:
        return size if its is None else 0.0
    as_today = its is not None and (its.used >= 1 or its.until > begin)
    return min(size, its.today - its.used * its.cases) if its is not None and as_today else 0.0


GUESTS = ("assignment", "minutes", "begins", "ends", "cases")


def guests(plan: Plan, found: Meanwhile, phases: Phases, services: Services, terms: Terms) -> pd.DataFrame:
    """Return who is treated meanwhile instead of whom, columns :data:`GUESTS`: rows of the assignments of ``plan``.

    As long as some service of a specialty is not open yet, the rooms of today treat those who live nearest, of all who
    are sent there or to what opens late, within the ceiling: as they do today. ``cases`` are added to those whom the
    plan treats from the first day, or taken off where negative; they add up to the stays of ``found``. Whoever finds
    room beyond the ceiling has no minutes (inf).
    """
    people, table = _people_of(plan, phases, services, terms), found.rooms.table
    ceilings = plan.scenario.specialties.set_index("specialty_id")["ceiling_minutes"].fillna(np.inf).to_dict()
    far, site = travel_minutes(plan.scenario), positions(plan.scenario.sites["site_id"], table["site_id"])
    names, parts = table["specialty_id"].to_numpy(str)[found.room], []
    for name, own in people.groupby("specialty_id", sort=False):
        minutes = np.where(far <= ceilings[name] + 1e-9, far, np.inf)
        stays = names == name
        for begin, end in pairwise(sorted({0.0, *own["until"], *found.begins[stays], *found.ends[stays]})):
            here = stays & (found.begins <= begin) & (found.ends > begin)
            in_use = own[(own["in_use"] > 0) & ((own["until"] > begin) | own["as_today"])]
            late = own[own["until"] > begin]
            where = np.concatenate([in_use["site"].to_numpy(int), site[found.room[here]]])
            room = np.concatenate([in_use["in_use"].to_numpy(float), found.cases[here]])
            both = pd.concat([in_use, late]), pd.concat([in_use["in_use"], late["late"]])
            instead = in_use[["minutes"]].assign(cases=-in_use["in_use"])
            moved = pd.concat([_rearranged(*both, (where, room), minutes), instead])
            parts.append(moved.assign(begins=begin, ends=end).rename_axis("assignment").reset_index()[list(GUESTS)])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(GUESTS), dtype=float)


def _people_of(plan: Plan, phases: Phases, services: Services, terms: Terms) -> pd.DataFrame:
    """The assignments of the first period: ``late`` cases that today's service there does not treat, ``until`` when,
    and those ``in_use`` of its rooms, which is as long as they are late, and to the end where all are (``as_today``).
    """
    waiting = (1.0 - services.elsewhere_share) * (1.0 - services.before_share)
    until = late_until(timing_of(services, terms).opened, waiting, phases)
    keys, trips, scenario = ["site_id", "specialty_id", "period_id"], plan.assignments, plan.scenario
    at = pd.MultiIndex.from_frame(plan.openings[keys]).get_indexer(pd.MultiIndex.from_frame(trips[keys]))
    cases, share = trips["cases"].to_numpy(float), services.before_share[at]
    rows = trips[["specialty_id", "minutes", "period_id"]].reset_index(drop=True).assign(
        until=until[at],
        late=cases * (1.0 - share),
        in_use=cases * share,
        as_today=share >= 1,
        territory=positions(scenario.territories["territory_id"], trips["territory_id"]),
        site=positions(scenario.sites["site_id"], trips["site_id"]),
    )  # fmt: skip
    return pd.DataFrame(rows[rows["period_id"] == scenario.periods["period_id"].iloc[0]])


def _rearranged(who: pd.DataFrame, cases: pd.Series, rooms: tuple[Ints, Floats], far: Floats) -> pd.DataFrame:
    """The ``cases`` of the people ``who`` that find room, nearest first, and how far they go, by their assignment.

    ``rooms`` are the positions of sites and the cases that they hold, ``far`` minutes by territory and site.
    """
    sites, which = np.unique(rooms[0], return_inverse=True)
    minutes = far[np.ix_(who["territory"].to_numpy(int), sites)]
    sent = _nearest_first(cases.to_numpy(float), np.bincount(which, rooms[1]).astype(float), minutes)
    row, column = np.nonzero(sent > 0)
    return pd.DataFrame({"minutes": minutes[row, column], "cases": sent[row, column]}, index=who.index[row])


def _nearest_first(cases: Floats, room: Floats, minutes: Floats) -> Floats:
    """Return who is sent where, shape of ``minutes``: by rising minutes, as long as there are cases and room."""
    left, free, sent = cases.copy(), room.copy(), np.zeros_like(minutes)
    for pair in np.argsort(minutes, axis=None, kind="stable").tolist():
        who, where = divmod(pair, minutes.shape[1])
        sent[who, where] = min(left[who], free[where])
        left[who] -= sent[who, where]
        free[where] -= sent[who, where]
        if not free.any():
            break
    return sent


def meanwhile_lines(plan: Plan, phases: Phases, found: Meanwhile) -> Iterator[Line]:
    """Yield what being treated meanwhile costs and saves; what no one is paid is at no place."""
    table, first = found.rooms.table, str(plan.scenario.periods["period_id"].iloc[0])
    years = found.cases * worth_of(found.begins, found.ends, phases)
    for line, rate in found.rooms.lines.items():
        for r, amount in zip(found.room.tolist(), (years * rate[found.room]).tolist(), strict=True):
            place = str(table["site_id"][r]), str(table["specialty_id"][r]), str(table["contract_id"][r])
            of = ("", place[1], "") if line_of(line).kind is Kind.BORNE else place
            yield *of, line, first, amount
