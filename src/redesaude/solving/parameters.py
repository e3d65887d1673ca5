"""The parameters of a search, by room: what may be tuned, and cannot make a plan or a bound wrong.

Each has a unit, a default and a range beside it. Whatever they are, plans are audited and bounds are proven; they only
decide how soon. They are part of what makes a run repeatable, and so are printed with it. Tolerances that proofs rest
on stay with the mathematics that needs them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from redesaude.inputs.stated_numbers import read_toml, with_stated

Number = TypeVar("Number", int, float)


def _number(default: Number, unit: str, meaning: str, least: float = 0.0, most: float = math.inf) -> Number:
    """Return a parameter: its default, unit, meaning, and the least and most that it may be."""
    stated = {"unit": unit, "meaning": meaning, "least": least, "most": most}
    made: Number = field(default=default, metadata=stated)
    return made


def _count(default: int, unit: str, meaning: str, least: int = 1) -> int:
    return _number(default, unit, meaning, least)


def _share(default: float, of: str, meaning: str, most: float = 1.0) -> float:
    return _number(default, f"share of {of}", meaning, 0.0, most)


@dataclass(frozen=True)
class Large:
    """Sizes from which a problem or a model is taken for large, and how fast models are built."""

    options: int = _count(500, "options", "from which several specialties are taken apart")
    location: int = _count(5_000, "journeys", "from which a pure location problem is looked for")
    whole: int = _count(1_000, "journeys", "of whole demands, few to a service, from which they are taken apart")
    journeys: int = _count(200_000, "journeys", "from which a core of them is kept")
    one_specialty: int = _count(20_000, "journeys", "of a single specialty from which its core is grown")
    columns: int = _count(30_000, "columns", "from which the periods of a model are aggregated first")
    start: int = _count(5_000, "columns", "from which one model is given a first plan of our own")
    built: float = _number(10_000.0, "journeys/second", "of which a model is built", 1e-9)


@dataclass(frozen=True)
class Core:
    """Cores of journeys (:mod:`redesaude.solving.core`)."""

    kept: int = _count(3, "journeys/demand", "that a core holds at least")
    dearer: float = _number(1.5, "times the critical cost", "up to which a journey is a candidate", 1.0)
    first: int = _count(20, "journeys/demand", "of a core that grows, at first")
    first_share: float = _share(0.2, "the time", "that a first plan of a core that grows may take")
    first_gap: float = _share(0.05, "the plan's cost", "at which that first plan is good enough")
    gap: float = _share(0.5, "the gap asked for", "to which a core with its pool is solved")


@dataclass(frozen=True)
class Location:
    """Pure location problems (:mod:`redesaude.solving.location`)."""

    table: int = _count(8_000_000, "pairs", "of demand and service up to which costs are kept as a table")
    own_cuts: int = _count(2_000, "demands", "up to which each has Benders cuts of its own")
    violation: float = _share(1e-8, "the demands' cost", "that a Benders cut must cut off to count")
    master_gap: float = _share(0.25, "the gap asked for", "to which Benders' master is solved in integers")
    evenly: float = _share(0.1, "the services", "open where the first Benders cuts are taken")
    early_steps: int = _count(200, "steps", "of prices at the root before there is a plan")
    root_steps: int = _count(600, "steps", "of prices at the root once there is a plan")
    steps: int = _count(60, "steps", "of prices in each branch")
    root_length: float = _number(1.0, "Polyak steps", "length of the first steps at the root", 0.0, 2.0)
    length: float = _number(0.1, "Polyak steps", "length of the first steps in a branch", 0.0, 2.0)
    soon: float = _share(0.2, "the time left", "after which a first plan is looked for at the latest")
    capacity_prices: int = _count(16, "prices", "of aggregate capacity that are tried at a step")
    momentum: float = _share(0.7, "the old direction", "in the next")
    memory: float = _share(0.9, "the old frequencies", "in the average of the services chosen")
    patience: int = _count(10, "steps", "without gain after which steps shorten")
    shorter: float = _share(0.6, "the length", "to which steps shorten")
    no_gain: float = _share(1e-6, "the bound", "below which a step has gained nothing")
    aim: float = _share(0.01, "the bound", "by which the aim of a step lies above it where no plan is known")
    past: float = _number(1.0, "gaps of the branch", "by which the aim of its steps lies past the best plan", 0.0)
    few: int = _count(20, "centres", "up to which services with room for all are branched on")
    rounds: int = _count(8, "times", "that prices are bettered at the root of services with room for all")
    round_steps: int = _count(100, "steps", "of prices in each of those rounds")
    first_journeys: int = _count(4, "journeys/demand", "of a transport problem at first")
    room_pairs: int = _count(50_000, "pairs", "of demand and service from which prices of room choose them")
    room_steps: int = _count(80, "steps", "of prices of room at given services")
    room_near: float = _number(2.0, "steps", "of a price of room within which a journey may be the cheapest", 0.0)
    near_services: int = _count(24, "services/demand", "among which the nearest open ones are looked for first")
    near_tabu: int = _count(7, "steps", "in which an exchange of services is not undone", 0)
    near_idle: int = _count(200, "steps", "of exchanges without gain after which prices go on")
    near_swaps: int = _count(4_000_000, "triples", "of services up to which one is exchanged for another")
    moves: int = _count(3, "moves/demand", "shifts and swaps at one price of overfull services")
    doublings: int = _count(12, "times", "that the price of overfull services doubles", 0)
    swaps: int = _count(600, "demands", "up to which pairs of them are exchanged")
    assignment: float = _share(0.03, "the time left", "that an assignment in integers may take at first")
    part: float = _share(0.02, "the time left", "that a neighbourhood of services may take")
    services: int = _count(4, "services", "decided anew at once, at first")
    more_services: int = _count(2, "services", "more after a round without gain")
    spare: float = _number(0.25, "mean demands", "of capacity left over at each service of a plan that is tried")
    near: float = _share(0.15, "the demand's price", "up to which a journey's reduced cost is looked at")
    least_journeys: int = _count(3, "journeys/demand", "that are looked at in any case")
    whole: int = _count(1_000, "demands", "that stay whole up to which parts are bounded by whole knapsacks")
    whole_fill: float = _number(12.0, "mean demands", "for which a mean service has room up to which they are")
    cells: int = _count(2_000, "cells", "of room in those knapsacks, about, where cases are not whole or very many")
    box: float = _number(1.5, "times the first price", "up to which a price of whole demands is sought at first", 1.0)
    sets: int = _count(12, "sets/row", "of demands and services that are kept in the model of prices")
    whole_root: int = _count(1_000, "steps", "of prices of whole demands at the root")
    whole_steps: int = _count(200, "steps", "of prices of whole demands in each part")
    whole_near: float = _share(0.1, "the way to the cutoff", "that is not worth another step of those prices")
    dive_pairs: int = _count(3, "journeys", "not settled yet that a dive for a plan takes for settled at a time")
    dive_steps: int = _count(20, "steps", "of prices of whole demands at each step of a dive")
    dive_near: float = _share(0.5, "the way to the cutoff", "that is not worth another step of prices in a dive", 1.0)
    bettering: float = _share(0.3, "the time", "that neighbourhoods of whole demands may take")
    through: int = _count(1_000, "demands", "through which the way from service to service is measured, at most")


@dataclass(frozen=True)
class Specialties:
    """The general problem by its specialties (:mod:`redesaude.solving.specialties`)."""

    block_gap: float = _share(0.001, "the block's cost", "to which a block is solved in integers")
    first_share: float = _share(0.05, "the time left", "that a block may take in the first round in integers")
    first_columns_a_second: float = _number(5_000.0, "columns/second", "of a block's time in that round", 1e-9)
    longer: float = _number(10.0, "times", "as long as at first that a block may take later at least", 1.0)
    price_steps: int = _count(10, "steps", "of prices that the aggregated periods do not give", 0)
    price_share: float = _share(0.4, "the time left", "that those steps may take")
    little: float = _share(5e-4, "the bound", "of gain that is not worth another step of prices")
    way: float = _share(0.3, "the way", "to the prices of the restricted master that is taken")
    begin_share: float = _share(0.1, "the time", "that a block without prices may take")
    part_share: float = _share(0.06, "the time", "that a part of the search may take")
    wait: float = _number(0.1, "seconds", "between two looks for the first plan", 1e-3)
    placing_gap: float = _share(5e-4, "the plan's cost", "to which a part is solved while specialties are placed")
    part_gap: float = _share(5e-5, "the plan's cost", "to which a part is solved later")
    least_gain: float = _share(1e-7, "the plan's cost", "that counts as a gain")
    finest: float = _share(2e-4, "the part's cost", "to which a part is solved at least")
    coarsest: float = _share(0.01, "the part's cost", "to which a part is solved at most")
    most_columns: int = _count(250_000, "columns", "beyond which a part takes too long for what it gains")
    columns_a_second: float = _number(1_000.0, "columns/second", "of a part's time", 1e-9)
    groups: int = _count(2, "groups", "of which one is freed where the bound would decide otherwise")
    sure: float = _share(0.02, "what all may gain", "as the least weight of a group in the draw")
    sites: int = _count(6, "sites", "freed at once, at first")
    more_sites: int = _count(2, "sites", "more when nothing gains any more")
    sweeps: int = _count(2, "times", "that a pass over the places frees each site")
    latest: float = _share(0.5, "an operator's rate", "that its latest part makes")
    least_weight: float = _share(0.1, "the best operator's weight", "that each has at least")


@dataclass(frozen=True)
class Relaxation:
    """What the relaxation tells (:mod:`redesaude.solving.relaxation`)."""

    columns: int = _count(5_000, "columns", "from which a model is worth its relaxation first")
    too_dear: float = _share(1e-6, "the optimum", "of reduced cost from which an integer column is fixed")


@dataclass(frozen=True)
class Start:
    """The first plan (:mod:`redesaude.solving.start`)."""

    share: float = _share(0.5, "the time left", "given to a first plan")
    seconds: float = _number(75.0, "seconds", "given to a first plan at most")
    columns_a_second: float = _number(2_000.0, "columns/second", "of a first plan's time", 1e-9)
    rough_gap: float = _share(0.05, "the part's cost", "to which a rough plan is solved")
    longer: float = _number(3.0, "times", "as long for a specialty that found no plan in its time", 1.0)
    columns: int = _count(300_000, "columns", "from which specialties are placed one by one")
    gap: float = _share(0.005, "the part's cost", "to which a specialty is solved")
    known_gap: float = _share(1e-4, "the plan's cost", "to which what a known plan opens is completed")
    near: float = _share(0.01, "the relaxation", "within which what it settles is taken at once")
    gap_of_shares: float = _share(0.02, "the part's cost", "the same where shares must be whole")
    slack_of_shares: float = _share(1e-3, "the optimum", "of reduced cost up to which a whole share is looked at")


@dataclass(frozen=True)
class LastMile:
    """What is bettered near the plan in the end (:mod:`redesaude.solving.last_mile`)."""

    share: float = _share(0.1, "the time", "that is kept for it")
    seconds: float = _number(20.0, "seconds", "that are kept for it at most")
    services: float = _share(0.6, "that time", "by the end of which services are left as they are")
    contracts: float = _share(0.75, "that time", "by the end of which contracts are left as they are")
    service_gap: float = _share(1e-7, "the plan's cost", "to which one more or one less service is solved")
    columns: int = _count(3_000, "columns", "up to which all is free where equal plans are told apart")
    built: float = _number(4_000.0, "journeys/second", "of which a model is built, at least", 1e-9)
    at_hand: float = _number(5.0, "seconds", "in which a plan of the search at hand is made exact")


@dataclass(frozen=True)
class Ways:
    """Ways in turn (:mod:`redesaude.solving.relay`) and side by side (:mod:`redesaude.solving.side_by_side`)."""

    grace: float = _share(0.1, "the time", "that a way has where those before used up the time without a plan")
    grace_seconds: float = _number(5.0, "seconds", "of that at most")
    head: float = _number(0.1, "seconds", "after which a second way begins beside a first one that is not done")
    evidence: float = _number(10.0, "seconds", "for which a way must be clearly surer to go on alone")


@dataclass(frozen=True)
class Certifying:
    """The certificate of the bound (:mod:`redesaude.solving.certify`)."""

    kept: float = _share(0.08, "the time", "that the search leaves to it")
    kept_seconds: float = _number(60.0, "seconds", "that the search leaves to it at most")
    after: float = _number(0.5, "times the search", "that it may take where the search ends before its time")
    after_seconds: float = _number(1.0, "seconds", "that it may take then at least")
    leaves: int = _count(2_000, "leaves", "of all trees together")
    numbers: int = _count(3_000_000, "numbers", "that their multipliers may take")
    built: float = _number(10_000.0, "journeys/second", "of which a model is built", 1e-9)
    building: float = _share(0.5, "its time", "that building a model may take")
    columns: int = _count(5_000, "columns", "up to which a model is one block", 0)
    relaxed: float = _share(0.6, "its time", "that the relaxation may take where there are no prices")
    cuts: int = _count(60, "cuts", "that the root of a tree gets at once", 0)
    poor: int = _count(3, "rounds", "of cuts in a row that gain all but nothing, after which a tree is parted")
    gain: float = _share(0.01, "what cuts gained so far", "below which a round gains all but nothing")
    turn: int = _count(4, "leaves", "that a tree grows by in its turn, at least")
    turn_share: float = _share(0.25, "its leaves", "that a tree grows by in its turn")


@dataclass(frozen=True)
class SearchParameters:
    """All parameters of a search, by room."""

    large: Large = field(default_factory=Large)
    core: Core = field(default_factory=Core)
    location: Location = field(default_factory=Location)
    specialties: Specialties = field(default_factory=Specialties)
    relaxation: Relaxation = field(default_factory=Relaxation)
    start: Start = field(default_factory=Start)
    last_mile: LastMile = field(default_factory=LastMile)
    ways: Ways = field(default_factory=Ways)
    certificate: Certifying = field(default_factory=Certifying)


#: the parameters of a search for which none are given
DEFAULTS = SearchParameters()


def changed(stated: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Return by ``room.name`` which of the parameters ``stated`` by room and name are not as usual."""
    usual = asdict(DEFAULTS)
    return {
        f"{room}.{name}": value
        for room, values in stated.items()
        for name, value in values.items()
        if value != usual.get(room, {}).get(name)
    }


def read_parameters(path: Path) -> SearchParameters:
    """Return the parameters that the TOML file at ``path`` states, the others as usual.

    Raises
    ------
    InputError
        with each name that is unknown, and each value that is no number, not whole or out of range.

    """
    return parameters_of(read_toml(path), path.name)


def parameters_of(stated: Mapping[str, Any], source: str = "") -> SearchParameters:
    """Return the parameters ``stated`` by room and name, the others as usual; raises as :func:`read_parameters`."""
    found: SearchParameters = with_stated(DEFAULTS, stated, source)
    return found
