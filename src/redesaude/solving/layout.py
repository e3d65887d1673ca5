"""What each column of the model is about: its specialty, its site, and the service that must be open for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from redesaude_models.arrays import Flags, Ints
from redesaude_models.columns import NONE
from redesaude_models.places import Kind, place_of
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel


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
    """Return the layout of the columns of ``arrays``, made from the model of ``problem``.

    Raises
    ------
    UnknownPartError
        where a variable says nothing of its place.

    """
    specialties = {name: n for n, name in enumerate(problem.specialties.ids)}
    sites = {name: n for n, name in enumerate(problem.sites)}
    count = len(arrays.variables)
    specialty, site, demand, opener, partner = (np.full(count, NONE, dtype=np.int64) for _ in range(5))
    share, flow = np.zeros((2, count), dtype=bool)
    opens: dict[tuple[Any, ...], int] = {}
    demands: dict[tuple[Any, str | None], int] = {}
    services: list[tuple[int, tuple[Any, ...]]] = []
    for n, variable in enumerate(arrays.variables):
        place, index = place_of(variable.parent_component()), variable.index()
        about = place.specialty_of(index)
        specialty[n] = NONE if about is None else specialties[about]
        site[n] = NONE if place.site is None else sites[index[place.site]]
        partner[n] = NONE if place.partner is None else sites[index[place.partner]]
        share[n], flow[n] = place.kind is Kind.SHARE, place.kind is Kind.FLOW
        if place.kind is Kind.OPENING:
            opens[place.service_of(index)] = n
        elif place.kind is not Kind.OTHER:
            services.append((n, place.service_of(index)))
        if place.demand and about is not None:
            demand[n] = demands.setdefault(place.demand_of(index), len(demands))
    for n, service in services:
        opener[n] = opens.get(service, NONE)
    return Layout(specialty, site, demand, opener, share, partner, flow)


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
