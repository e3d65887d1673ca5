r"""Futures: what the ranges and grades of the sheets leave open, drawn jointly, each outcome a scenario of its own.

What is drawn is the register's, as in the joint simulation (:mod:`redesaude.finance.risks`, the one home of draws):
the ranges of the contracts' works, length of works, running cost, cost per case and quality, and the rows of the sheet
``risks``. To these come demand, the ceilings of money and the bidders where no row of the register says how they may
come out: a triangle around what is stated, as wide as the worst grade of its sources allows (:data:`WIDTH`), which is
an assumption of this study and told as such.

In a future everything is certain. What a risk does at single sites is drawn there and enters as the mean over the
sites: a network has one price list in each future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.assemble.phases import at_rate
from redesaude.assemble.register import register_in
from redesaude.finance.distributions import Triangular
from redesaude.finance.risks import RANGE_COLUMN, TERMS_FIELD, Draws, Register, Risk
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude_models.arrays import Floats

#: half the width of an assumed range, as a share of what is stated, by the worst grade of its sources; C where none
WIDTH: Mapping[str, float] = {"A": 0.1, "B": 0.2, "C": 0.3}
DEMAND, FUNDING, BIDDERS, RATE = "demand", "funding", "bidders", "discount_rate"
#: what is drawn where the register says nothing of it -> its name, and the sheet and column that state it
ASSUMED: Mapping[str, tuple[str, str, str]] = {
    DEMAND: (N_("cases against those planned"), "specialties", "cases_per_100k"),
    FUNDING: (N_("ceilings of money against those stated"), "funding", "amount"),
    BIDDERS: (N_("bidders against those expected"), "contracts", "bidders"),
}
#: fewest and most bidders that a sheet may state
_BIDDERS = (0.5, 20.0)

#: of each cause that is drawn: the 5th and the 95th percentile of its outcome (NaN: by contract), whether the sheets
#: state its range, and the grade that stands for it where they do not
CAUSES = ("cause_id", "name", "target", "p5", "mean", "p95", "stated", "grade")


@dataclass(frozen=True)
class Future:
    """A scenario in which everything came out, and what did: cause -> outcome, the mean over sites and contracts."""

    id: str
    scenario: Scenario
    outcomes: Mapping[str, float]


@dataclass(frozen=True)
class Futures:
    """Equally likely ``futures`` of a scenario, and the ``causes`` drawn, columns :data:`CAUSES`.

    ``left_out`` are the names of risks that act on a single cost line, which no scenario can state.
    """

    futures: tuple[Future, ...]
    causes: pd.DataFrame
    left_out: tuple[str, ...]


def drawn(scenario: Scenario, count: int, seed: int = 0) -> Futures:
    """Return ``count`` futures of ``scenario``, the same for the same ``seed``."""
    register = register_in(scenario)
    assumed = tuple(_assumed(scenario, register))
    every = Register((*register.risks, *assumed), register.ranges)
    acting = tuple(risk for risk in every.simulated if risk.target in (*TERMS_FIELD, *ASSUMED, RATE))
    draws = _AtSites(Draws(every, count, seed), scenario)
    found = tuple(_future(scenario, acting, draws, n) for n in range(count))
    left_out = tuple(risk.name or risk.id for risk in every.simulated if risk not in acting)
    rows = [_cause(risk, _grade(scenario, risk) if risk in assumed else "") for risk in acting]
    return Futures(found, pd.DataFrame(rows, columns=list(CAUSES)), left_out)


def a_year_later(scenario: Scenario) -> Scenario:
    """Return ``scenario`` with every signature a year later: nothing new is decided in the year before."""
    later = scenario.contracts["procurement_months"] + 12.0
    return scenario.replace(contracts=scenario.contracts.assign(procurement_months=later))


def _assumed(scenario: Scenario, register: Register) -> Iterator[Risk]:
    """What the register says nothing of, though the scenario states it."""
    stated = {
        DEMAND: True,
        FUNDING: bool(len(scenario.funding)),
        BIDDERS: bool(scenario.contracts["bidders"].notna().any()),
    }
    for target, (name, *_) in ASSUMED.items():
        if stated[target] and not any(risk.target == target for risk in register.risks):
            half = WIDTH[_grade(scenario, Risk(target, target, None))]
            yield Risk(target, target, Triangular(1.0 - half, 1.0, 1.0 + half), name)


def _grade(scenario: Scenario, risk: Risk) -> str:
    """The worst grade of the sources of what is assumed."""
    _, sheet, column = ASSUMED[risk.target]
    sources = scenario.sources
    grades = sources.loc[(sources["sheet"] == sheet) & sources["column"].isin([column, "*"]), "grade"]
    return max((grade for grade in grades if grade in WIDTH), default="C")


def _cause(risk: Risk, grade: str) -> tuple[object, ...]:
    known = risk.distribution
    low, high = known.quantile(np.array([0.05, 0.95])).tolist() if known else (np.nan, np.nan)
    return risk.id, risk.name, risk.target, low, known.mean if known else np.nan, high, not grade, grade


class _AtSites:
    """Draws as a scenario states them: what varies by site is the mean over the sites."""

    def __init__(self, draws: Draws, scenario: Scenario) -> None:
        self.draws = draws
        self._sites = scenario.sites["site_id"].to_list()
        self._known: dict[tuple[str, str], Floats] = {}

    def outcome(self, risk: Risk, contract: str = "") -> Floats:
        """Return the outcomes of a risk before it is shared, or of a contract's own range."""
        if (risk.id, contract) not in self._known:
            sites = self._sites if risk.by_site else [""]
            known = risk.distribution or self.draws.register.ranges[contract, risk.target]
            each = [known.quantile(self.draws.uniform(risk, site)) for site in sites]
            self._known[risk.id, contract] = np.mean(each, axis=0)
        return self._known[risk.id, contract]


def _future(scenario: Scenario, acting: tuple[Risk, ...], draws: _AtSites, n: int) -> Future:
    came: dict[str, float] = {}
    contracts = scenario.contracts.copy()
    for risk in acting:
        if risk.distribution is None:
            stem, ids = RANGE_COLUMN[risk.target], contracts["contract_id"]
            values = [float(draws.outcome(risk, contract)[n]) for contract in ids]
            contracts[stem], contracts[f"{stem}_low"], contracts[f"{stem}_high"] = values, np.nan, np.nan
            came[risk.id] = float(np.mean(values))
        else:
            came[risk.id] = float(draws.outcome(risk)[n])
    here = scenario.replace(contracts=contracts, risks=_certain(scenario.risks, came))
    return Future(str(n + 1), _with_rest(here, acting, came), came)


def _certain(risks: pd.DataFrame, came: Mapping[str, float]) -> pd.DataFrame:
    """The register in which what acts on a contract's terms came out, and what acts on anything else is gone."""
    table = risks.copy()
    drawn_rows = ~table["distribution"].isin(["none", "contract"])
    terms = drawn_rows & table["target"].isin(list(TERMS_FIELD))
    outcomes = [repr(came[risk]) if at else "" for risk, at in zip(table["risk_id"], terms, strict=True)]
    table.loc[drawn_rows & ~terms, "distribution"] = "none"
    table.loc[terms, ["distribution", "probabilities"]] = ["discrete", "1"]
    table["outcomes"] = table["outcomes"].where(~terms, pd.Series(outcomes, index=table.index, dtype=object))
    table["probability"] = table["probability"].where(~terms, 1.0)
    return table


def _with_rest(scenario: Scenario, acting: tuple[Risk, ...], came: Mapping[str, float]) -> Scenario:
    """The scenario with demand, ceilings, bidders and the discount rate as they came out."""
    specialties, demand = scenario.specialties, scenario.demand
    factors = {
        name: float(np.prod([came[r.id] for r in acting if r.target == DEMAND and r.covers("", name)]))
        for name in specialties["specialty_id"]
    }
    rate = specialties["cases_per_100k"] * specialties["specialty_id"].map(factors).astype(float)
    cases = demand["cases"] * demand["specialty_id"].map(factors).astype(float)
    times = {t: float(np.prod([came[r.id] for r in acting if r.target == t])) for t in (FUNDING, BIDDERS)}
    bidders = (scenario.contracts["bidders"] * times[BIDDERS]).clip(*_BIDDERS)
    found = scenario.replace(
        specialties=specialties.assign(cases_per_100k=rate),
        demand=demand.assign(cases=cases),
        funding=scenario.funding.assign(amount=scenario.funding["amount"] * times[FUNDING]),
        contracts=scenario.contracts.assign(bidders=bidders),
    )
    moved = [came[r.id] for r in acting if r.target == RATE]
    return at_rate(found, max(0.0, found.settings.discount_rate + sum(moved))) if moved else found
