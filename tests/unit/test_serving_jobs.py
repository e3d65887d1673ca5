"""The queue of the page: by cores, stopped, killed, and found again by a server that is started anew."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from redesaude.serving import child, jobs
from redesaude.serving.home import Home, JobFolder, read_json, write_json
from redesaude.serving.jobs import CHECK, SOLVE, Jobs, new_job
from redesaude.serving.live import glance, told
from redesaude.serving.store import CUT, ENDED, QUEUED, RUNNING, Store
from redesaude.solving.progress import Progress

#: works until it is asked to stop, as a search does
_WORK = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
with (folder / "began").open("a") as stream:
    stream.write(json.dumps(json.loads((folder / "task.json").read_text())) + "\\n")
while not (folder / "stop").exists():
    time.sleep(0.02)
(folder / "ended.json").write_text(json.dumps({"code": 130, "at": 1.0}))
"""


def _queue(root: Path, cores: int = 1) -> Jobs:
    home = Home(root)
    home.prepare()
    return Jobs(home, Store(home.database), cores, program=(sys.executable, "-S", "-E", "-c", _WORK))


def _until(jobs: Jobs, true: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not true():
        assert time.monotonic() < end, "waited too long"
        jobs.look()
        time.sleep(0.02)


def _began(jobs: Jobs, key: str) -> list[dict[str, object]]:
    path = jobs.home.job(key).path / "began"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_runs_wait_for_cores_and_are_stopped(tmp_path: Path) -> None:
    queue = _queue(tmp_path, cores=2)
    wide, other = (queue.add(new_job(SOLVE, cores=2, options={"seconds": 5}), {}) for _ in range(2))
    short = queue.add(new_job(CHECK), {})
    states = {job.key: job.state for job in queue.store.jobs()}
    assert states == {wide.key: RUNNING, other.key: QUEUED, short.key: RUNNING}
    queue.stop(wide.key)
    _until(queue, lambda: queue.store.job(other.key).state == RUNNING)
    ended = queue.store.job(wide.key)
    assert (ended.state, ended.code) == (ENDED, 130)
    third = queue.add(new_job(SOLVE, cores=1, options={"seconds": 5}), {})
    assert queue.stop(third.key).state == CUT
    assert _began(queue, third.key) == []
    for job in (other, short):
        queue.stop(job.key)
    _until(queue, lambda: all(job.over for job in queue.store.jobs()))


def test_a_server_that_is_started_again_finds_what_runs_and_what_ended(tmp_path: Path) -> None:
    queue = _queue(tmp_path)
    job = queue.add(new_job(SOLVE, cores=1, options={"seconds": 5}), {})
    _until(queue, lambda: len(_began(queue, job.key)) == 1)
    again = _queue(tmp_path)  # knows no child: only what stands in the folder
    again.look()
    assert again.store.job(job.key).state == RUNNING
    again.stop(job.key)
    _until(again, lambda: again.store.job(job.key).over)
    assert again.store.job(job.key).code == 130
    assert len(_began(again, job.key)) == 1


def test_a_killed_process_is_taken_up_once_by_itself_and_then_by_hand(tmp_path: Path) -> None:
    queue = _queue(tmp_path)
    key = queue.add(new_job(SOLVE, cores=1, options={"seconds": 5}), {"variant": "base"}).key
    for times in (1, 2):
        _until(queue, lambda times=times: len(_began(queue, key)) == times)
        queue._children[key].send_signal(signal.SIGKILL)
        queue._children[key].wait()
        queue.look()
    assert queue.store.job(key).state == CUT
    queue.take_up(key)
    _until(queue, lambda: len(_began(queue, key)) == 3)
    assert [task.get("resume") for task in _began(queue, key)] == [None, True, True]
    assert {task["variant"] for task in _began(queue, key)} == {"base"}
    queue.stop(key)
    _until(queue, lambda: queue.store.job(key).over)


_CHILD = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in what a shell starts in the background
from redesaude.serving import child
from redesaude.serving.home import JobFolder
folder = JobFolder(pathlib.Path(sys.argv[1]))
task = child.task_of(folder)
with child.within_limits(folder, task):
    try:
        (folder.path / "began").touch()
        if task["do"] == "fill":
            kept = bytearray(2_000_000_000)
        time.sleep(250)
    except KeyboardInterrupt:
        (folder.path / "heard").touch()
    except MemoryError:
        (folder.path / "full").touch()
"""


@pytest.mark.parametrize(("do", "left"), [("stop", "heard"), ("fill", "full"), ("late", "ended.json")])
def test_the_process_of_a_job_keeps_to_its_limits_and_hears_when_to_stop(tmp_path: Path, do: str, left: str) -> None:
    folder = JobFolder(tmp_path)
    write_json(folder.task, {"memory_mb": 1_500, "most_seconds": 0.1 if do == "late" else 300, "do": do})
    working = subprocess.Popen([sys.executable, "-c", _CHILD, str(tmp_path)], env=os.environ | jobs._surroundings())
    while do == "stop" and not (tmp_path / "began").exists():
        time.sleep(0.05)
    if do == "stop":
        folder.stop.write_bytes(b"stop\n")
    working.wait(300)
    assert (tmp_path / left).exists()
    if do == "late":
        assert read_json(folder.ended)["code"] == child.BEYOND == working.returncode


def test_progress_is_told_in_words_and_points_and_read_on_from_where_it_was(tmp_path: Path) -> None:
    queue = _queue(tmp_path, cores=0)
    job = new_job(SOLVE, cores=1, options={"seconds": 60})
    folder = queue.home.job(job.key)
    folder.path.mkdir(parents=True)
    queue.store.add_job(job)
    queue.store.change_job(job.key, state=RUNNING, began=time.time())
    job = queue.store.job(job.key)
    teller = child.Told(folder)
    teller.tell(Progress("start", 0.0))
    first = glance(queue.home, job)
    assert told(queue.home, queue.store, first, "en")["words"] == "No plan yet: a first plan."
    teller.tell(Progress("solve", 1.0, 1_000.0, 900.0))
    with folder.progress.open("a") as stream:
        stream.write('{"at": 1, "stage"')  # a line that is being written
    then = glance(queue.home, job, first.until)
    shown = told(queue.home, queue.store, then, "en")
    assert [point[1:] for point in shown["points"]] == [(1_000.0, 900.0)]
    assert shown["words"].endswith("No plan can be more than 10.00% cheaper.")
    assert "Nenhum plano pode ser mais de 10,00%" in told(queue.home, queue.store, then, "pt-BR")["words"]
    nothing_new = glance(queue.home, job, then.until, then.last)
    assert nothing_new.points == []
    assert told(queue.home, queue.store, nothing_new, "en")["words"].endswith(
        "No plan can be more than 10.00% cheaper."
    )
    folder.stop.touch()
    assert told(queue.home, queue.store, then, "en")["words"].startswith("Stopping")
