"""Many futures: drawn alike every time, held exactly, and one plan for all that enumeration cannot better."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import tiny
from redesaude.asking.futures import Wanted, many_futures
from redesaude.asking.futures_found import ManyFutures
from redesaude.assemble import assemble
from redesaude.cli.app import app
from redesaude.finance.risks import Draws, register_of
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.report.asked.futures_words import futures_words
from redesaude.report.view import view_of
from redesaude.solving.held import held
from redesaude.solving.known import openings_of
from redesaude.solving.one_network import LATER, Goal, Measure, block_of, expanded, measured, network_of, search, worst
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude.studies.futures import WIDTH, drawn
from redesaude.studies.members import Members

DIRECT = {"contract_id": "direct", "delivery_model": "direct"}
RANGES = DIRECT | {"capex_factor_low": 0.9, "capex_factor": 1.0, "capex_factor_high": 1.5}
SHARE = 0.4


def uncertain(unmet: float = 25.0, ceiling: float | None = None, **more: pd.DataFrame) -> Scenario:
    """The example with works, a price of cases sent away, and ranges; the ceiling of capital is firm."""
    tables = tiny.tables()
    funding = {"funding_id": "f", "kind": "capital", "amount": ceiling, "hard": True}
    return tiny.scenario(
        specialties=tables["specialties"].assign(unmet_cost=unmet, access_minutes=25.0),
        sizes=tables["sizes"].assign(capex=[300.0, 450.0]),
        contracts=tiny.rows(RANGES),
        **({} if ceiling is None else {"funding": tiny.rows(funding)}),
        **more,
    )


@pytest.fixture(scope="module")
def case() -> Scenario:
    return uncertain()


@pytest.fixture(scope="module")
def plan(case: Scenario) -> Plan:
    return solve(case, tiny.EXACT)


@pytest.fixture(scope="module")
def found(plan: Plan) -> ManyFutures:
    return many_futures(plan, Wanted(count=3, seed=3, share=SHARE), tiny.EXACT)


def test_the_same_seed_draws_the_same_futures_and_what_is_stated_is_drawn_as_in_the_simulation() -> None:
    demand = {"risk_id": "d", "target": "demand", "distribution": "triangular", "low": 0.8, "mode": 1.0, "high": 1.5}
    shared = {"risk_id": "w", "target": "opex", "distribution": "triangular", "low": 0.9, "mode": 1.0, "high": 1.2}
    stated = uncertain(risks=tiny.rows(demand, shared | {"borne_by": "direct: 0.5"}))
    one, again, other = (drawn(stated, 5, seed) for seed in (1, 1, 2))
    assert [f.outcomes for f in one.futures] == [f.outcomes for f in again.futures]
    assert [f.outcomes for f in one.futures] != [f.outcomes for f in other.futures]
    draws = Draws(register_of(stated.risks, stated.contracts), 5, 1)
    assert one.causes["stated"].all()
    opex = draws.factor("opex", "direct", "cardio")
    for n, future in enumerate(one.futures):
        rate = future.scenario.specialties["cases_per_100k"].iloc[0]
        assert rate == pytest.approx(100_000 * draws.factor("demand", "", "cardio")[n])
        register = register_of(future.scenario.risks, future.scenario.contracts)
        assert register.expected("opex", "direct", "cardio") == pytest.approx(opex[n])
        assert register.expected("demand", "", "cardio") == 1.0
        assert register.simulated == tuple(r for r in register.risks if r.target == "opex")
        sites = [draws.own_range("capex", "direct", site)[n] for site in ("h1", "h2")]
        assert future.scenario.contracts["capex_factor"].iloc[0] == pytest.approx(np.mean(sites))


@pytest.mark.parametrize(("grades", "width"), [((), 0.3), (("A",), 0.1), (("A", "B"), 0.2)])
def test_what_no_sheet_gives_a_range_is_as_wide_as_its_worst_grade(grades: tuple[str, ...], width: float) -> None:
    rows = [
        {"sheet": "specialties", "key": "cardio", "column": "cases_per_100k", "source": f"s{n}", "grade": grade}
        for n, grade in enumerate(grades)
    ]
    sources = {"sources": tiny.rows(*rows)} if rows else {}
    futures = drawn(uncertain(**sources), 60, 0)
    assert width in WIDTH.values()
    factors = np.array([future.outcomes["demand"] for future in futures.futures])
    assert 1 - width < factors.min() < 1 - 0.6 * width
    assert 1 + 0.6 * width < factors.max() < 1 + width
    assert not futures.causes.set_index("cause_id").loc["demand", "stated"]


def test_ceilings_bidders_and_the_rate_come_out_too_and_a_single_line_is_named() -> None:
    ppp = tiny.PPP | {"bidders": 2.0}
    rate = {
        "risk_id": "r",
        "target": "discount_rate",
        "distribution": "triangular",
        "low": 0,
        "mode": 0.01,
        "high": 0.02,
    }
    line = {
        "risk_id": "l",
        "target": "works",
        "name": "ground",
        "distribution": "triangular",
        "low": 1,
        "mode": 1.1,
        "high": 2,
    }
    funding = tiny.rows({"funding_id": "f", "kind": "capital", "amount": 1_000.0})
    stated = tiny.scenario(contracts=tiny.rows(RANGES, ppp), risks=tiny.rows(rate, line), funding=funding)
    futures = drawn(stated, 3, 4)
    assert futures.left_out == ("ground",)
    for each in futures.futures:
        came, there = each.outcomes, each.scenario
        assert there.funding["amount"].iloc[0] == pytest.approx(1_000.0 * came["funding"])
        assert there.contracts["bidders"].iloc[1] == pytest.approx(2.0 * came["bidders"])
        assert there.settings.discount_rate == pytest.approx(stated.settings.discount_rate + came["r"])
        assemble(there)


def test_the_mean_of_the_worst_share_counts_parts_of_a_future() -> None:
    costs = np.array([1.0, 9.0, 3.0, 7.0])
    assert worst(costs, 0.25) == 9.0
    assert worst(costs, 0.1) == 9.0
    assert worst(costs, 0.375) == pytest.approx((9.0 + 0.5 * 7.0) / 1.5)
    assert worst(costs, 1.0) == pytest.approx(costs.mean())
    assert worst(np.array([1.0, np.inf]), 0.5) == np.inf


def _networks(scenario: Scenario) -> list[frozenset[tuple[str, ...]]]:
    """Every network that there is: at each site nothing, or one size."""
    sites = [(None, "small", "large")] * 2
    return [
        frozenset(
            (site, "cardio", size, "direct", "p1") for site, size in zip(("h1", "h2"), sizes, strict=True) if size
        )
        for sizes in product(*sites)
    ]


@pytest.mark.parametrize("seed", [3, pytest.param(8, marks=pytest.mark.long), pytest.param(9, marks=pytest.mark.long)])
def test_one_plan_for_all_futures_is_the_best_of_all_networks(seed: int) -> None:
    """Enumerated: each network held in each future, in the first by an audited plan, and every measure of the costs."""
    stated = uncertain(unmet=26.0)
    futures = drawn(stated, 2, seed).futures
    limits = tiny.EXACT.limits(stated.settings)
    best = np.array([solve(f.scenario, tiny.EXACT).objective for f in futures], dtype=float)
    blocks = [block_of(assemble(f.scenario)) for f in futures]
    every = []
    for opened in _networks(stated):
        network = blocks[0].settle(opened, limits)
        assert network is not None
        every.append(np.array([block.hold(network, limits).objective for block in blocks], dtype=float))
        told = held(futures[0].scenario, network, limits)
        assert told.audit.passed
        assert openings_of(told) == opened  # what is built stays, though nobody comes
        assert told.objective == pytest.approx(every[-1][0])
    assert best == pytest.approx(np.min(every, axis=0))
    for measure in Measure:
        made = expanded(blocks, Goal(measure, SHARE, best))
        result = search(made, limits, None)
        least = min(measured(measure, costs, best, SHARE) for costs in every)
        assert result.objective == pytest.approx(least, abs=1e-4)
        assert result.bound is not None
        assert result.bound <= least + 1e-4


def test_laws_of_what_is_chosen(found: ManyFutures) -> None:
    mean, tail, regret = found.chosen
    for each in found.chosen:
        assert each.candidate is not None
        assert each.least <= each.found + 1e-6
        assert each.found == pytest.approx(each.least, rel=1e-6, abs=1e-3)  # exact options: nothing is left open
    assert tail.found <= worst(mean.candidate.costs, SHARE) + 1e-9  # type: ignore[union-attr]
    assert mean.found <= tail.candidate.costs.mean() + 1e-9  # type: ignore[union-attr]
    table, ranked = found.table, found.ranked
    assert (table[["regret_low", "regret_high"]] >= 0).all(axis=None)
    assert (ranked[["regret_low", "regret_high"]].dropna() >= 0).all(axis=None)
    assert (ranked["regret_low"] <= ranked["regret_high"] + 1e-9).all()
    assert regret.found <= ranked["regret_low"].min() + 1e-6
    assert (table["least"] <= table["best"] * (1 + 1e-9)).all()
    assert (table["in_hand"] >= table["least"] * (1 - 1e-9)).all()
    assert found.waiting is not None
    assert found.waiting.low <= found.waiting.found <= found.waiting.high


def test_what_is_held_is_audited_and_costs_what_the_table_says(found: ManyFutures) -> None:
    for k, each in enumerate(found.in_hand):
        assert each.audit.passed
        assert openings_of(each) == openings_of(found.plan)
        assert each.objective == pytest.approx(found.candidates[0].costs[k])
    assert found.table["within_standard"].between(0, 1).all()
    assert set(found.decisions["firmness"]) <= {"all", "most", "split", "few", "none"}


def test_futures_without_a_plan_found_are_told_and_nothing_is_said_to_be_common(found: ManyFutures) -> None:
    """Of the best plans of all but one nobody knows what all share."""
    lost = Plan(found.best[0].scenario, Status.NO_PLAN, Termination.TIME_LIMIT)
    told = list(futures_words(view_of(found.plan), replace(found, best=(lost, *found.best[1:]))))
    assert any("Of 1 of 3 futures no plan was found" in sentence for sentence in told)
    assert not any("are a toss-up" in sentence for sentence in told)
    assert any("are a toss-up" in sentence for sentence in futures_words(view_of(found.plan), found))


def test_one_future_is_the_plain_solve(plan: Plan) -> None:
    one = many_futures(plan, Wanted(count=1, seed=5, waiting=False), tiny.EXACT)
    alone = solve(one.drawn.futures[0].scenario, tiny.EXACT)
    assert [each.found for each in one.chosen[:2]] == pytest.approx([alone.objective] * 2)
    assert one.chosen[2].found == pytest.approx(0.0, abs=1e-6)
    assert one.waiting is None


@pytest.mark.long
def test_what_breaks_is_told_with_how_much_must_give_way() -> None:
    """Room for the small size alone is no room in a future in which works cost more."""
    plan = solve(uncertain(unmet=60.0, ceiling=560.0), tiny.EXACT)
    found = many_futures(plan, Wanted(count=3, seed=0, waiting=False), tiny.EXACT)
    broken = np.isposinf(found.candidates[0].costs)
    assert broken.any()
    assert [not each.has_decisions for each in found.in_hand] == broken.tolist()
    assert all(each.causes for each, breaks in zip(found.in_hand, broken, strict=True) if breaks)
    assert found.ranked.set_index("candidate").loc["in_hand", "breaks"] == broken.sum()
    for each in found.chosen:
        assert each.candidate is None or not np.isposinf(each.candidate.costs).any()


def test_a_network_is_no_more_than_what_is_decided_before_dates_are_known() -> None:
    """Agreements are named by when they begin, which each future dates otherwise: no network may rest on that."""
    places = {"t1": {"h1": 0, "h2": 50}, "t2": {"h1": 20, "h2": 30}, "t3": {"h1": 50, "h2": 0}}
    block = block_of(assemble(uncertain(travel_times=tiny.times(places))))
    assert {component for component, _ in block.here} == {"open", "z", "w", "b"}
    assert not {component for component, _ in block.here} & set(LATER)


def test_a_network_that_is_not_there_in_a_future_breaks(case: Scenario) -> None:
    block = block_of(assemble(case))
    limits = tiny.EXACT.limits(case.settings)
    nowhere = network_of(frozenset({("h3", "cardio", "small", "direct", "p1")}))
    assert not block.allows(nowhere)
    assert block.hold(nowhere, limits).termination == Termination.PROVEN_INFEASIBLE
    assert block.settle(frozenset({("h3", "cardio", "small", "direct", "p1")}), limits) is None


@pytest.mark.long
def test_a_stop_keeps_what_is_there_and_it_is_taken_up(plan: Plan, tmp_path: Path) -> None:
    stop, wanted = StopSignal(), Wanted(count=3, seed=1, waiting=False)

    def third(name: str, _: Progress) -> None:
        if name == "3":
            stop.stop()

    cut = many_futures(plan, wanted, tiny.EXACT, progress=third, stop=stop, members=Members(tmp_path / "m"))
    assert cut.stopped
    assert all(each.candidate is None for each in cut.chosen)
    solved: list[str] = []
    members = Members(tmp_path / "m", resume=True)
    kept = members.count()
    assert kept >= 2

    def tell(name: str, step: Progress) -> None:
        if step.stage == "search" or "engine" in step.message:
            solved.append(name)

    whole = many_futures(plan, wanted, tiny.EXACT, progress=tell, members=members)
    assert not whole.stopped
    assert not {"1", "2"} & set(solved)
    plain = many_futures(plan, wanted, tiny.EXACT)
    assert whole.table["best"].to_list() == pytest.approx(plain.table["best"].to_list())
    assert whole.choices["found"].to_list() == pytest.approx(plain.choices["found"].to_list())


@pytest.mark.parametrize("wrong", [Wanted(count=0), Wanted(share=0.0), Wanted(share=1.5)])
def test_what_makes_no_sense_is_refused(plan: Plan, wrong: Wanted) -> None:
    with pytest.raises(ValueError, match="future"):
        many_futures(plan, wrong, tiny.EXACT)
    with pytest.raises(ValueError, match="decisions"):
        many_futures(Plan(plan.scenario, Status.NO_PLAN, Termination.TIME_LIMIT))


def test_the_command_writes_workbook_and_page(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    out = tmp_path / "out"
    drawing = ["--count", "2", "--share", "0.5", "--no-waiting", "--gap", "0"]
    told = CliRunner().invoke(app, ["futures", str(tmp_path), *drawing, "--lang", "pt-BR", "--out", str(out)])
    assert told.exit_code == 0, told.output
    page = (out / "futures.html").read_text(encoding="utf-8")
    assert "todos os 2 futuros" in told.output
    assert "todos os 2 futuros" in page
    book = openpyxl.load_workbook(out / "futures.xlsx")
    assert book.sheetnames == ["chosen", "candidates", "futures", "decisions", "changes", "causes"]
    assert len(pd.read_csv(out / "tables" / "futures.csv")) == 2
    assert not list(tmp_path.glob(".*.members"))
