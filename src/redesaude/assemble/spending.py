"""What decisions spend of public money, line by line: the sums of which every ceiling on the sheet funding is made.

A ceiling counts all spending on the lines of its kind (:mod:`redesaude.lines`) that it covers: capital in the period in
which it is decided, running cost as a yearly amount once everything runs. Training is counted with the running cost of
its period, because that is what the year with most of it takes; what recruited people cost, from their period on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.options import PricedOptions
from redesaude.assemble.steps import CLOSED, PricedSteps
from redesaude.assemble.support import Agreed
from redesaude.assemble.tiers import transfer_cost
from redesaude.errors import FaultError
from redesaude.finance.contracts import lettings_of
from redesaude.finance.fiscal import capital_use, municipal_part, running_use
from redesaude.finance.phases import Phases
from redesaude.inputs.payers import PayerShares, Spent
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.lines import CARE_LINES, SERVICE_LINES, Kind, line_of
from redesaude.payers import STATE
from redesaude.promises.workforce import role_grid
from redesaude_models.arrays import Floats, Ints
from redesaude_models.money import Use


@dataclass(frozen=True)
class Spending:
    """What one kind of decision spends on ``lines`` of one kind.

    ``contract``, ``specialty`` and ``site`` are those of the rows of the ``use``; None: under no contract, of no one
    specialty, at no site. ``municipal`` is the part that municipalities pay as their contract shares it.
    """

    lines: tuple[str, ...]
    use: Use
    contract: pd.Series | None = None
    specialty: pd.Series | None = None
    site: pd.Series | None = None
    municipal: Floats | float = 0.0

    @property
    def kind(self) -> Kind:
        """Kind of the lines; FaultError where they are of several."""
        kinds = {line_of(line).kind for line in self.lines}
        if len(kinds) != 1:
            raise FaultError(f"the lines {', '.join(self.lines)} are of several kinds")
        return kinds.pop()

    def covered(self, row: Any, shares: PayerShares) -> Use:
        """Return what a row of ``funding`` counts of it: of its contracts, specialties, payer and region, or of all."""
        mine = _named(self.contract, row.contracts) * _named(self.specialty, row.specialties)
        return Use(self.use.of, self.use.period, self._paid(row, shares) * mine)

    def _paid(self, row: Any, shares: PayerShares) -> Floats:
        if self.site is None:
            return self.use.amount * float(row.payer in ("", STATE) and row.region_id == ALL)
        names = {"site_id": self.site, "specialty_id": self.specialty, "contract_id": self.contract}
        blank = np.full(len(self.site), "", dtype=object)
        places = {name: blank if labels is None else labels.to_numpy() for name, labels in names.items()}
        spent = Spent(self.kind, self.use.amount, self.municipal)
        return np.asarray(shares.counted(row, pd.DataFrame(places), spent))


def _labels(table: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Contract, specialty and site of rows of options."""
    return table["contract_id"], table["specialty_id"], table["site_id"]


def _named(labels: pd.Series | None, wanted: tuple[str, ...]) -> Any:
    """1 where the label is wanted (or none is named), else 0."""
    if not wanted:
        return 1.0
    return 0.0 if labels is None else labels.isin(wanted).to_numpy(float)


@dataclass(frozen=True)
class LettingFlows:
    """What contracts for lots cost each year by line, ``(lettings, periods, years of the horizon)``, undiscounted.

    ``let`` in the period in which they are let, with what is settled then for later; ``going_on`` in any other.
    """

    let: dict[str, Floats]
    going_on: dict[str, Floats]

    def worth(self, phases: Phases) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return NPV by line: of ``let`` by the period in which it falls due (last axis), of ``going_on`` in all."""
        let = {line: phases.worth(flow[:, :, None, :] * phases.yearly) for line, flow in self.let.items()}
        return let, {line: phases.worth(flow) for line, flow in self.going_on.items()}

    def tenders(self, phases: Phases, period: int) -> tuple[Floats, Floats]:
        """Return the currency spent on tenders in a period, ``(lettings,)``: where it is let, and where it goes on."""
        years = slice(phases.begins[period], phases.ends[period])
        of_let, of_going_on = (part["transaction"][:, period, years] for part in (self.let, self.going_on))
        return of_let.sum(axis=-1), of_going_on.sum(axis=-1)


@dataclass(frozen=True)
class Spenders:
    """All that may spend public money, in the rows of the planning problem.

    ``hosting_yearly`` is what hosting a site takes a year; ``transfers`` are the specialties of the rows of transfers.
    """

    scenario: Scenario
    priced: PricedOptions
    steps: PricedSteps
    services: pd.DataFrame
    closings: pd.DataFrame
    hosting: pd.DataFrame
    hosting_yearly: Floats
    lettings: pd.DataFrame
    letting_flows: LettingFlows
    phases: Phases
    agreed: Agreed
    transfers: Ints

    @cached_property
    def payers(self) -> PayerShares:
        """Who pays what services spend."""
        return PayerShares(self.scenario)

    def spendings(self, period: int) -> Iterator[Spending]:
        """Yield all spending that the ceilings of a period count."""
        yield from self._services(period)
        yield from self._sites(period)
        yield from self._closings(period)
        yield from self._stations(period)
        yield from self._staff(period)
        yield from self._network(period)

    def always(self, period: int, kind: str, row: Any) -> float:
        """Return what a row of ``funding`` counts whatever is decided: today's services that must close."""
        if period or line_of("closing").kind != kind:
            return 0.0
        table = self.closings
        cost = table["closing_cost"].fillna(0.0).to_numpy(float)
        labels = table["today_contract"], table["specialty_id"], table["site_id"]
        spent = Spending(("closing",), Use("closing", 0, cost), *labels)
        return float(spent.covered(row, self.payers).amount.sum())

    def _services(self, period: int) -> Iterator[Spending]:
        priced, steps, table = self.priced, self.steps, self.priced.table
        of_options = _labels(table)
        running = running_use(priced.services, priced.terms)
        municipal = municipal_part(priced.services, priced.terms)
        for of, amount, part in zip(("option", "case"), running, municipal, strict=True):
            yield Spending(CARE_LINES, Use(of, period, amount), *of_options, part)  # type: ignore[arg-type]
        if period == 0:
            works = capital_use(priced.services, priced.terms)[0]
            yield Spending(SERVICE_LINES[Kind.CAPITAL], Use("option", 0, works), *of_options)
            return
        works = np.where(steps.target == CLOSED, 0.0, capital_use(steps.services, steps.terms)[0])
        of_steps = _labels(table.iloc[steps.target])
        yield Spending(SERVICE_LINES[Kind.CAPITAL], Use("step", period, works), *of_steps)

    def _sites(self, period: int) -> Iterator[Spending]:
        hosts, use = self.hosting, Use("hosting", period, self.hosting_yearly)
        yield Spending(("hosting",), use, hosts["contract_id"], site=hosts["site_id"])
        contract = self.lettings["contract_id"]
        terms = lettings_of(self.scenario.contracts)
        yearly = np.array([terms[c].oversight_cost for c in contract], dtype=float)
        yield Spending(("oversight",), Use("letting", period, yearly), contract)
        let, going_on = self.letting_flows.tenders(self.phases, period)
        if period:  # tenders again of what runs, and what a signature changes in that
            yield Spending(("transaction",), Use("letting", period, going_on), contract)
            let = let - going_on
        yield Spending(("transaction",), Use("signing", period, let), contract)

    def _closings(self, period: int) -> Iterator[Spending]:
        services, steps, table = self.services, self.steps, self.priced.table
        cost = services["closing_cost"].fillna(0.0).to_numpy(float)
        if period == 0:
            cost = cost * services["existing"].to_numpy(bool)
            labels = services["today_contract"], services["specialty_id"], services["site_id"]
            yield Spending(("closing",), Use("closing", 0, cost), *labels)
            return
        closing = np.where(steps.target == CLOSED, cost[steps.service], 0.0)
        of_steps = _labels(table.iloc[steps.source])
        yield Spending(("closing",), Use("step", period, closing), *of_steps)

    def _stations(self, period: int) -> Iterator[Spending]:
        table = self.scenario.stations
        yield Spending(("station_works",), Use("new_station", period, table["capex"].to_numpy(float)))
        yield Spending(("station_running",), Use("station", period, table["fixed_cost"].to_numpy(float)))
        yield Spending(("ambulances",), Use("ambulance", period, table["ambulance_cost"].to_numpy(float)))

    def _staff(self, period: int) -> Iterator[Spending]:
        training, recruitment = (role_grid(self.scenario, f"{of}_cost", 0.0) for of in ("training", "recruitment"))
        yield Spending(("training",), Use("trained", period, training[:, period]))
        for q in range(period + 1):
            yield Spending(("recruitment",), Use("recruited", q, recruitment[:, q]))

    def _network(self, period: int) -> Iterator[Spending]:
        specialty = self.services["specialty_id"]
        agreed = self.agreed
        between = specialty.iloc[agreed.support.satellite]
        yearly = np.asarray(agreed.yearly[:, period], dtype=float)
        yield Spending(("support",), Use("agreement", period, yearly), specialty=between)
        sent = specialty.iloc[self.transfers]
        price = pd.Series(transfer_cost(self.scenario), self.scenario.specialties["specialty_id"])
        cost = np.asarray(price[sent], dtype=float)
        yield Spending(("transfer",), Use("transfer", period, cost), specialty=sent)
