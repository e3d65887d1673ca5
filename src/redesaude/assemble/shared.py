"""What services share: the sites that host them and the contracts let for them, as rows of the problem and in money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.assemble.spending import LettingFlows
from redesaude.assemble.waiting import overseen_from_decision
from redesaude.finance.contracts import Terms, durations_of, lettings_of, terms_of
from redesaude.finance.phases import Phases
from redesaude.finance.pricing import letting_in_period
from redesaude.inputs.scenario import Scenario, positions
from redesaude.lines import Source, of_source
from redesaude_models.arrays import Floats, Ints
from redesaude_models.problem import Hosting, Lettings


@dataclass(frozen=True)
class Shared:
    """Sites that host under a contract (``hosting``), and the pairs of contract and lot that are let (``lettings``).

    ``let`` is the row of ``lettings`` of each row of ``hosting``, ``hosting_yearly`` what hosting takes a year
    (currency/year), ``hosting_lines`` the same as NPV by period; ``letting_flows`` are what contracts cost by year,
    ``letting_lines`` and ``oversight_lines`` their NPV, see :class:`redesaude.assemble.assembled.Assembled`.
    """

    hosting: pd.DataFrame
    lettings: pd.DataFrame
    let: Ints
    hosting_yearly: Floats
    hosting_lines: dict[str, Floats]
    letting_flows: LettingFlows
    letting_lines: dict[str, Floats]
    oversight_lines: dict[str, Floats]


def shared_of(scenario: Scenario, hosting: pd.DataFrame, phases: Phases) -> Shared:
    """Return what the services hosted by the rows of ``hosting`` share."""
    lettings, let = _lettings(hosting)
    yearly = _hosting_yearly(scenario, hosting, terms_of(scenario.contracts))
    flows = _letting_flows(scenario, lettings, phases)
    return Shared(
        hosting, lettings, let, yearly, {"hosting": yearly[:, None] * phases.annuities}, flows, *flows.worth(phases)
    )


def hosting_rows(scenario: Scenario, shared: Shared) -> Hosting:
    """Return the rows of the problem for sites that host."""
    hosting = shared.hosting
    needs_works = scenario.contracts.set_index("contract_id")["needs_works"].loc[hosting["contract_id"]]
    return Hosting(
        site=positions(scenario.sites["site_id"], hosting["site_id"]),
        contract=positions(scenario.contracts["contract_id"], hosting["contract_id"]),
        let=shared.let,
        cost=np.asarray(sum(shared.hosting_lines.values())),
        needs_works=needs_works.to_numpy(bool),
    )


def letting_rows(scenario: Scenario, shared: Shared) -> Lettings:
    """Return the rows of the problem for contracts that are let."""
    lettings = shared.lettings
    lots = pd.Series(list(dict.fromkeys(lettings["lot_id"])))
    let, going_on = (np.asarray(sum(part.values())) for part in (shared.letting_lines, shared.oversight_lines))
    let = let.sum(axis=-1)
    return Lettings(
        contract=positions(scenario.contracts["contract_id"], lettings["contract_id"]),
        lot=positions(lots, lettings["lot_id"]),
        cost=np.hstack([let[:, :1], going_on[:, 1:]]),
        signing=let - going_on,
        min_value=_by_contract(scenario, lettings, "min_value"),
    )


def _lettings(hosting: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """The pairs (contract, lot) that hosting rows belong to, and each hosting row's place among them."""
    ids = hosting[["contract_id", "lot_id"]]
    pairs = list(zip(ids["contract_id"], ids["lot_id"], strict=True))
    number = {pair: n for n, pair in enumerate(dict.fromkeys(pairs))}
    let = np.array([number[pair] for pair in pairs], dtype=np.int64)
    runs = np.bincount(let, hosting["existing"].to_numpy(float), len(number)) > 0
    lettings = pd.DataFrame(list(number), columns=ids.columns).astype(ids.dtypes.to_dict())
    return lettings.assign(existing=runs), let


def _by_contract(scenario: Scenario, table: pd.DataFrame, column: str) -> Floats:
    return scenario.contracts.set_index("contract_id")[column].loc[table["contract_id"]].to_numpy(float)


def _hosting_yearly(scenario: Scenario, hosting: pd.DataFrame, terms: Terms) -> Floats:
    """Yearly cost of hosting any service at the site, at the contract's fixed-cost factor (currency/year)."""
    contract = positions(scenario.contracts["contract_id"], hosting["contract_id"])
    fixed = scenario.sites.set_index("site_id")["fixed_cost"].loc[hosting["site_id"]].to_numpy(float)
    return np.asarray(fixed * terms.opex_factor[contract])


def _letting_flows(scenario: Scenario, lettings: pd.DataFrame, phases: Phases) -> LettingFlows:
    """Return what each contract costs each year, by the period in which it is let, and where it goes on."""
    terms = lettings_of(scenario.contracts)
    lasting, early = durations_of(scenario.contracts), overseen_from_decision(scenario)
    shape = len(lettings), len(phases), phases.calendar.horizon_years
    let, going_on = ({line: np.zeros(shape) for line in of_source(Source.LETTING)} for _ in range(2))
    rows = zip(lettings["contract_id"], lettings["lot_id"], lettings["existing"], strict=True)
    for n, (contract, lot, existing) in enumerate(rows):
        duration = lasting[contract]._replace(from_decision=(contract, lot) in early)
        for t in range(len(phases)):
            for found, already in ((let, bool(existing) and t == 0), (going_on, True)):
                flows = letting_in_period(
                    terms[contract], duration, phases, t, already_let=already, runs_today=bool(existing)
                )
                for line, flow in flows.items():
                    found[line][n, t] = flow
    return LettingFlows(let, going_on)
