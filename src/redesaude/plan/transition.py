r"""Who is treated in services of today until those that are to take them open, found again from a plan's openings.

The rules are those of :mod:`redesaude_models.transition`, by names and dates instead of rows: between two openings of a
specialty, as many as wait find the rooms of today that are free, the cheapest first. What a room holds and what a case
there costs is told by :mod:`redesaude.assemble.rooms`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.rooms import TodaysRooms, late_until, worth_of
from redesaude.finance.contracts import Terms
from redesaude.finance.phases import Phases
from redesaude.finance.services import Services, share_of_years, timing_of
from redesaude.inputs.scenario import Scenario, positions, rows_of
from redesaude.lines import Kind, line_of
from redesaude.plan.numbers import numbers_of, today_of
from redesaude.plan.paths import begun_in, closings_of, paths_of
from redesaude.plan.plan import Plan
from redesaude.plan.priced_lines import Line
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Flags, Floats, Ints

Place = tuple[str, str]


class _Opening(NamedTuple):
    """A service of a period: its cases, until when they wait, what share of them would, and the period of its works; of
    one of today what room it has as it runs today, the share of its cases that takes it, and until when it does so.
    """

    specialty: str
    cases: float
    until: float
    waiting: float
    begun: int
    today: float
    used: float
    as_today: float


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


def meanwhile(plan: Plan, phases: Phases, services: Services, terms: Terms, rooms: TodaysRooms) -> Meanwhile:
    """Return who is treated where until services open; ``services`` and ``terms`` are those of the openings of
    ``plan``, ``rooms`` those of its scenario.
    """
    return Transition(plan, phases, services, terms, rooms).stays()


class Transition:
    """The rooms of today and the services of a plan that may need them, to be asked for other dates of opening too."""

    def __init__(self, plan: Plan, phases: Phases, services: Services, terms: Terms, rooms: TodaysRooms) -> None:
        self.rooms, self.phases, self._plan = rooms, phases, plan
        table = lateness(plan, phases, services, terms)
        self._ended = {place: t for place, t, _ in closings_of(plan.scenario, plan.openings)}
        self._waiting, self._period = table["waiting"].to_numpy(float), table["period"].to_numpy(np.int64)
        self._openings = _openings(plan, table, rooms, services)
        self._places = list(zip(table["site_id"].astype(str), table["specialty_id"].astype(str), strict=True))
        self._turns: dict[tuple[int, str], list[_Room]] = {}
        self._standing: dict[tuple[str, ...], Flags] = {}
        #: (period, specialty) -> rows of its openings
        self._own: dict[tuple[int, str], list[int]] = {}
        for n, (t, (_, specialty)) in enumerate(zip(self._period.tolist(), self._places, strict=True)):
            self._own.setdefault((t, specialty), []).append(n)
        self._group = np.empty(len(self._places), dtype=np.int64)
        for place, own in enumerate(self._own.values()):
            self._group[own] = place

    def restated(self, rooms: TodaysRooms, cases: Floats) -> Transition:
        """Return the same were other ``cases`` to come to the openings, or the rooms of the same services to cost else.

        Dates are those of the plan as it was: :meth:`stays` is to be told others.
        """
        other = copy(self)
        other.rooms, other._turns = rooms, {}
        pairs = zip(self._openings, cases.tolist(), strict=True)
        other._openings = [opening._replace(cases=its) for opening, its in pairs]
        return other

    def until(self, opened: Floats) -> Floats:
        """Return until when people wait for each opening of the plan, were its services to open at ``opened``."""
        return late_until(opened, self._waiting, self._period, self.phases)

    def stands(self, contracts: Sequence[str]) -> Flags:
        """Return :func:`stands` for each opening of the plan, were they under other ``contracts``."""
        under = tuple(contracts)
        if under not in self._standing:
            openings = self._plan.openings.assign(contract_id=list(contracts))
            self._standing[under] = stands(self._plan.scenario, openings, self._period)
        return self._standing[under]

    def groups(self, rows: Flags) -> list[tuple[int, str]]:
        """Return the periods and specialties of the openings marked: who waits there shares rooms."""
        groups = list(self._own)
        return [groups[place] for place in sorted(set(self._group[rows].tolist()))]

    def stays(
        self, at: tuple[Floats, Flags] | None = None, groups: Sequence[tuple[int, str]] | None = None
    ) -> Meanwhile:
        """Return who is treated where, in all periods and specialties or some ``groups`` of them.

        ``at`` what :meth:`until` and :meth:`stands` have; None: as the plan has its services open.
        """
        found: list[tuple[int, float, float, float]] = []
        if groups is None:
            groups = list(product(range(len(self.phases)), dict.fromkeys(self.rooms.table["specialty_id"])))
        dated = None if at is None else (at[0].tolist(), at[1].tolist())
        for t, specialty in groups:
            own = {self._places[n]: self._at(n, dated) for n in self._own.get((t, specialty), ())}
            found.extend(
                _stays(self._turn(t, specialty), own, float(self.rooms.most[specialty][t]), self.phases.begins[t])
            )
        columns = np.array(found, dtype=float).reshape(-1, 4).T
        return Meanwhile(self.rooms, columns[0].astype(np.int64), *columns[1:])

    def _turn(self, period: int, specialty: str) -> list[_Room]:
        if (period, specialty) not in self._turns:
            self._turns[period, specialty] = _in_turn(self.rooms, specialty, period, self._ended)
        return self._turns[period, specialty]

    def _at(self, row: int, at: tuple[list[float], list[bool]] | None) -> _Opening:
        """An opening as it is, or with another end of waiting: today's service runs there as it is no longer."""
        own = self._openings[row]
        if at is None:
            return own
        specialty, cases, _, waiting, begun, today, used, _ = own
        later = at[0][row]
        runs = _as_today(used, later, stands=at[1][row])
        return _Opening(specialty, cases, later, waiting, begun, today, used, runs)


class _Room(NamedTuple):
    """A room in a period: its row, where it is, whether the service is kept, its size in cases a year, and the period
    in which those treated there have begun to wait at the latest.
    """

    row: int
    place: Place
    kept: bool
    size: float
    begun: int


def _in_turn(rooms: TodaysRooms, specialty: str, period: int, ended: dict[Place, int]) -> list[_Room]:
    """The rooms of a specialty in a period, the cheapest first; ``ended`` in which services do."""
    there = np.flatnonzero(rooms.table["specialty_id"] == specialty)
    there = there[np.argsort(rooms.cost[there, period], kind="stable")]
    columns = rooms.table["site_id"].to_numpy(object), rooms.table["kept"].to_numpy(bool), rooms.size[:, period]
    found = []
    for r, site, kept, size in zip(there.tolist(), *(column[there].tolist() for column in columns), strict=True):
        place = str(site), specialty
        found.append(_Room(r, place, kept, size, period if kept else ended.get(place, 0)))
    return found


def _stays(
    rooms: list[_Room], opened: dict[Place, _Opening], most: float, begins: int
) -> Iterator[tuple[int, float, float, float]]:
    """Yield who of one specialty is treated in which room (row) from when until when, cases a year, in one period."""
    in_use = sum(each.used * each.cases for each in opened.values())
    dates = sorted({float(begins), *(float(each.until) for each in opened.values())})
    for begin, end in pairwise(dates):
        groups = _Groups([each for each in opened.values() if each.until > begin], most - in_use)
        for room in rooms:
            if groups.placed:
                break
            cases = groups.take(room.begun, _free(room, opened.get(room.place), begin))
            if cases > 0:
                yield room.row, begin, end, cases


def _free(room: _Room, its: _Opening | None, begin: float) -> float:
    """The cases a year for which a room is free from ``begin`` on; ``its`` is what is open there in the period."""
    if not room.kept:
        return room.size if its is None else 0.0
    return min(room.size, its.today - its.used * its.cases) if its is not None and its.as_today > begin else 0.0


class _Groups:
    """Who still waits, by when that began: in a room of a service that ended only those begun no later find a place."""

    def __init__(self, late: list[_Opening], most: float) -> None:
        self._begun = sorted({each.begun for each in late})
        self._left = [sum(e.cases * e.waiting for e in late if e.begun <= begun) for begun in self._begun]
        self._most = most

    @property
    def placed(self) -> bool:
        """Whether nobody is left who could be treated in any room."""
        return not self._left or self._left[-1] <= 0 or self._most <= 0

    def take(self, begun: int, free: float) -> float:
        """Treat as many as there are of those ``begun`` no later, in a room that is ``free`` for so many cases."""
        if free <= 0:
            return 0.0
        group = bisect_right(self._begun, begun) - 1
        if group < 0:
            return 0.0
        cases = max(0.0, min(free, self._most, *self._left[group:]))
        self._left[group:] = [left - cases for left in self._left[group:]]
        self._most -= cases
        return cases


def _openings(plan: Plan, table: pd.DataFrame, rooms: TodaysRooms, services: Services) -> list[_Opening]:
    """The openings of a plan, with what of them ``table`` tells (:func:`lateness`)."""
    nowhere = np.zeros(len(plan.scenario.periods))
    cases, found = plan.openings["cases"].to_numpy(float), []
    for n, row in enumerate(rows_of(table)):
        place = str(row.site_id), str(row.specialty_id)
        today = min(row.used * services.capacity[n], rooms.reach.get(place, nowhere)[row.period])
        found.append(
            _Opening(place[1], float(cases[n]), row.until, row.waiting, row.begun, today, row.used, row.as_today)
        )
    return found


def lateness(plan: Plan, phases: Phases, services: Services, terms: Terms) -> pd.DataFrame:
    """Return how each opening begins in its period: rows of the openings, with site_id, specialty_id and ``period``.

    ``until`` when people wait for it (years from the first, the beginning of the period where nobody does), the share
    of its cases ``waiting``, the period in which that has ``begun``, the share that takes room of today (``used``), and
    until when today's service runs there as it is (``as_today``).
    """
    scenario, openings = plan.scenario, plan.openings
    paths, today, numbers = paths_of(scenario, openings), today_of(scenario), numbers_of(scenario)
    period = positions(scenario.periods["period_id"], openings["period_id"])
    waiting = (1.0 - services.elsewhere_share) * (1.0 - services.before_share)
    until = late_until(timing_of(services, terms).opened, waiting, period, phases)
    there = stands(scenario, openings, period)
    begun, used, as_today = [], [], []
    for n, (row, t) in enumerate(zip(rows_of(openings), period.tolist(), strict=True)):
        place = row.site_id, row.specialty_id
        path, now = paths[place], today.get(place)
        begun.append(begun_in(path, t))
        room, size = (numbers.of(*place, state)["capacity"] for state in (now[0] if now else row.size_id, row.size_id))
        used.append(min(1.0, room / size) if now else 0.0)
        as_today.append(_as_today(used[-1], float(until[n]), stands=bool(there[n])))
    return openings[["site_id", "specialty_id"]].assign(
        period=period, until=until, waiting=waiting, begun=begun, used=used, as_today=as_today
    )


def stands(scenario: Scenario, openings: pd.DataFrame, period: Ints) -> Flags:
    """Return for each opening (in ``period``, a position) whether a service of today is there, in its size and under
    its contract, when the works of the opening begin.
    """
    paths, today, found = paths_of(scenario, openings), today_of(scenario), []
    for row, t in zip(rows_of(openings), period.tolist(), strict=True):
        place = row.site_id, row.specialty_id
        path, now = paths[place], today.get(place)
        begun = begun_in(path, t)
        found.append(now is not None and (begun == 0 or path.get(begun - 1) == now))
    return np.array(found, dtype=bool)


def _as_today(used: float, until: float, *, stands: bool) -> float:
    """Return until when today's service runs as it is where it takes the share ``used`` of an opening's cases."""
    return np.inf if used >= 1 else until if stands else -np.inf


GUESTS = ("assignment", "minutes", "site", "begins", "ends", "cases")


def guests(plan: Plan, found: Meanwhile, phases: Phases, services: Services, terms: Terms) -> pd.DataFrame:
    """Return who is treated meanwhile instead of whom, columns :data:`GUESTS`: rows of the assignments of ``plan``.

    As long as some service of a specialty is not open yet, the rooms of today treat those who live nearest, of all who
    are sent there or to what opens late, within the ceiling: as they do today. ``cases`` are added to those whom the
    plan treats from the first day, or taken off where negative; they add up to the stays of ``found``. Whoever finds
    room beyond the ceiling has no minutes (inf). ``site`` is the position of that in which they are, or were, treated.
    """
    people, table = _people_of(plan, phases, services, terms), found.rooms.table
    ceilings = plan.scenario.specialties.set_index("specialty_id")["ceiling_minutes"].fillna(np.inf).to_dict()
    far, site = travel_minutes(plan.scenario), positions(plan.scenario.sites["site_id"], table["site_id"])
    names, parts = table["specialty_id"].to_numpy(str)[found.room], []
    for (name, _), own in people.groupby(["specialty_id", "from"], sort=False):
        first = float(own["from"].iloc[0])
        minutes = np.where(far <= ceilings[name] + 1e-9, far, np.inf)
        stays = (names == name) & (found.begins >= first) & (found.begins < own["to"].max())
        for begin, end in pairwise(sorted({first, *own["until"], *found.begins[stays], *found.ends[stays]})):
            here = stays & (found.begins <= begin) & (found.ends > begin)
            in_use = own[(own["in_use"] > 0) & (own["as_today"] > begin)]
            late = own[own["until"] > begin]
            where = np.concatenate([in_use["site"].to_numpy(int), site[found.room[here]]])
            room = np.concatenate([in_use["in_use"].to_numpy(float), found.cases[here]])
            both = pd.concat([in_use, late]), pd.concat([in_use["in_use"], late["late"]])
            instead = in_use[["minutes", "site"]].assign(cases=-in_use["in_use"])
            moved = pd.concat([_rearranged(*both, (where, room), minutes), instead])
            parts.append(moved.assign(begins=begin, ends=end).rename_axis("assignment").reset_index()[list(GUESTS)])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(GUESTS), dtype=float)


def _people_of(plan: Plan, phases: Phases, services: Services, terms: Terms) -> pd.DataFrame:
    """The assignments, ``from`` when ``to`` when their period runs: ``late`` cases that a service which is not open yet
    does not treat before, ``until`` when, and those ``in_use`` of rooms of today, ``as_today`` until when.
    """
    keys, trips, scenario = ["site_id", "specialty_id", "period_id"], plan.assignments, plan.scenario
    at = pd.MultiIndex.from_frame(plan.openings[keys]).get_indexer(pd.MultiIndex.from_frame(trips[keys]))
    begins, cases = lateness(plan, phases, services, terms).iloc[at], trips["cases"].to_numpy(float)
    period = begins["period"].to_numpy(int)
    return trips[["specialty_id", "minutes"]].reset_index(drop=True).assign(
        **{"from": np.array(phases.begins, dtype=float)[period], "to": np.array(phases.ends, dtype=float)[period]},
        until=begins["until"].to_numpy(float),
        late=cases * (1.0 - services.before_share[at]),
        in_use=cases * begins["used"].to_numpy(float),
        as_today=begins["as_today"].to_numpy(float),
        territory=positions(scenario.territories["territory_id"], trips["territory_id"]),
        site=positions(scenario.sites["site_id"], trips["site_id"]),
    )  # fmt: skip


def _rearranged(who: pd.DataFrame, cases: pd.Series, rooms: tuple[Ints, Floats], far: Floats) -> pd.DataFrame:
    """The ``cases`` of the people ``who`` that find room, nearest first, how far they go and where, by assignment.

    ``rooms`` are the positions of sites and the cases that they hold, ``far`` minutes by territory and site.
    """
    sites, which = np.unique(rooms[0], return_inverse=True)
    minutes = far[np.ix_(who["territory"].to_numpy(int), sites)]
    sent = _nearest_first(cases.to_numpy(float), np.bincount(which, rooms[1]).astype(float), minutes)
    row, column = np.nonzero(sent > 0)
    found = {"minutes": minutes[row, column], "site": sites[column], "cases": sent[row, column]}
    return pd.DataFrame(found, index=who.index[row])


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
    table, periods = found.rooms.table, plan.scenario.periods["period_id"].to_numpy(str)
    years = found.cases * worth_of(found.begins, found.ends, phases)
    period = period_of(found.begins, phases)
    for line, rate in found.rooms.lines.items():
        amounts = (years * rate[found.room, period]).tolist()
        for r, t, amount in zip(found.room.tolist(), period.tolist(), amounts, strict=True):
            place = str(table["site_id"][r]), str(table["specialty_id"][r]), str(table["contract_id"][r])
            of = ("", place[1], "") if line_of(line).kind is Kind.BORNE else place
            yield *of, line, str(periods[t]), amount


def period_of(moments: Floats, phases: Phases) -> Ints:
    """Return the period in which each moment (years from the first) lies, the one that begins there if any does."""
    return np.searchsorted(np.array(phases.begins), moments, side="right").astype(np.int64) - 1
