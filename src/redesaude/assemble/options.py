"""Every way a service may be delivered: site x specialty x size x contract, with its exceptions applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from redesaude.assemble.company_loans import loan_problems
from redesaude.assemble.register import contracts_in
from redesaude.errors import InputError
from redesaude.finance.arguments import UnsolvableError
from redesaude.finance.phases import Phases
from redesaude.finance.pricing import Prices, price_by_period
from redesaude.finance.services import Services, standing
from redesaude.finance.succession import Succession
from redesaude.inputs.licences import Licences
from redesaude.inputs.lots import lots
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario, positions, rows_of
from redesaude_models.arrays import Ints

_OVERRIDES = ["capacity", "min_cases", "capex", "fixed_cost", "cost_per_case", "build_months"]
_PLACE = ["site_id", "specialty_id"]


@dataclass(frozen=True)
class PricedOptions:
    """The options with their ids (``table``) and, in the same order, what the finance engine made of them.

    ``contract`` is the position of each option's contract and ``terms`` its terms. Prices are NPV by line and period:
    ``prices`` of an option chosen in the first period that stays to the end, ``running`` of one whose works are done.
    ``direct`` is the contract that takes over where direct administration follows a term (blank: none is stated).
    """

    table: pd.DataFrame
    contract: Ints
    services: Services
    terms: Succession
    prices: Prices
    running: Prices
    direct: str


def price_options(scenario: Scenario, options: pd.DataFrame, phases: Phases) -> PricedOptions:
    """Return the options of :func:`option_table` priced over the ``phases``.

    InputError where the loan of a project company has no payment, at the cells of its contract.
    """
    contract = positions(scenario.contracts["contract_id"], options["contract_id"])
    contracts = contracts_in(scenario)
    ids, today = options["contract_id"].to_list(), options["today_contract"].fillna("").to_list()
    terms = contracts.succeeding(ids, today, options["specialty_id"].to_list())
    services = services_to_price(scenario, options)
    done = standing(replace(services, earlier_works=services.works))
    try:
        prices, running = (
            price_by_period(each, under, phases.calendar, phases.begins, scenario.settings.perspective)
            for each, under in ((services, terms), (done, replace(terms, signs=np.zeros(len(ids)))))
        )
    except UnsolvableError as why:
        if told := tuple(loan_problems(scenario, contract, services, terms)):
            raise InputError(told, scenario.settings.language) from why
        raise
    return PricedOptions(options, contract, services, terms, prices, running, contracts.direct)


@once
def hosting_table(scenario: Scenario) -> pd.DataFrame:
    """Return the eligible pairs of site and contract: columns site_id, contract_id, lot_id, builds, existing.

    A contract suits a site when it is active, the site's list allows it (or is blank) and it suits the kind of site (or
    is silent on it). Lots are those of :mod:`redesaude.inputs.lots`. ``existing``: some service there runs under it
    today.
    """
    today = scenario.existing
    running = set(zip(today["site_id"], today["contract_id"], strict=True))
    contracts, let = list(rows_of(scenario.contracts[scenario.contracts["active"]])), lots(scenario)
    rows = [
        (
            site.site_id,
            contract.contract_id,
            let.of(site.site_id, contract.contract_id),
            contract.contract_id not in site.contracts_without_works,
        )
        for site in rows_of(scenario.sites)
        for contract in contracts
        if (not site.contracts_allowed or contract.contract_id in site.contracts_allowed)
        and (not contract.site_kinds or site.kind in contract.site_kinds)
    ]
    table = pd.DataFrame(rows, columns=["site_id", "contract_id", "lot_id", "builds"])
    table["builds"] = table["builds"].astype(bool)
    pairs = zip(table["site_id"], table["contract_id"], strict=True)
    table["existing"] = np.array([pair in running for pair in pairs], dtype=bool)
    return table


@once
def service_table(scenario: Scenario) -> pd.DataFrame:
    """Return the pairs (site, specialty) at which a service may be open, with columns existing, required, today's size.

    A specialty may open at any site not forbidden, or only where ``site_services`` names it.
    """
    named, barred, required = (set[tuple[str, str]]() for _ in range(3))
    for row in rows_of(scenario.site_services):
        if row.status != "forbidden":
            named.add((row.site_id, row.specialty_id))
        if not row.size_id and row.status in {"forbidden", "required"}:
            (barred if row.status == "forbidden" else required).add((row.site_id, row.specialty_id))
    sites, specialties = scenario.sites["site_id"], scenario.specialties
    allowed = zip(specialties["specialty_id"], specialties["sites_allowed"] == "all", strict=True)
    pairs = [
        (site, specialty, (site, specialty) in required)
        for site, (specialty, anywhere) in product(sites, list(allowed))
        if (anywhere or (site, specialty) in named) and (site, specialty) not in barred
    ]
    ids = {"site_id": sites.dtype, "specialty_id": specialties["specialty_id"].dtype}
    table = pd.DataFrame(pairs, columns=[*_PLACE, "required"]).astype({**ids, "required": bool})
    today = existing_table(scenario)
    if today.empty:
        table[[*today.columns[len(_PLACE) :]]] = today.drop(columns=_PLACE).reindex(table.index)
    else:
        table = table.merge(today, how="left", on=_PLACE)
    table["existing"] = table["today_size"].notna()
    return table


@once
def option_table(scenario: Scenario) -> pd.DataFrame:
    """Return every option with its ids, numbers and status (new, kept, resized or converted), in a fixed order.

    An existing service may be kept, enlarged or converted to another contract, but not made smaller. Under a contract
    that builds nothing at the site it may only be kept or converted, and nothing new opens; so too where the site does
    not hold the grade that a size needs.
    """
    sizes, hosting = _sized(scenario, service_table(scenario)), hosting_table(scenario)
    same = sizes["size_id"] == sizes["today_size"]
    sizes = sizes[~sizes["existing"] | same | (sizes["capacity"] > sizes["today_capacity"])]
    table = sizes.merge(hosting[["site_id", "contract_id", "builds"]], on="site_id")
    same = table["size_id"] == table["today_size"]
    kept = same & (table["contract_id"] == table["today_contract"])
    table["status"] = np.select([~table["existing"], kept, same], ["new", "kept", "converted"], "resized")
    made = table["builds"] & table["licensed"]  # what runs today goes on whatever its licence
    table = table[made | table["status"].isin(["kept", "converted"])].drop(columns=["builds", "licensed"])
    return table.reset_index(drop=True)


def services_to_price(scenario: Scenario, options: pd.DataFrame) -> Services:
    """Return the options as the finance engine wants them: works still to build, and what runs before they open."""
    existing = options["existing"].to_numpy(bool)
    today = {name: np.nan_to_num(options[f"today_{name}"].to_numpy(float)) for name in ("capex", "fixed", "capacity")}
    capacity = (options["capacity"] * scenario.settings.occupancy).to_numpy(float)
    capex = options["capex"].to_numpy(float)
    share = options["lifecycle_share"].to_numpy(float)
    as_today = options["status"].isin(["kept", "converted"]).to_numpy(bool)
    before = np.minimum(1.0, today["capacity"] / options["capacity"].to_numpy(float))
    return Services(
        works=np.where(as_today, 0.0, np.maximum(capex - today["capex"] * existing, 0.0)),
        lifecycle=share * capex,
        fixed=options["fixed_cost"].to_numpy(float),
        per_case=options["cost_per_case"].to_numpy(float),
        capacity=capacity,
        build_years=options["build_months"].to_numpy(float) / 12.0,
        before_fixed=today["fixed"],
        before_lifecycle=share * today["capex"],
        before_share=np.where(existing, before, 0.0),
        unmet_cost=options["unmet_cost"].to_numpy(float),
        elsewhere_share=options["treated_elsewhere_share"].to_numpy(float),
        waiting_weight=np.full(len(options), scenario.settings.waiting_weight),
    )


def _sized(scenario: Scenario, services: pd.DataFrame) -> pd.DataFrame:
    """Services x sizes, a named size's exceptions before those for every size before the size itself."""
    table = services.merge(scenario.sizes, on="specialty_id")
    of = positions(scenario.specialties["specialty_id"], table["specialty_id"])
    priced = {name: scenario.specialties[name].to_numpy()[of] for name in ("unmet_cost", "treated_elsewhere_share")}
    held = Licences(scenario.licences, scenario.quality_grades)
    licensed = held.grades(table) >= table["least_grade"]
    table = table.assign(**priced, times=held.volume_factors(table), licensed=licensed)
    table, stated = _excepted(table, scenario.site_services)
    table["volume_factor"] = table.pop("times").where(~stated, 1.0)
    table["min_cases"] *= table["volume_factor"]
    table["required_size"] = table["status"] == "required"
    keep = (table["status"] != "forbidden") & (table["capacity"] > 0)
    return table[keep].drop(columns="status")


def _excepted(table: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Put the exceptions of ``rows`` into ``table`` with their status, and tell where they state a least volume, which
    stands as it is.
    """
    if rows.empty:
        return table.assign(status=""), pd.Series(False, table.index)
    special = rows[rows["size_id"] != ""][[*_PLACE, "size_id", "status", *_OVERRIDES]]
    general = rows[rows["size_id"] == ""][[*_PLACE, *_OVERRIDES]]
    table = table.merge(special, how="left", on=[*_PLACE, "size_id"], suffixes=("", "_special"))
    table = table.merge(general, how="left", on=_PLACE, suffixes=("", "_general"))
    for name in _OVERRIDES:
        table[name] = _first(table, f"{name}_special", f"{name}_general", name)
    stated = table[["min_cases_special", "min_cases_general"]].notna().any(axis=1)
    return table.drop(columns=[f"{n}_{k}" for n in _OVERRIDES for k in ("special", "general")]), stated


def _first(table: pd.DataFrame, *names: str) -> pd.Series:
    """The first of the named columns that is not blank, row by row."""
    value = table[names[0]]
    for name in names[1:]:
        value = value.fillna(table[name])
    return pd.Series(value)


def closing_table(scenario: Scenario, services: pd.DataFrame) -> pd.DataFrame:
    """Return today's services that ``services`` no longer allows: they close whatever is decided."""
    today = existing_table(scenario)
    if today.empty:
        return today.copy()
    allowed = pd.MultiIndex.from_frame(services[_PLACE])
    return today[~pd.MultiIndex.from_frame(today[_PLACE]).isin(allowed)].reset_index(drop=True)


@once
def existing_table(scenario: Scenario) -> pd.DataFrame:
    """Today's services: size, capacity, asset value, costs, contract, closing cost, and when they close."""
    rows, table = scenario.site_services, scenario.existing
    if table.empty:
        table = table.assign(lifecycle_share=0.0)
        own = {name: table[name] for name in _OVERRIDES}
    else:
        general = rows[rows["size_id"] == ""][[*_PLACE, *_OVERRIDES]]
        table = table.merge(general, how="left", on=_PLACE, suffixes=("", "_general"))
        table = table.merge(scenario.sizes, on=["specialty_id", "size_id"], suffixes=("", "_size"))
        own = {n: _first(table, n, f"{n}_general", f"{n}_size") for n in _OVERRIDES}
    return pd.DataFrame(
        {
            "site_id": table["site_id"],
            "specialty_id": table["specialty_id"],
            "today_size": table["size_id"],
            "today_contract": table["contract_id"],
            "today_capacity": own["capacity"],
            "today_capex": own["capex"],
            "today_fixed": own["fixed_cost"],
            "today_per_case": own["cost_per_case"],
            "today_lifecycle": table["lifecycle_share"] * own["capex"],
            "closing_cost": table["closing_cost"],
            "closing": table["closing"],
        }
    )
