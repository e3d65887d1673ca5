r"""Tiers: a size treats the milder severities of the cases that come to it first, the others are sent up.

Of a tiered specialty :math:`v` stays the cases treated; new are :math:`a`, the cases that come to an option first, and
:math:`n`, those that other services send to it. An option that treats the share :math:`\alpha_r` of the severities in
row :math:`r` (several rows where that depends on its agreement) sends up the rest by bands :math:`b` of severity,
:math:`(\beta_b^-, \beta_b^+]`, of which it keeps none or a part. With :math:`f_{jkb}` the cases of band :math:`b` sent
from :math:`j` to :math:`k`:

.. math::
    \sum_i d_{isp} x_{ijsp} &= \sum_r a_r                                           & \text{first contact}\\
    a_r &\le A_r z_{op}                                                             & \text{only at an open option}\\
    a_r \le A_r \sum_{\text{of } r} h, \quad n_r &\le K_o \sum_{\text{of } r} h     & \text{skills as agreed}\\
    v_{op} &= \sum_{r \text{ of } o} (\alpha_r a_r + n_r)                           & \text{treated}\\
    \sum_k f_{jkb} &= \sum_{r \text{ of } j} (\beta_b^+ - \max(\beta_b^-, \alpha_r))^+ a_r & \text{sent up}\\
    \sum_j \sum_{b' \ge b} f_{jkb'} &\le \sum_{r \text{ of } k:\, \alpha_r \ge \beta_b^+} n_r & \text{received}\\
    f_{jkb} &\le F_{jb} \sum_{o \text{ of } k \text{ treats } b} z_{op}             & \text{sent to open services}\\
    \sum_{k' \ne k} f_{jk'b} &\le F_{jb} \Big(1 - \sum_{e \text{ of } j} h_{ekp}
        + \sum_{o \text{ of } k \text{ supports, not } b} z_{op}\Big)               & \text{sent to the partner}

All that is received is sent by somebody: over all bands the row is an equation. The last row holds while the
agreement is active, where the hub is near enough for transfers. Specialties without tiers have none of this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Floats
from redesaude_models.keys import Key, Keys, over_periods, rows_by
from redesaude_models.places import Kind, Place, placed
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.referral import Referral
from redesaude_models.relations import relation
from redesaude_models.support import Agreements, read_agreements


def arrival_keys(problem: PlanningProblem, keys: Keys) -> list[Key]:
    """Of each row of arrivals: site, specialty, size, contract, share treated, period."""
    t = problem.tiers
    rows = zip(t.option.tolist(), t.share.tolist(), t.period.tolist(), strict=True)
    return [(*keys.option[o], f"{share:.9g}", keys.periods[p]) for o, share, p in rows]


def transfer_keys(problem: PlanningProblem, keys: Keys) -> list[Key]:
    """Of each row of transfers: site from, specialty, site to, severity above which."""
    t = problem.tiers
    rows = zip(t.source.tolist(), t.target.tolist(), t.above[t.band].tolist(), strict=True)
    return [(*keys.service[j], keys.service[k][0], f"{above:.9g}") for j, k, above in rows]


def add_tiers(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add arrived, received, sent and the constraints of this page. Needs ``m.x``, ``m.into``, siting and support."""
    names = _Names(problem, keys)
    m.arrived = placed(
        pyo.Var(names.arrival, domain=pyo.NonNegativeReals, doc="cases that come to an option first, cases/year"),
        Place(1, 0, kind=Kind.FLOW),
    )
    receiving = [names.arrival[r] for rows in names.receiving.values() for r in rows]
    m.received = placed(
        pyo.Var(receiving, domain=pyo.NonNegativeReals, doc="cases received from below, cases/year"),
        Place(1, 0, kind=Kind.FLOW),
    )
    m.sent = placed(
        pyo.Var(
            over_periods(names.transfer, keys.periods), domain=pyo.NonNegativeReals, doc="cases sent up, cases/year"
        ),
        Place(1, 0, partner=2, kind=Kind.FLOW, rows=names.transfer),
    )
    _first_contact(m, problem, keys, names)
    _skills(m, problem, keys, names)
    _treated(m, problem, keys, names)
    _sent_up(m, problem, keys, names)
    _received(m, problem, keys, names)
    _to_open(m, problem, keys, names)
    _to_partner(m, problem, keys, names)


class _Names:
    """Keys of the rows, and rows by service: ``arrivals`` and ``receiving`` (those that treat more than the least) by
    service and period, ``gone`` and ``come`` the transfers by service (from, to) and band.
    """

    def __init__(self, problem: PlanningProblem, keys: Keys) -> None:
        t = problem.tiers
        self.arrival, self.transfer = arrival_keys(problem, keys), transfer_keys(problem, keys)
        self.agreements = Agreements(problem, keys)
        self.arrivals, self.receiving = (
            defaultdict[tuple[int, int], list[int]](list),
            defaultdict[tuple[int, int], list[int]](list),
        )
        specialty = problem.services.specialty[problem.options.service[t.option]]
        mildest = np.array([t.upto[t.specialty == s].min(initial=np.inf) for s in range(len(problem.specialties.ids))])
        receives = t.share >= mildest[specialty] - 1e-9
        for r, row in enumerate(zip(problem.options.service[t.option].tolist(), t.period.tolist(), strict=True)):
            self.arrivals[row].append(r)
            if receives[r]:
                self.receiving[row].append(r)
        self.gone, self.come = (
            defaultdict[tuple[int, int], list[int]](list),
            defaultdict[tuple[int, int], list[int]](list),
        )
        for n, (j, k, b) in enumerate(zip(t.source.tolist(), t.target.tolist(), t.band.tolist(), strict=True)):
            self.gone[j, b].append(n)
            self.come[k, b].append(n)


def _services(problem: PlanningProblem) -> Iterator[tuple[int, list[int]]]:
    """Yield each tiered service with the bands of its specialty, the mildest first."""
    for k in np.flatnonzero(problem.tiers.service).tolist():
        yield k, np.flatnonzero(problem.tiers.specialty == problem.services.specialty[k]).tolist()


def _first_contact(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    cases, demand = problem.demand.cases.tolist(), problem.journeys.demand.tolist()
    journeys = rows_by(problem.journeys.service, len(keys.service))
    m.first_contact = pyo.Constraint(pyo.Any, doc="who is sent to a service arrives at its open option")
    for k, _ in _services(problem):
        for t, p in enumerate(keys.periods):
            coming = sum(cases[demand[a]][t] * m.x[(*keys.journey[a], p)] for a in journeys[k])
            if (*keys.service[k], p) in m.into:
                coming += m.into[(*keys.service[k], p)]
            arrived = sum(m.arrived[names.arrival[r]] for r in names.arrivals[k, t])
            m.first_contact[(*keys.service[k], p)] = relation(coming - arrived == 0)


def _skills(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    tiers, capacity = problem.tiers, problem.options.capacity.tolist()
    pairs = rows_by(tiers.held[:, 0], len(names.arrival))
    m.arrivals = pyo.Constraint(pyo.Any, doc="cases come to an open option only")
    m.skills = pyo.Constraint(pyo.Any, doc="an option treats the share that its agreement gives it")
    for r, name in enumerate(names.arrival):
        o, t, most = int(tiers.option[r]), int(tiers.period[r]), float(tiers.most[r])
        m.arrivals[name] = m.arrived[name] - most * m.z[(*keys.option[o], keys.periods[t])] <= 0
        if pairs[r]:
            held = names.agreements.held(m, tiers.held[pairs[r], 1].tolist(), t)
            m.skills[(*name, "arrived")] = m.arrived[name] - most * held <= 0
            if name in m.received:
                m.skills[(*name, "received")] = m.received[name] - capacity[o] * held <= 0


def _treated(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    tiers = problem.tiers
    of_option = defaultdict[tuple[int, int], list[int]](list)
    for r, row in enumerate(zip(tiers.option.tolist(), tiers.period.tolist(), strict=True)):
        of_option[row].append(r)
    m.treated = pyo.Constraint(pyo.Any, doc="cases treated: those kept of the first contact, and those received")
    for (o, t), rows in of_option.items():
        key = (*keys.option[o], keys.periods[t])
        here = sum(float(tiers.share[r]) * m.arrived[names.arrival[r]] for r in rows)
        here += sum(m.received[names.arrival[r]] for r in rows if names.arrival[r] in m.received)
        m.treated[key] = m.v[key] - here == 0


def _sent_up(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    tiers = problem.tiers
    m.sent_up = pyo.Constraint(pyo.Any, doc="what an option does not treat is sent up, band by band")
    for k, bands in _services(problem):
        for t, p in enumerate(keys.periods):
            rows = names.arrivals[k, t]
            for b in bands:
                shares = zip(rows, tiers.sends(tiers.share[rows], b).tolist(), strict=True)
                due = sum(share * m.arrived[names.arrival[r]] for r, share in shares if share)
                gone = sum(m.sent[(*names.transfer[n], p)] for n in names.gone[k, b])
                if not isinstance(gone - due, int):
                    m.sent_up[(*keys.service[k], _band(problem, b), p)] = gone - due == 0


def _received(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    tiers = problem.tiers
    m.cases_received = pyo.Constraint(pyo.Any, doc="what is received is sent, to a size that treats such severities")
    for k, bands in _services(problem):
        for t, p in enumerate(keys.periods):
            rows = np.array(names.receiving[k, t], dtype=np.int64)
            room = sum(m.received[names.arrival[r]] for r in rows.tolist())
            come = [sum(m.sent[(*names.transfer[n], p)] for n in names.come[k, b]) for b in bands]
            key = keys.service[k]
            if not isinstance(room + sum(come), int):
                m.cases_received[(*key, "all", p)] = sum(come) - room == 0
            able = len(rows)
            for n, b in enumerate(bands):
                treating = rows[tiers.treats(tiers.share[rows], b)].tolist()
                if len(treating) < able and not isinstance(sum(come[n:]), int):  # as many: said of a milder band
                    room = sum(m.received[names.arrival[r]] for r in treating)
                    m.cases_received[(*key, _band(problem, b), p)] = sum(come[n:]) - room <= 0
                    able = len(treating)


def _to_open(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    m.sent_to_open = pyo.Constraint(pyo.Any, doc="cases are sent to a service open in a size that treats them")
    tiers = problem.tiers
    for n, (j, k, b) in enumerate(zip(tiers.source.tolist(), tiers.target.tolist(), tiers.band.tolist(), strict=True)):
        for t, p in enumerate(keys.periods):
            able = sum(m.z[(*keys.option[o], p)] for o in _able(problem, names, k, t, b))
            key = (*names.transfer[n], p)
            m.sent_to_open[key] = m.sent[key] - _most_sent(problem, names, j, t, b) * able <= 0


def _to_partner(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, names: _Names) -> None:
    """Send to the hub of the agreement what it treats, where transfers may go that far."""
    support, tiers = problem.support, problem.tiers
    m.sent_to_partner = pyo.Constraint(pyo.Any, doc="a satellite sends to its hub what that treats")
    pairs = (
        sorted(set(zip(support.satellite.tolist(), support.hub.tolist(), strict=True))) if len(support.start) else []
    )
    bands = dict(_services(problem))
    for j, k in pairs:
        mine = np.flatnonzero((support.satellite == j) & (support.hub == k))
        hubs = np.flatnonzero((problem.options.service == k) & (support.room > 0)).tolist()
        for b in bands.get(j, []):
            others = [n for n in names.gone[j, b] if tiers.target[n] != k]
            if not others or len(others) == len(names.gone[j, b]):
                continue
            for t in np.flatnonzero(support.active[mine].any(axis=0)).tolist():
                p, most = keys.periods[t], _most_sent(problem, names, j, t, b)
                held = names.agreements.held(m, mine[support.active[mine, t]].tolist(), t)
                able = set(_able(problem, names, k, t, b))
                unable = sum(m.z[(*keys.option[o], p)] for o in hubs if o not in able)
                elsewhere = sum(m.sent[(*names.transfer[n], p)] for n in others)
                m.sent_to_partner[(*keys.service[j], keys.service[k][0], _band(problem, b), p)] = (
                    elsewhere + most * (held - unable) <= most
                )


def _able(problem: PlanningProblem, names: _Names, service: int, period: int, band: int) -> list[int]:
    """Options of a service that may treat all severities of a band in a period."""
    tiers, rows = problem.tiers, names.arrivals[service, period]
    return sorted(set(tiers.option[rows][tiers.treats(tiers.share[rows], band)].tolist()))


def _most_sent(problem: PlanningProblem, names: _Names, service: int, period: int, band: int) -> float:
    """Most cases/year that a service sends up in a band."""
    tiers, rows = problem.tiers, names.arrivals[service, period]
    return float((tiers.sends(tiers.share[rows], band) * tiers.most[rows]).max(initial=0.0))


def _band(problem: PlanningProblem, band: int) -> str:
    return f"{problem.tiers.above[band]:.9g}"


def transfer_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    """Return the cost of transfers, ambulances and patients' travel (NPV)."""
    cost = (problem.tiers.ambulance + problem.tiers.travel).tolist()
    names = transfer_keys(problem, keys)
    periods = list(enumerate(keys.periods))
    return sum(cost[n][t] * m.sent[(*name, p)] for n, name in enumerate(names) for t, p in periods if cost[n][t])


def read_referral(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Referral:
    """Return the values of the variables of this page and of the agreements."""
    arrivals = arrival_keys(problem, keys)
    transfers = over_periods(transfer_keys(problem, keys), keys.periods)
    arrived = [m.arrived[key].value or 0.0 for key in arrivals]
    received = [(m.received[key].value or 0.0) if key in m.received else 0.0 for key in arrivals]
    sent = np.array([m.sent[key].value or 0.0 for key in transfers], dtype=float).reshape(-1, len(keys.periods))
    flows = np.array(arrived, dtype=float), np.array(received, dtype=float), sent
    return Referral(*flows, read_agreements(m, problem, keys))


def transfers_into(problem: PlanningProblem, decisions: Decisions) -> tuple[Floats, Floats]:
    """Return cases/year received, and NPV of their patients' journeys, by service and period."""
    cases, travel = np.zeros(decisions.open.shape), np.zeros(decisions.open.shape)
    if not len(problem.tiers.target):
        return cases, travel
    np.add.at(cases, problem.tiers.target, decisions.referral.sent)
    np.add.at(travel, problem.tiers.target, problem.tiers.travel * decisions.referral.sent)
    return cases, travel
