"""Tiers and support of a plan, worked out again from the scenario and the plan's own tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.demand import travel_cost
from redesaude.assemble.support import Agreements
from redesaude.assemble.tiers import severities, tiered, transfer_cost
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.evidence import Evidence, check, flags
from redesaude.plan.plan import Check
from redesaude.plan.referral import sent_up, support_span
from redesaude.plan.referral_flows import Agreement

#: a service, as (site, specialty)
Place = tuple[str, str]


class ReferralEvidence:
    """What comes to each service first, what it is sent, and what it can treat."""

    def __init__(self, e: Evidence) -> None:
        self.e, self.network = e, e.appraisal.network()
        self.transfers = e.plan.transfers
        self.tiered = set(tiered(e.scenario))
        self.arrived = _total(e.trips, "site_id", "specialty_id", "period_id")
        self.received = _total(self.transfers, "to_site_id", "specialty_id", "period_id")
        self.of_satellite: dict[Place, list[Agreement]] = {}
        for a in self.network.agreements:
            self.of_satellite.setdefault((a.satellite, a.specialty), []).append(a)

    def share(self, place: Place, period: str) -> float:
        """Share of severities that an open service treats; NaN where it is not open."""
        t = self.network.positions[period]
        opened = t in self.network.paths.get(place, {})
        return self.network.share(place, t, self.of_satellite.get(place, [])) if opened else np.nan

    def treated(self, site: str, specialty: str, period: str) -> float:
        """Cases/year that a service treats: those it keeps of the first contact, and those it is sent."""
        key = site, specialty, period
        first = float(self.arrived.get(key, 0.0))
        kept = first * self.share((site, specialty), period) if specialty in self.tiered else first
        return kept + float(self.received.get(key, 0.0))

    def checks(self) -> Iterator[Check]:
        """Yield the checks of this page."""
        yield check(N_("cases are sent between open services, near enough"), self._journeys())
        yield check(N_("what a service does not treat is sent up"), self._sent_up())
        yield check(N_("cases are sent where they can be treated"), self._able())
        yield check(N_("satellites send to their hub what it treats"), self._to_partner())
        yield check(N_("every satellite has one hub, as the agreements allow"), self._agreed())
        yield check(N_("hubs are open and support no more than they can"), self._hubs())
        yield check(N_("transfers as stated"), self._transfers_stated())
        yield check(N_("agreements as stated"), self._support_stated())

    def _minutes(self, rows: pd.DataFrame) -> np.ndarray:
        home = self.e.scenario.sites.set_index("site_id")["territory_id"]
        return self.e.far(rows["from_site_id"].map(home), rows["to_site_id"])

    def _journeys(self) -> list[float]:
        rows = self.transfers
        ceiling = rows["specialty_id"].map(self.e.specialties["transfer_minutes"]).astype(float).fillna(np.inf)
        minutes = self._minutes(rows)
        beyond = (minutes - ceiling.to_numpy(float)).tolist()
        apart = np.abs(rows["minutes"].to_numpy(float) - minutes).tolist()
        return [*beyond, *apart, *flags(rows["from_site_id"] == rows["to_site_id"]), *flags(rows["cases"] < 0)]

    def _sent_up(self) -> list[float]:
        """By service and band: what is sent against what is due, whether anything comes there or not."""
        bands = self.transfers[["severity_above", "severity_upto"]].astype(float).round(9)
        rows = self.transfers.assign(**{str(name): bands[name] for name in bands})
        sent = _total(rows, "from_site_id", "specialty_id", "period_id", "severity_above", "severity_upto")
        due: dict[tuple[Any, ...], float] = {}
        for (site, specialty, period), cases in self.arrived.items():
            if specialty in self.tiered:
                share = self.share((site, specialty), period)
                for above, upto in pairwise(severities(self.e.scenario, specialty)):
                    due[site, specialty, period, above, upto] = cases * max(0.0, upto - max(above, share))
        return [abs(sent.get(k, 0.0) - due.get(k, 0.0)) / max(1.0, due.get(k, 0.0)) for k in {*sent, *due}]

    def _able(self) -> list[float]:
        """By how much a band goes beyond what the service treats to which it is sent; that must be open."""
        rows = rows_of(self.transfers)
        return [r.severity_upto - self.share((r.to_site_id, r.specialty_id), r.period_id) for r in rows]

    def _far(self, agreement: Agreement) -> float:
        """Minutes from the satellite to its hub; NaN where a site is unknown."""
        home = self.e.scenario.sites.set_index("site_id")["territory_id"]
        return float(self.e.far(pd.Series([home.get(agreement.satellite)]), pd.Series([agreement.hub]))[0])

    def _to_partner(self) -> list[float]:
        """Cases sent elsewhere although the hub is near enough and treats them."""
        astray = [0.0]
        for r in rows_of(self.transfers):
            t, place = self.network.positions[r.period_id], (r.from_site_id, r.specialty_id)
            for a in self.of_satellite.get(place, []):
                if self.network.active(a, t) and a.hub != r.to_site_id:
                    far, ceiling = self._far(a), self.e.specialties["transfer_minutes"][r.specialty_id]
                    near = np.isfinite(far) and not far > ceiling + 1e-9
                    able = self.share((a.hub, a.specialty), r.period_id) >= r.severity_upto - 1e-9
                    astray.append(float(r.cases) if near and able else 0.0)
        return astray

    def _agreed(self) -> list[float]:
        """Agreements of every start and of no other, each allowed by the sheet."""
        n, known = self.network, Agreements(self.e.scenario)
        starts = {(place, n.start(place, t)) for place, path in n.paths.items() for t in path if n.needs(place, t)}
        made = Counter(((a.satellite, a.specialty), a.begun) for a in n.agreements)
        sites = set(self.e.scenario.sites["site_id"])
        refused = [
            a.hub == a.satellite
            or not {a.hub, a.satellite} <= sites
            or known.between(a.specialty, a.hub, a.satellite, self._far(a)) is None
            for a in n.agreements
        ]
        return [*flags(refused), *(abs(made[start] - (start in starts)) for start in {*made, *starts})]

    def _hubs(self) -> list[float]:
        """Satellites of a hub in a period beyond those that its size supports."""
        n, found = self.network, Counter[tuple[Place, int]]()
        for a in n.agreements:
            found.update(((a.hub, a.specialty), t) for t in a.periods if n.active(a, t))
        beyond = [0.0]
        for (place, t), count in found.items():
            state = n.paths.get(place, {}).get(t)
            size = None if state is None else n.size(place, state)
            room = 0.0 if size is None or size.needs_support else float(size.supports_max)
            beyond.append(count - room)
        return beyond

    def _transfers_stated(self) -> list[float]:
        specialties = self.e.scenario.specialties["specialty_id"]
        each = dict(
            zip(
                specialties, zip(transfer_cost(self.e.scenario), travel_cost(self.e.scenario), strict=True), strict=True
            )
        )
        annuity, apart = self.e.appraisal.annuity_of, [0.0]
        for r, far in zip(rows_of(self.transfers), self._minutes(self.transfers).tolist(), strict=True):
            ambulance, minute = each[r.specialty_id]
            npv = r.cases * (ambulance + minute * far) * annuity[r.period_id]
            apart.append(_apart(r.npv, npv))
        return apart

    def _support_stated(self) -> list[float]:
        """Years, yearly costs, shares sent up and cost of each agreement."""
        n, apart = self.network, [0.0]
        for row, a in zip(rows_of(self.e.plan.support), n.agreements, strict=True):
            state = n.paths.get((a.satellite, a.specialty), {}).get(a.begun)
            if a.row is None or state is None:
                continue  # told by the other checks
            size = n.size((a.satellite, a.specialty), state)
            until = float(n.phases.ends[a.periods[-1]])
            first, last = support_span(a.opened, a.row.support_years, until, n.phases.calendar.first_year)
            npv = float(n.phases.worth(a.flow(n.phases)) * (a.row.hub_cost + a.row.satellite_cost))
            before, after = sent_up(n.skills, (a.satellite, a.specialty), size, a.opened)
            figures = (
                *((row.first_year, first), (row.last_year, last), (row.npv, npv)),
                *((row.hub_cost, a.row.hub_cost), (row.satellite_cost, a.row.satellite_cost)),
                *((row.sent_before, before), (row.sent_after, after)),
            )
            apart += [_apart(found, due) for found, due in figures]
        return apart


def _total(table: pd.DataFrame, *key: str) -> dict[tuple[Any, ...], float]:
    """Cases/year of a table by its key."""
    if table.empty:
        return {}
    return {tuple(row[:-1]): float(row[-1]) for row in table.groupby(list(key))["cases"].sum().reset_index().to_numpy()}


def _apart(found: float, due: float) -> float:
    return abs(found - due) / max(abs(due), 1.0)
