"""Value for money: every contract at every open site on the same services and cases, against the public comparator.

The public sector comparator (PSC) of a site is direct administration: the cheapest eligible contract whose delivery
model is ``direct``. Where none is eligible its price is still told, from direct terms, and marked hypothetical. Value
for money is PSC less cost: positive means that the option is cheaper over the whole life, risk and waiting included.

Access is the same for all options of a site (the network does not change), so they differ in money and in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.lines import PRINTED, Table
from redesaude.plan.cash_flow import cash_flow, contingent_by_year, fiscal_by_year
from redesaude.plan.plan import Plan
from redesaude.plan.public_debt import debt_by_year, loan_worth, loans_by_year
from redesaude.studies.alternatives import AS_DECIDED, Alternatives, among
from redesaude.studies.repricing import COMPONENTS, LETTING_COMPONENTS, Assignment, Repricing

#: stands for the whole programme, in the bridge and the lines
PROGRAMME = ""
#: first component of every bridge: the comparator itself
START = "psc"

_KEY = ["site_id", "contract_id"]
OPTIONS = (
    "site_id",
    "contract_id",
    "eligible",
    "reason",
    "chosen",
    "rank",
    "dominated",
    "psc_contract_id",
    "psc_hypothetical",
    "psc_npv",
    "cost_npv",
    "waiting_npv",
    "commissioning_npv",
    "psc_commissioning_npv",
    "clinical_npv",
    "vfm",
    "common_clinical_npv",
    "denominator",
    "vfm_share",
    "vfm_share_of_psc",
    "opening_year",
)
PROGRAMME_COLUMNS = (
    "contract_id",
    "sites",
    "hypothetical_sites",
    "chosen",
    "rank",
    "psc_npv",
    "cost_npv",
    "waiting_npv",
    "commissioning_npv",
    "psc_commissioning_npv",
    "vfm",
    "common_clinical_npv",
    "denominator",
    "vfm_share",
    "vfm_share_of_psc",
)
BRIDGE = ("site_id", "contract_id", "component", "npv")
LINES = ("site_id", "contract_id", "line", "npv")


@dataclass(frozen=True)
class Appraised:
    """A plan's value for money. Money is net present value in currency of the base year unless said otherwise.

    Attributes
    ----------
    known : what may be compared on the plan, and its prices.
    options : one row for each open site and contract of the scenario, columns :data:`OPTIONS`. ``reason`` is a code of
        :data:`redesaude.studies.eligibility.REASONS` (blank: eligible). ``rank`` orders the eligible options of a site
        by cost from 1 (NaN: not eligible, priced all the same). ``dominated``: another eligible option costs less and
        opens no later. ``psc_contract_id`` is the direct contract compared with, ``psc_hypothetical`` that it is not
        eligible at the site. ``waiting_npv`` (part of ``cost_npv``) values the cases that wait for the opening;
        ``commissioning_npv`` (part of it too) is what design, supervision, letting and oversight take, and
        ``psc_commissioning_npv`` what they take of the comparator;
        ``clinical_npv`` is what its cases alone cost. ``vfm`` = psc_npv - cost_npv. ``common_clinical_npv`` is the
        least ``clinical_npv`` among the comparator and the eligible options: paid whatever is chosen, hence kept out
        of ``denominator`` = psc_npv - common_clinical_npv. ``vfm_share`` = vfm / denominator; ``vfm_share_of_psc`` is
        over the whole PSC. ``opening_year`` is when the last works open (fraction of a calendar year). Letting is
        shared as if this site alone came to the contract.
    programme : columns :data:`PROGRAMME_COLUMNS`; one row for each contract used at every site where it may be and the
        comparator elsewhere (``sites`` counts those that use it), and one, ``contract_id`` = :data:`AS_DECIDED` and
        ``chosen``, for the contracts of the plan. ``hypothetical_sites`` counts comparators that are not eligible.
    bridge : columns :data:`BRIDGE`; from the PSC (component :data:`START`) to each option, one row for each of
        :data:`redesaude.studies.repricing.COMPONENTS`; the rows of a site and contract add up to its ``cost_npv``.
        ``site_id`` = :data:`PROGRAMME` for the rows of ``programme``. Terms change in this order, each step priced on
        top of those before: works (price and overrun), running (efficiency), timing (money paid sooner or later),
        waiting (cases that wait, over all steps), transaction, oversight, sharing (what municipalities pay, in the
        state's perspective), residual (value handed back), financing (who pays for works, the return asked, how
        payment follows volume, all else), taxes (what they add to a contractor's price, less what returns).
    lines : columns :data:`LINES`; cost of each option by cost line, ``site_id`` = :data:`PROGRAMME` as in the bridge.
    cash_flow : see :func:`redesaude.plan.cash_flow.cash_flow`, for the plan as decided.
    fiscal : see :func:`redesaude.plan.cash_flow.fiscal_by_year`.
    contingent : see :func:`redesaude.plan.cash_flow.contingent_by_year`.
    loans, loan_worth, debt : see :mod:`redesaude.plan.public_debt`.

    Site rows hold the lines that belong to sites and services: works, running, payments, letting, waiting. Travel,
    closings, cases sent away and prices of missed promises are the same whatever the contract and are left out.

    """

    known: Alternatives
    options: pd.DataFrame
    programme: pd.DataFrame
    bridge: pd.DataFrame
    lines: pd.DataFrame
    cash_flow: pd.DataFrame
    fiscal: pd.DataFrame
    contingent: pd.DataFrame
    loans: pd.DataFrame
    loan_worth: pd.Series
    debt: pd.DataFrame

    @property
    def plan(self) -> Plan:
        """The plan appraised."""
        return self.known.repricing.plan


def appraise(plan: Plan, known: Alternatives | None = None, flows: pd.DataFrame | None = None) -> Appraised:
    """Return the value for money of ``plan``, site by site and as a programme.

    ``known`` is what may be compared on it (:func:`redesaude.studies.alternatives.among`), ``flows`` its cash flow
    (:func:`redesaude.plan.cash_flow.cash_flow`), where they are at hand. Without
    a contract of delivery model ``direct`` in the scenario there is no comparator: its columns are NaN and the bridge
    is empty. ValueError for a plan without decisions.
    """
    known = known or among(Repricing(plan))
    study = _Study(known)
    flows = cash_flow(study.prices.appraisal) if flows is None else flows
    loans = loans_by_year(plan.scenario, flows)
    return Appraised(
        known=known,
        options=study.options(),
        programme=study.programme(),
        bridge=pd.DataFrame([*study.site_bridges(), *study.programme_bridges()], columns=list(BRIDGE)),
        lines=pd.DataFrame([*study.site_line_rows(), *study.programme_line_rows()], columns=list(LINES)),
        cash_flow=flows,
        fiscal=fiscal_by_year(study.prices.appraisal, flows),
        contingent=contingent_by_year(study.prices.appraisal),
        loans=loans,
        loan_worth=loan_worth(study.prices.appraisal.calendar, loans),
        debt=debt_by_year(plan.scenario, loans),
    )


class _Study:
    """Prices of every contract at every site, and of the programme under each, looked up once."""

    def __init__(self, known: Alternatives) -> None:
        self.prices, self.reasons = known.repricing, known.reasons
        self.lines = {c: self.prices.lines(self.prices.everywhere(c), together=False) for c in self.prices.contracts}
        self.cost = pd.DataFrame({c: lines.sum(axis=1) for c, lines in self.lines.items()})
        self.commissioning = pd.DataFrame({c: _commissioning(lines) for c, lines in self.lines.items()})
        self.clinical = pd.DataFrame(
            {c: self.prices.clinical(self.prices.everywhere(c)) for c in self.prices.contracts}
        )
        self.comparator, self.assignments = known.comparator, known.programmes

    def options(self) -> pd.DataFrame:
        """One row for each site and contract."""
        columns = {c: self._option(c) for c in self.prices.contracts}
        table = pd.concat(columns.values(), ignore_index=True)
        table = table.sort_values(_KEY, ignore_index=True)
        table["rank"] = table["cost_npv"].where(table["eligible"]).groupby(table["site_id"]).rank(method="first")
        table["dominated"] = _dominated(table)
        clinical = table["clinical_npv"].where(table["eligible"]).groupby(table["site_id"]).min()
        psc = pd.Series({site: self.clinical.loc[site, c] for site, c in self.comparator.items()}, dtype=float)
        common = pd.concat([clinical, psc], axis=1).min(axis=1)
        return _verdict(table, table["site_id"].map(common))[list(OPTIONS)]

    def _option(self, contract: str) -> pd.DataFrame:
        sites = self.prices.sites
        direct = [self.comparator.get(site, "") for site in sites]
        compared = list(zip(sites, direct, strict=True))
        return pd.DataFrame(
            {
                "site_id": sites,
                "contract_id": contract,
                "eligible": (self.reasons[contract] == "").to_numpy(bool),
                "reason": self.reasons[contract].to_numpy(),
                "chosen": [self.prices.decided[site] == contract for site in sites],
                "psc_contract_id": direct,
                "psc_hypothetical": [
                    bool(d) and self.reasons.loc[s, d] != "" for s, d in zip(sites, direct, strict=True)
                ],
                "psc_npv": [self.cost.loc[s, d] if d else np.nan for s, d in compared],
                "cost_npv": self.cost[contract].to_numpy(float),
                "waiting_npv": self.lines[contract]["waiting"].to_numpy(float),
                "commissioning_npv": self.commissioning[contract].to_numpy(float),
                "psc_commissioning_npv": [self.commissioning.loc[s, d] if d else np.nan for s, d in compared],
                "clinical_npv": self.clinical[contract].to_numpy(float),
                "opening_year": self.prices.opening(self.prices.everywhere(contract))[sites].to_numpy(float),
            }
        )

    def programme(self) -> pd.DataFrame:
        """One row for the plan and for each contract."""
        psc = self._programme_lines(self.comparator) if self.comparator else None
        hypothetical = sum(self.reasons.loc[site, c] != "" for site, c in self.comparator.items())
        rows, clinical = [], []
        for contract, assignment in self.assignments.items():
            lines = self._programme_lines(assignment)
            clinical.append(float(self.prices.clinical(assignment).sum()))
            rows.append(
                {
                    "contract_id": contract,
                    "sites": sum(c == contract for c in assignment.values()) if contract else len(assignment),
                    "hypothetical_sites": hypothetical,
                    "chosen": contract == AS_DECIDED,
                    "psc_npv": np.nan if psc is None else psc.sum(),
                    "cost_npv": lines.sum(),
                    "waiting_npv": lines["waiting"],
                    "commissioning_npv": _commissioning(lines),
                    "psc_commissioning_npv": np.nan if psc is None else _commissioning(psc),
                }
            )
        table = pd.DataFrame(rows)
        table["rank"] = table["cost_npv"].rank(method="first")
        clinical += [float(self.prices.clinical(self.comparator).sum())] if self.comparator else []
        return _verdict(table, pd.Series(min(clinical), index=table.index))[list(PROGRAMME_COLUMNS)]

    def _programme_lines(self, assignment: Assignment) -> pd.Series:
        """Cost of the whole programme by line."""
        return pd.Series(self.prices.lines(assignment, together=True).sum())

    def site_bridges(self) -> Iterator[tuple[str, str, str, float]]:
        """From the comparator to each contract at each site."""
        for contract in self.prices.contracts if self.comparator else []:
            steps = self._steps(self.prices.everywhere(contract), together=False)
            for site in self.prices.sites:
                start = float(self.cost[self.comparator[site]][site])
                yield from _bridge(site, contract, start, pd.Series(steps.loc[site]))

    def programme_bridges(self) -> Iterator[tuple[str, str, str, float]]:
        """From the comparator everywhere to each programme."""
        if not self.comparator:
            return
        start = float(self._programme_lines(self.comparator).sum())
        for contract, assignment in self.assignments.items():
            yield from _bridge(PROGRAMME, contract, start, self._steps(assignment, together=True).sum())

    def _steps(self, after: Assignment, *, together: bool) -> pd.DataFrame:
        """Components by site from the comparator to ``after``."""
        services = self.prices.changes(self.comparator, after)
        before = self.prices.letting(self.comparator, together=together)
        letting = (self.prices.letting(after, together=together) - before).rename(columns=LETTING_COMPONENTS)
        steps = services.add(letting, fill_value=0.0)
        for assignment, sign in ((after, 1.0), (self.comparator, -1.0)):
            meanwhile = sign * self.prices.meanwhile(assignment, together=together)
            waiting = meanwhile.pop("waiting") if "waiting" in meanwhile else 0.0
            steps["waiting"] += waiting
            steps["timing"] += meanwhile.sum(axis=1)
        return steps[list(COMPONENTS)]

    def site_line_rows(self) -> Iterator[tuple[str, str, str, float]]:
        """Cost lines of each contract at each site."""
        for contract, lines in self.lines.items():
            for site, row in lines.iterrows():
                yield from ((str(site), contract, str(line), float(npv)) for line, npv in row.items() if npv)

    def programme_line_rows(self) -> Iterator[tuple[str, str, str, float]]:
        """Cost lines of each programme."""
        for contract, assignment in self.assignments.items():
            lines = self._programme_lines(assignment)
            yield from ((PROGRAMME, contract, str(line), float(npv)) for line, npv in lines.items() if npv)


def _commissioning(lines: Any) -> Any:
    """What design, supervision, letting and oversight take: of a table of lines by row, of one row in all."""
    named = lines.index if lines.ndim == 1 else lines.columns
    return lines[named[named.isin(PRINTED[Table.COMMISSIONING])]].sum(axis=lines.ndim - 1)


def _bridge(site: str, contract: str, start: float, steps: pd.Series) -> Iterator[tuple[str, str, str, float]]:
    yield site, contract, START, start
    yield from ((site, contract, component, float(steps[component])) for component in COMPONENTS)


def _dominated(options: pd.DataFrame) -> list[bool]:
    """Tell which eligible options cost more than another eligible one of the site that opens no later."""
    found = []
    for _, group in options.groupby("site_id", sort=False):
        rivals = group[group["eligible"]]
        for cost, opening, eligible in zip(group["cost_npv"], group["opening_year"], group["eligible"], strict=True):
            better = (rivals["cost_npv"] < cost) & (rivals["opening_year"] <= opening + 1e-9)
            found.append(bool(eligible and better.any()))
    return found


def _verdict(table: pd.DataFrame, common: pd.Series) -> pd.DataFrame:
    """Add value for money, its denominator and its shares; the clinical cost ``common`` to all is no part of them."""
    vfm, denominator = table["psc_npv"] - table["cost_npv"], table["psc_npv"] - common
    return table.assign(
        vfm=vfm,
        common_clinical_npv=common,
        denominator=denominator,
        vfm_share=vfm / denominator.where(denominator > 0),
        vfm_share_of_psc=vfm / table["psc_npv"].where(table["psc_npv"] > 0),
    )
