"""Morris's elementary effects: exact on what is linear, told apart where assumptions interact, and on a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import risky_plan
from redesaude.asking.sensitivity import Sensitivity, sensitivity
from redesaude.plan.plan import Plan
from redesaude.report.asked.sensitivity import place_sensitivity, sensitivity_words
from redesaude.report.view import view_of
from redesaude.studies.screening import SCREENING, effects, trajectories
from redesaude.studies.sensitivity import tornado


def test_every_trajectory_moves_each_factor_once_within_the_cube() -> None:
    for points, order in trajectories(5, 20, seed=3):
        assert sorted(order) == list(range(5))
        assert points.min() >= 0.0
        assert points.max() <= 1.0
        moved = np.abs(np.diff(points, axis=0))
        assert np.allclose(moved[np.arange(5), order], 2 / 3)
        assert np.count_nonzero(moved > 1e-12) == 5


def test_effects_are_the_slopes_of_what_is_linear_and_vary_where_factors_interact() -> None:
    slopes = np.array([3.0, -1.0, 0.0])
    found = [
        effects(points, order, np.column_stack([points @ slopes, points[:, 0] * points[:, 1]]))
        for points, order in trajectories(3, 40, seed=1)
    ]
    every = np.array(found)
    assert np.allclose(every[:, :, 0], slopes)
    assert every[:, 2, 1] == pytest.approx(0.0)
    assert every[:, 0, 1].std() > 0.1  # it is the other factor's value
    assert set(np.round(every[:, 0, 1], 6)) <= {0.0, 0.333333, 0.666667, 1.0}


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    plan = risky_plan.planned(
        risky_plan.DIRECT | {"capex_factor": 1.0, "opex_factor": 1.0},
        {"contract_id": "oss", "delivery_model": "oss", "capex_factor": 2.0, "opex_factor": 0.5},
        decided="oss",
    )
    return sensitivity(plan, count=4, rows=0, seed=2)


def test_what_moves_the_cost_alone_moves_it_in_the_screening(found: Sensitivity) -> None:
    table = found.screened.table.set_index(["assumption_id", "contract_id"])
    assert found.screened.trajectories == 4
    assert list(found.screened.table.columns) == list(SCREENING)
    alone = tornado(found.plan).table.set_index(["assumption_id", "contract_id"])
    for key, row in alone.iterrows():
        wide = abs(row["plan_cost_high"] - row["plan_cost_low"])
        assert (table.loc[key, "cost_effect"] > 1e-6) == (wide > 1e-6)


def test_flips_within_the_range_come_first_and_the_nearest_of_them_before(found: Sensitivity) -> None:
    inside = (found.flips["found"] == "inside").to_numpy()
    assert inside.any()
    assert not inside[np.argmin(inside) :].any()
    assert len(found.within) == inside.sum()


@pytest.mark.long
def test_it_is_the_same_every_time_and_ends_in_time(found: Sensitivity) -> None:
    again = sensitivity(found.plan, count=4, rows=0, seed=2)
    assert again.screened.table.equals(found.screened.table)
    none = sensitivity(found.plan, count=4, rows=0, seconds=0.0)
    assert none.screened.trajectories == 0
    assert none.screened.table["cost_effect"].isna().all()


def test_it_is_written_and_told(found: Sensitivity, tmp_path: Path) -> None:
    place_sensitivity(found, tmp_path / "s")
    assert (tmp_path / "s" / "sensitivity.xlsx").is_file()
    assert (tmp_path / "s" / "tables" / "screening.csv").is_file()
    lines = list(sensitivity_words(view_of(found.plan), found, 3))
    assert any("turns at" in line for line in lines)
    assert any("moves the margin by" in line for line in lines)


def test_what_is_the_same_of_several_sites_is_told_once_with_the_first_of_them(found: Sensitivity) -> None:
    row = found.within.head(1)
    alike = [row.assign(site_id=site) for site in ("h1", "h2", "h7", "h8")]
    other = row.assign(site_id="h9", break_even=row["break_even"] * 2.0)
    told = replace(found, flips=pd.concat([*alike, other], ignore_index=True))
    view = view_of(found.plan, "en")
    names = [view.names.sites.get(site, site) for site in ("h1", "h2", "h7")]
    lines = [line for line in sensitivity_words(view, told, 3) if " turns at " in line]
    assert len(lines) == 2
    assert lines[0].startswith(f"{', '.join(names)}, and 1 more: ")
    assert lines[1].startswith("h9: ")


def test_a_plan_without_decisions_has_none() -> None:
    with pytest.raises(ValueError, match="decisions"):
        sensitivity(empty())


def empty() -> Plan:
    """A plan that decides nothing."""
    from redesaude.status import Status, Termination

    scenario = risky_plan.planned(risky_plan.DIRECT, decided="direct").scenario
    return Plan(scenario, Status.NO_PLAN, Termination.TIME_LIMIT)
