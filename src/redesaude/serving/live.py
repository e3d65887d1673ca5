"""How far a job is, in figures for a chart and in words, as its folder tells."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from redesaude.language import LANGUAGES, N_, Translator, translator
from redesaude.report.numbers import numbers_for
from redesaude.report.terms import REPORT_PHASES, SOLVE_PHASES
from redesaude.serving.home import Home, read_json
from redesaude.serving.jobs import CHECK, LONG
from redesaude.serving.store import CUT, ENDED, QUEUED, Job, Store

_WAITS = N_("Waits until cores are free: {count} before it.")
_NO_PLAN = N_("No plan yet: {phase}.")
_NO_BOUND = N_("A plan of {cost} is in hand; how much cheaper one could be is not proven yet.")
_BETWEEN = N_("A plan of {cost} is in hand. No plan can be more than {gap} cheaper.")
_TIME = N_("{seconds} s so far; the search takes {most} s at most")

_ENDS: Mapping[int, str] = {
    0: N_("The search is over and its plan can be read."),
    1: N_("The workbook cannot be solved as it is."),
    2: N_("No plan can keep all firm promises; what would make one possible is told below."),
    3: N_("The time was over before any plan was found; give it more."),
    4: N_("A fault of this program, not of your input; what it had found is kept."),
    5: N_("It took longer than it may, and was ended."),
    130: N_("It was stopped; the best plan so far is kept."),
}
_CUT = N_("Its process was ended from outside. What it had found is kept, and it can be taken up again.")
_STOPPED = N_("It was stopped before it began.")
_STOPPING = N_("Stopping: the best plan so far is being written.")
_STUDYING = N_("The plan can be read below; its studies are being written. Stop again to leave them out.")


@dataclass(frozen=True)
class Glance:
    """A job at a moment: ``points`` are seconds, plan and bound since ``offset`` of its progress, up to ``until``."""

    job: Job
    points: list[tuple[float, float | None, float | None]]
    last: Mapping[str, Any]
    until: int


def glance(home: Home, job: Job, offset: int = 0, before: Mapping[str, Any] = MappingProxyType({})) -> Glance:
    """Look at a job; whole lines alone are read of what its process is writing.

    ``before`` is the last step known at ``offset``, which stays the last one where nothing new is there.
    """
    path, lines = home.job(job.key).progress, b""
    if path.exists():
        with path.open("rb") as stream:
            stream.seek(offset)
            lines = stream.read()
    whole = lines[: lines.rfind(b"\n") + 1]
    steps = [json.loads(line) for line in whole.splitlines()]
    began = job.began or job.created
    points = [(round(step["at"] - began, 2), step["plan"], step["bound"]) for step in steps]
    return Glance(job, points, steps[-1] if steps else before, offset + len(whole))


def told(home: Home, store: Store, seen: Glance, language: str) -> dict[str, Any]:
    """Return what a page shows of a glance, in its reader's language."""
    say, job = translator(language), seen.job
    about = _about(home, store, job)
    last = seen.last
    numbers = numbers_for(say, about.get("currency", ""), max(abs(last.get(name) or 0.0) for name in ("plan", "bound")))
    money = {name: "" if last.get(name) is None else numbers.money(last[name]) for name in ("plan", "bound")}
    gap = "" if last.get("gap") is None else numbers.percent(max(last["gap"], 0.0), 2)
    if job.over:  # the result may be proven better than the last step of the search told
        read = read_json(home.job(job.key).pages(language) / "read.json") or {}
        money |= {name: read[key] for name, key in (("plan", "cost"), ("bound", "least")) if key in read}
        gap = read.get("gap", gap)
    return {
        "state": job.state,
        "code": job.code,
        "over": job.over,
        "ready": _ready(home, job),
        "points": seen.points,
        "plan": money["plan"],
        "bound": money["bound"],
        "gap": gap,
        "phase": _phase(last, say),
        "words": _words(home, store, job, say, {"cost": money["plan"], "gap": gap, "phase": _phase(last, say)}),
        "time": _time(job, say),
    }


def _ready(home: Home, job: Job) -> bool:
    """Whether its result can be read in every language."""
    return all((home.job(job.key).pages(language) / "read.json").exists() for language in LANGUAGES)


def _about(home: Home, store: Store, job: Job) -> Mapping[str, Any]:
    """What the check of its workbook told of the scenario."""
    if not job.workbook:
        return {}
    check = next((v.job for v in store.versions(job.workbook) if v.number == job.version), "")
    found = read_json(home.job(check).check) if check else None
    about: Mapping[str, Any] = (found or {}).get("about", {})
    return about


def _phase(last: Mapping[str, Any], say: Translator) -> str:
    """What is being done; while the report is written, which part."""
    message = str(last.get("message", ""))
    if message in REPORT_PHASES.values():
        return say(message)
    stage = str(last.get("stage", "read"))
    return say(SOLVE_PHASES.get(stage, stage))


def _words(home: Home, store: Store, job: Job, say: Translator, values: Mapping[str, str]) -> str:
    if job.state == QUEUED:
        before = [other for other in store.jobs(QUEUED) if other.kind in LONG and other.created < job.created]
        return say(_WAITS, count=len(before))
    if job.state == CUT:
        return say(_CUT if job.began else _STOPPED)
    if job.state == ENDED:
        return "" if job.kind == CHECK else say(_ENDS.get(job.code or 0, _ENDS[4]))
    if home.job(job.key).stop.exists():
        return say(_STUDYING if _ready(home, job) else _STOPPING)
    if not values["cost"]:
        return say(_NO_PLAN, phase=values["phase"])
    return say(_BETWEEN if values["gap"] else _NO_BOUND, **values)


def _time(job: Job, say: Translator) -> str:
    if job.began is None or job.kind not in LONG:
        return ""
    seconds = (job.ended or time.time()) - job.began
    return say(_TIME, seconds=round(seconds), most=round(float(job.options.get("seconds", 0.0))))
