"""Who pays: shares stated on the sheet payers or assumed for a country, which always add up to the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from appraisal_example import contracts, example

from random_tables import random_tables
from redesaude.errors import InputError
from redesaude.inputs.payers import PayerShares
from redesaude.payers import COUNTRIES, DEFAULTS, OWNERS, SERVICE_PAYERS
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.bills import bills
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, with_columns


def payers(*records: dict[str, object]) -> pd.DataFrame:
    return rows(*records)


def flows_of(plan: Plan) -> pd.DataFrame:
    return cash_flow(Appraisal(plan))


def by_payer(flows: pd.DataFrame, kind_lines: tuple[str, ...]) -> dict[str, float]:
    found = flows[flows["line"].isin(kind_lines)].groupby("payer")["real"].sum()
    return dict(found / found.sum())


def test_the_row_that_names_most_of_a_service_holds() -> None:
    shares = PayerShares(
        example(
            payers=payers(
                {"payer": "federal", "share": 0.2},
                {"delivery_model": "direct", "payer": "federal", "share": 0.3},
                {"site_id": "h1", "payer": "own_income", "share": 0.4},
                {"site_id": "h1", "kind": "capital", "payer": "federal", "share": 1.0},
            )
        )
    )
    assert shares.of("h2", "cardio", "purchase", "running") == {"federal": 0.2}
    assert shares.of("h2", "cardio", "direct", "running") == {"federal": 0.3}
    assert shares.of("h1", "cardio", "direct", "running") == {"own_income": 0.4}
    assert shares.of("h1", "cardio", "direct", "capital") == {"federal": 1.0}


def test_shares_split_the_money_of_services_and_the_rest_stays_with_the_state() -> None:
    stated = payers(
        {"kind": "running", "payer": "federal", "share": 0.35},
        {"kind": "running", "payer": "municipality", "share": 0.25},
        {"kind": "capital", "payer": "municipality", "share": 1.0},
    )
    sites = example().sites.assign(contracts_allowed=["direct", "direct", "purchase"])
    flows = flows_of(solve(example(payers=stated, sites=sites), EXACT))
    running = by_payer(flows, ("fixed_running", "case_running"))
    assert running == pytest.approx({"federal": 0.35, "municipality": 0.25, "state": 0.4})
    direct = flows[flows["contract_id"] == "direct"]  # the provider finances its own works
    assert by_payer(direct, ("works", "design", "supervision")) == pytest.approx({"municipality": 1.0})
    assert set(flows.loc[flows["line"] == "oversight", "payer"]) <= {"state"}


def test_a_transfer_comes_off_both_parts_of_a_shared_contract() -> None:
    """h2 is under a consortium of which the state pays 40 % of running cost."""
    sites = example().sites.assign(contracts_allowed=["direct", "share", "purchase"])
    case = example(
        contracts=contracts({"contract_id": "share"}),
        sites=sites,
        payers=payers({"kind": "running", "payer": "federal", "share": 0.5}),
    )
    flows = flows_of(solve(case, EXACT))
    mine = flows[(flows["site_id"] == "h2") & (flows["contract_id"] == "share")]
    assert by_payer(mine, ("fixed_running", "case_running")) == pytest.approx(
        {"federal": 0.5, "state": 0.2, "municipalities": 0.3}
    )


def test_a_municipality_is_billed_for_its_own_hospital() -> None:
    case = example(payers=payers({"site_id": "h2", "payer": "municipality", "share": 1.0}))
    appraisal = Appraisal(solve(case, EXACT))
    flows = cash_flow(appraisal)
    paid = flows[flows["payer"] == "municipality"]
    assert set(paid["site_id"]) == {"h2"}
    table = bills(appraisal, flows)
    assert set(table["territory_id"]) == {case.sites.set_index("site_id")["territory_id"]["h2"]}
    assert table["real"].sum() == pytest.approx(paid["real"].sum())


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_the_defaults_of_a_country_never_pay_more_than_all(country: str) -> None:
    known = example()
    case = known.replace(settings=replace(known.settings, payer_defaults=country))
    for owner in OWNERS:
        owned = PayerShares(case.replace(sites=case.sites.assign(owner=owner)))
        for contract in case.contracts["contract_id"]:
            for kind in ("running", "capital"):
                assert sum(owned.of("h1", "cardio", contract, kind).values()) <= 1 + 1e-9
    assert PayerShares(case).stated
    assert {payer for *_, payer, _ in DEFAULTS[country]} <= set(SERVICE_PAYERS)


def test_a_municipal_hospital_is_paid_by_its_municipality_with_transfers() -> None:
    sites = with_columns(example().sites, owner=["municipal", "state", "private"])
    values = {"payer_defaults": "brazil", "horizon_years": 10}
    case = example(sites=sites, settings=settings(**values))
    shares = PayerShares(case)
    assert shares.of("h1", "cardio", "direct", "running") == {"federal": 0.45, "state": 0.1, "municipality": 0.45}
    assert shares.of("h1", "cardio", "direct", "capital") == {"municipality": 1.0}
    assert shares.of("h2", "cardio", "direct", "running") == {"federal": 0.35}


def test_shares_above_the_whole_are_told_at_their_cell() -> None:
    stated = payers({"payer": "federal", "share": 0.7}, {"payer": "state", "share": 0.4})
    with pytest.raises(InputError, match=r"add up to 1\.1"):
        example(payers=stated)


@pytest.mark.long
def test_payers_add_up_to_the_cost_year_by_year_and_municipality_by_municipality() -> None:
    place, compared = ["year", "site_id", "specialty_id", "contract_id", "line"], 0
    for seed in range(10):
        rng, tables = np.random.default_rng(seed), random_tables(seed)
        table = tables.get("contracts", rows({"contract_id": "direct"}))
        tables["contracts"] = table.assign(state_share=rng.choice([0.5, 1.0], len(table)))
        names = rng.choice(["federal", "municipality", "own_income", "state", "province", "city"], 3, replace=False)
        split = [{"kind": kind, "payer": name, "share": float(rng.choice([0.1, 0.3]))}
                 for name, kind in zip(names, ["running", "capital", ""], strict=True)]  # fmt: skip
        plan = solve(scenario(**tables), EXACT)
        if not plan.has_decisions:
            continue
        shared = solve(scenario(**tables, payers=rows(*split)), EXACT)
        assert shared.objective == pytest.approx(plan.objective)
        appraisal = Appraisal(shared)
        flows, before = cash_flow(appraisal), flows_of(replace(shared, scenario=plan.scenario))
        found, expected = (each.groupby(place)["real"].sum() for each in (flows, before))
        pd.testing.assert_series_equal(found, expected, rtol=1e-9, atol=1e-6)
        own = flows[flows["payer"].isin(["municipality", "municipalities", "province", "city"])]
        billed = bills(appraisal, flows)
        yearly, due = (each.groupby(["year", "payer"])["real"].sum() for each in (billed, own))
        pd.testing.assert_series_equal(yearly, due, check_dtype=False, check_index_type=False, rtol=1e-9)
        compared += len(own) > 0
    assert compared >= 4
