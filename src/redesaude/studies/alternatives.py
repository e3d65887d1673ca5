"""Who could run what: the contracts that may be compared at each site of a plan, and whole programmes made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.studies.eligibility import eligibility, eligible_together
from redesaude.studies.repricing import Assignment, Repricing

#: the programme with the contracts as the plan decided them
AS_DECIDED = ""


@dataclass(frozen=True)
class Alternatives:
    """The contracts that may be compared on the network of a plan.

    Attributes
    ----------
    repricing : the open services, to be priced under any contract.
    reasons : why a contract may not run a site, see :func:`redesaude.studies.eligibility.eligibility`.
    eligible : site -> contracts that may run it, in the order of the contracts sheet.
    comparator : site -> its public sector comparator: the cheapest eligible contract whose delivery model is
        ``direct``, or the cheapest direct one where none is eligible. Empty if the scenario has no direct contract.
    programmes : contract -> assignment of it to every site where it may be and of the comparator elsewhere;
        :data:`AS_DECIDED` -> the contracts of the plan.

    """

    repricing: Repricing
    reasons: pd.DataFrame
    eligible: dict[str, tuple[str, ...]]
    comparator: dict[str, str]
    programmes: dict[str, Assignment]

    def compared(self, site: str) -> tuple[str, ...]:
        """Return the contracts to price at ``site``: the eligible ones, the decided one and the comparator."""
        also = (self.repricing.decided[site], self.comparator[site])
        return tuple(dict.fromkeys((*self.eligible[site], *also)))

    def priced(self, site: str) -> tuple[str, ...]:
        """Return the contracts compared at ``site`` and those of the programmes there: some may run it only together
        with others, as where a lot reaches the least value of a contract.
        """
        also = (assignment[site] for assignment in self.programmes.values())
        return tuple(dict.fromkeys((*self.compared(site), *also)))


def alternatives(plan: Plan) -> Alternatives:
    """Return what may be compared on ``plan``; ValueError without decisions or without a direct contract."""
    known = among(Repricing(plan))
    if not known.comparator and known.repricing.sites:
        raise ValueError("without a contract of delivery model direct there is no public sector comparator")
    return known


def among(repricing: Repricing) -> Alternatives:
    """Return the comparison of the contracts that may run the sites of a plan; ValueError where it has no decisions.

    Without a direct contract there is no comparator, and the programmes keep the contracts decided elsewhere.
    """
    if not repricing.plan.has_decisions:
        raise ValueError("a plan without decisions has nothing to compare")
    reasons = eligibility(repricing)
    comparator = _comparator(repricing, reasons)
    elsewhere = comparator or repricing.decided
    programmes: dict[str, Assignment] = {AS_DECIDED: repricing.decided}
    for contract in repricing.contracts:
        here = eligible_together(repricing, contract, reasons)
        programmes[contract] = {site: contract if site in here else elsewhere[site] for site in repricing.sites}
    eligible = {s: tuple(c for c in repricing.contracts if reasons.loc[s, c] == "") for s in repricing.sites}
    return Alternatives(repricing, reasons, eligible, comparator, programmes)


def restated(known: Alternatives, plan: Plan, contract: str = "") -> Alternatives:
    """Return the same comparison in ``plan`` (see :meth:`Repricing.restated`); who may run what stays as it was."""
    return replace(known, repricing=known.repricing.restated(plan, contract))


def _comparator(repricing: Repricing, reasons: pd.DataFrame) -> dict[str, str]:
    contracts = repricing.scenario.contracts
    direct = contracts.loc[(contracts["delivery_model"] == "direct") & contracts["active"], "contract_id"].to_list()
    cost = pd.DataFrame(
        {c: repricing.costs(repricing.everywhere(c), together=False) for c in direct}, repricing.sites, dtype=float
    )
    found = {}
    for site in repricing.sites if direct else []:
        eligible = [c for c in direct if reasons.loc[site, c] == ""]
        found[site] = str(cost.loc[site, eligible or direct].idxmin())
    return found
