"""What each column of the model is about: its specialty, its site, and the service that must be open for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import Flags, Ints, LinearModel

#: place of (specialty, site) in the index of each variable; None where it has none
_PLACES: dict[str, tuple[int | None, int | None]] = {
    "x": (2, 1),
    "u": (1, None),
    "out": (1, None),
    "into": (1, 0),
    "q": (1, None),
    "open": (1, 0),
    "z": (1, 0),
    "v": (1, 0),
    "short_volume": (1, 0),
    "step": (1, 0),
    "waiting": (1, 0),
    "signed": (None, None),
    "w": (None, 0),
    "b": (None, None),
    "excess_money": (None, None),
    "timely": (1, None),
    "arrived": (1, 0),
    "received": (1, 0),
    "sent": (1, 0),
    "agreement": (1, 0),
    **dict.fromkeys(
        (
            "excess_load",
            "trained",
            "recruited",
            "short_workforce",
            "station",
            "station_start",
            "ambulances",
            "covered",
            "covered_twice",
            "short_emergency",
        ),
        (None, None),
    ),
}

#: what comes to services in tiers and goes from one to another, and what names the site of another after its own
_FLOWS, _BETWEEN = ("arrived", "received", "sent"), ("sent", "agreement")

#: variables of a demand, and variables that are volumes of a service
_OF_DEMAND, _VOLUMES = ("x", "u", "q", "out", "timely"), ("v", "short_volume", "into", *_FLOWS)

NONE = -1


@dataclass(frozen=True)
class Layout:
    """For each column: ``specialty`` and ``site`` (positions), ``demand`` (a number for each pair of territory and
    specialty) and ``opener`` (for what happens at a service, the column of its ``open``; :data:`NONE` if that is always
    open) and ``partner`` (of what is between two sites, the other), each :data:`NONE` where the column has none;
    ``share`` is true for the shares x, ``flow`` for the cases that come to services in tiers and go from there.
    """

    specialty: Ints
    site: Ints
    demand: Ints
    opener: Ints
    share: Flags
    partner: Ints
    flow: Flags


def layout_of(arrays: LinearModel, problem: PlanningProblem) -> Layout:
    """Return the layout of the columns of ``arrays``, made from the model of ``problem``."""
    specialties = {name: n for n, name in enumerate(problem.specialties.ids)}
    sites = {name: n for n, name in enumerate(problem.sites)}
    of_access = {promise.id: promise.specialty for promise in problem.access}
    count = len(arrays.variables)
    specialty, site, demand, opener, partner = (np.full(count, NONE, dtype=np.int64) for _ in range(5))
    share, flow = np.zeros((2, count), dtype=bool)
    opens: dict[tuple[str, ...], int] = {}
    demands: dict[tuple[str, str], int] = {}
    services: list[tuple[int, tuple[str, ...]]] = []
    for n, (name, index) in enumerate(names_of(arrays)):
        if name == "short_access":
            specialty[n] = of_access[index]
            continue
        at_specialty, at_site = _PLACES[name]
        specialty[n] = NONE if at_specialty is None else specialties[index[at_specialty]]
        site[n] = NONE if at_site is None else sites[index[at_site]]
        if name == "open":
            opens[index] = n
        elif name == "x":
            share[n] = True
            services.append((n, index[1:]))
        elif name in _VOLUMES:
            services.append((n, (*index[:2], index[-1])))
        flow[n] = name in _FLOWS
        if name in _BETWEEN:
            partner[n] = sites[index[2]]
        if name in _OF_DEMAND:
            demand[n] = demands.setdefault((index[0], index[at_specialty]), len(demands))
    for n, service in services:
        opener[n] = opens.get(service, NONE)
    return Layout(specialty, site, demand, opener, share, partner, flow)


def names_of(arrays: LinearModel) -> list[tuple[str, Any]]:
    """Return the (component, index) of each column."""
    return [(str(v.parent_component().local_name), v.index()) for v in arrays.variables]


def in_order(problem: PlanningProblem) -> list[list[int]]:
    """Return the specialties in groups that must be placed together, those that others need at a site before these.

    A group is what co-location ties together, most often one alone; the group whose cases cost most unmet comes first.
    """
    demand, kinds = problem.demand, problem.services.specialty
    count = len(problem.specialties.ids)
    weight = np.bincount(demand.specialty, (demand.cases * demand.unmet_cost).sum(axis=1), minlength=count)
    needs = kinds[problem.requires[(problem.requires >= 0).all(axis=1)]]
    ties = coo_array((np.ones(len(needs)), (needs[:, 0], needs[:, 1])), shape=(count, count))
    groups, group = connected_components(ties, directed=False)
    depth = np.zeros(count, dtype=np.int64)
    for _ in range(count):  # as deep as a chain of needs can be
        np.maximum.at(depth, needs[:, 0], depth[needs[:, 1]] + 1)
    heaviest = np.argsort(-np.bincount(group, weight, minlength=groups), kind="stable")
    order = np.lexsort((-weight, depth))
    return [[int(s) for s in order if group[s] == g] for g in heaviest]


def together(layout: Layout, order: list[list[int]]) -> Ints:
    """Return the block of each column: a group of ``order`` is one, by its first specialty."""
    block = layout.specialty.copy()
    for group in order:
        block[np.isin(block, group)] = group[0]
    return block
