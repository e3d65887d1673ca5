"""Bills of municipalities: they add up to what the cash flow says municipalities pay, by the key of each contract."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from appraisal_example import contracts, example

from random_tables import random_tables
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.bills import BILLS, bills
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.plan import Plan
from redesaude.report.view import view_of
from redesaude.report.workbook.bills import bills_frame, region_bills_frame
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, with_columns


def shared(key: str, **changes: pd.DataFrame) -> Scenario:
    """The example with h2 under a consortium: of its running cost municipalities pay 60 %; t2 and t3 are its region."""
    sites = example().sites.assign(contracts_allowed=["direct", "share", "purchase"])
    return example(contracts=contracts({"contract_id": "share", "cost_key": key}), sites=sites, **changes)


def billed(plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    appraisal = Appraisal(plan)
    flows = cash_flow(appraisal)
    return bills(appraisal, flows), flows[flows["payer"] == "municipalities"]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("population", {"t2": 40 / 60, "t3": 20 / 60}),
        ("equal", {"t2": 0.5, "t3": 0.5}),
        ("fixed", {"t2": 0.25, "t3": 0.75}),
        ("use", {"t2": 1.0}),
    ],
)
def test_each_key_shares_what_the_region_pays(key: str, parts: dict[str, float]) -> None:
    """h2 treats the 40 of t2; t3, of the same region, goes to h3."""
    quotas = example().territories.assign(cost_quota=[5.0, 1.0, 3.0])
    plan = solve(shared(key, territories=quotas), EXACT)
    assert set(plan.assignments.loc[plan.assignments["site_id"] == "h2", "territory_id"]) == {"t2"}
    table, paid = billed(plan)
    assert set(paid["site_id"]) == {"h2"}
    total = paid["real"].sum()
    assert total > 0
    assert (table.groupby("territory_id")["real"].sum() / total).to_dict() == pytest.approx(parts)


@pytest.mark.long
def test_bills_add_up_service_by_service_and_year_by_year() -> None:
    place = ["year", "site_id", "specialty_id", "contract_id"]
    compared = 0
    for seed in range(10):
        table, paid = _billed_at_random(seed)
        found, expected = (rows.groupby(place)["real"].sum() for rows in (table, paid))
        pd.testing.assert_series_equal(found, expected, check_dtype=False, check_index_type=False, rtol=1e-9)
        compared += len(expected) > 0
    assert compared >= 4


def _billed_at_random(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bills and what municipalities pay of a random scenario in which they pay at least 60 % of every contract."""
    rng, tables = np.random.default_rng(seed), random_tables(seed)
    table = tables.get("contracts", rows({"contract_id": "direct"}))
    keys = rng.choice(["population", "use", "fixed", "equal"], len(table))
    tables["contracts"] = table.assign(state_share=rng.choice([0.0, 0.4], len(table)), cost_key=keys)
    towns = tables["territories"]
    tables["territories"] = towns.assign(cost_quota=np.arange(1.0, len(towns) + 1.0))
    plan = solve(scenario(**tables), EXACT)
    return billed(plan) if plan.has_decisions else (pd.DataFrame(columns=list(BILLS)),) * 2


def test_a_province_and_a_city_are_billed_for_their_own_hospitals() -> None:
    """Each region's bill is what its own province or city pays; the example has its hospitals in two regions."""
    owners = with_columns(example().sites, owner=["city", "province", "private"])
    values = {"payer_defaults": "vietnam", "horizon_years": 10}
    appraisal = Appraisal(solve(example(sites=owners, settings=settings(**values)), EXACT))
    flows = cash_flow(appraisal)
    table = bills(appraisal, flows)
    paid = flows[flows["payer"].isin(["province", "city"])].groupby(["year", "payer"])["real"].sum()
    assert paid.index.get_level_values("payer").nunique() == 2
    assert table.groupby(["year", "payer"])["real"].sum().to_dict() == pytest.approx(paid.to_dict())
    whose = table[["payer", "territory_id", "region_id"]].drop_duplicates().itertuples(index=False, name=None)
    assert set(whose) == {("city", "", "west"), ("province", "", "east")}


def test_the_sheet_adds_up_by_region_and_by_municipality() -> None:
    """h1 is a city's; h2 is under a consortium, of which insurance pays 60 % and municipalities most of the rest."""
    owners = with_columns(example().sites, owner=["city", "province", "private"])
    owners["contracts_allowed"] = ["direct", "share", "purchase"]
    insured = rows({"delivery_model": "consortium", "payer": "health_insurance", "share": 0.6})
    case = example(sites=owners, payers=insured, settings=settings(payer_defaults="vietnam", horizon_years=10))
    plan = solve(case, EXACT)
    view = view_of(plan)
    regions, towns, table = region_bills_frame(view), bills_frame(view), view.studied.bills
    assert regions["mean"].sum() * 10 == pytest.approx(table["real"].sum())
    assert towns["mean"].sum() * 10 == pytest.approx(table.loc[table["territory_id"] != "", "real"].sum())
    assert 0 < towns["mean"].sum() < regions["mean"].sum()


def test_a_fixed_key_needs_quotas() -> None:
    with pytest.raises(InputError, match="no municipality has a cost_quota"):
        shared("fixed")


def test_nobody_is_billed_where_the_state_pays_all() -> None:
    table, paid = billed(solve(example(), EXACT))
    assert table.empty == paid.empty


def test_a_service_that_nobody_uses_is_shared_equally() -> None:
    """Cases of t1 and t2 are gone: what the open service costs is still somebody's bill."""
    territories = example().territories.assign(population=[0.0, 0.0, 20.0])
    plan = solve(shared("use", territories=territories), EXACT)
    table, paid = billed(plan)
    mine = table[table["site_id"] == "h2"].groupby("territory_id")["real"].sum()
    assert mine.to_dict() == pytest.approx(dict.fromkeys(("t2", "t3"), paid["real"].sum() / 2))
    assert paid["real"].sum() > 0
