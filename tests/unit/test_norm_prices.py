"""The price of norms, against plans worked out by hand on the line of three places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import redesaude as rs
import tiny
from redesaude.asking.norm_prices import groups, norm_prices, without
from redesaude.inputs.scenario import Scenario

#: of the 60 cases 80 % within 25 minutes: one site reaches half of them
FIRM = {"specialty_id": "cardio", "region_id": "all", "minutes": 25, "share": 0.8, "hard": "yes"}
WEST = {"specialty_id": "cardio", "region_id": "west", "minutes": 25, "share": 1.0, "hard": "yes"}


def case(*targets: dict[str, object], **tables: pd.DataFrame) -> Scenario:
    return tiny.scenario(access_targets=tiny.rows(*targets), **tables)


def test_a_norm_costs_the_second_site_that_only_it_asks_for() -> None:
    """Without it one large site treats all: 500 + 60 x 7 = 920. With it two, at least 300 + 300 + 60 x 9."""
    plan = rs.solve(case(FIRM), tiny.EXACT)
    free = rs.solve(case(FIRM | {"hard": "no", "price": 0.0}), tiny.EXACT)
    (row,) = norm_prices(plan, tiny.EXACT).to_dict("records")
    assert plan.objective is not None
    assert free.objective == pytest.approx(920.0)
    assert row["price"] == pytest.approx(plan.objective - 920.0)
    assert row["price"] > 200
    assert (row["least"], row["most"]) == pytest.approx((row["price"], row["price"]))
    assert (row["kind"], row["specialty_id"], row["regions"], row["norms"]) == ("access", "cardio", False, 1)


def test_a_norm_that_holds_by_itself_costs_nothing_and_groups_are_told_apart() -> None:
    """The west is reached by the site that all need; both sites are asked for by the whole area."""
    plan = rs.solve(case(FIRM, WEST), tiny.EXACT)
    found = norm_prices(plan, tiny.EXACT).set_index("regions")["price"]
    assert found[True] == pytest.approx(0.0, abs=1e-6)
    assert found[False] > 200
    assert groups(plan)["norms"].tolist() == [1, 1]


def test_what_is_not_kept_is_not_priced_and_stays_as_it_is() -> None:
    """An elastic norm that the plan misses at its price is no norm kept."""
    elastic = FIRM | {"hard": "no", "price": 0.5}
    plan = rs.solve(case(elastic, WEST), tiny.EXACT)
    found = groups(plan)
    assert found["regions"].tolist() == [True]
    (ids,) = found["ids"]
    left = without(plan.scenario, ids)
    assert left.access_targets["region_id"].tolist() == ["all"]
    assert left.access_targets["price"].tolist() == [0.5]


def test_an_interval_holds_the_price_where_nothing_is_proven() -> None:
    plan = rs.solve(case(FIRM), tiny.EXACT)
    (row,) = norm_prices(replace(plan, bound=None), tiny.EXACT).to_dict("records")
    assert row["least"] == 0.0
    assert row["most"] >= row["price"] > 0
    assert np.isfinite(row["most"])
