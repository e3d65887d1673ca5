"""What a plan in hand saves: variants, what-ifs and a frontier from it, against the bars of asking.

``python benchmarks/asking.py variants whatifs frontier --scenario scenarios/mato-grosso.xlsx --rows asking.csv``

* ``variants``: 16 variants to ``--gap`` (1 %), one after the other as ``compare`` does it, beside each solved cold;
  bar: a third of the processor seconds of the cold runs.
* ``whatifs``: 50 services forced or forbidden, ``--each`` seconds for each; bar: 10 minutes beyond the base plan, each
  interval narrower than 0.3 % of its cost.
* ``frontier``: ten levels of access, ``--each`` seconds a point; bar: 10 minutes, intervals of 1 %.

The base plan is solved once (``--base`` seconds, to ``--base-gap``) and kept beside the rows. A row is written as soon
as it is there, with the commit; started again, the command goes on where it ended: rows of this input, commit and part
are kept. Seconds of the clock say something on an idle machine only; ``cpu`` are processor seconds of this process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scenarios import commit

from redesaude.asking.answers import ask
from redesaude.asking.frontier import frontier
from redesaude.asking.measures import ACCESS, MEASURES
from redesaude.asking.questions import Question, closed, opened
from redesaude.assemble import assemble
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import with_changes
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME, read_plan, write_plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.studies.network_changes import services_at_the_end
from redesaude.studies.runs import solve_all
from redesaude_models.keys import keys_of

COLUMNS = ("scenario", "part", "name", "low", "found", "high", "width", "gap", "seconds", "cpu", "hash", "commit")
#: sheets, columns and factors of the variants
_VARIED = (
    ("sizes", "fixed_cost", (0.8, 0.9, 1.1, 1.2)),
    ("sizes", "cost_per_case", (0.9, 1.1)),
    ("sizes", "capex", (0.8, 0.9, 1.1, 1.2)),
    ("specialties", "cases_per_100k", (0.9, 0.95, 1.05, 1.1)),
    ("specialties", "unmet_cost", (0.9, 1.1)),
)


@dataclass(frozen=True)
class Rows:
    """The rows of a scenario at a commit, kept in ``file``."""

    file: Path
    scenario: Scenario
    path: Path

    def known(self, part: str) -> set[str]:
        """Return the names of what has a row of this input and commit."""
        rows = self.all()
        same = (rows["hash"] == self._hash) & (rows["commit"] == commit()) & (rows["part"] == part)
        return set(rows["name"][same & (rows["scenario"] == self.path.stem)])

    def all(self) -> pd.DataFrame:
        """Return every row of the file."""
        if not self.file.exists():
            return pd.DataFrame(columns=list(COLUMNS))
        return pd.read_csv(self.file, dtype={"hash": str, "commit": str, "name": str})

    def add(self, part: str, name: str, numbers: Sequence[float], took: tuple[float, float]) -> None:
        """Write a row: low, found, high, width as a share of the cost, gap; seconds and processor seconds."""
        cells = (self.path.stem, part, name, *numbers, *took, self._hash, commit())
        row = pd.DataFrame([cells], columns=list(COLUMNS))
        row.to_csv(self.file, mode="a", header=not self.file.exists(), index=False, float_format="%.8g")
        print(f"{part:9} {name:32} width {numbers[3]:.3%} gap {numbers[4]:.3%} {took[0]:.1f} s, {took[1]:.1f} cpu s")

    @property
    def _hash(self) -> str:
        return self.scenario.input_sha256[:8]


def timed(work: Callable[[], Plan]) -> tuple[Plan, tuple[float, float]]:
    """Return what comes of ``work`` with its seconds and processor seconds."""
    began, used = time.perf_counter(), time.process_time()
    plan = work()
    return plan, (time.perf_counter() - began, time.process_time() - used)


def variants_of(scenario: Scenario, count: int) -> dict[str, Scenario]:
    """Return so many variants: a column of a sheet multiplied."""
    found = {}
    for sheet, column, factors in _VARIED:
        for factor in factors:
            values = {"sheet": sheet, "key": "*", "column": column, "operation": "multiply", "value": f"{factor:g}"}
            found[f"{sheet}.{column}*{factor:g}"] = with_changes(scenario, pd.DataFrame([values]))
    return dict(list(found.items())[:count])


def base_plan(rows: Rows, options: argparse.Namespace) -> Plan:
    """Return the plan that all begins from, kept beside the rows."""
    place = rows.file.with_name(f"{rows.file.stem}-{rows.path.stem}-{rows.scenario.input_sha256[:8]}-{commit()}")
    if (place / NAME).is_file():
        return read_plan(place)
    limits = SolveOptions(time_limit=options.base, gap=options.base_gap)
    plan, took = timed(lambda: solve(rows.scenario, limits))
    if not plan.has_decisions:
        raise SystemExit(f"{rows.path.stem}: no plan in {options.base:.0f} seconds")
    place.mkdir(parents=True, exist_ok=True)
    write_plan(plan, place)
    rows.add("base", "base", (np.nan, plan.objective or np.nan, np.nan, plan.gap or 0.0, plan.gap or 0.0), took)
    return plan


def variants(rows: Rows, options: argparse.Namespace) -> None:
    """Solve each variant cold, then all of them together."""
    cases, limits = variants_of(rows.scenario, options.variants), SolveOptions(time_limit=options.base, gap=options.gap)
    for name, scenario in cases.items():
        if name not in rows.known("cold"):
            plan, took = timed(lambda scenario=scenario: solve(scenario, limits))  # type: ignore[misc]
            rows.add("cold", name, _of_plan(plan), took)
    if "all" in rows.known("together"):
        return
    began, used = time.perf_counter(), time.process_time()
    plans = solve_all(cases, limits)
    took = time.perf_counter() - began, time.process_time() - used
    worst = max((_of_plan(plan) for plan in plans.values()), key=lambda numbers: numbers[3])
    rows.add("together", "all", worst, took)


def _of_plan(plan: Plan) -> tuple[float, ...]:
    gap = np.inf if plan.gap is None else plan.gap
    bound = -np.inf if plan.bound is None else plan.bound
    return bound, plan.objective or np.nan, plan.objective or np.nan, gap, gap


def questions(plan: Plan, count: int) -> Iterator[tuple[str, Question]]:
    """Yield services to forbid and to force in turn, in an order that is the same every time."""
    there = sorted(services_at_the_end(plan))
    others = sorted(
        {(site, specialty) for site, specialty in keys_of(assemble(plan.scenario).problem).service} - set(there)
    )
    order = np.random.default_rng(21)
    order.shuffle(there)
    order.shuffle(others)
    asked = [each for pair in zip(there, others, strict=False) for each in pair]
    for place in asked[:count]:
        question = closed(*place) if tuple(place) in set(map(tuple, there)) else opened(*place)
        yield question.text, question


def whatifs(rows: Rows, options: argparse.Namespace) -> None:
    """Ask one question after the other of the base plan."""
    plan, done = base_plan(rows, options), rows.known("whatifs")
    limits = SolveOptions(time_limit=options.each, gap=0.001)
    for name, question in questions(plan, options.questions):
        if name in done:
            continue
        began, used = time.perf_counter(), time.process_time()
        try:
            answers = ask(plan, [question], limits)
        except Exception as error:  # a question that the input contradicts: told, and no answer
            print(f"whatifs   {name}: {type(error).__name__}: {error}")
            continue
        told = answers.answers[0].difference
        took = time.perf_counter() - began, time.process_time() - used
        certain = told.low == told.high  # also where nothing is possible, for certain
        width = 0.0 if certain else (told.high - told.low) / abs(plan.objective or np.nan)
        found = np.nan if told.found is None else told.found
        rows.add("whatifs", name, (told.low, found, told.high, width, answers.answers[0].plan.gap or 0.0), took)


def curve(rows: Rows, options: argparse.Namespace) -> None:
    """Walk ten levels of access from what the base plan reaches on; a curve is one row a point, made whole or not."""
    if "curve" in rows.known("frontier"):
        return
    plan, measure = base_plan(rows, options), MEASURES[ACCESS]
    levels = np.linspace(measure.reached(plan), measure.end(plan.scenario), options.points + 2)[1:-1]
    began, used = time.perf_counter(), time.process_time()
    limits = SolveOptions(time_limit=options.each, gap=0.01)
    found = frontier(plan, levels.tolist(), limits, measure=ACCESS, progress=lambda *_: None)
    took = time.perf_counter() - began, time.process_time() - used
    for point in found.points[1:]:
        rows.add("frontier", f"access {point.level:.4f} {point.plan.status}", _of_plan(point.plan), (np.nan, np.nan))
    rows.add("frontier", "curve", max((_of_plan(p.plan) for p in found.points[1:]), key=lambda n: n[3]), took)


def told(rows: pd.DataFrame) -> Iterator[str]:
    """Yield what the rows say of each bar, by scenario and commit."""
    for (scenario, state), part in rows.groupby(["scenario", "commit"]):
        by = dict(iter(part.groupby("part")))
        if {"cold", "together"} <= set(by):
            share = by["together"]["cpu"].iloc[-1] / by["cold"]["cpu"].sum()
            yield f"{scenario} {state}: {len(by['cold'])} variants together in {share:.0%} of cold runs (bar 33 %)"
        if "whatifs" in by:
            asked = by["whatifs"]
            narrow, took = int((asked["width"] < 0.003).sum()), asked["seconds"].sum()
            yield f"{scenario} {state}: {len(asked)} what-ifs in {took:.0f} s (bar 600), {narrow} narrower than 0.3 %"
        if "frontier" in by:
            points = by["frontier"][by["frontier"]["name"] != "curve"]
            took = by["frontier"]["seconds"].sum()
            within = int((points["width"] <= 0.01).sum())
            yield f"{scenario} {state}: {len(points)} points in {took:.0f} s (bar 600), {within} within 1 %"


def main() -> None:
    """Run the parts asked for and say how far from the bars they end."""
    parts = {"variants": variants, "whatifs": whatifs, "frontier": curve}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[*parts], help="variants, whatifs, frontier; default: all")
    parser.add_argument("--scenario", type=Path, default=Path("scenarios/mato-grosso.xlsx"))
    parser.add_argument("--rows", type=Path, default=Path("results/asking.csv"))
    for name, value in (("base", 600.0), ("base-gap", 0.0015), ("gap", 0.01), ("each", 12.0)):
        parser.add_argument(f"--{name}", type=float, default=value)
    for name, number in (("variants", 16), ("questions", 50), ("points", 10)):
        parser.add_argument(f"--{name}", type=int, default=number)
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts):
        parser.error(f"{', '.join(sorted(unknown))}: use {', '.join(parts)}")
    options.rows.parent.mkdir(parents=True, exist_ok=True)
    rows = Rows(options.rows, read_scenario(options.scenario), options.scenario)
    for part in options.parts:
        parts[part](rows, options)
    print(*told(rows.all()), sep="\n")


if __name__ == "__main__":
    main()
