r"""Risk: distributions of what is uncertain, a register of them, and joint draws.

Expected values are what the optimiser minimises and every report prints. Draws are joint: the uniform of a risk is

.. math:: u = \Phi\left(\sqrt{\rho}\, z_g + \sqrt{1 - \rho}\, z\right)

with :math:`z_g` common to its correlation group :math:`g` (Gaussian copula with one factor), so that two members with
the same :math:`\rho` have that correlation; groups are independent. Each normal has a stream of its own, found by the
seed and a name: contracts compared with each other meet the same demand and the same difficulty of works, and a row
more in the register leaves the draws of the others as they were.

Percentiles are those of a simulated total. Adding percentiles of parts is right only where all parts move together.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from redesaude.finance.arguments import (
    SHARE,
    Number,
    Share,
    allowed_of,
    check,
    check_fields,
    checked,
    unchecked,
)
from redesaude.finance.contracts import Terms
from redesaude.finance.distributions import (
    Discrete,
    Distribution,
    Event,
    Lognormal,
    Pert,
    Triangular,
    reference_class,
)
from redesaude.finance.percentiles import Percentiles
from redesaude.inputs.risks import numbers_in, public_share, shares_in
from redesaude.language import N_
from redesaude_models.arrays import Floats, Ints

#: targets whose outcome is added to a rate; every other outcome is a factor
ADDED = ("discount_rate",)
#: target -> field of :class:`~redesaude.finance.contracts.Terms` that it multiplies
TERMS_FIELD = {
    "capex": "capex_factor",
    "opex": "opex_factor",
    "case_cost": "case_factor",
    "delay": "delay_factor",
    "quality": "quality_factor",
}
#: target -> stem of its columns ``_low``, ``""`` and ``_high`` on the contracts sheet
RANGE_COLUMN = {target: f"{target}_factor" for target in TERMS_FIELD}
#: word in the column ``distribution`` for the contract's own range
OWN_RANGE = "contract"


@dataclass(frozen=True)
class Risk:
    """One row of the register.

    Attributes
    ----------
    target : what the outcome multiplies: ``capex``, ``opex``, ``case_cost``, ``delay`` (length of works), ``demand`` or
        a cost line; or adds to: ``discount_rate``.
    distribution : of the outcome; None for each contract's own range of the target.
    contracts, specialties : what it touches; empty: all.
    group, correlation : its correlation group and the correlation with other members that state the same.
    by_site : every site has a draw of its own; otherwise one draw holds for the whole programme.
    borne_by : contract -> share of the deviation that the public side bears (``*``: under contracts not named, else 1).
        What it does not bear is in the price of the contract: its factors and return.

    """

    id: str
    target: str
    distribution: Distribution | None
    name: str = ""
    category: str = ""
    contracts: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    group: str = ""
    correlation: Share = 1.0
    by_site: bool = False
    borne_by: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(self)
        for contract, share in self.borne_by.items():
            check(f"borne_by[{contract}]", share, SHARE)

    @property
    def neutral(self) -> float:
        """The outcome that changes nothing."""
        return 0.0 if self.target in ADDED else 1.0

    def covers(self, contract: str, specialty: str) -> bool:
        """Whether it touches a service of ``specialty`` under ``contract``."""
        return (not self.contracts or contract in self.contracts) and (
            not self.specialties or specialty in self.specialties
        )

    def borne(self, contract: str, outcome: Floats) -> Floats:
        """Return what of ``outcome`` the public side meets under ``contract``."""
        return np.asarray(self.neutral + public_share(self.borne_by, contract) * (outcome - self.neutral))


_NAMES = {
    "capex": N_("cost of works, within the range of each contract"),
    "delay": N_("length of works, within the range of each contract"),
    "opex": N_("running cost, within the range of each contract"),
    "case_cost": N_("cost per case, within the range of each contract"),
    "quality": N_("quality reached, within the range of each contract's indicators"),
}
#: how the contracts' own ranges move together where the register does not say: dear works are late works, half of it
#: common to all sites, as is the quality that operators reach; running cost above expectation is a trait of the model,
#: alike at every site and for every case
OWN_RANGES = (
    Risk("works_cost", "capex", None, _NAMES["capex"], group="works", correlation=0.5, by_site=True),
    Risk("works_time", "delay", None, _NAMES["delay"], group="works", correlation=0.5, by_site=True),
    Risk("running_cost", "opex", None, _NAMES["opex"], group="running"),
    Risk("case_cost", "case_cost", None, _NAMES["case_cost"], group="running"),
    Risk("quality", "quality", None, _NAMES["quality"], group="quality", correlation=0.5, by_site=True),
)


@dataclass(frozen=True)
class Register:
    """The risks, and the ranges of the contracts' own factors: (contract, target) -> range."""

    risks: tuple[Risk, ...]
    ranges: Mapping[tuple[str, str], Triangular]

    def covering(self, target: str, contract: str, specialty: str) -> list[Risk]:
        """Return the rows with a distribution that touch ``target`` of such a service."""
        return [r for r in self.risks if r.target == target and r.distribution and (r.covers(contract, specialty))]

    def with_ranges(self, ranges: Mapping[tuple[str, str], Triangular]) -> Register:
        """Return the same risks where contracts state these ranges."""
        other = Register(self.risks, ranges)
        other.__dict__["_factors"] = self._factors  # of the risks alone
        return other

    @cached_property
    def _factors(self) -> dict[tuple[str, str], list[float]]:
        """(contract, specialty) -> expected outcome for each of :data:`TERMS_FIELD`, as far as asked for."""
        return {}

    def expected(self, target: str, contract: str = "", specialty: str = "") -> float:
        """Return the product (for a rate: the sum) of the expected outcomes borne, own ranges left out."""
        risks = self.covering(target, contract, specialty)
        means = [float(r.borne(contract, np.array(r.distribution.mean))) for r in risks if r.distribution]
        return float(sum(means) if target in ADDED else np.prod(means))

    def expected_terms(self, terms: Terms, contracts: Iterable[str], specialties: Iterable[str]) -> Terms:
        """Return ``terms`` of services, row by row, with the expected outcomes of the register in their factors."""
        pairs = list(zip(contracts, specialties, strict=True))
        known = self._factors
        known |= {pair: [self.expected(target, *pair) for target in TERMS_FIELD] for pair in set(pairs) - known.keys()}
        factors = np.array([known[pair] for pair in pairs], dtype=float).reshape(len(pairs), len(TERMS_FIELD)).T
        own = {f.name: getattr(terms, f.name) for f in fields(Terms)}
        for name, factor in zip(TERMS_FIELD.values(), factors, strict=True):
            own[name] = own[name] * factor
            check(name, own[name], allowed_of(Terms)[name])
        return unchecked(Terms, own)

    def own_range(self, target: str) -> Risk:
        """Return the row that says how the contracts' own ranges of ``target`` move."""
        stated = [r for r in self.risks if r.target == target and r.distribution is None]
        return next(iter(stated), None) or next(r for r in OWN_RANGES if r.target == target)

    @property
    def simulated(self) -> tuple[Risk, ...]:
        """Every row that is drawn: own ranges that are ranges, then the register."""
        ranged = {target for (_, target), own in self.ranges.items() if own.high > own.low}
        return (*(self.own_range(t) for t in TERMS_FIELD if t in ranged), *(r for r in self.risks if r.distribution))


def register_of(risks: pd.DataFrame, contracts: pd.DataFrame) -> Register:
    """Return the register of the ``risks`` sheet and the ranges of the ``contracts`` sheet."""
    return Register(risks_of(risks), ranges_of(contracts))


def risks_of(risks: pd.DataFrame) -> tuple[Risk, ...]:
    """Return the rows of the ``risks`` sheet that are drawn."""
    if risks.empty:
        return ()
    drawn = risks[risks["distribution"] != "none"]
    return tuple(_risk(row) for row in drawn.to_dict("records"))


def ranges_of(contracts: pd.DataFrame) -> dict[tuple[str, str], Triangular]:
    """Return the ranges of the ``contracts`` sheet: (contract, target) -> range."""
    ranges = {}
    for target, stem in RANGE_COLUMN.items():
        mode = contracts[stem].to_numpy(float)
        ends = (contracts[f"{stem}_{end}"].to_numpy(float) for end in ("low", "high"))
        low, high = (np.where(np.isnan(end), mode, end) for end in ends)
        for contract, *three in zip(contracts["contract_id"], low.tolist(), mode.tolist(), high.tolist(), strict=True):
            ranges[str(contract), target] = Triangular(*three)
    return ranges


def _risk(row: Mapping[Any, Any]) -> Risk:
    words = {name: str(row[name]) for name in ("risk_id", "target", "name", "category", "correlation_group")}
    risk = Risk(
        id=words["risk_id"],
        target=words["target"],
        distribution=None,
        name=words["name"],
        category=words["category"],
        contracts=tuple(row["contracts"]),
        specialties=tuple(row["specialties"]),
        group=words["correlation_group"],
        correlation=float(row["correlation"]),
        by_site=row["varies_by"] == "site",
        borne_by=shares_in(str(row["borne_by"])),
    )
    return risk if row["distribution"] == OWN_RANGE else replace(risk, distribution=distribution_of(row, risk.neutral))


@checked
def distribution_of(row: Mapping[Any, Any], otherwise: Number) -> Distribution:
    """Return the distribution a row of the ``risks`` sheet states; ``otherwise`` where the event does not happen."""
    kind = str(row["distribution"])
    outcomes = tuple(numbers_in(str(row["outcomes"])))
    made: Distribution
    if kind == "lognormal":
        made = Lognormal(row["mean"], row["sigma"])
    elif kind == "discrete":
        made = Discrete(outcomes, tuple(numbers_in(str(row["probabilities"]))))
    elif kind == "reference_class":
        made = reference_class(outcomes)
    elif kind == "percentiles":
        made = Percentiles(row["p10"], row["p50"], row["p90"], added=row["target"] in ADDED)
    else:
        made = (Pert if kind == "pert" else Triangular)(row["low"], row["mode"], row["high"])
    return made if row["probability"] >= 1.0 else Event(row["probability"], made, otherwise)


class Draws:
    """Joint draws of a register, ``count`` of each, the same for the same ``seed``; made when first asked for."""

    def __init__(self, register: Register, count: int, seed: int = 0) -> None:
        self.register, self.count, self.seed = register, count, seed
        self._drawn, self._rows = count, np.arange(count)
        self._common: dict[str, Floats] = {}
        self._uniforms: dict[tuple[str, str], Floats] = {}

    def only(self, rows: Ints) -> Draws:
        """Return the same draws, those numbered ``rows`` alone."""
        fewer = copy(self)
        fewer._rows, fewer.count = self._rows[rows], len(rows)
        return fewer

    def uniform(self, risk: Risk, site: str = "") -> Floats:
        """Return the uniform draws of ``risk`` at ``site``, shape ``(count,)``."""
        key = risk.id, site if risk.by_site else ""
        if key not in self._uniforms:
            self._uniforms[key] = self._drawn_uniform(risk, key[1])
        return self._uniforms[key][self._rows]

    def _drawn_uniform(self, risk: Risk, site: str) -> Floats:
        normal = self._normal(f"risk:{risk.id}:{site}")
        if risk.group:
            if risk.group not in self._common:
                self._common[risk.group] = self._normal(f"group:{risk.group}")
            normal = np.sqrt(risk.correlation) * self._common[risk.group] + np.sqrt(1.0 - risk.correlation) * normal
        return np.asarray(np.clip(ndtr(normal), 1e-12, 1.0 - 1e-12))

    def outcome(self, risk: Risk, contract: str = "", site: str = "") -> Floats:
        """Return the outcomes of ``risk`` that the public side meets under ``contract`` at ``site``."""
        if risk.distribution is None:
            return self.register.ranges[contract, risk.target].quantile(self.uniform(risk, site))
        return risk.borne(contract, risk.distribution.quantile(self.uniform(risk, site)))

    def own_range(self, target: str, contract: str, site: str = "") -> Floats:
        """Return the draws of the contract's own factor, without the register."""
        return self.outcome(self.register.own_range(target), contract, site)

    def factor(self, target: str, contract: str = "", specialty: str = "", site: str = "") -> Floats:
        """Return the draws of a factor (for a rate: of what is added to it), own range and register together."""
        total = np.zeros(self.count) if target in ADDED else np.ones(self.count)
        if target in TERMS_FIELD:
            total = total * self.own_range(target, contract, site)
        for risk in self.register.covering(target, contract, specialty):
            outcome = self.outcome(risk, contract, site)
            total = total + outcome if target in ADDED else total * outcome
        return total

    def _normal(self, name: str) -> Floats:
        stream = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        return stream.standard_normal(self._drawn)


class Means(Draws):
    """One draw in which every risk comes out at its mean."""

    def __init__(self, register: Register) -> None:
        super().__init__(register, 1)

    def outcome(self, risk: Risk, contract: str = "", site: str = "") -> Floats:
        """Return the expected outcome that the public side meets under ``contract``."""
        if risk.distribution is None:
            return np.array([self.register.ranges[contract, risk.target].mean])
        return risk.borne(contract, np.array([risk.distribution.mean]))
