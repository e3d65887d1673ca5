"""The verdict on each decided contract: against whom it is held, and by how much it is better.

A site's **verdict** is between its decided contract and its *rival*: the public sector comparator, or, where that is
what was decided, the cheapest other contract that may run the site. The *margin* is the rival's cost less the decided
contract's (net present value): above zero the decision holds. The programme's rival is the comparator at every site,
or, where that is what was decided, the cheapest other programme.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.studies.alternatives import AS_DECIDED, Alternatives, alternatives, restated
from redesaude.studies.assumptions import Assumption
from redesaude.studies.outcomes import other_lines
from redesaude.studies.repricing import Assignment

#: stands for the whole programme in ``site_id``
PROGRAMME = ""
#: costs no further apart than this share of them are equal but for rounding: sums of many lines, in another order
_ROUNDING = 1e-12


class Verdicts:
    """Costs of sites and programmes as an assumption changes, all by pricing the network of the plan again."""

    def __init__(self, plan: Plan, known: Alternatives | None = None) -> None:
        """``known`` are the alternatives to the plan, where they are at hand."""
        self.plan, self.known = plan, known or alternatives(plan)
        self.costs = self.site_costs(self.known)
        decided = self.known.repricing.decided
        self.rivals = {site: self._rival(site) for site in decided}
        self.compared = {site: rival for site, rival in self.rivals.items() if rival}
        self.programme_rival = self._programme_rival()
        self.has_programme_rival = self.programme_assignment != self.known.programmes[AS_DECIDED]
        self._views: dict[str, Alternatives] = {}

    def at(self, assumption: Assumption, value: float, stated: Scenario | None = None) -> Alternatives:
        """Return the network where ``assumption`` is ``value``; ``stated`` as for :meth:`Assumption.at`."""
        return restated(self.known, assumption.at(self.plan, value, stated), assumption.contract)

    def site_costs(self, known: Alternatives) -> pd.DataFrame:
        """Cost of each contract (columns) at each site that may compare it (else NaN), each site changing alone."""
        prices = known.repricing
        priced = {c: prices.costs(prices.everywhere(c), together=False) for c in prices.contracts}
        return pd.DataFrame(priced, prices.sites).where(self._allowed)

    @cached_property
    def _allowed(self) -> pd.DataFrame:
        """Whether each contract (columns) may be compared at each site."""
        known, contracts = self.known, self.known.repricing.contracts
        table = {site: [c in known.compared(site) for c in contracts] for site in known.repricing.sites}
        return pd.DataFrame.from_dict(table, orient="index", columns=contracts)

    def programme_costs(self, known: Alternatives) -> pd.Series:
        """Cost of each programme, the lines that belong to sites."""
        return pd.Series({c: _total(known, assignment) for c, assignment in known.programmes.items()})

    def plan_cost(self, known: Alternatives, contract: str = "") -> float:
        """Cost of the plan, all lines; what lies beside its sites is today's where only a contract's terms differ."""
        beside = self.beside if contract or known is self.known else _beside(known)
        return _total(known, known.programmes[AS_DECIDED]) + beside

    def programmes_cost(self, known: Alternatives) -> pd.Series:
        """Cost of the plan under each programme, all lines."""
        costs = self.programme_costs(known)
        return pd.Series(costs + (self.plan_cost(known) - costs[AS_DECIDED]))

    @cached_property
    def beside(self) -> float:
        """Cost of the plan beside its sites today."""
        return _beside(self.known)

    def cheapest(self, costs: pd.DataFrame) -> pd.Series:
        """Cheapest eligible contract of each site that has one."""
        eligible = {s: [c in self.known.eligible[s] for c in costs.columns] for s in costs.index}
        best = costs.where(pd.DataFrame(eligible, costs.columns).T).dropna(how="all").idxmin(axis=1)
        return pd.Series(best)

    def margins(self, known: Alternatives, costs: pd.DataFrame) -> pd.Series:
        """Margin of each site that has a rival, and of the programme; ``costs`` are those of :meth:`site_costs`."""
        decided, cost = known.repricing.decided, costs.to_dict("index")
        margins = {site: _apart(cost[site][rival], cost[site][decided[site]]) for site, rival in self.compared.items()}
        return pd.Series(margins | {PROGRAMME: self.programme_margin(known)}, dtype=float)

    def margins_alone(self, known: Alternatives) -> pd.Series:
        """Return :meth:`margins` where no other contract is asked for: only the decided and the rivals are priced."""
        prices = known.repricing
        cost, rival = (prices.costs(a, together=False) for a in (prices.decided, {**prices.decided, **self.compared}))
        margins = dict(zip(prices.sites, map(_apart, rival.tolist(), cost.tolist()), strict=True))
        own = {site: margins[site] for site in self.compared}
        return pd.Series(own | {PROGRAMME: self.programme_margin(known)}, dtype=float)

    def programme_margin(self, known: Alternatives) -> float:
        """Margin of the programme; zero where nothing else could run any of its sites."""
        return _apart(_total(known, self.programme_assignment), _total(known, known.programmes[AS_DECIDED]))

    @property
    def programme_assignment(self) -> Assignment:
        """The programme's rival."""
        rival = self.programme_rival
        return self.known.programmes[rival] if rival else self.known.comparator

    def opponents(self, site: str) -> tuple[str, str]:
        """The decided contract and its rival, at a site or of the programme (:data:`AS_DECIDED` for the comparator)."""
        if site == PROGRAMME:
            return AS_DECIDED, self.programme_rival
        return self.known.repricing.decided[site], self.rivals[site]

    def seen_from(self, site: str) -> Alternatives:
        """The network seen from one site: its services alone, letting shared as it is; the whole for the programme."""
        if site == PROGRAMME:
            return self.known
        if site not in self._views:
            self._views[site] = replace(self.known, repricing=self.known.repricing.at_site(site))
        return self._views[site]

    def contracts_of(self, site: str) -> set[str]:
        """Contracts whose terms move the margin of a site, or of the programme."""
        if site == PROGRAMME:
            return {*self.known.repricing.decided.values(), *self.programme_assignment.values()}
        return set(self.opponents(site))

    def contracts(self) -> tuple[str, ...]:
        """Every contract whose terms move a margin, in the order of the contracts sheet."""
        used = set().union(*(self.contracts_of(site) for site in (*self.compared, PROGRAMME)))
        return tuple(c for c in self.known.repricing.contracts if c in used)

    def _rival(self, site: str) -> str:
        decided, comparator = self.known.repricing.decided[site], self.known.comparator[site]
        if decided != comparator:
            return comparator
        others = [c for c in self.known.eligible[site] if c != decided]
        return str(self.costs.loc[site, others].astype(float).idxmin()) if others else ""

    def _programme_rival(self) -> str:
        """The cheapest other programme where the comparator is what was decided, otherwise nothing."""
        if self.known.programmes[AS_DECIDED] != self.known.comparator:
            return AS_DECIDED
        others = {c: a for c, a in self.known.programmes.items() if c and a != self.known.comparator}
        return min(others, key=lambda c: _total(self.known, others[c]), default=AS_DECIDED)


def _apart(rival: float, decided: float) -> float:
    """What the rival costs more; nothing where only rounding is between them."""
    return rival - decided if abs(rival - decided) > _ROUNDING * (abs(rival) + abs(decided)) else 0.0


def _total(known: Alternatives, assignment: Assignment) -> float:
    return known.repricing.total(assignment, together=True)


def _beside(known: Alternatives) -> float:
    return float(other_lines(known)["npv"].sum())
