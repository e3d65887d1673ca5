"""Lots: at most so many services that a contract lets together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.lots import area_of_lot, lot_name, lots
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, by_period, names_of
from redesaude_models.counts import LotLimit
from redesaude_models.problem import PlanningProblem


@dataclass(frozen=True)
class LotSize:
    """One limit spelled out: ``lot`` is a code of :mod:`redesaude.inputs.lots`, ``price`` by service and year."""

    id: str
    contract: str
    lot: str
    period: int
    services: float
    hard: bool
    price: float


def lot_sizes(scenario: Scenario) -> Iterator[LotSize]:
    """Yield the active rows of ``lot_limits`` for each lot of the contract and each period; the smaller one holds."""
    found: dict[str, LotSize] = {}
    let, sites = lots(scenario), scenario.sites["site_id"].to_list()
    for row in rows_of(scenario.lot_limits[scenario.lot_limits["active"]]):
        contract, price = str(row.contract_id), 0.0 if row.hard else float(row.price)
        for lot in dict.fromkeys(let.of(site, contract) for site in sites):
            for t, suffix in by_period(scenario, row.period_id):
                name = f"lot|{contract}|{lot}|{row.services:g}{suffix}"
                if name not in found or row.hard:
                    found[name] = LotSize(name, contract, lot, t, float(row.services), bool(row.hard), price)
    yield from found.values()


class LotSizes(RowKind):
    """Most services of a lot."""

    words: ClassVar = {"lot": Word(N_("Services of a lot"), N_("at most this many services let together"), "number")}
    heading = N_("Lots")
    line = "shortfall_count"
    model = LotLimit

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[LotLimit]:
        """Return the limits over the options that each contract lets in each lot."""
        let, options = lots(draft.scenario), draft.options
        lot = np.array([let.of(*pair) for pair in zip(options["site_id"], options["contract_id"], strict=True)])
        for limit in lot_sizes(draft.scenario):
            mine = np.flatnonzero((options["contract_id"] == limit.contract).to_numpy(bool) & (lot == limit.lot))
            price = limit.price * float(draft.phases.annuities[limit.period])
            yield LotLimit(limit.id, limit.period, limit.hard, price, limit.services, mine)

    def stated(self, scenario: Scenario) -> Mapping[str, LotSize]:
        """Return the limits by id."""
        return {limit.id: limit for limit in lot_sizes(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one service above each limit throughout the period."""
        for limit in lot_sizes(scenario):
            yield limit.id, limit.price * float(phases.annuities[limit.period])

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the contract of each limit."""
        for limit in lot_sizes(scenario):
            yield limit.id, Parts(limit_id=limit.contract)

    def about(self, _: PlanningProblem, promise: LotLimit, stated: LotSize) -> tuple[str, str, str]:
        """Return the word, and the area where the lot is one."""
        return "lot", "", area_of_lot(stated.lot)

    def cells(self, put: Put, promise: LotLimit, stated: LotSize, short: float) -> Iterable[Cell]:
        """Raise the number."""
        needed = math.ceil(promise.most + short - 1e-6)
        about = {"contract_id": stated.contract, "services": stated.services}
        return cells_in(put.scenario, "lot_limits", "services", (needed, True), **about)

    def sentence(self, put: Put, promise: LotLimit, stated: LotSize, short: float) -> Said:
        """Say how many services are needed."""
        return said(
            N_(
                "{contract} in {lot}: services on the sheet lot_limits is {limit:,.0f}; services needed: "
                "{needed:,.0f}. Type {needed:,.0f} in it, allow those sites another contract, or let it be elastic."
            ),
            contract=names_of(put.scenario.contracts, "contract")[stated.contract],
            lot=lot_name(put.scenario, stated.lot),
            limit=promise.most,
            needed=math.ceil(promise.most + short - 1e-6),
        )
