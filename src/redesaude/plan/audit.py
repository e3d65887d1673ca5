"""The audit: every promise and every cost line of a plan, recomputed from the scenario without the solver.

It reads only the scenario's tables and the plan's tables. Travel times come from ``travel`` and cost lines from
``finance``, both asked again for the rows of the plan; nothing of the planning problem or its model is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.evidence import Evidence, Outcome, check, flags, relative
from redesaude.plan.in_time import changes_in_time
from redesaude.plan.numbers import numbers_of
from redesaude.plan.plan import Audit, Check, Plan
from redesaude.plan.promises import outcomes
from redesaude.plan.referral_evidence import ReferralEvidence
from redesaude.plan.stated import stated_figures
from redesaude.promises import KINDS

#: a service in one period
_SERVICE = ["site_id", "specialty_id", "period_id"]


def audit(plan: Plan, evidence: Evidence | None = None) -> Audit:
    """Return every check of ``plan``, passed or not; ``evidence`` of it, where some was looked up already."""
    evidence = evidence or Evidence(plan)
    referral, promised = ReferralEvidence(evidence), outcomes(evidence)
    return Audit(
        (
            *_known(evidence),
            *_treatment(evidence),
            *_services(evidence, referral),
            *_rules(evidence),
            *_contracts(evidence),
            *changes_in_time(evidence),
            *_promises(evidence, promised),
            *_money(evidence),
            *referral.checks(),
            *stated_figures(evidence, promised),
        )
    )


def _known(e: Evidence) -> Iterator[Check]:
    """Nothing is stated that no check is about: a plan cannot be said to keep what is not known."""
    unknown = e.scenario.unknown_to("audit")
    yield check(N_("all that the scenario states is audited"), pd.Series(1.0, index=unknown))


def _treatment(e: Evidence) -> Iterator[Check]:
    """Every case is treated once or counted as unmet, at an open place within reach."""
    pair = ["territory_id", "specialty_id", "period_id"]
    shares = e.trips.groupby(pair)["share"].sum().add(e.plan.unmet.groupby(pair)["share"].sum(), fill_value=0.0)
    shares = shares.reindex(e.cases.index.union(shares.index), fill_value=0.0)
    due = e.cases.reindex(shares.index).notna().astype(float)
    yield check(N_("every case treated once or counted as unmet"), (shares - due).abs())
    parts = pd.concat([e.trips["share"], e.plan.unmet["share"]], ignore_index=True)
    yield check(N_("shares from 0 to 1"), (parts - 0.5).abs() - 0.5)
    must = e.plan.unmet["specialty_id"].map(e.specialties["unmet_cost"]).isna()
    yield check(N_("nobody unmet who must be treated"), e.plan.unmet.loc[must, "share"])
    opened = pd.MultiIndex.from_frame(e.trips[_SERVICE]).isin(pd.MultiIndex.from_frame(e.places[_SERVICE]))
    yield check(N_("patients go to open services only"), flags(~opened))
    minutes = e.far(e.trips["territory_id"], e.trips["site_id"])
    yield check(N_("minutes as travelled"), (e.trips["minutes"] - minutes).abs())
    ceiling = e.trips["specialty_id"].map(e.specialties["ceiling_minutes"]).fillna(np.inf)
    yield check(N_("journeys within the ceiling"), e.trips["minutes"] - ceiling)
    yield check(N_("cases are shares of demand"), relative(e.trips["cases"], e.due(e.trips)))


def _services(e: Evidence, referral: ReferralEvidence) -> Iterator[Check]:
    """Capacity, least volume, one size each, and the cases of a service are those sent to it."""
    places = e.places
    cases = [referral.treated(row.site_id, row.specialty_id, row.period_id) for row in rows_of(places)]
    yield check(N_("a service treats the cases sent to it"), relative(places["cases"], cases))
    yield check(N_("capacity at the planning occupancy"), (places["cases"] - places["capacity"]) / places["capacity"])
    hard = places[places["hard"]]
    yield check(N_("least yearly volume"), (hard["least"] - hard["cases"]) / hard["least"].clip(lower=1.0))
    resized = places[places["status"] == "resized"]
    yield check(N_("no existing service made smaller"), flags(resized["nominal"] <= resized["today"]))
    doubled = places.duplicated(_SERVICE)
    yield check(N_("one size and one contract for each service"), doubled.astype(float))


def _rules(e: Evidence) -> Iterator[Check]:
    """Rules on sites: allowed, required, co-location, limits of number, and the assignment rules."""
    status = e.scenario.site_services
    opened = {(r.site_id, r.specialty_id, r.period_id): r.size_id for r in rows_of(e.plan.openings)}
    forbidden = {(r.site_id, r.specialty_id, r.size_id) for r in rows_of(status[status["status"] == "forbidden"])}
    broken = [bool(forbidden & {(*key[:2], size), (*key[:2], "")}) for key, size in opened.items()]
    yield check(N_("nothing forbidden is open"), flags(broken))
    numbers = numbers_of(e.scenario)
    unlicensed = [
        numbers.grade(*key[:2]) < numbers.grade_needed(key[1], size) and e.today.get((key[0], key[1]), ("",))[0] != size
        for key, size in opened.items()
    ]
    yield check(N_("sites hold the grade that sizes need"), flags(unlicensed))
    needed = status[status["status"] == "required"]
    lacking = [
        opened.get((r.site_id, r.specialty_id, period)) not in ({r.size_id} if r.size_id else set(opened.values()))
        for r in rows_of(needed)
        for period in e.scenario.periods["period_id"]
    ]
    yield check(N_("everything required is open"), flags(lacking))
    named = set(zip(status["site_id"], status["specialty_id"], strict=True))
    listed = set(e.specialties.index[e.specialties["sites_allowed"] == "listed"])
    yield check(N_("open only where listed"), flags(k[1] in listed and k[:2] not in named for k in opened))
    beside = [
        (site, r.required_specialty_id, period) not in opened
        for r in rows_of(e.scenario.requires)
        for site, specialty, period in opened
        if specialty == r.specialty_id
    ]
    yield check(N_("specialties beside those they need"), flags(beside))
    yield from _numbers(e)
    yield from _assignment(e)


def _numbers(e: Evidence) -> Iterator[Check]:
    """Limits of number, in every period."""
    openings, periods = e.plan.openings, e.scenario.periods["period_id"]
    at_site = openings.groupby(["site_id", "period_id"])["specialty_id"].count()
    most = e.scenario.sites.set_index("site_id")["max_services"].fillna(np.inf)
    room = most.reindex(at_site.index.get_level_values(0)).to_numpy(float)
    yield check(N_("services at a site"), at_site.to_numpy(float) - room)
    every = pd.MultiIndex.from_product([e.specialties.index, periods])
    centres = openings.groupby(["specialty_id", "period_id"])["site_id"].count().reindex(every, fill_value=0)
    limits = e.specialties.reindex(every.get_level_values(0))
    yield check(N_("most centres"), centres.to_numpy() - limits["max_centres"].fillna(np.inf).to_numpy(float))
    yield check(N_("fewest centres"), limits["min_centres"].fillna(0).to_numpy(float) - centres.to_numpy())


def _assignment(e: Evidence) -> Iterator[Check]:
    single = e.trips[e.trips["specialty_id"].map(e.specialties["single_source"])]
    yield check(N_("one place for each territory where single-sourced"), 1.0 - single["share"])
    beyond: list[float] = []
    unserved: list[float] = []
    for specialty in e.specialties.index[e.specialties["assignment"] == "nearest"]:
        for period in e.scenario.periods["period_id"]:
            too_far, away = _passed_by(e, specialty, period)
            beyond += too_far
            unserved += away
    yield check(N_("nobody passes a nearer open service"), beyond)
    yield check(N_("nobody unmet near an open service"), unserved)


def _passed_by(e: Evidence, specialty: str, period: str) -> tuple[list[float], list[float]]:
    """Minutes travelled beyond the nearest open service, and shares sent away although one is within reach."""
    openings, trips, away = (
        table[(table["specialty_id"] == specialty) & (table["period_id"] == period)]
        for table in (e.plan.openings, e.trips, e.plan.unmet)
    )
    sites = openings["site_id"].to_list()
    nearest = e.minutes[sites].min(axis=1) if sites else pd.Series(dtype=float)
    ceiling = e.specialties["ceiling_minutes"].fillna(np.inf)[specialty]
    minutes = away["territory_id"].map(nearest).astype(float)  # none is open, or none can be reached: no number
    unserved = away["share"][np.isfinite(minutes) & (minutes <= ceiling)]
    return (trips["minutes"] - trips["territory_id"].map(nearest)).to_list(), unserved.to_list()


def _contracts(e: Evidence) -> Iterator[Check]:
    """One contract for each site, eligible there, with works where it needs them; limits of number and value."""
    openings = e.plan.openings
    yield check(
        N_("one contract for each site"), openings.groupby(["site_id", "period_id"])["contract_id"].nunique() - 1.0
    )
    sites = e.scenario.sites.set_index("site_id")
    contracts = e.scenario.contracts.set_index("contract_id")
    unfit = []
    site_of = {row.site_id: row for row in rows_of(e.scenario.sites)}
    contract_of = {row.contract_id: row for row in rows_of(e.scenario.contracts)}
    for site_id, contract_id in dict.fromkeys(zip(openings["site_id"], openings["contract_id"], strict=True)):
        site, contract = site_of[site_id], contract_of[contract_id]
        listed = not site.contracts_allowed or contract_id in site.contracts_allowed
        suits = not contract.site_kinds or site.kind in contract.site_kinds
        unfit.append(float(not (listed and suits and contract.active)))
    yield check(N_("contracts suit their sites"), unfit)
    barred = openings["site_id"].map(sites["contracts_without_works"])
    built = ~openings["status"].isin(["kept", "converted"])
    beyond = [float(c in none and new) for c, none, new in zip(openings["contract_id"], barred, built, strict=True)]
    yield check(N_("nothing built where a contract builds nothing"), beyond)
    pairs = zip(openings["site_id"], openings["contract_id"], strict=True)
    grouped = [e.appraisal.lot_of(*pair) for pair in pairs]
    let = pd.DataFrame({"contract": openings["contract_id"], "lot": grouped, "period": openings["period_id"]})
    counts = let.drop_duplicates().groupby(["contract", "period"])["lot"].count()
    most = contracts["max_contracts"].fillna(np.inf)
    room = most.reindex(counts.index.get_level_values(0)).to_numpy(float)
    yield check(N_("contracts of a kind"), counts.to_numpy(float) - room)
    works = e.places.assign(works=e.places["works"] > 0)
    by_site = works.groupby(["site_id", "contract_id", "period_id"])["works"].any().reset_index()
    idle = by_site["contract_id"].map(contracts["needs_works"]) & ~by_site["works"]
    yield check(N_("contracts that need works have them"), idle.astype(float))


def _promises(e: Evidence, promised: Mapping[str, Outcome]) -> Iterator[Check]:
    """The promises that must be kept; the others are stated with their shortfall and paid for."""
    hard = [outcome for outcome in promised.values() if outcome.hard]
    told = {kind.check: tuple(kind.words) for kind in KINDS if kind.check}
    for name, words in told.items():
        yield check(name, [p.missing for p in hard if p.kind in words])
    told_words = {word for words in told.values() for word in words}
    yield check(N_("other hard promises kept"), [p.missing for p in hard if p.kind not in told_words])
    yield check(N_("least contract values"), e.appraisal.missing_value())


def _money(e: Evidence) -> Iterator[Check]:
    """Every cost line again, their sum, and the bound."""
    lines = e.lines
    key = ["site_id", "specialty_id", "contract_id", "line", "period_id"]
    stated = e.plan.costs.groupby(key)["npv"].sum()
    total = max(1.0, float(stated.abs().sum()))
    yield check(N_("cost lines"), stated.sub(lines, fill_value=0.0).abs() / total)
    objective = e.plan.objective if e.plan.objective is not None else np.nan
    yield check(N_("lines add up to the objective"), [abs(float(lines.sum()) - objective) / total])
    above = 0.0 if e.plan.bound is None else (e.plan.bound - objective) / total
    yield check(N_("bound not above the objective"), [above])
