"""Ceilings and fiscal limits that name a payer or a region count only what that payer pays, and where."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest

from redesaude.inputs.scenario import Scenario
from redesaude.payers import SERVICE_PAYERS
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow, fiscal_by_year
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, rows, scenario, settings, tables

SHARED = {"contract_id": "share", "delivery_model": "consortium", "state_share": 0.4, "counts_as_personnel": 1,
          "transaction_cost": 31, "oversight_cost": 3, "design_share": 0.05}  # fmt: skip
#: of running cost 30 %, of works 60 % are the federal level's; h2 in the east pays a tenth of everything itself
PAYERS = rows(
    {"kind": "running", "payer": "federal", "share": 0.3},
    {"kind": "capital", "payer": "federal", "share": 0.6},
    {"site_id": "h2", "payer": "municipality", "share": 0.1},
)
SIZES = tables()["sizes"].assign(capex=[100, 200], lifecycle_share=0.02)
BOTH = rows(*({"site_id": site, "specialty_id": "cardio", "status": "required"} for site in ("h1", "h2")))


def case(**changes: pd.DataFrame) -> Scenario:
    base = {
        "settings": settings(horizon_years=10),
        "contracts": rows(SHARED),
        "sizes": SIZES,
        "sites": tables()["sites"].assign(fixed_cost=[11.0, 13.0]),
        "payers": PAYERS,
        "site_services": BOTH,
    }
    return scenario(**(base | changes))


def rows_by(column: str, values: list[str], sheet: str) -> pd.DataFrame:
    """A limit above everything for each value of a column (blank: all), of each kind of the sheet."""
    kinds = ("capital", "running") if sheet == "funding" else ("personnel",)
    amount = {"amount": 1e9} if sheet == "funding" else {"base_amount": 1e9, "share": 1.0}
    return rows(
        *(
            {f"{sheet}_id": f"{kind}:{value}", "kind": kind, **({column: value} if value else {}), **amount}
            for kind, value in product(kinds, ["", *values])
        )
    )


@cache
def planned(column: str) -> Plan:
    values = list(SERVICE_PAYERS) if column == "payer" else ["west", "east"]
    limits = {sheet: rows_by(column, values, sheet) for sheet in ("funding", "fiscal")}
    plan = solve(case(**limits), EXACT)
    assert plan.has_decisions, plan.reason
    return plan


def used(plan: Plan) -> dict[str, dict[str, float]]:
    """What each row counts, by kind and what it names."""
    found: dict[str, dict[str, float]] = {}
    for name, achieved in zip(plan.promises["limit_id"], plan.promises["achieved"], strict=True):
        if name:
            kind, value = name.split(":")
            found.setdefault(kind, {})[value] = float(achieved)
    return found


def test_what_the_payers_count_adds_up_to_what_a_row_without_payer_counts() -> None:
    for kind, by_payer in used(planned("payer")).items():
        assert sum(value for name, value in by_payer.items() if name) == pytest.approx(by_payer[""]), kind
        assert sum(value > 0 for name, value in by_payer.items() if name) >= 3, kind


def test_what_belongs_to_no_site_lies_in_no_region() -> None:
    """Letting 31 and oversight 3 a year are the lot's; pay is all at sites."""
    beyond = {kind: by[""] - by["west"] - by["east"] for kind, by in used(planned("region_id")).items()}
    assert beyond == pytest.approx({"capital": 2 * 31.0, "running": 2 * 3.0, "personnel": 0.0})


def test_the_consortium_shares_what_transfers_leave() -> None:
    """h2 names more than the row for all, so of its running cost a tenth, and of h1's three tenths, is paid first."""
    plan = planned("payer")
    running = plan.openings.merge(SIZES, on=["specialty_id", "size_id"], suffixes=("", "_size"))
    care = (running["fixed_cost"] + running["cost_per_case"] * running["cases"]).set_axis(running["site_id"])
    municipal = 0.6 * (0.7 * care["h1"] + 0.9 * care["h2"])
    assert used(plan)["running"]["municipalities"] == pytest.approx(municipal)
    assert used(plan)["personnel"]["municipalities"] == pytest.approx(0.6 * municipal)


def test_the_cash_flow_has_what_the_ceilings_count() -> None:
    plan = planned("payer")
    appraisal = Appraisal(plan)
    flows = cash_flow(appraisal)
    first = appraisal.calendar.first_year
    last = flows[flows["year"] == first + 9]
    for payer, amount in used(plan)["running"].items():
        care = last[(last["payer"] == payer) & (last["line"] != "works")] if payer else last
        spent = care[~care["line"].isin(["travel", "unmet", "waiting", "residual"])]["real"].sum()
        assert spent == pytest.approx(amount), payer
    years = fiscal_by_year(appraisal, flows)
    pay = years[(years["year"] == first + 9) & (years["kind"] == "personnel")].set_index("limit_id")["used"]
    for payer, amount in used(plan)["personnel"].items():
        assert pay[f"personnel:{payer}"] == pytest.approx(amount), payer


def _ceiling(amount: float) -> pd.DataFrame:
    return rows({"funding_id": "own", "kind": "capital", "payer": "state", "region_id": "east", "amount": amount})


def _forced(h1: str, h2: str) -> pd.DataFrame:
    sizes = {"h1": h1, "h2": h2}
    return rows(
        *(
            {"site_id": site, "specialty_id": "cardio"} | ({"status": "required", "size_id": size} if size else
                                                          {"status": "forbidden"})
            for site, size in sizes.items()
        )
    )  # fmt: skip


@cache
def _costs() -> dict[tuple[str, str], float]:
    """The least cost of each choice of sizes, without any ceiling."""
    specialties = tables()["specialties"].assign(unmet_cost=90.0)
    found = {}
    for h1, h2 in set(product(["", "small", "large"], repeat=2)) - {("", "")}:  # sending everyone away is far dearer
        plan = solve(case(site_services=_forced(h1, h2), specialties=specialties), EXACT)
        if plan.status == Status.OPTIMAL:
            found[h1, h2] = float(plan.objective or 0.0)
    return found


@pytest.mark.few(2)
@pytest.mark.parametrize("engine", ["direct", "decomposed"])
@pytest.mark.parametrize("amount", [30.0, 100.0, 200.0])
def test_a_ceiling_of_one_payer_in_one_region_is_kept_as_trying_every_choice_says(engine: str, amount: float) -> None:
    """Of works in the east, design included, the state pays what a tenth and no transfer leave: nine tenths."""
    spends = {"": 0.0, "small": 0.9 * 1.05 * 100, "large": 0.9 * 1.05 * 200}
    least = min(cost for (_, h2), cost in _costs().items() if spends[h2] <= amount)
    specialties = tables()["specialties"].assign(unmet_cost=90.0)
    free = pd.DataFrame({"site_id": ["h1"], "specialty_id": ["cardio"], "status": ["allowed"]})
    options = SolveOptions(gap=0.0, time_limit=30.0, engine=engine)
    plan = solve(case(funding=_ceiling(amount), specialties=specialties, site_services=free), options)
    assert plan.objective == pytest.approx(least)
    assert plan.audit.passed


def test_a_limit_that_cannot_be_kept_is_named() -> None:
    plan = solve(case(funding=_ceiling(1.0)), EXACT)
    assert plan.status == Status.INFEASIBLE
    assert any("own" in str(reason) for reason in plan.reason)
    elsewhere = _ceiling(1.0).assign(payer="own_income")
    assert solve(case(funding=elsewhere), EXACT).has_decisions


def test_the_states_limit_does_not_count_the_pay_of_others() -> None:
    """Pay is 60 % of running cost; the state pays what the transfer and the municipalities leave."""
    counts = used(planned("payer"))["personnel"]
    assert 0 < counts["state"] < counts[""]
    assert np.isclose(
        counts["federal"] + counts["municipality"] + counts["municipalities"] + counts["state"], counts[""]
    )
