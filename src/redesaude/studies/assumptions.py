"""The assumptions that carry a verdict: what each is today, how far it may be off, and the plan were it otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble.phases import at_rate
from redesaude.finance.contracts import terms_of
from redesaude.finance.risks import TERMS_FIELD, register_of
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.studies.volume import scaled

#: assumption -> what it is called; those of contracts are columns of the contracts sheet
NAMES = {
    "capex_factor": N_("cost of works against that stated for the size"),
    "opex_factor": N_("fixed running cost against that stated for the size"),
    "case_cost_factor": N_("cost per case against that stated for the size"),
    "quality_factor": N_("what is paid by its quality for each 1 of the payment"),
    "delay_factor": N_("real length of works against plan"),
    "procurement_months": N_("months from decision to signature"),
    "equity_return": N_("real return on equity asked"),
    "discount_rate": N_("real discount rate"),
    "volume": N_("cases against those planned"),
}
_FACTORS = {f"{target}_factor": target for target in TERMS_FIELD}
#: plausible range around today's value where the workbook states none, and how far a break-even is looked for: added
#: to the value, or a factor of it. Assumptions of this study, to be replaced by ranges in the workbook
_RANGES: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "procurement_months": ((0.5, 1.5), (0.0, 3.0)),
    "equity_return": ((0.8, 1.2), (0.1, 3.0)),
}
_FACTOR_RANGE = ((0.8, 1.2), (0.25, 4.0))
DISCOUNT_RANGE, _DISCOUNT_SEARCH = (0.03, 0.12), (0.0, 0.25)
VOLUME_RANGE, _VOLUME_SEARCH = (0.8, 1.2), (0.4, 2.0)


@dataclass(frozen=True)
class Assumption:
    """One number that may be otherwise.

    Attributes
    ----------
    id : a key of :data:`NAMES`. contract : whose it is; ``""`` for those of the whole appraisal.
    value : today's (the expected one, where the workbook states a range).
    low, high : its plausible range; ``stated``: in the workbook, otherwise assumed by this study.
    search : how far a break-even is looked for, (least, most).

    """

    id: str
    contract: str
    value: float
    low: float
    high: float
    stated: bool
    search: tuple[float, float]

    def at(self, plan: Plan, value: float, stated: Scenario | None = None) -> Plan:
        """Return ``plan`` where this assumption is ``value`` for certain and all else is as it was.

        ``stated`` is its scenario then (:meth:`stated_in`), where that is at hand.
        """
        if self.id == "volume":
            return scaled(plan, value)
        return replace(plan, scenario=stated or self.stated_in(plan.scenario, value))

    def stated_in(self, scenario: Scenario, value: float) -> Scenario:
        """Return ``scenario`` where this assumption is ``value``; as it is where none of its tables states it."""
        if self.id == "volume":
            return scenario
        if self.id == "discount_rate":
            return at_rate(scenario, value)
        row = (scenario.contracts["contract_id"] == self.contract).to_numpy(bool)
        values = {self.id: value}
        if self.id in _FACTORS:
            values |= {f"{self.id}_low": np.nan, f"{self.id}_high": np.nan}
        changed = {name: np.where(row, new, scenario.contracts[name].to_numpy(float)) for name, new in values.items()}
        return scenario.replace(contracts=scenario.contracts.assign(**changed))


def assumptions_of(plan: Plan, contracts: tuple[str, ...]) -> tuple[Assumption, ...]:
    """Return the assumptions of the appraisal and of these contracts that a price of ``plan`` may depend on."""
    rate = plan.scenario.settings.discount_rate
    of_all = (
        Assumption("discount_rate", "", rate, *_around(DISCOUNT_RANGE, rate), False, _DISCOUNT_SEARCH),
        Assumption("volume", "", 1.0, *VOLUME_RANGE, False, _VOLUME_SEARCH),
    )
    return (*of_all, *(found for contract in contracts for found in _of_contract(plan, contract)))


def _of_contract(plan: Plan, contract: str) -> Iterator[Assumption]:
    table = plan.scenario.contracts
    expected = terms_of(table, plan.scenario.settings.perspective)
    place = table["contract_id"].to_list().index(contract)
    row = table.iloc[place]
    ranges = register_of(plan.scenario.risks, table).ranges
    for name, target in _FACTORS.items():
        own = ranges[contract, target]
        value = float(getattr(expected, TERMS_FIELD[target])[place])
        stated = own.high > own.low
        if name == "quality_factor" and not stated and value == 1.0:
            continue  # nobody is paid by quality
        low, high = (own.low, own.high) if stated else _times(value, _FACTOR_RANGE[0])
        yield Assumption(name, contract, value, low, high, stated, _times(value, _FACTOR_RANGE[1]))
    for name, (plausible, search) in _RANGES.items():
        if row[name] > 0:
            value = float(row[name])
            low, high = _times(value, plausible)
            yield Assumption(name, contract, value, low, high, False, _times(value, search))


def _times(value: float, factors: tuple[float, float]) -> tuple[float, float]:
    return value * factors[0], value * factors[1]


def _around(wanted: tuple[float, float], value: float) -> tuple[float, float]:
    """The wanted range, wide enough to hold the value."""
    return min(wanted[0], value), max(wanted[1], value)
