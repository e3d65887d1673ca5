"""Design, supervision, letting and oversight: lines of every delivery model, told apart on the sheet of value."""

from __future__ import annotations

import pytest

from redesaude.finance.cashflow import lay_out
from redesaude.finance.services import timing_of
from redesaude.lines import COMMISSIONING_LINES
from redesaude.plan.appraisal import Appraisal
from redesaude.report.studies import studies_of
from redesaude.report.view import view_of
from redesaude.report.workbook.commissioning import commissioning_frame
from redesaude.report.workbook.value import programme_frame
from redesaude.studies.appraise import appraise
from risky_plan import COMMISSIONED, DIRECT, PPP, WORKS, planned


def test_design_is_paid_until_the_signature_and_supervision_with_the_works() -> None:
    plan = planned(COMMISSIONED | {"procurement_months": 24})
    appraisal = Appraisal(plan)
    flows = lay_out(appraisal.services(), appraisal.terms(), appraisal.calendar)
    signed = int(timing_of(appraisal.services(), appraisal.terms()).signed[0])
    design, supervision, works = (flows[line][0][0] for line in ("design", "supervision", "works"))
    assert design.sum() == pytest.approx(0.06 * WORKS)
    assert design[signed:].sum() == 0
    assert supervision == pytest.approx(0.04 * works)


@pytest.mark.few(1)
@pytest.mark.parametrize("contract", [COMMISSIONED, PPP | {"design_share": 0.06, "supervision_share": 0.04}])
def test_they_are_paid_whoever_finances_the_works(contract: dict[str, object]) -> None:
    paid = planned(contract).costs.groupby("line")["npv"].sum()
    assert paid["design"] > 0
    assert paid["supervision"] > 0


@pytest.mark.long
def test_equal_lines_on_both_sides_leave_the_comparison_as_it_is() -> None:
    """What the same commissioning takes under both falls out of their difference, but for when it is paid."""
    both = {"design_share": 0.06, "oversight_cost": 3, "procurement_months": 12}
    without, equal = (
        appraise(planned(DIRECT | each, PPP | each, decided="ppp")).programme.set_index("contract_id")
        for each in ({"procurement_months": 12}, both)
    )
    assert equal.loc["ppp", "vfm"] == pytest.approx(without.loc["ppp", "vfm"])
    assert equal.loc["ppp", "psc_commissioning_npv"] > 0


@pytest.mark.long
@pytest.mark.parametrize("direct", [DIRECT, COMMISSIONED])
def test_value_is_told_with_and_without_them(direct: dict[str, object]) -> None:
    plan = planned(direct, PPP | {"oversight_cost": 4}, decided="ppp")
    studies = studies_of(plan)
    assert studies.compared is not None
    view = view_of(plan, studies=studies)
    table = commissioning_frame(view, programme_frame(view, studies, None), studies.compared.break_even)
    row = table.set_index("contract_id").loc["ppp"]
    lines = studies.appraised.lines
    mine = lines[(lines["contract_id"] == "ppp") & (lines["site_id"] == "") & lines["line"].isin(COMMISSIONING_LINES)]
    assert row["commissioning_npv"] == pytest.approx(mine["npv"].sum())
    expected = row["psc"] - row["psc_commissioning_npv"] - (row["cost"] - row["commissioning_npv"])
    assert row["without"] == pytest.approx(expected)
    decided = table[table["chosen"].astype(bool)].iloc[0]
    assert decided["rests"]
    assert decided["turner"]


@pytest.mark.long
def test_lines_that_turn_a_comparison_are_said_to() -> None:
    """Dearer with them, cheaper without: no verdict, but what it rests on."""
    plan = planned(DIRECT, PPP, decided="ppp")
    studies = studies_of(plan)
    assert studies.compared is not None
    view = view_of(plan, studies=studies)
    frame = programme_frame(view, studies, None)
    worse = view.t("worse value than direct administration")
    frame = frame.assign(vfm=-5.0, psc_commissioning_npv=1.0, commissioning_npv=10.0, reading=worse, chosen=True)
    told = commissioning_frame(view, frame, studies.compared.break_even)
    assert set(told["rests"]) == {"dearer with them, cheaper without: they turn it"}
    same = commissioning_frame(view, frame.assign(commissioning_npv=2.0), studies.compared.break_even)
    assert set(same["rests"]) == {"dearer with and without them"}
