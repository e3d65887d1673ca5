"""The audit: every promise and every cost line of a plan, recomputed from the scenario without the solver.

It reads only the scenario's tables and the plan's tables. Travel times come from ``travel`` and cost lines from
``finance``, both asked again for the rows of the plan; nothing of the planning problem or its model is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.promises import access_targets
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.appraisal import Appraisal, numbers_of
from redesaude.plan.plan import Audit, Check, Plan
from redesaude.travel.matrix import travel_minutes

#: relative tolerance of every comparison; shares are held to it absolutely
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Evidence:
    """The plan beside what its scenario says, looked up once."""

    plan: Plan

    @property
    def scenario(self) -> Scenario:
        """The scenario of the plan."""
        return self.plan.scenario

    @cached_property
    def minutes(self) -> pd.DataFrame:
        """Travel minutes, territories x sites."""
        ids = self.scenario.territories["territory_id"], self.scenario.sites["site_id"]
        return pd.DataFrame(travel_minutes(self.scenario), index=ids[0], columns=ids[1])

    @cached_property
    def cases(self) -> pd.Series:
        """Yearly cases by (territory, specialty), where there are any."""
        ids = self.scenario.territories["territory_id"], self.scenario.specialties["specialty_id"]
        table = pd.DataFrame(case_matrix(self.scenario), index=ids[0], columns=ids[1])
        long = table.melt(ignore_index=False).set_index("specialty_id", append=True)["value"]
        return pd.Series(long[long > 0]).sort_index()

    @cached_property
    def specialties(self) -> pd.DataFrame:
        """The specialties by id."""
        return self.scenario.specialties.set_index("specialty_id")

    @cached_property
    def trips(self) -> pd.DataFrame:
        """The assignments with the standard, ceiling and region of each."""
        region = self.scenario.territories.set_index("territory_id")["region_id"]
        table = self.plan.assignments.copy()
        table["region_id"] = table["territory_id"].map(region)
        return table

    @cached_property
    def places(self) -> pd.DataFrame:
        """The openings with their minimum volume, capacity at occupancy, and whether the minimum is hard."""
        sizes = self.scenario.sizes.set_index(["specialty_id", "size_id"])
        rows = []
        for row in rows_of(self.plan.openings):
            size = sizes.loc[(row.specialty_id, row.size_id)]
            own = numbers_of(self.scenario, row.site_id, row.specialty_id, row.size_id)
            rows.append(
                {
                    "site_id": row.site_id,
                    "specialty_id": row.specialty_id,
                    "contract_id": row.contract_id,
                    "cases": row.cases,
                    "capacity": own["capacity"] * self.scenario.settings.occupancy,
                    "least": own["min_cases"],
                    "hard": bool(size["min_cases_hard"]),
                }
            )
        columns = ["site_id", "specialty_id", "contract_id", "cases", "capacity", "least", "hard"]
        return pd.DataFrame(rows, columns=columns).astype({"hard": bool})


def audit(plan: Plan) -> Audit:
    """Return every check of ``plan``, passed or not."""
    evidence = Evidence(plan)
    return Audit(
        (
            *_treatment(evidence),
            *_services(evidence),
            *_rules(evidence),
            *_contracts(evidence),
            *_promises(evidence),
            *_money(evidence),
        )
    )


def _check(name: str, deviations: pd.Series | np.ndarray | list[float], tolerance: float = TOLERANCE) -> Check:
    """Return a check that the largest deviation is within tolerance, naming where it is when it is not."""
    series = pd.Series(deviations, dtype=float)
    worst = float(series.max()) if len(series) else 0.0
    passed = not (worst > tolerance or np.isnan(worst))
    return Check(name, passed, max(worst, 0.0), tolerance, "" if passed else f"at {series.idxmax()}")


def _treatment(e: Evidence) -> Iterator[Check]:
    """Every case is treated once or counted as unmet, at an open place within reach."""
    pair = ["territory_id", "specialty_id"]
    shares = e.trips.groupby(pair)["share"].sum().add(e.plan.unmet.groupby(pair)["share"].sum(), fill_value=0.0)
    shares = shares.reindex(e.cases.index.union(shares.index), fill_value=0.0)
    due = e.cases.reindex(shares.index).notna().astype(float)
    yield _check(N_("every case treated once or counted as unmet"), (shares - due).abs())
    must = e.plan.unmet["specialty_id"].map(e.specialties["unmet_cost"]).isna()
    yield _check(N_("nobody unmet who must be treated"), e.plan.unmet.loc[must, "share"])
    places = set(zip(e.places["site_id"], e.places["specialty_id"], strict=True))
    closed = [(t.site_id, t.specialty_id) not in places for t in rows_of(e.trips)]
    yield _check(N_("patients go to open services only"), [float(flag) for flag in closed])
    minutes = [e.minutes.loc[t.territory_id, t.site_id] for t in rows_of(e.trips)]
    yield _check(N_("minutes as travelled"), [abs(m - t) for m, t in zip(minutes, e.trips["minutes"], strict=True)])
    ceiling = e.trips["specialty_id"].map(e.specialties["ceiling_minutes"]).fillna(np.inf)
    yield _check(N_("journeys within the ceiling"), e.trips["minutes"] - ceiling)
    cases = [e.cases.get((t.territory_id, t.specialty_id), 0.0) * t.share for t in rows_of(e.trips)]
    yield _check(N_("cases are shares of demand"), _relative(e.trips["cases"], np.array(cases)))


def _relative(found: pd.Series, due: Any) -> np.ndarray:
    due = np.asarray(due, dtype=float)
    return np.asarray(np.abs(found.to_numpy(float) - due) / np.maximum(np.abs(due), 1.0))


def _services(e: Evidence) -> Iterator[Check]:
    """Capacity, least volume, one size each, and the cases of a service are those sent to it."""
    sent = e.trips.groupby(["site_id", "specialty_id"])["cases"].sum()
    places = e.places
    cases = [sent.get((row.site_id, row.specialty_id), 0.0) for row in rows_of(places)]
    yield _check(N_("a service treats the cases sent to it"), _relative(places["cases"], cases))
    yield _check(N_("capacity at the planning occupancy"), (places["cases"] - places["capacity"]) / places["capacity"])
    hard = places[places["hard"]]
    yield _check(N_("least yearly volume"), (hard["least"] - hard["cases"]) / hard["least"].clip(lower=1.0))
    doubled = places.duplicated(["site_id", "specialty_id"])
    yield _check(N_("one size and one contract for each service"), doubled.astype(float))


def _rules(e: Evidence) -> Iterator[Check]:
    """Rules on sites: allowed, required, co-location, limits of number, and the assignment rules."""
    status = e.scenario.site_services
    opened = {(r.site_id, r.specialty_id): r.size_id for r in rows_of(e.plan.openings)}
    barred = status[status["status"] == "forbidden"]
    broken = [
        opened.get((r.site_id, r.specialty_id)) in ({r.size_id} if r.size_id else set(opened.values()))
        for r in rows_of(barred)
    ]
    yield _check(N_("nothing forbidden is open"), [float(flag) for flag in broken])
    needed = status[status["status"] == "required"]
    lacking = [
        (r.site_id, r.specialty_id) not in opened or (r.size_id not in ("", opened[r.site_id, r.specialty_id]))
        for r in rows_of(needed)
    ]
    yield _check(N_("everything required is open"), [float(flag) for flag in lacking])
    named = set(zip(status["site_id"], status["specialty_id"], strict=True))
    listed = set(e.specialties.index[e.specialties["sites_allowed"] == "listed"])
    yield _check(N_("open only where listed"), [float(k[1] in listed and k not in named) for k in opened])
    beside = [
        (site, r.required_specialty_id) not in opened
        for r in rows_of(e.scenario.requires)
        for site, specialty in opened
        if specialty == r.specialty_id
    ]
    yield _check(N_("specialties beside those they need"), [float(flag) for flag in beside])
    yield from _numbers(e)
    yield from _assignment(e)


def _numbers(e: Evidence) -> Iterator[Check]:
    at_site = e.plan.openings.groupby("site_id")["specialty_id"].count()
    most = e.scenario.sites.set_index("site_id")["max_services"].reindex(at_site.index)
    yield _check(N_("services at a site"), at_site - most.fillna(np.inf))
    centres = e.plan.openings["specialty_id"].value_counts().reindex(e.specialties.index, fill_value=0)
    yield _check(N_("most centres"), centres - e.specialties["max_centres"].fillna(np.inf))
    yield _check(N_("fewest centres"), e.specialties["min_centres"].fillna(0) - centres)


def _assignment(e: Evidence) -> Iterator[Check]:
    single = e.trips[e.trips["specialty_id"].map(e.specialties["single_source"])]
    yield _check(N_("one place for each territory where single-sourced"), 1.0 - single["share"])
    beyond, unserved = [], []
    for specialty in e.specialties.index[e.specialties["assignment"] == "nearest"]:
        open_sites = e.plan.openings.loc[e.plan.openings["specialty_id"] == specialty, "site_id"]
        nearest = e.minutes[open_sites.to_list()].min(axis=1) if len(open_sites) else pd.Series(dtype=float)
        trips = e.trips[e.trips["specialty_id"] == specialty]
        beyond += (trips["minutes"] - trips["territory_id"].map(nearest)).to_list()
        ceiling = e.specialties["ceiling_minutes"].fillna(np.inf)[specialty]
        away = e.plan.unmet[e.plan.unmet["specialty_id"] == specialty]
        unserved += away["share"][away["territory_id"].map(nearest).fillna(np.inf) <= ceiling].to_list()
    yield _check(N_("nobody passes a nearer open service"), beyond)
    yield _check(N_("nobody unmet near an open service"), unserved)


def _contracts(e: Evidence) -> Iterator[Check]:
    """One contract for each site, eligible there, with works where it needs them; limits of number and value."""
    openings = e.plan.openings
    yield _check(N_("one contract for each site"), openings.groupby("site_id")["contract_id"].nunique() - 1.0)
    sites = e.scenario.sites.set_index("site_id")
    contracts = e.scenario.contracts.set_index("contract_id")
    unfit = []
    for row in rows_of(openings.drop_duplicates(["site_id", "contract_id"])):
        site, contract = sites.loc[row.site_id], contracts.loc[row.contract_id]
        listed = not site["contracts_allowed"] or row.contract_id in site["contracts_allowed"]
        unfit.append(float(not listed or (bool(contract["site_kinds"]) and site["kind"] not in contract["site_kinds"])))
    yield _check(N_("contracts suit their sites"), unfit)
    lots = openings["site_id"].map(sites["lot_id"]).where(lambda lot: lot != "", "site:" + openings["site_id"])
    let = pd.DataFrame({"contract": openings["contract_id"], "lot": lots}).drop_duplicates()
    most = contracts["max_contracts"].fillna(np.inf)
    yield _check(N_("contracts of a kind"), let["contract"].value_counts() - most.reindex(let["contract"].unique()))
    works = openings.assign(works=~openings["status"].isin(["kept", "converted"]))
    by_site = works.groupby(["site_id", "contract_id"])["works"].any().reset_index()
    idle = by_site["contract_id"].map(contracts["needs_works"]) & ~by_site["works"]
    yield _check(N_("contracts that need works have them"), idle.astype(float))


def _promises(e: Evidence) -> Iterator[Check]:
    """Each access promise again: kept, or short by what the plan says and pays for."""
    stated = e.plan.promises[e.plan.promises["kind"] == "access"]
    short = dict(zip(stated["promise_id"], stated["shortfall"], strict=True))
    missed, misstated = [], []
    for name, due, inside, hard in _access_again(e):
        gap = max(0.0, due - inside)
        missed.append(gap / max(due, 1.0) if hard else 0.0)
        misstated.append(abs(gap - short.get(name, np.inf)) / max(due, 1.0))
    yield _check(N_("hard access promises kept"), missed)
    yield _check(N_("access shortfalls as stated"), misstated)


def _access_again(e: Evidence) -> Iterator[tuple[str, float, float, bool]]:
    """Each promise: id, cases due within the standard, cases found within it, hard."""
    region = e.scenario.territories.set_index("territory_id")["region_id"]
    places = e.cases.index.get_level_values(0).map(region.to_dict())
    for target in access_targets(e.scenario):
        specialty, where = e.specialties.index[target.specialty], target.region
        mine = (e.cases.index.get_level_values(1) == specialty) & ((places == where) | (where == ALL))
        if not mine.any():
            continue
        trips = e.trips[(e.trips["specialty_id"] == specialty) & (e.trips["minutes"] <= target.minutes + 1e-9)]
        inside = trips if where == ALL else trips[trips["region_id"] == where]
        yield target.id, target.share * float(e.cases[mine].sum()), float(inside["cases"].sum()), target.hard


def _money(e: Evidence) -> Iterator[Check]:
    """Every cost line again, their sum, the money promises, and the bound."""
    appraisal = Appraisal(e.plan)
    lines = appraisal.cost_lines(e.minutes)
    key = ["site_id", "specialty_id", "contract_id", "line"]
    stated = e.plan.costs.set_index(key)["npv"]
    both = pd.concat([stated, lines], axis=1, keys=["stated", "found"]).fillna(0.0)
    total = max(1.0, float(stated.abs().sum()))
    yield _check(N_("cost lines"), (both["stated"] - both["found"]).abs() / total)
    objective = e.plan.objective if e.plan.objective is not None else np.nan
    yield _check(N_("lines add up to the objective"), [abs(float(lines.sum()) - objective) / total])
    missed, misstated = [], []
    promises = e.plan.promises.set_index("promise_id")
    for name, (used, limit, hard) in appraisal.limits().items():
        excess = max(0.0, used - limit)
        missed.append(excess / max(abs(limit), 1.0) if hard else 0.0)
        misstated.append(abs(excess - promises["shortfall"].get(name, np.inf)) / max(abs(limit), 1.0))
    yield _check(N_("least contract values"), appraisal.missing_value())
    yield _check(N_("hard money promises kept"), missed)
    yield _check(N_("money excesses as stated"), misstated)
    above = 0.0 if e.plan.bound is None else (e.plan.bound - objective) / total
    yield _check(N_("bound not above the objective"), [above])
