"""New money by payer and year: what a plan takes beyond today's services, going on."""

from __future__ import annotations

import pytest
from appraisal_example import example

from redesaude.plan.cash_flow import PUBLIC_PAYERS
from redesaude.report.studied import Studied
from redesaude.report.view import view_of
from redesaude.report.workbook.years import new_money_frame
from redesaude.solving.solve import solve
from tiny import EXACT, rows


def test_new_money_is_the_cash_flow_less_that_of_today_payer_by_payer() -> None:
    payers = rows({"kind": "running", "payer": "federal", "share": 0.4})
    plan = solve(example(payers=payers), EXACT)
    studied = Studied(plan)
    table = studied.new_money
    for payer in ("state", "federal"):
        mine = table[table["payer"] == payer].set_index("year")
        for name, flows in (("plan", studied.flows), ("today", studied.going_on)):
            paid = flows[flows["payer"] == payer].groupby("year")["real"].sum()
            expected = paid.reindex(mine.index, fill_value=0.0)
            assert mine[name].to_list() == pytest.approx(expected.to_list()), (payer, name)
    assert (table["new_money"] - (table["plan"] - table["today"])).abs().max() < 1e-9
    inside = studied.flows[studied.flows["payer"].isin(PUBLIC_PAYERS) & (studied.flows["year"] < 2035)]
    assert table["plan"].sum() == pytest.approx(inside["real"].sum())
    frame = new_money_frame(view_of(plan))
    assert frame[[str(year) for year in range(2025, 2035)]].to_numpy().sum() == pytest.approx(table["new_money"].sum())


def test_a_plan_that_keeps_today_asks_for_no_new_money() -> None:
    """h1 runs today and treats the 20 people there are; nothing else is needed."""
    territories = example().territories.assign(population=[20.0, 0.0, 0.0])
    case = example(territories=territories, site_services=example().site_services[:1])
    plan = solve(case, EXACT)
    assert set(plan.openings["change"]) == {"kept"}
    table = Studied(plan).new_money
    assert table["plan"].abs().sum() > 0
    assert table["new_money"].abs().max() == pytest.approx(0.0, abs=1e-6)
