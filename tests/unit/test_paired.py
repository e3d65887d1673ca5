"""Patients, journeys and load of strategies by region, each less those of the best mix."""

from __future__ import annotations

from dataclasses import replace

import pytest
from network_example import example_plan

from redesaude.studies.paired import LOAD, MINUTES, OUTSIDE, measures, paired
from redesaude.studies.strategies import MIX


def test_load_and_journeys_by_hand() -> None:
    """Of the last period: h1 sends 6 to h4; h3, alone in the east, sends 3 to h1 and 3 to h4, an hour away."""
    found = measures(example_plan()).set_index(["measure", "region_id"])["value"].to_dict()
    assert found == pytest.approx({
        (LOAD, "all"): 102.0, (LOAD, "west"): 72.0, (LOAD, "east"): 30.0,
        (OUTSIDE, "all"): 6.0, (OUTSIDE, "west"): 6.0, (OUTSIDE, "east"): 0.0,
        (MINUTES, "all"): (40 * 5 + 20 * 30 + 30 * 5 + 6 * 10 + 6 * 60) / 90,
        (MINUTES, "west"): (40 * 5 + 20 * 30 + 6 * 10) / 60,
        (MINUTES, "east"): (30 * 5 + 6 * 60) / 30,
    })  # fmt: skip


def test_each_strategy_is_told_less_the_mix() -> None:
    plan = example_plan()
    nobody_up = replace(plan, transfers=plan.transfers.iloc[:0])
    table = (
        paired({"variant:near": nobody_up, MIX: plan}).set_index(["strategy_id", "measure", "region_id"]).sort_index()
    )
    assert table.loc[("variant:near", LOAD, "west"), "less_mix"] == pytest.approx(-12.0)
    assert (table.loc[MIX, "less_mix"] == 0).all()
    assert paired({"direct": plan})["less_mix"].isna().all()
    assert paired({}).empty
