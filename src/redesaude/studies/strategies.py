"""Strategies to compare, each as a scenario of its own: what is today, everything direct, PPP where eligible.

A strategy is a scenario with fewer choices, so it is solved and audited like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from redesaude.assemble.demand import travel_cost
from redesaude.assemble.options import hosting_table, option_table, price_options
from redesaude.assemble.phases import phases_of
from redesaude.assemble.techniques import as_of_today
from redesaude.errors import FaultError
from redesaude.financing import financings_where
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.plan.plan import Plan
from redesaude.travel.matrix import travel_minutes

STATUS_QUO, DIRECT, PPP, MIX = "status_quo", "direct", "ppp", "mix"

Contracts = tuple[str, ...]


def status_quo(scenario: Scenario) -> Scenario:
    """Return today as a scenario: existing services at their size under today's contract, nothing new, none closed.

    Today is a fact and no decision: what is decided, and rules on decisions, do not bind it, so it always exists.
    Promises are kept where they are kept, and otherwise charged at their price (nothing, where none is stated); least
    volumes, numbers of centres and of contracts and co-location are let go, and patients go where the plan sends them,
    which flatters today. Where every case must be treated, those for whom there is no room are charged what the dearest
    of today's services would cost (:func:`_untreated`): as many as find room are treated.

    Raises
    ------
    FaultError
        where the scenario states something of which that is not known.

    """
    if unknown := scenario.unknown_to("status_quo"):
        raise FaultError(f"today cannot be told: it is not known what becomes of {', '.join(unknown)}")
    specialties = scenario.specialties.assign(
        sites_allowed="listed", assignment="planned", single_source=False, min_centres=np.nan, max_centres=np.nan
    )
    specialties = specialties.assign(access_hard=False, access_price=specialties["access_price"].fillna(0.0))
    today = _today(scenario)
    allowed = [today.get(site.site_id, site.contracts_allowed) for site in rows_of(scenario.sites)]
    tables = {name: getattr(scenario, name) for name in scenario.stated()}
    elastic = {name: _elastic(table) for name, table in tables.items() if {"hard", "price"} <= {*table.columns}}
    stations = scenario.stations[scenario.stations["status"] != "candidate"]
    frozen = scenario.replace(
        periods=scenario.periods.assign(max_starts=np.nan),
        specialties=specialties,
        sites=_with_lists(scenario.sites.assign(max_services=np.nan), contracts_allowed=allowed),
        site_services=_frozen_services(scenario),
        decisions=scenario.decisions.iloc[:0],
        precedence=scenario.precedence.iloc[:0],
        requires=scenario.requires.iloc[:0],
        techniques=as_of_today(scenario).techniques,
        contracts=_with_lists(
            scenario.contracts.assign(max_contracts=np.nan, min_value=0.0, needs_works=False),
            site_kinds=[()] * len(scenario.contracts),
        ),
        **elastic,
        stations=stations.assign(status="kept").reset_index(drop=True),
        station_times=scenario.station_times[scenario.station_times["station_id"].isin(stations["station_id"])],
        variant_id=STATUS_QUO,
    )
    unmet = specialties["unmet_cost"]
    return frozen.replace(specialties=specialties.assign(unmet_cost=unmet.fillna(_untreated(frozen))))


def _untreated(scenario: Scenario) -> pd.Series:
    """What an untreated case of each specialty is charged where no price is stated (currency/case, by specialty row).

    The dearest case of any service, its farthest journey, and whatever a load ceiling charges for it: no plan gains by
    leaving a case for which there is room.
    """
    phases = phases_of(scenario)
    options = option_table(scenario)
    due = price_options(scenario, options, phases).prices.per_case.values()
    dearest = np.max([sum(due) / phases.annuities], axis=(0, 2), initial=0.0)
    by_specialty = pd.Series(dearest).groupby(options["specialty_id"].to_numpy(str)).max()
    minutes = travel_minutes(scenario)
    farthest = float(minutes[np.isfinite(minutes)].max(initial=0.0)) * travel_cost(scenario)
    charged = float(scenario.load_ceilings["price"].fillna(0.0).sum())
    return scenario.specialties["specialty_id"].map(by_specialty).fillna(0.0) + farthest + charged


def network_of(plan: Plan) -> Scenario:
    """Return the scenario of a plan with its network frozen: the same services, sizes, contracts and stations.

    Who is treated where stays open, and so does who is trained and recruited.
    """
    scenario, openings, stations = plan.scenario, plan.openings, plan.stations
    decided = dict(zip(openings["site_id"], openings["contract_id"], strict=True))
    allowed = [(decided[s],) if s in decided else own for s, own in _lists(scenario.sites, "contracts_allowed")]
    ambulances = stations.groupby("station_id")["ambulances"].agg(["min", "max"]).astype(float)
    held = scenario.stations[scenario.stations["station_id"].isin(ambulances.index)].reset_index(drop=True)
    held = held.assign(
        ambulances_min=held["station_id"].map(ambulances["min"]).astype(float),
        ambulances_max=held["station_id"].map(ambulances["max"]).astype(float),
    )
    return scenario.replace(
        specialties=scenario.specialties.assign(sites_allowed="listed"),
        sites=_with_lists(scenario.sites, contracts_allowed=allowed),
        site_services=_services_of(plan),
        stations=held,
        station_times=scenario.station_times[scenario.station_times["station_id"].isin(held["station_id"])],
    )


def _lists(table: pd.DataFrame, column: str) -> Iterator[tuple[str, Contracts]]:
    return zip(table["site_id"], table[column], strict=True)


def _services_of(plan: Plan) -> pd.DataFrame:
    """Rows of ``site_services`` that allow what the plan opens and nothing else, the numbers of each row kept."""
    rows, place = plan.scenario.site_services, ["site_id", "specialty_id"]
    stated = {tuple(row[:3]): dict(zip(rows.columns, row, strict=True)) for row in rows.itertuples(index=False)}
    size_of = plan.openings.set_index(place)["size_id"].to_dict()
    sizes = plan.scenario.sizes.groupby("specialty_id")["size_id"].agg(list).to_dict()
    pairs = pd.concat([plan.openings[place], plan.scenario.existing[place]]).drop_duplicates()
    found = []
    for site, specialty in zip(pairs["site_id"], pairs["specialty_id"], strict=True):
        opened = size_of.get((site, specialty))
        for size in ("", *sizes[specialty]):
            row = stated.get((site, specialty, size), {"contract_id": "", "closing_cost": 0.0})
            asked = "required" if opened is not None and size in ("", opened) else "forbidden"
            status = "existing" if row.get("status") == "existing" else asked
            found.append({**row, "site_id": site, "specialty_id": specialty, "size_id": size, "status": status})
    kinds = {name: rows[name].dtype for name in rows.columns}
    return pd.DataFrame(found, columns=list(rows.columns)).astype(kinds)


def everything_direct(scenario: Scenario) -> Scenario | None:
    """Return the scenario in which direct administration runs what it may; None without a direct contract.

    A site that runs under another contract today may go on under it, building nothing. Sites where no direct contract
    is eligible (by owner, or by their own list, as a hospital already let) are left as they are.
    """
    direct = set(_of(scenario, scenario.contracts["delivery_model"] == "direct"))
    if not direct:
        return None
    return _restricted(scenario, lambda fit, today: _only(direct, fit, today), DIRECT)


def ppp_where_eligible(scenario: Scenario) -> Scenario | None:
    """Return the scenario in which project companies deliver works wherever they may; None without such contracts.

    At those sites today's contract, or a direct one, may run what exists, building nothing; the others are as in
    :func:`everything_direct`.
    """
    ppp = set(_of(scenario, scenario.contracts["financing"].isin(financings_where(lambda way: way.ppp))))
    direct = set(_of(scenario, scenario.contracts["delivery_model"] == "direct"))
    if not ppp:
        return None

    def choose(fit: Contracts, today: Contracts) -> tuple[Contracts, Contracts] | None:
        beside = _union(today, tuple(c for c in fit if c in direct))
        return _only(ppp, fit, beside) or _only(direct, fit, today)

    return _restricted(scenario, choose, PPP)


def _only(wanted: set[str], fit: Contracts, beside: Contracts) -> tuple[Contracts, Contracts] | None:
    """Contracts of a site where those ``wanted`` go first, and those ``beside`` them, which build nothing.

    None where none of those wanted fits.
    """
    chosen = tuple(c for c in fit if c in wanted)
    return (_union(chosen, beside), tuple(c for c in beside if c not in wanted)) if chosen else None


_Choice = Callable[[Contracts, Contracts], tuple[Contracts, Contracts] | None]
"""(contracts that fit a site, today's) -> (allowed, of which without works); None leaves the site as it is"""


def _restricted(scenario: Scenario, choose: _Choice, name: str) -> Scenario:
    fit, today = _fit(scenario), _today(scenario)
    allowed, idle = [], []
    for site in rows_of(scenario.sites):
        chosen = choose(fit.get(site.site_id, ()), today.get(site.site_id, ()))
        only, without_works = chosen or (site.contracts_allowed, ())
        allowed.append(only)
        idle.append(_union(site.contracts_without_works, without_works))
    sites = _with_lists(scenario.sites, contracts_allowed=allowed, contracts_without_works=idle)
    return scenario.replace(sites=sites, variant_id=name)


def _with_lists(table: pd.DataFrame, **columns: list[Contracts]) -> pd.DataFrame:
    """Set columns of tuples, which pandas would otherwise spread out."""
    return table.assign(**{name: pd.Series(lists, table.index, dtype=object) for name, lists in columns.items()})


def _of(scenario: Scenario, chosen: pd.Series) -> list[str]:
    """The contracts chosen, but for those that wait for a variant."""
    return [str(c) for c in scenario.contracts.loc[chosen & scenario.contracts["active"], "contract_id"]]


def _union(*lists: Contracts) -> Contracts:
    return tuple(dict.fromkeys(c for contracts in lists for c in contracts))


def _fit(scenario: Scenario) -> Mapping[str, Contracts]:
    """Contracts that suit each site."""
    pairs = hosting_table(scenario)
    return {str(site): tuple(group) for site, group in pairs.groupby("site_id")["contract_id"]}


def _today(scenario: Scenario) -> dict[str, Contracts]:
    """Contracts under which services run at each site today."""
    rows = scenario.existing
    rows = rows[rows["contract_id"] != ""]
    return {str(site): _union(tuple(group)) for site, group in rows.groupby("site_id")["contract_id"]}


def _elastic(promises: pd.DataFrame) -> pd.DataFrame:
    return promises.assign(hard=False, price=promises["price"].fillna(0.0))


def _frozen_services(scenario: Scenario) -> pd.DataFrame:
    """Existing services only: required, of today's size whatever they treat, every other size forbidden."""
    rows, existing = scenario.site_services, scenario.existing
    place = ["site_id", "specialty_id"]
    pairs = existing[place].drop_duplicates()
    general = pairs.merge(rows[rows["size_id"] == ""], how="left", on=place).assign(size_id="", status="required")
    general = general.assign(
        contract_id=general["contract_id"].fillna(""), closing_cost=general["closing_cost"].fillna(0.0)
    )
    others = pairs.merge(scenario.sizes[["specialty_id", "size_id"]], on="specialty_id")
    same = pd.MultiIndex.from_frame(others).isin(pd.MultiIndex.from_frame(existing[[*place, "size_id"]]))
    others = others[~same].reindex(columns=rows.columns).assign(status="forbidden", contract_id="", closing_cost=0.0)
    parts = [existing.assign(min_cases=0.0), general[list(rows.columns)], others]
    kinds = {name: rows[name].dtype for name in rows.columns}
    return pd.concat([part.astype(kinds) for part in parts], ignore_index=True)
