"""What each column of the model is about: its specialty, its site, and the service that must be open for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from redesaude.solving.arrays import Flags, Ints, LinearModel
from redesaude_models.problem import PlanningProblem

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


def in_order(problem: PlanningProblem) -> list[int]:
    """Return the specialties, those that others need at the same site before them, else the costliest unmet first."""
    demand = problem.demand
    weight = np.bincount(
        demand.specialty, (demand.cases * demand.unmet_cost).sum(axis=1), minlength=len(problem.specialties.ids)
    )
    kinds = problem.services.specialty
    needs = {(int(kinds[a]), int(kinds[b])) for a, b in problem.requires.tolist() if b >= 0}
    order: list[int] = []
    waiting = np.argsort(-weight, kind="stable").tolist()
    while waiting:
        ready = [s for s in waiting if not any(a == s and b in waiting for a, b in needs)]
        chosen = (ready or waiting)[0]
        order.append(chosen)
        waiting.remove(chosen)
    return order
