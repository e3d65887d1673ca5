"""The plan kept in its folder: exact, closed to what it does not know, and told in words when it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from network_example import example_plan as network_plan
from report_example import example_plan, example_scenario
from resources_example import example_plan as resources_plan

import tiny
from equal_plans import assert_equal_plans
from redesaude.errors import Problem, ResultError
from redesaude.inputs.checks import check_again
from redesaude.inputs.variants import apply_variant
from redesaude.language import N_, Phrase, said, translator
from redesaude.plan import storage
from redesaude.plan.audit import audit
from redesaude.plan.packing import pack, unpack
from redesaude.plan.plan import Plan
from redesaude.plan.storage import FORMAT, NAME, read_plan, write_plan
from redesaude.status import Status, Termination

Edit = Callable[[dict[str, Any], dict[str, np.ndarray]], None]


def again(plan: Plan, folder: Path) -> Plan:
    """The plan after it was kept and read."""
    write_plan(plan, folder)
    return read_plan(folder)


def tampered(folder: Path, edit: Edit) -> None:
    """Change what is kept in ``folder``: ``edit`` gets the text and the arrays."""
    with np.load(folder / NAME) as kept:
        arrays = {name: kept[name] for name in kept.files}
    content = json.loads(arrays.pop("plan").tobytes())
    edit(content, arrays)
    np.savez(folder / NAME, plan=np.frombuffer(json.dumps(content).encode(), np.uint8), **arrays)


@pytest.mark.parametrize("make", [example_plan, network_plan, resources_plan])
def test_every_kind_of_plan_comes_back_exactly(make: Callable[[], Plan], tmp_path: Path) -> None:
    assert_equal_plans(again(make(), tmp_path), make())


def test_the_same_plan_is_kept_in_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_plan(resources_plan(), tmp_path / name)
        written.append((tmp_path / name / NAME).read_bytes())
    assert written[0] == written[1]


def test_odd_figures_words_and_notices_come_back(tmp_path: Path) -> None:
    values = {"share": 0.1 + 0.2, "names": ["a", ("b", 2)], "word": Phrase("open"), "none": None, "more": {"x": True}}
    odd = "=a;b\n\x00\ud800 'Đà Nẵng' \u200b"
    scenario = example_scenario()
    scenario = scenario.replace(
        notices=(Problem("code", "sites", "A3", "found {share}", odd, "remedy", values, "warning"),),
        sites=scenario.sites.assign(name=odd).iloc[::-1],
        travel_times=scenario.travel_times.iloc[:0],
    )
    plan = example_plan(
        scenario, objective=np.nextafter(1e15, 2e15), bound=-float("inf"), gap=float("nan"), log=(odd, ""),
        seconds={"solve": 1 / 3}, options={"gap": None, "engine": "auto", "parts": (1, 2.5)},
    )  # fmt: skip
    assert_equal_plans(again(plan, tmp_path), plan)


def test_no_plan_is_kept_with_its_causes_and_told_in_any_language(tmp_path: Path) -> None:
    change = said(N_("The time ended before every rule was tried: others might do with a smaller change."))
    causes = (
        said("why"),
        said(N_("or: {change}"), change=change),
        said("{n:,.0f} {what}", n=1234.5, what=Phrase("ppp")),
    )
    plan = Plan(example_scenario(), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, bound=3.5, causes=causes)
    kept = again(plan, tmp_path)
    assert_equal_plans(kept, plan)
    assert kept.reason == plan.reason == ("why", f"or: {change.message}", "1,234 ppp")
    told = translator("pt-BR").tell(kept.causes[1])
    assert told.startswith("ou: ")
    assert "tempo" in told


def test_the_reasons_of_an_earlier_version_are_its_sentences_as_told(tmp_path: Path) -> None:
    plan = Plan(example_scenario(), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, causes=(said("Room for {2}."),))
    write_plan(plan, tmp_path)

    def as_before(content: dict[str, Any], _: object) -> None:
        content["plan"].pop("causes")
        content["plan"]["reason"] = ["Room for {2}."]

    tampered(tmp_path, as_before)
    assert_equal_plans(read_plan(tmp_path), plan)
    assert read_plan(tmp_path).reason == ("Room for {2}.",)


def test_a_variant_comes_back_as_one_and_can_be_checked_and_changed_again(tmp_path: Path) -> None:
    change = {"variant_id": "more", "sheet": "sizes", "key": "cardio|small", "column": "capacity", "operation": "set"}
    scenario = tiny.scenario(variants=tiny.rows(change | {"value": 50}))
    variant = apply_variant(scenario, "more")
    plan = again(Plan(variant, Status.NO_PLAN, Termination.TIME_LIMIT), tmp_path)
    assert plan.scenario.variant_id == "more"
    assert plan.scenario.input_sha256 == variant.input_sha256 == check_again(plan.scenario).input_sha256


def test_a_sheet_or_column_added_since_holds_its_default(tmp_path: Path) -> None:
    plan = resources_plan()
    write_plan(plan, tmp_path)

    def forget(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        tables = content["plan"]["scenario"]
        del (
            tables["surge"],
            tables["sizes"]["columns"]["lifecycle_share"],
            arrays["plan.scenario.sizes.lifecycle_share"],
        )

    tampered(tmp_path, forget)
    assert not len(plan.scenario.surge)
    assert_equal_plans(read_plan(tmp_path), plan)


def _drop(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    del content["plan"]["status"]


def _unknown(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    content["plan"]["more"] = 1


def _status(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    content["plan"]["status"] = "perfect"


def _word(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    content["plan"]["objective"] = "cheap"


def _column(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    del content["plan"]["openings"]["columns"]["npv"]


def _shorter(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    arrays["plan.openings.npv"] = arrays["plan.openings.npv"][1:]


def _code(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    arrays["plan.openings.site_id"] = arrays["plan.openings.site_id"] + 9


@pytest.mark.parametrize("edit", [_drop, _unknown, _status, _word, _column, _shorter, _code])
def test_what_is_not_known_is_refused_in_words(edit: Edit, tmp_path: Path) -> None:
    write_plan(example_plan(), tmp_path)
    tampered(tmp_path, edit)
    with pytest.raises(ResultError, match="cannot be read as a plan"):
        read_plan(tmp_path)


def test_a_changed_figure_does_not_pass_the_audit(tmp_path: Path) -> None:
    write_plan(network_plan(), tmp_path)

    def cheaper(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        arrays["plan.costs.npv"] = arrays["plan.costs.npv"] * 0.9

    tampered(tmp_path, cheaper)
    assert not audit(read_plan(tmp_path)).passed


def test_a_newer_format_an_absent_plan_and_damage_are_told(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="early version"):
        read_plan(tmp_path)
    write_plan(example_plan(), tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    for content in (b"", b"not an archive", whole[: len(whole) // 2], whole[:200] + b"x" * 50 + whole[250:]):
        (tmp_path / NAME).write_bytes(content)
        with pytest.raises(ResultError, match="cannot be read"):
            read_plan(tmp_path)
    (tmp_path / NAME).write_bytes(whole)
    tampered(tmp_path, lambda content, arrays: content.update(format=FORMAT + 1))
    with pytest.raises(ResultError, match=f"format {FORMAT + 1}, of a newer version"):
        read_plan(tmp_path)


def test_nothing_pickled_is_read(tmp_path: Path) -> None:
    np.savez(tmp_path / NAME, plan=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ResultError, match="cannot be read"):
        read_plan(tmp_path)


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / NAME, plan=np.zeros(10**6))
    monkeypatch.setattr(storage, "MOST_BYTES", 10**6)
    with pytest.raises(ResultError, match="once unpacked"):
        read_plan(tmp_path)


@pytest.mark.parametrize(
    ("value", "hint"), [(3, int | str), ("x", int | str), (None, int | None), (2.5, str | float | None)]
)
def test_one_of_several_plain_types_comes_back(value: object, hint: object) -> None:
    assert unpack(json.loads(json.dumps(pack(value, hint, {}, ""))), hint, {}, "") == value


@dataclass(frozen=True)
class _Holder:
    what: complex


def test_a_kind_of_value_that_cannot_be_kept_exactly_is_refused() -> None:
    for value, hint in (
        (_Holder(1j), _Holder),
        (pd.DataFrame({"a": pd.Series(["x"], dtype="category")}), pd.DataFrame),
    ):
        with pytest.raises(TypeError, match="cannot be kept exactly"):
            pack(value, hint, {}, "")
    with pytest.raises(TypeError, match="cannot be kept exactly"):
        pack(replace(example_plan(), options={"x": object()}), Plan, {}, "")
