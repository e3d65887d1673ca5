"""People who would wait for an opening where no price of waiting is stated: told, and refused where nobody else treats.

Where ``unmet_cost`` is blank every case must be treated, yet a service procured or built treats nobody before it
opens. Such waiting is charged what the open service would cost (:mod:`redesaude.finance.cashflow`), and whoever
oversees its contract or supports the service is paid from the decision on, so that a later opening never gains. Where
some people have no place at all that treats them from the beginning, that would be a promise
broken at no stated price.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.assemble.options import PricedOptions, hosting_table, option_table
from redesaude.errors import Problem, Severity
from redesaude.finance.services import timing_of
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_
from redesaude_models.arrays import Flags
from redesaude_models.problem import Demand, Journeys

_NOBODY = N_("territories with nobody to treat {specialty} until a service opens: {count}; waiting has no price")
_WAITS = N_("{specialty}: services that are procured or built leave people waiting, and waiting has no price")
_PRICED = N_("an unmet_cost: what a case costs that goes untreated, or is sent away, meanwhile")
_GIVE = N_("type an unmet_cost, or state on site_services who treats these people today")
_TOLD = N_("type an unmet_cost; until then waiting is charged what the open service would cost, so that no delay gains")
#: code of the problems told here
WAITING = "waiting_without_price"
#: years below which nobody waits
_TOLERANCE = 1e-9


def opened_at_once(scenario: Scenario) -> Scenario:
    """Return ``scenario`` as if nothing took time to let or to build, so that nobody waits; its rules stay."""
    return scenario.replace(
        sizes=scenario.sizes.assign(build_months=0.0),
        site_services=scenario.site_services.assign(build_months=np.nan),
        contracts=scenario.contracts.assign(procurement_months=0.0, retender_months=0.0),
    )


def unpriced(scenario: Scenario) -> pd.Series:
    """Return by specialty row whether nobody waits at a price: none is stated, or all are treated elsewhere."""
    table = scenario.specialties
    return pd.Series(table["unmet_cost"].isna() | (table["treated_elsewhere_share"] >= 1.0))


@once
def overseen_from_decision(scenario: Scenario) -> frozenset[tuple[str, str]]:
    """Return the pairs (contract, lot) under which a service may begin or grow whose delay has no price of its own.

    Those contracts are overseen from the decision on, so that a longer procurement spares nothing; all others from
    their signature, whatever specialties that they do not deliver say.
    """
    free = scenario.specialties["specialty_id"][unpriced(scenario)]
    if free.empty:
        return frozenset()
    options = option_table(scenario)
    late = options["status"].isin(["new", "resized"]) & options["specialty_id"].isin(free)
    begun = options[late]
    lot = {(row.site_id, row.contract_id): row.lot_id for row in rows_of(hosting_table(scenario))}
    pairs = set(zip(begun["site_id"], begun["contract_id"], strict=True))
    return frozenset((contract, lot[site, contract]) for site, contract in pairs)


def waiting_problems(
    scenario: Scenario, options: PricedOptions, demand: Demand, journeys: Journeys
) -> Iterator[Problem]:
    """Yield an error for each specialty whose people cannot but wait unpriced, a warning where they may come to."""
    services = options.services
    waits = np.isnan(services.unmet_cost) & (services.elsewhere_share < 1)
    waits &= timing_of(services, options.terms).opened > _TOLERANCE
    specialty = options.table["specialty_id"].to_numpy(str)
    alone = _alone(options, waits & (services.before_share <= 0), demand, journeys)
    for s, name in enumerate(scenario.specialties["specialty_id"]):
        count = int((alone & (demand.specialty == s)).sum())
        if count:
            yield _problem(scenario, s, (_NOBODY, _GIVE), count, "error")
        elif (waits & (services.before_share < 1) & (specialty == name)).any():
            yield _problem(scenario, s, (_WAITS, _TOLD), count, "warning")


def _alone(options: PricedOptions, waits: Flags, demand: Demand, journeys: Journeys) -> Flags:
    """Which demands that must be treated reach only services that treat nobody before they open."""
    service = options.table["service"].to_numpy(np.int64)
    at_once = np.zeros(int(max(service.max(initial=-1), journeys.service.max(initial=-1))) + 1, dtype=bool)
    at_once[service[~waits]] = True
    reached, helped = (np.zeros(len(demand.territory), dtype=bool) for _ in range(2))
    reached[journeys.demand] = True
    helped[journeys.demand[at_once[journeys.service]]] = True
    return np.asarray(demand.must_treat & (demand.cases[:, 0] > 0) & reached & ~helped)


def _problem(scenario: Scenario, s: int, texts: tuple[str, str], count: int, severity: Severity) -> Problem:
    row, place = scenario.specialties.iloc[s], scenario.places.get("specialties")
    return Problem(
        code=WAITING,
        sheet="specialties",
        cell=place.cell(s, "unmet_cost") if place else str(row["specialty_id"]),
        found=texts[0],
        expected=_PRICED,
        remedy=texts[1],
        values={"specialty": str(row["name"]) or str(row["specialty_id"]), "count": count},
        severity=severity,
    )
