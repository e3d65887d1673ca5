"""Which contract may run which site of a plan, and why not."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.assemble.options import hosting_table
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.in_time import out_of_time
from redesaude.promises.lots import lot_sizes
from redesaude.promises.pilots import pilots
from redesaude.studies.repricing import Repricing

#: reason code -> sentence; a blank code means eligible
REASONS = {
    "": N_("eligible"),
    "not_listed": N_("the site's list of contracts leaves it out"),
    "owner": N_("it does not suit the owner of the building"),
    "no_works": N_("it needs works to deliver, and nothing is built here"),
    "other_dates": N_("it needs other dates: the plan changes a service before its works would be done, or may end"),
    "too_small": N_("the contract would be worth less than the law asks"),
    "too_many": N_("there may be no further contract of this kind"),
    "piloted": N_("it is piloted elsewhere until it may be extended"),
    "lot_full": N_("its lot there has as many services as it may"),
}


#: reasons that look at a site alone, and may not hold where others change too
_ALONE = ("", "too_small", "too_many", "piloted", "lot_full")


def eligibility(repricing: Repricing) -> pd.DataFrame:
    """Return the reason code (:data:`REASONS`) of each contract (columns) at each open site (rows).

    Each site is looked at alone, the others under the contracts of the plan: they count towards the least value of the
    lot's contract and the number of contracts of a kind, and to the sites of a pilot.
    """
    allowed = hosting_table(repricing.scenario)
    pairs = set(zip(allowed["site_id"], allowed["contract_id"], strict=True))
    listed = repricing.scenario.sites.set_index("site_id")["contracts_allowed"]
    table = pd.DataFrame("", index=repricing.sites, columns=repricing.contracts)
    rows = repricing.scenario.contracts
    for contract in rows_of(rows[rows["active"]]):
        value, let = repricing.value(contract.contract_id), _let(repricing, contract.contract_id)
        late = _out_of_time(repricing, contract.contract_id)
        full = _beyond_pilot(repricing, contract.contract_id)
        for site in repricing.sites:
            lot = repricing.lot(site, contract.contract_id)
            beside = [s for s in let.get(lot, []) if s != site]
            if (site, contract.contract_id) not in pairs:
                unlisted = bool(listed[site]) and contract.contract_id not in listed[site]
                reason = "not_listed" if unlisted else "owner"
            elif contract.needs_works and not repricing.has_works[site]:
                reason = "no_works"
            elif site in late:
                reason = "other_dates"
            elif value[[site, *beside]].sum() < contract.min_value * (1.0 - 1e-9):
                reason = "too_small"
            elif len({lot, *let}) > contract.max_contracts:
                reason = "too_many"
            elif site in full:
                reason = "piloted"
            elif repricing.decided[site] != contract.contract_id and _beyond_lots(
                repricing, contract.contract_id, {*beside, site}
            ):
                reason = "lot_full"
            else:
                reason = ""
            table.loc[site, contract.contract_id] = reason
    return table


def _out_of_time(repricing: Repricing, contract: str) -> set[str]:
    """The sites with services that the plan, under the contract, would change when it may not."""
    if len(repricing.appraisal.phases) == 1:
        return set()
    under = repricing.under(repricing.everywhere(contract))
    return {site for site, _ in out_of_time(repricing.evidence.of(under.plan, under))}


def _beyond_pilot(repricing: Repricing, contract: str) -> set[str]:
    """The sites that, one more each under the contract, would be too many in a period in which it is piloted."""
    found: set[str] = set()
    for limit, now in _piloted(repricing, contract):
        runs = {site for site in now if repricing.decided[site] == contract}
        found |= {site for site in now if len(runs | {site}) > limit}
    return found


def _piloted(repricing: Repricing, contract: str) -> Iterator[tuple[float, set[str]]]:
    """Each period in which the contract is piloted by a hard limit: the limit, and the sites it would then run."""
    openings = repricing.plan.openings
    for pilot in pilots(repricing.scenario):
        if pilot.contract == contract and pilot.hard:
            rows = openings[openings["period_id"] == repricing.scenario.periods["period_id"].iloc[pilot.period]]
            last = rows["contract_id"] == rows["site_id"].map(repricing.decided)
            yield pilot.sites, set(rows["site_id"][last])


def _beyond_lots(repricing: Repricing, contract: str, sites: set[str]) -> bool:
    """Whether ``sites``, all under the contract, make some lot of it in some period larger than a hard limit allows."""
    openings = repricing.plan.openings
    mine = openings[openings["site_id"].isin(sites)]
    lot = mine["site_id"].map(lambda site: repricing.lot(site, contract))
    for limit in lot_sizes(repricing.scenario):
        if limit.contract == contract and limit.hard:
            now = mine["period_id"] == repricing.scenario.periods["period_id"].iloc[limit.period]
            if int((now & (lot == limit.lot)).sum()) > limit.services:
                return True
    return False


def _let(repricing: Repricing, contract: str) -> dict[str, list[str]]:
    """The lots let under ``contract`` in the plan, with their sites."""
    lots: dict[str, list[str]] = {}
    for site, decided in repricing.decided.items():
        if decided == contract:
            lots.setdefault(repricing.lot(site, contract), []).append(site)
    return lots


def eligible_together(repricing: Repricing, contract: str, reasons: pd.DataFrame) -> set[str]:
    """Return the sites that may run under ``contract`` when it is used wherever it can be.

    Beside what fits each site, a lot counts with all its sites towards the least value; where there may be only n
    contracts of the kind, the n lots of greatest value have them, and of a pilot or a lot of at most so many services
    the sites of greatest value.
    """
    terms = repricing.scenario.contracts.set_index("contract_id").loc[contract]
    value = repricing.value(contract)
    fitting = [site for site in repricing.sites if reasons.loc[site, contract] in _ALONE]
    lots = pd.Series({site: repricing.lot(site, contract) for site in fitting}, dtype=object)
    by_lot = value[fitting].groupby(lots).sum().sort_values(ascending=False, kind="stable")
    by_lot = by_lot[by_lot >= terms["min_value"] * (1.0 - 1e-9)]
    if not pd.isna(terms["max_contracts"]):
        by_lot = by_lot.head(int(terms["max_contracts"]))
    chosen = {site for site in fitting if lots[site] in by_lot.index}
    for limit, now in _piloted(repricing, contract):
        beyond = value[sorted(chosen & now)].sort_values(ascending=False, kind="stable").index[int(limit) :]
        chosen -= set(beyond)
    joined: set[str] = set()
    for site in value[sorted(chosen)].sort_values(ascending=False, kind="stable").index:
        if not _beyond_lots(repricing, contract, joined | {site}):
            joined.add(site)
    return joined
