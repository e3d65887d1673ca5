"""Tiny scenarios as tables, shared by the tests. One case for each inhabitant and year, money without discounting.

``tables()`` is three territories on a line, two sites at its ends and one specialty in two sizes:

    t1 (10 cases) h1 --- 20 min --- t2 (20 cases) --- 30 min --- t3 (30 cases) h2

Everything is stated, nothing random, so that tests can work out their answers by hand.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.solving.options import SolveOptions

Tables = dict[str, pd.DataFrame]

#: scenarios by their tables: a sixth of a tiny solve is the check of its tables, and a third of them were there before
_CHECKED: dict[bytes, Scenario] = {}

#: options of a solve that must be exact
EXACT = SolveOptions(gap=0.0, time_limit=30.0)

TRIANGLE = {"opex_factor_low": 0.9, "opex_factor": 1.0, "opex_factor_high": 1.4}  # mean 1.1

PPP = {
    "contract_id": "ppp",
    "delivery_model": "ppp_grey",
    "financing": "project_company",
    "term_years": 20,
    "equity_return": 0.10,
    "debt_rate": 0.06,
    "gearing": 0.5,
    "counts_as_ppp": 0.5,
}


def rows(*records: Mapping[str, Any]) -> pd.DataFrame:
    """One row for each record; a missing key is a blank."""
    return pd.DataFrame(list(records))


def settings(**values: Any) -> pd.DataFrame:
    """The settings sheet with these values."""
    return pd.DataFrame({"name": list(values), "value": pd.Series(list(values.values()), dtype=object)})


def times(table: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Travel times from ``{territory: {site: minutes}}``."""
    pairs = [(t, s, m) for t, by_site in table.items() for s, m in by_site.items()]
    return pd.DataFrame(pairs, columns=["origin_id", "destination_id", "minutes"])


def tables(**changes: pd.DataFrame) -> Tables:
    """The tables of the module's example, some replaced or added."""
    base = {
        "territories": rows(
            {"territory_id": "t1", "region_id": "west", "population": 10},
            {"territory_id": "t2", "region_id": "west", "population": 20},
            {"territory_id": "t3", "region_id": "east", "population": 30},
        ),
        "specialties": rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "trips_per_case": 0.5}),
        "sites": rows({"site_id": "h1", "territory_id": "t1"}, {"site_id": "h2", "territory_id": "t3"}),
        "sizes": rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300, "cost_per_case": 9},
            {"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 500, "cost_per_case": 7},
        ),
        "travel_times": times({"t1": {"h1": 0, "h2": 50}, "t2": {"h1": 20, "h2": 30}, "t3": {"h1": 50, "h2": 0}}),
    }
    return base | changes


def scenario(**changes: pd.DataFrame) -> Scenario:
    """The example as a checked scenario, some tables replaced or added.

    The same tables are checked once in each process; whoever asks has a scenario of its own, of the same frames, from
    which nothing was made yet.
    """
    asked = tables(**changes)
    key = pickle.dumps(asked)
    if key not in _CHECKED:
        _CHECKED[key] = Scenario.from_tables(asked)
    return replace(_CHECKED[key])


def with_columns(frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """A copy of ``frame`` with columns set."""
    return frame.assign(**columns)
