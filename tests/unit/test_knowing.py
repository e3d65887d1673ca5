"""Sobol's indices of functions whose own are known, what knowing is worth where it can be worked out, and of a plan."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import risky_plan
from redesaude.asking.sensitivity import Sensitivity, sensitivity
from redesaude.cli.app import app
from redesaude.plan.storage import write_plan
from redesaude.report.asked.knowing import share_sentence
from redesaude.studies.indices import design, indices_of, whole_rows
from redesaude.studies.knowing import COST, INDICES, RIVALS, WORTH, knowing
from redesaude.studies.verdicts import Verdicts
from redesaude.studies.worth import Worth, worth_of_all, worth_of_each
from redesaude_models.arrays import Floats

EACH = [[0], [1], [2]]


def designed(rows: int, groups: list[list[int]] | None = None, seed: int = 1) -> Floats:
    return np.array(list(islice(design(groups or EACH, seed), rows)))


def ishigami(places: Floats) -> Floats:
    """Ishigami and Homma's function of three angles, a = 7 and b = 0.1."""
    x = np.pi * (2.0 * places - 1.0)
    return np.asarray(np.sin(x[..., 0]) * (1.0 + 0.1 * x[..., 2] ** 4) + 7.0 * np.sin(x[..., 1]) ** 2)


def test_the_indices_of_ishigamis_function_are_those_in_print() -> None:
    found = indices_of(ishigami(designed(1024))[..., None])
    assert found.first.value[0] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found.total.value[0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    for share, known in ((found.first, [0.3139, 0.4424, 0.0]), (found.total, [0.5576, 0.4424, 0.2437])):
        assert (share.low[0] < known).all()
        assert (known < share.high[0]).all()
    assert found.first.low[0, 2] < 0.0  # not distinguishable from zero


def test_a_group_has_the_index_of_all_in_it_and_what_does_not_vary_has_none() -> None:
    places = designed(512, [[0], [1, 2]])
    sums = places @ np.array([3.0, 1.0, 1.0])
    found = indices_of(np.stack([sums, np.full_like(sums, 7.0)], axis=-1))
    assert found.first.value[0] == pytest.approx([9 / 11, 2 / 11], abs=0.02)
    assert np.isnan(found.first.value[1]).all()


def test_a_longer_design_begins_with_a_shorter_one() -> None:
    assert np.array_equal(designed(64)[:16], designed(16))
    assert [whole_rows(n) for n in (0, 1, 2, 3, 16, 31, 64)] == [0, 0, 2, 2, 16, 16, 64]
    points = designed(4, [[1], [0, 2]])
    assert np.array_equal(points[:, 2, 1], points[:, 1, 1])
    assert np.array_equal(points[:, 2, [0, 2]], points[:, 0, [0, 2]])


def two_rivals(places: Floats, slopes: tuple[float, float], apart: float) -> Floats:
    """Costs of two plans that differ by what is linear in two assumptions; both vary by the third, far more."""
    difference = (places[..., :2] - 0.5) @ np.array(slopes) + apart
    common = 20.0 * places[..., 2] ** 2
    return np.stack([common, common + difference], axis=-1)


def expected(slope: float, apart: float) -> float:
    """Worth of knowing an assumption by itself: the mean of what the second plan is cheaper by, where it is."""
    return max(0.0, slope / 2.0 - apart) ** 2 / (2.0 * slope)


@pytest.mark.parametrize(("slopes", "apart"), [((2.0, 1.0), 0.1), ((2.0, 1.0), 0.6)])
def test_what_knowing_is_worth_by_hand(slopes: tuple[float, float], apart: float) -> None:
    places = designed(32)
    found = worth_of_each(places, two_rivals(places, slopes, apart))
    for each, slope in zip(found, slopes, strict=False):
        assert each.worth == pytest.approx(expected(slope, apart), rel=1e-3, abs=1e-9)
        assert each.shown == (expected(slope, apart) > 0.0)
    assert found[2] == Worth(0.0, 0.0, 0.0, found[2].chance)
    assert not found[2].shown


def test_where_assumptions_act_together_the_interval_holds_what_is_true() -> None:
    """The second plan is cheaper where both are great: knowing either is worth what the other's mean leaves."""
    places = designed(256)
    difference = 0.25 - places[..., 0] * places[..., 1]
    costs = np.stack([np.zeros_like(difference), difference], axis=-1)
    found = worth_of_each(places, costs)
    for each in found[:2]:  # of the mean difference 1/4 - x/2: what is below zero, from x = 1/2 on
        assert each.low <= 1 / 16 <= each.high
    every = worth_of_all(costs)
    truth = float(np.maximum(-difference, 0.0).mean() - max(0.0, -difference.mean()))
    assert every.worth == pytest.approx(truth)
    assert every.low <= truth <= every.high


def test_noise_alone_is_not_distinguishable_from_worth() -> None:
    """Two plans that cost the same whatever an assumption is, and differ by what nobody can know."""
    places = designed(64)
    noise = np.random.default_rng(5).normal(size=places.shape[:2])
    found = worth_of_each(places, np.stack([np.zeros_like(noise), noise], axis=-1))
    assert all(each.worth > 0.0 for each in found)
    assert not any(each.shown for each in found)


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    """Cheap to build and dear to run against the reverse, about as dear."""
    plan = risky_plan.planned(
        risky_plan.DIRECT | {"capex_factor": 1.0, "opex_factor": 1.0},
        {"contract_id": "oss", "delivery_model": "oss", "capex_factor": 2.0, "opex_factor": 0.5},
        decided="oss",
    )
    return sensitivity(plan, count=1, rows=4, others=(plan,), seed=2)


@pytest.mark.long
def test_a_plan_with_its_rivals(found: Sensitivity) -> None:
    known = found.known
    assert known.rows == 4
    assert [tuple(table.columns) for table in (known.indices, known.worth, known.rivals)] == [INDICES, WORTH, RIVALS]
    assert set(known.rivals["rival"]) == {"in_hand", "comparator", "other:1"}
    rivals = known.rivals.set_index("rival")
    assert rivals.loc["other:1", "mean"] == pytest.approx(rivals.loc["in_hand", "mean"])  # it is the same plan
    assert known.rivals["mean"].is_monotonic_increasing
    assert rivals["cheapest"].sum() == pytest.approx(1.0)
    assert known.all_known is not None
    assert known.all_known.worth > 0.0
    assert set(known.indices["output"]) == {COST, "difference"}
    assert found.unfit == 0


@pytest.mark.long
def test_it_is_told_and_written(found: Sensitivity, tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    write_plan(found.plan, tmp_path / "plan")
    out = tmp_path / "out"
    few = ["--trajectories", "1", "--rows", "2", "--other", str(tmp_path / "plan"), "--lang", "pt-BR"]
    told = CliRunner().invoke(app, ["sensitivity", str(tmp_path / "plan"), *few, "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert "Saber tudo antes de escolher" in told.output
    assert "Saber tudo antes de escolher" in (out / "sensitivity.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(out / "sensitivity.xlsx")
    assert book.sheetnames == ["flips", "screening", "worth", "indices", "rivals"]
    assert len(pd.read_csv(out / "tables" / "rivals.csv")) == 3


@pytest.mark.long
def test_a_stop_keeps_what_was_priced_and_nothing_priced_is_said(found: Sensitivity) -> None:
    verdicts = Verdicts(found.plan)
    cut = knowing(verdicts, [("volume", "")], count=16, seed=2, go_on=lambda done: done < 3)
    assert cut.rows == 2
    assert len(cut.rivals) == 2
    none = knowing(verdicts, [], count=2)
    assert (none.rows, none.chosen, none.all_known) == (0, "", None)


@pytest.mark.long
def test_without_a_rival_there_is_nothing_to_change_to() -> None:
    alone = knowing(Verdicts(risky_plan.planned(risky_plan.DIRECT)), [("volume", "")], count=2)
    assert alone.rows == 2
    assert alone.all_known is None
    assert alone.worth.empty
    assert alone.indices["first"].notna().all()


def test_an_estimate_beyond_the_whole_is_told_as_nearly_all_of_it() -> None:
    shares = [{"first": first, "first_low": low} for first, low in ((1.4, 0.95), (0.6, 0.4), (0.1, -0.1), (1.4, -0.1))]
    told = [share_sentence(each) for each in shares]
    assert "nearly all" in told[0]
    assert "with others" in told[1]
    assert all("not distinguishable" in each for each in told[2:])
