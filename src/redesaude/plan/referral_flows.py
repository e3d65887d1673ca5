"""What transfers and agreements of a plan cost year by year, from its tables and the sheets of the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.support import Agreements
from redesaude.assemble.techniques import Skills, mature_share
from redesaude.finance.phases import Phases
from redesaude.finance.services import share_of_years
from redesaude.inputs.scenario import rows_of
from redesaude.plan.numbers import State, today_of
from redesaude.plan.paths import paths_of
from redesaude.plan.plan import Plan
from redesaude_models.arrays import Floats


@dataclass(frozen=True)
class Agreement:
    """An agreement of a plan: its ``row`` on the sheet support (None: there may be none), when the satellite opened,
    its skills mature and payment begins (years from the first), and the positions of the periods in which it runs.
    """

    hub: str
    satellite: str
    specialty: str
    begun: int
    row: Any
    opened: float
    matured: float
    paid_from: float
    periods: tuple[int, ...]

    def flow(self, phases: Phases) -> Floats:
        """Return which part of each year of the horizon is paid for."""
        running = phases.yearly[list(self.periods)].sum(axis=0)
        return np.asarray(running * self._from(self.paid_from, phases))

    def supported(self, phases: Phases) -> Floats:
        """Return the part of each year of the horizon from the opening to maturity."""
        return self._from(self.opened, phases)

    def _from(self, since: float, phases: Phases) -> Floats:
        """Return the part of each year of the horizon from ``since`` to maturity."""
        begin, end = np.array([since]), np.array([self.matured])
        return np.asarray(share_of_years(begin, end, phases.calendar.horizon_years)[0])


class Network:
    """Satellites, their agreements and the skills of services, read from the tables of a plan by name."""

    def __init__(self, plan: Plan, phases: Phases, opened: Floats) -> None:
        """Read ``plan``; ``opened`` is when each of its openings began to run, in years from the first."""
        self.plan, self.phases = plan, phases
        self.positions = {name: t for t, name in enumerate(plan.scenario.periods["period_id"])}
        self.sizes = {(row.specialty_id, row.size_id): row for row in rows_of(plan.scenario.sizes)}
        self.skills = Skills(plan.scenario)
        self.paths, self.today = paths_of(plan.scenario, plan.openings), today_of(plan.scenario)
        places = plan.openings[["site_id", "specialty_id", "period_id"]].itertuples(index=False, name=None)
        self._opened = dict(zip(places, opened.tolist(), strict=True))
        stated = plan.scenario.specialties
        self._priced = set(stated["specialty_id"][stated["unmet_cost"].notna()])
        self.agreements = [self._agreement(row, Agreements(plan.scenario)) for row in rows_of(plan.support)]

    def _agreement(self, row: Any, known: Agreements) -> Agreement:
        place, begun = (row.satellite_site_id, row.specialty_id), self.positions[row.period_id]
        # the distance is judged by the audit
        stated = known.between(row.specialty_id, row.hub_site_id, row.satellite_site_id, 0.0)
        opened = self._opened.get((*place, row.period_id), np.nan)
        years = np.inf if stated is None or np.isnan(stated.support_years) else stated.support_years
        periods = [begun]
        while self.needs(place, periods[-1] + 1) and self.start(place, periods[-1] + 1) == begun:
            periods.append(periods[-1] + 1)
        who = row.hub_site_id, row.satellite_site_id, row.specialty_id
        since = opened if row.specialty_id in self._priced else float(self.phases.begins[begun])
        return Agreement(*who, begun, stated, opened, opened + years, since, tuple(periods))

    def needs(self, place: tuple[str, str], period: int) -> bool:
        """Whether a new service is open in a period in a size that needs support."""
        state = self.paths.get(place, {}).get(period)
        return state is not None and place not in self.today and bool(self.size(place, state).needs_support)

    def start(self, place: tuple[str, str], period: int) -> int:
        """Return the period in which a service came to the sizes that need support, of which it has one now."""
        while period and self.needs(place, period - 1):
            period -= 1
        return period

    def share(self, place: tuple[str, str], period: int, agreements: list[Agreement]) -> float:
        """Return the share of severities that an open service treats, with those of its ``agreements``."""
        size, span = self.size(place, self.paths[place][period]), (self.phases.begins[period], self.phases.ends[period])
        levels, dates = (size.treats_share, mature_share(size)), (-np.inf, np.inf)
        if not self.needs(place, period):
            alone = levels[place in self.today]
            return self.skills.share(place, (alone, alone), dates, span)
        dates = next(((a.opened, a.matured) for a in agreements if period in a.periods), dates)
        return self.skills.share(place, levels, dates, span)

    def skilled(self, agreement: Agreement) -> float:
        """Return when the satellite of an agreement treats all that it will, in years from the first."""
        place = agreement.satellite, agreement.specialty
        waits = [t.done for t in self.skills.transfers(place, agreement.opened) if t.row.case_share > 0]
        return max(waits, default=agreement.matured)

    def size(self, place: tuple[str, str], state: State) -> Any:
        """Return the row of ``sizes`` of a state of a service."""
        return self.sizes[place[1], state[0]]

    def active(self, agreement: Agreement, period: int) -> bool:
        """Whether the satellite is supported in a period."""
        inside = self.phases.yearly[period] * agreement.supported(self.phases)
        return period in agreement.periods and bool(inside.sum() > 1e-9)

    def flows(self) -> Iterator[tuple[str, str, str, Floats]]:
        """Yield (site, specialty, cost line, currency in each year of the horizon, not discounted)."""
        for a in self.agreements:
            if a.row is not None:
                yield a.hub, a.specialty, "support", a.row.hub_cost * a.flow(self.phases)
                yield a.satellite, a.specialty, "support", a.row.satellite_cost * a.flow(self.phases)
        yield from transfer_flows(self.plan, self.positions, self.phases)

    def yearly(self, period: int) -> Iterator[tuple[str, str, float]]:
        """Yield (line, specialty, currency a year) of the agreements and transfers of a period."""
        for a in self.agreements:
            if a.row is not None and self.active(a, period):
                yield "support", a.specialty, float(a.row.hub_cost + a.row.satellite_cost)
        sent = transfer_flows(self.plan, {p: t for p, t in self.positions.items() if t == period}, self.phases)
        yield from ((line, specialty, float(flow.max(initial=0.0))) for _, specialty, line, flow in sent)


def journeys(plan: Plan) -> pd.DataFrame:
    """Return the journeys of patients to their first contact, and from the place of that to where they are sent.

    Columns: territory_id, site_id, specialty_id, period_id, cases, minutes.
    """
    columns = ["territory_id", "site_id", "specialty_id", "period_id", "cases", "minutes"]
    if not len(plan.transfers):
        return plan.assignments[columns]
    home = plan.scenario.sites.set_index("site_id")["territory_id"]
    sent = plan.transfers.assign(territory_id=plan.transfers["from_site_id"].map(home))
    return pd.concat(
        [plan.assignments[columns], sent.rename(columns={"to_site_id": "site_id"})[columns]], ignore_index=True
    )


def transfer_flows(plan: Plan, periods: dict[str, int], phases: Phases) -> Iterator[tuple[str, str, str, Floats]]:
    """Yield what the transfers of ``periods`` cost, as :meth:`Network.flows` does."""
    price = plan.scenario.specialties.set_index("specialty_id")["transfer_cost"]
    for row in rows_of(plan.transfers[plan.transfers["period_id"].isin(list(periods))]):
        if row.specialty_id in price.index:
            cost = float(price[row.specialty_id]) * row.cases
            yield row.from_site_id, row.specialty_id, "transfer", cost * phases.yearly[periods[row.period_id]]
