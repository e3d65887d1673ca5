"""A dask cluster as a place for work: the same plans as one process, and a worker that is killed loses nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from test_cli import workbook
from typer.testing import CliRunner

import tiny
from equal_plans import assert_equal_plans
from redesaude.cli.app import app
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.status import Termination
from redesaude.studies import cluster as module
from redesaude.studies.cluster import Cluster, ClusterError
from redesaude.studies.members import Members
from redesaude.studies.runs import solve_all

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

OPTIONS = SolveOptions(gap=0.0, time_limit=60.0, certificate=False)


class Dying:
    """A piece of work of which the first worker dies, and which tells what it does to those that live."""

    def __init__(self, seen: Path, plan: Plan) -> None:
        self.seen, self.plan = seen, plan

    def __call__(self, tell: Any, _: StopSignal) -> Plan:
        tell(Progress("search", 1.0, 2.0, 1.5, "begun"))
        if not self.seen.exists():
            self.seen.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.plan


def scenarios() -> dict[str, Scenario]:
    """The example at five costs, each with one best plan."""
    sizes, sites = tiny.tables()["sizes"], tiny.tables()["sites"].assign(fixed_cost=[5.0, 0.0])
    costs = (sizes.assign(fixed_cost=sizes["fixed_cost"] * (1 + n / 10)) for n in range(5))
    return {str(n): tiny.scenario(sizes=each, sites=sites) for n, each in enumerate(costs)}


def portable(plan: Plan) -> Plan:
    return replace(plan, scenario=replace(plan.scenario, notices=(), places={}))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Four workers of one thread each, in processes of their own."""
    with distributed.LocalCluster(n_workers=4, threads_per_worker=1, processes=True, dashboard_address=None) as local:
        yield local.scheduler_address


@pytest.mark.long
def test_four_workers_find_what_one_process_does_and_what_is_kept_is_not_solved_again(
    address: str, tmp_path: Path
) -> None:
    told: dict[str, list[Progress]] = {}
    members = Members(tmp_path / "kept")
    every = scenarios()
    there = solve_all(
        every, OPTIONS, members=members, jobs=Cluster(address),
        progress=lambda name, step: told.setdefault(name, []).append(step),
    )  # fmt: skip
    here = solve_all(every, OPTIONS)
    assert list(there) == list(here)
    for name, plan in there.items():
        assert plan.scenario is every[name]
        assert plan.objective == pytest.approx(here[name].objective)
        pd.testing.assert_frame_equal(plan.openings, here[name].openings)
        pd.testing.assert_frame_equal(plan.costs, here[name].costs)
    assert members.lost == ()
    assert members.count() == len(every)
    assert told  # at least something was told on the way
    again = solve_all(every, OPTIONS, members=Members(tmp_path / "kept", resume=True), jobs=_NoWork())
    for name, plan in again.items():
        assert_equal_plans(plan, there[name])


class _NoWork:
    """A place to which nothing may be brought."""

    jobs, here = 1, False

    def __enter__(self) -> _NoWork:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def run(self, work: dict[str, object], *_: object) -> dict[str, Plan]:
        assert not work
        return {}


@pytest.mark.long
def test_a_worker_killed_in_the_middle_loses_nothing(address: str, tmp_path: Path) -> None:
    plan = portable(solve_all({"a": tiny.scenario()}, OPTIONS)["a"])
    work = {str(n): Dying(tmp_path / "seen", plan) for n in range(6)}
    done: list[str] = []
    with Cluster(address) as place:
        found = place.run(work, None, StopSignal(), lambda name, _: done.append(name))
    assert (tmp_path / "seen").exists()
    assert list(found) == list(work)
    assert sorted(done) == list(work)
    for each in found.values():
        assert_equal_plans(each, plan)


@pytest.mark.long
def test_work_of_which_every_worker_dies_is_told_as_a_fault_and_the_rest_is_there(tmp_path: Path) -> None:
    class Deserted(_NoWork):
        def run(self, work: dict[str, Any], *_: object) -> dict[str, Plan]:
            return {name: each(lambda _: None, StopSignal()) for name, each in work.items() if name != "1"}

    found = solve_all(scenarios(), OPTIONS, members=Members(tmp_path), jobs=Deserted())
    assert found["1"].termination == Termination.FAULT
    assert found["1"].faults
    assert all(plan.has_decisions for name, plan in found.items() if name != "1")


@pytest.mark.long
def test_a_stop_reaches_the_workers(address: str) -> None:
    stop = StopSignal()
    stop.stop()
    assert solve_all(scenarios(), OPTIONS, jobs=Cluster(address), stop=stop) == {}


@pytest.mark.long
def test_versions_threads_and_addresses_that_will_not_do_are_told(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as other:
        other.setattr(module, "PACKAGES", (*module.PACKAGES, "no-such-package"))
        Cluster(address).__exit__()  # as little there as here
        real = module.metadata.version
        other.setattr(module.metadata, "version", lambda name: "0.0" if name == "highspy" else real(name))
        with pytest.raises(ClusterError, match=r"other versions.*highspy"):
            Cluster(address)
    monkeypatch.setattr(module, "_ANSWER", 1.0)
    file = workbook(tmp_path)
    told = CliRunner().invoke(
        app, ["compare", str(file), "--cluster", "tcp://127.0.0.1:9", "--out", str(tmp_path / "o")]
    )
    assert told.exit_code != 0
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as two:
        with pytest.raises(ClusterError, match="2 threads"):
            Cluster(two.scheduler_address)
        two.scale(0)


@pytest.mark.long
def test_the_command_compares_on_a_cluster(address: str, tmp_path: Path) -> None:
    file = workbook(tmp_path)
    tables = []
    for name, more in (("there", ["--cluster", address]), ("here", [])):
        out = tmp_path / name
        told = CliRunner().invoke(app, ["compare", str(file), "--gap", "0", "--out", str(out), *more])
        assert told.exit_code == 0, told.output
        tables.append({each.name: each for each in sorted((out / "tables").glob("*.csv"))})
        assert not list(tmp_path.glob(".*.members"))
    assert list(tables[0]) == list(tables[1])
    for name, there in tables[0].items():
        one, other = (pd.read_csv(each).drop(columns="seconds", errors="ignore") for each in (there, tables[1][name]))
        pd.testing.assert_frame_equal(one, other)
