"""Every workbook that is no result: what a tiny plan answers when asked, its review, and a comparison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from impossible import CASES, scenario_of
from review_example import all_as_planned, filled
from review_example import tables as reviewed
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.asking.relaxations import may_give_way
from redesaude.cli.app import app
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.report.asked.relaxations import place_relaxations
from redesaude.report.comparison import write_comparison
from redesaude.report.reviewed.actuals import write_actuals
from redesaude.status import Status, Termination
from redesaude.studies.compare import compare

#: each command with what it is asked; where nothing is turned round or drawn many times, it is quick
ASKED: tuple[tuple[str, ...], ...] = (
    ("ask", "--close", "h1", "--contract", "h2=direct"),
    ("why", "--seconds", "0"),
    ("alternatives", "--n", "2", "--within", "0.5", "--gap", "0"),
    ("frontier", "--access", "40,100"),
    ("norms", "--each", "5"),
    ("futures", "--count", "1", "--no-waiting", "--gap", "0"),
    ("sensitivity", "--trajectories", "1", "--seconds", "0"),
)
CUTOFF = dt.date(2028, 12, 31)


def named(names: Sequence[str]) -> tiny.Tables:
    """The tables of the example with ``names`` where a planner may write any (none: as they are)."""
    tables, each = reviewed(), cycle(names)
    said = ("territories", "specialties", "sites", "contracts")
    return tables | {key: tables[key].assign(name=[next(each) for _ in tables[key].index]) for key in said if names}


def answers(folder: Path, language: str, names: Sequence[str] = ()) -> dict[str, Path]:
    """Write them to a folder and return each workbook by its name."""
    tables = named(names)
    plan = rs.solve(tiny.scenario(**tables), tiny.EXACT)
    undecided = {name: table for name, table in tables.items() if name != "decisions"}
    for made in ("plan", "asked", "due"):
        (folder / made).mkdir(parents=True)
    write_plan(plan, folder / "plan")
    write_plan(rs.solve(tiny.scenario(**undecided), tiny.EXACT), folder / "asked")
    for command, *asked in ASKED:
        call = [command, str(folder / "asked"), *asked, "--lang", language, "--out", str(folder / command)]
        _run(call)
    write_actuals(rs.actuals(plan, CUTOFF), folder / "due" / "actuals.xlsx", language)
    done = filled(rs.actuals(plan, CUTOFF), folder / "done.xlsx", all_as_planned)
    call = ["review", str(folder / "plan"), str(done), "--lang", language, "--out", str(folder / "review")]
    _run(call)
    write_comparison(compare(plan.scenario, tiny.EXACT), folder / "comparison", language)
    none = Plan(scenario_of(CASES["max_centres"].stated), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE)
    place_relaxations(may_give_way(none, tiny.EXACT), folder / "none", language)
    books = {f"{book.parent.name}/{book.name}": book for book in sorted(folder.glob("*/*.xlsx"))}
    assert len(books) == len(ASKED) + 4, books
    return books


def _run(call: Sequence[str]) -> None:
    run = CliRunner().invoke(app, call)
    assert run.exit_code == 0, (call, run.output, run.exception)
