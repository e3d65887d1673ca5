"""Laws of contracts in time: waiting never gains; nothing is paid before a signature, nor after a term unless said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from optima import holds, optimum
from random_tables import random_tables
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow, fiscal_by_year
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, PPP, Tables, rows, scenario, settings, tables, times, with_columns

DELAYS = {
    "build_months": ("sizes", "build_months", 17.0),
    "delay_factor": ("contracts", "delay_factor", 0.6),
    "procurement_months": ("contracts", "procurement_months", 14.0),
}


def unpriced(seed: int) -> Tables:
    """Random tables without a price of waiting, in which a third contract opens everything at once."""
    found = random_tables(seed)
    found["specialties"] = with_columns(found["specialties"], unmet_cost=np.nan)
    contracts = with_columns(found["contracts"], oversight_cost=0.0, delay_factor=1.0)
    contracts["procurement_months"] = contracts["procurement_months"].fillna(0.0)
    found["contracts"] = contracts
    found["sizes"] = with_columns(found["sizes"], build_months=found["sizes"]["capex"] % 24)
    services = [
        {"site_id": site, "specialty_id": s, "size_id": "small", "status": "existing", "contract_id": "direct"}
        for s in found["specialties"]["specialty_id"]
        for site in found["sites"]["site_id"]
    ]
    return {**found, "site_services": rows(*services)}


@pytest.mark.long
@pytest.mark.parametrize("delay", DELAYS)
def test_delay_without_a_price_of_waiting_never_gains(delay: str) -> None:
    sheet, column, more = DELAYS[delay]

    def law(seed: int) -> tuple[float, float]:
        sooner = unpriced(seed)
        later = sooner | {sheet: with_columns(sooner[sheet], **{column: sooner[sheet][column] + more})}
        return optimum(scenario(**sooner)), optimum(scenario(**later))

    holds(law)


ONE_PLACE: dict[str, Any] = {
    "settings": settings(horizon_years=30, base_year=2025, discount_rate=0.06, occupancy=0.8),
    "territories": rows({"territory_id": "t1", "population": 30}),
    "sites": rows({"site_id": "h1", "territory_id": "t1"}),
    "specialties": rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 900.0}),
    "travel_times": times({"t1": {"h1": 0}}),
    "sizes": rows(
        {"specialty_id": "cardio", "size_id": "m", "capacity": 50, "fixed_cost": 600, "cost_per_case": 9,
         "capex": 4000, "build_months": 18, "lifecycle_share": 0.02}
    ),
}  # fmt: skip
DIRECT = {"contract_id": "direct", "delivery_model": "direct", "opex_factor": 1.5, "case_cost_factor": 1.5}
OSS = {"contract_id": "oss", "delivery_model": "oss", "procurement_months": 9, "term_years": 10,
       "case_cost_factor": 0.9, "transaction_cost": 70.0, "oversight_cost": 20.0}  # fmt: skip
BUY = {"contract_id": "buy", "delivery_model": "purchase", "financing": "provider", "procurement_months": 9,
       "term_years": 12, "equity_return": 0.08}  # fmt: skip
COMPANY = {**PPP, "procurement_months": 9, "term_years": 15}
#: what a contractor is paid, by contract
PAID = {"ppp": ("unitary_payment",), "buy": ("provider_payment",), "oss": ("fixed_running", "case_running")}


def one_place(contract: dict[str, Any], existing: bool, after: str) -> Tables:
    """One service under ``contract``, followed by ``after``; today's, or a new one."""
    today = {"site_id": "h1", "specialty_id": "cardio", "size_id": "m", "status": "existing", "contract_id": "direct"}
    decided = {"site_id": "h1", "specialty_id": "cardio", "contract_id": contract["contract_id"], "decision": "open"}
    return (
        tables(**ONE_PLACE)
        | {"contracts": rows(DIRECT, {**contract, "after_term": after})}
        | {"site_services": rows(today) if existing else rows({**today, "status": "allowed", "contract_id": ""})}
        | {"decisions": rows(decided)}
    )


FOLLOWS = pytest.mark.parametrize("after", ["renewed", "relet", "direct", ""])
EXISTING = pytest.mark.parametrize("existing", [False, True], ids=["new", "converted"])
CONTRACT = pytest.mark.parametrize("contract", [COMPANY, BUY, OSS], ids=["ppp", "buy", "oss"])
PERIODS = rows(*({"period_id": f"p{n}", "first_year": 2025 + n, "years": y} for n, y in ((0, 6), (6, 8), (14, 16))))


@pytest.mark.few(1)
@FOLLOWS
@EXISTING
@CONTRACT
def test_periods_change_nothing_of_what_follows_a_term(contract: dict[str, Any], existing: bool, after: str) -> None:
    """The same decision over the same years costs the same each year, and uses the same of each ceiling and limit."""
    one = one_place(contract, existing, after) | {
        "funding": rows(
            {"funding_id": "works", "kind": "capital", "amount": 10**6},
            {"funding_id": "care", "kind": "running", "amount": 10**6},
        ),
        "fiscal": rows(
            *({"fiscal_id": kind, "kind": kind, "base_amount": 10**6, "share": 0.5} for kind in ("ppp", "personnel"))
        ),
    }
    found = []
    for periods in ({}, {"periods": PERIODS}):
        plan = solve(scenario(**one | periods), EXACT)
        assert plan.audit.passed
        appraisal = Appraisal(plan)
        flows = cash_flow(appraisal)
        by_year = flows.groupby(["year", "contract_id", "line", "payer"])["real"].sum()
        used = fiscal_by_year(appraisal, flows).set_index(["limit_id", "reading", "year"])["used"].sort_index()
        tenders = plan.promises.set_index("promise_id").filter(like="works", axis=0)["achieved"].sum()
        found.append((by_year, used, plan.costs.groupby("line")["npv"].sum(), tenders))
    (*whole, tenders), (*parts, by_period) = found
    for one_period, several in zip(whole, parts, strict=True):
        pd.testing.assert_series_equal(several, one_period, rtol=1e-9)
    assert by_period == pytest.approx(tenders, rel=1e-9)


@pytest.mark.parametrize("after", ["renewed", "relet"])
def test_tenders_again_count_in_the_ceilings_of_their_kind(after: str) -> None:
    """Signed after nine months for ten years: let again in 2035 and 2045, at 70 each."""
    funding = rows({"funding_id": "works", "kind": "capital", "amount": 10**6})
    plan = solve(scenario(**one_place(OSS, True, after) | {"funding": funding, "periods": PERIODS}), EXACT)
    assert plan.audit.passed
    again = 70.0 if after == "relet" else 0.0
    assert plan.promises["achieved"].tolist() == pytest.approx([70.0, again, again])
    full = solve(scenario(**one_place(OSS, True, after) | {"funding": funding.assign(amount=150)}), EXACT)
    assert (full.status == Status.INFEASIBLE) == (after == "relet")


@pytest.mark.few(3)
@FOLLOWS
@EXISTING
@CONTRACT
def test_a_contract_is_paid_from_its_signature_to_its_end(contract: dict[str, Any], existing: bool, after: str) -> None:
    """Works of one and a half years where it is new; today's service goes on under direct administration until then."""
    name = contract["contract_id"]
    plan = solve(scenario(**one_place(contract, existing, after)), EXACT)
    assert plan.audit.passed
    flows = cash_flow(Appraisal(plan))
    own = flows[(flows["contract_id"] == name) & flows["line"].isin(PAID[name])].groupby("year")["real"].sum()
    public = flows[(flows["contract_id"] == "direct") & (flows["line"] == "case_running")].groupby("year")["real"].sum()
    takes_over = after == "direct" or (not after and name == "ppp")
    end = 2025 + 0.75 + float(contract["term_years"])
    assert own.index.min() == (2025 if existing else 2027)  # signed after nine months, built in eighteen
    assert own.index.max() == (int(end) if takes_over else 2054)
    during = 30 * 9 * 1.5
    assert public.to_dict().get(2025, 0.0) == pytest.approx(0.75 * during if existing else 0.0)
    assert public.to_dict().get(2054, 0.0) == pytest.approx(during if takes_over else 0.0)
    assert set(public.index[1:-1]) <= set(range(int(end), 2055))
    overseen = flows[flows["line"] == "oversight"]["year"]
    assert not takes_over or overseen.empty or overseen.max() == int(end)
    letting = flows[flows["line"] == "transaction"].groupby("year")["real"].sum()
    again = [int(end), int(end + contract["term_years"])] if after == "relet" else []
    assert list(letting.index) == ([2025, *again] if "transaction_cost" in contract else [])


def test_after_a_term_another_contract_follows_direct_administration() -> None:
    """Signed in 2025.75 for ten years; direct from 2035.75, and from 2039.75 on the third, decided in 2039.

    A third contract is signed nine months later, so direct administration runs for four years in between; nothing is
    built again. Without the change nothing but the years from 2039 on differs.
    """
    third = {**OSS, "contract_id": "third", "case_cost_factor": 0.5, "after_term": "renewed"}
    one = one_place(OSS, True, "direct") | {"periods": PERIODS}
    one["contracts"] = pd.concat([one["contracts"], rows(third)], ignore_index=True)
    opened = {"site_id": "h1", "specialty_id": "cardio", "decision": "open"}
    states = {"p0": "oss", "p6": "oss", "p14": "third"}
    changed = rows(*({**opened, "contract_id": contract, "period_id": period} for period, contract in states.items()))
    plan = solve(scenario(**one | {"decisions": changed}), EXACT)
    assert plan.status == Status.OPTIMAL
    assert plan.audit.passed
    flows = cash_flow(Appraisal(plan))
    flows = flows[flows["line"] == "case_running"]
    years = {c: flows[flows["contract_id"] == c].groupby("year")["real"].sum() for c in ("direct", "oss", "third")}
    case = 30 * 9
    assert years["oss"].sum() == pytest.approx(10 * case * 0.9)
    assert years["direct"].sum() == pytest.approx((0.75 + 4) * case * 1.5)
    assert years["third"].sum() == pytest.approx(15.25 * case * 0.5)
    assert years["third"].index.min() == 2039
    stays = solve(scenario(**one | {"decisions": changed.assign(contract_id="oss")}), EXACT)
    later = cash_flow(Appraisal(stays)).query("line == 'case_running' and year >= 2040")
    assert set(later["contract_id"]) == {"direct"}


def test_a_term_that_still_runs_is_followed_by_nothing_else() -> None:
    """Ten years from 2025.75 are not over in 2031."""
    third = {**OSS, "contract_id": "third", "after_term": "renewed"}
    one = one_place(OSS, True, "direct") | {"periods": PERIODS}
    one["contracts"] = pd.concat([one["contracts"], rows(third)], ignore_index=True)
    opened = {"site_id": "h1", "specialty_id": "cardio", "decision": "open"}
    changed = rows(*({**opened, "contract_id": c, "period_id": p} for p, c in (("p0", "oss"), ("p6", "third"))))
    assert solve(scenario(**one | {"decisions": changed}), EXACT).status == Status.INFEASIBLE
