"""The examples of ``docs/classical.md`` run as printed, and agree with other formulations of the same problems."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

PAGE = Path(__file__).parents[2] / "docs" / "classical.md"
SEEDS = (7, 8)


@cache
def blocks() -> dict[str, list[str]]:
    """The Python blocks of the page, by the title of their section."""
    found: dict[str, list[str]] = {}
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        found[section.split("\n", 1)[0]] = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    return found


def run(title: str, seed: int, block: int = 0) -> dict[str, Any]:
    """Run the first example of the page, its random numbers begun at ``seed``, then one of section ``title``."""
    (setting,) = blocks()["The case of this page"]
    assert "default_rng(7)" in setting
    names: dict[str, Any] = {}
    for code in (setting.replace("default_rng(7)", f"default_rng({seed})"), blocks()[title][block]):
        exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    return names


def located(
    names: dict[str, Any],
    fixed: np.ndarray | float = 0.0,
    *,
    most: int = 6,
    capacity: np.ndarray | None = None,
    single: bool = False,
) -> float:
    """Least fixed cost and travel: columns y_j, then x_ij, with x_ij <= y_j, by scipy."""
    minutes, cases = names["minutes"], names["cases"]
    towns, sites = minutes.shape
    cost = np.concatenate([np.full(sites, 1.0) * fixed, (cases[:, None] * minutes).ravel()])
    share = np.eye(towns * sites)
    served = np.hstack([np.zeros((towns, sites)), np.kron(np.eye(towns), np.ones(sites))])
    opened = np.hstack([-np.tile(np.eye(sites), (towns, 1)), share])
    count = np.concatenate([np.ones(sites), np.zeros(towns * sites)])[None, :]
    room = np.full(sites, cases.sum()) if capacity is None else capacity
    load = np.hstack([-np.diag(room), np.kron(cases[None, :].astype(float), np.eye(sites))])
    found = milp(
        cost,
        constraints=[
            LinearConstraint(served, 1, 1),
            LinearConstraint(opened, -np.inf, 0),
            LinearConstraint(count, 0, most),
            LinearConstraint(load, -np.inf, 0),
        ],
        bounds=(0, 1),
        integrality=np.concatenate([np.ones(sites), np.full(towns * sites, float(single))]),
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0
    return float(found.fun)


def test_the_page_has_an_example_for_each_problem() -> None:
    assert {title: len(code) for title, code in blocks().items()} == {
        "The case of this page": 1,
        "p-median": 1,
        "Uncapacitated fixed-charge location": 1,
        "Capacitated fixed-charge location": 2,
        "Set covering": 1,
        "Maximal covering": 1,
        "p-centre": 1,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median(seed: int) -> None:
    names = run("p-median", seed)
    columns = [names["sites"].index(site) for site in names["opened"]]
    assert len(columns) == 3
    assert names["case_minutes"] == pytest.approx(located(names, most=3))
    assert names["case_minutes"] == pytest.approx(names["cases"] @ names["minutes"][:, columns].min(axis=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_uncapacitated_location(seed: int) -> None:
    names = run("Uncapacitated fixed-charge location", seed)
    assert names["fixed_and_travel"] == pytest.approx(located(names, names["fixed"]))
    columns = [names["sites"].index(site) for site in names["opened"]]
    travel = names["cases"] @ names["minutes"][:, columns].min(axis=1)
    assert names["fixed_and_travel"] == pytest.approx(names["fixed"][columns].sum() + travel)


@pytest.mark.parametrize("seed", SEEDS)
def test_capacitated_location(seed: int) -> None:
    names = run("Capacitated fixed-charge location", seed)
    assert names["fixed_and_travel"] == pytest.approx(located(names, names["fixed"], capacity=names["capacity"]))
    assert (names["shares"]["share"] < 1 - 1e-6).any()  # some town is split: capacity does bind
    assert names["fixed_and_travel"] > located(names, names["fixed"]) + 1e-6


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", SEEDS)
def test_single_sourced_location(seed: int) -> None:
    names = run("Capacitated fixed-charge location", seed, block=1)
    given = {"fixed": names["fixed"], "capacity": names["capacity"]}
    assert names["fixed_and_travel"] == pytest.approx(located(names, **given, single=True))
    assert names["fixed_and_travel"] > located(names, **given) + 1e-6  # splitting would be cheaper here
    assert sorted(names["referred"]) == sorted(names["towns"])
    assert names["plan"].assignments["share"].to_numpy() == pytest.approx(np.ones(12))


@pytest.mark.parametrize("seed", SEEDS)
def test_set_covering(seed: int) -> None:
    names = run("Set covering", seed)
    covers = names["minutes"] <= names["radius"]
    fewest = min(len(c) for c in _subsets(range(6)) if covers[:, list(c)].any(axis=1).all())
    assert names["centres"] == fewest
    assert names["plan"].objective == pytest.approx(fewest)
    assert fewest > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_maximal_covering(seed: int) -> None:
    names = run("Maximal covering", seed)
    covers, cases = names["minutes"] <= names["radius"], names["cases"]
    most = max(cases[covers[:, list(pair)].any(axis=1)].sum() for pair in itertools.combinations(range(6), 2))
    assert names["not_covered"] == pytest.approx(cases.sum() - most)
    assert 0 < most < cases.sum()
    assert sum(cases[names["towns"].index(t)] for t in names["towns_left"]) == pytest.approx(names["not_covered"])


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", SEEDS)
def test_p_centre(seed: int) -> None:
    names = run("p-centre", seed)
    least = min(names["minutes"][:, list(pair)].min(axis=1).max() for pair in itertools.combinations(range(6), 2))
    assert names["radius"] == least
    columns = [names["sites"].index(site) for site in names["opened"]]
    assert len(columns) <= 2
    assert names["minutes"][:, columns].min(axis=1).max() <= least


def _subsets(items: range) -> list[tuple[int, ...]]:
    return [c for size in range(1, len(items) + 1) for c in itertools.combinations(items, size)]
