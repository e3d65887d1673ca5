"""Find the norms that one plan can keep together: python scenarios/build_firm_norms.py BOOK...

Each workbook (name without ending) is solved with every price of a norm twenty times as high (``--times``), so that
norms come before money; or ``--result`` names a folder of results with a plan of it. The norms that the plan keeps are
written to ``builders/firm_norms.csv``, of which ``make scenarios`` makes the firm rows. The search ends by time: run
again, it may find a plan that keeps another norm more or less.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from builders.firm_norms import FACTS, KEY

from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve

_SHEETS = ("access_targets", "emergency", "load_ceilings", "workforce")
#: kind of the table of promises -> sheet that states it
_STATED = {"access": "access_targets", "load": "load_ceilings", "workforce": "workforce"}
_OF_EMERGENCY = ("cover", "double_cover", "ambulances", "window")
#: what is short by less than this of what is due is kept by a plan that is searched for longer
_NEARLY = 1e-4


def norms_first(scenario: Scenario, times: float) -> Scenario:
    """Return the scenario with every norm at so many times its price."""
    specialties = scenario.specialties.assign(access_price=scenario.specialties["access_price"] * times)
    dearer = {name: getattr(scenario, name) for name in _SHEETS}
    return scenario.replace(
        specialties=specialties, **{name: rows.assign(price=rows["price"] * times) for name, rows in dearer.items()}
    )


def kept(promises: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the norms that a table of promises keeps, as :data:`builders.firm_norms.KEY` names them."""
    held = promises["met"] | (promises["shortfall"] <= _NEARLY * promises["limit"])
    for row in promises[held].to_dict("records"):
        kind, where = row["kind"], (row["region_id"], row["period_id"])
        if kind in _OF_EMERGENCY:
            yield "emergency", kind, row["specialty_id"] or "all", *where
        elif kind == "load":
            yield _STATED[kind], row["site_id"], row["specialty_id"] or "all", row["area"], row["period_id"]
        elif kind in _STATED:
            yield _STATED[kind], row["role_id"], row["specialty_id"], *where


def _solved(book: str, asked: argparse.Namespace) -> Plan:
    """Return the plan of a workbook with norms before money."""
    scenario = norms_first(read_scenario(Path(__file__).with_name(f"{book}.xlsx")), asked.times)
    return solve(scenario, SolveOptions(time_limit=asked.time_limit, certificate=False), print)


def main() -> None:
    """Solve the workbooks named and write what they keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("books", nargs="+", help="workbooks of this folder, without ending")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds for each")
    parser.add_argument("--times", type=float, default=20.0, help="price of a norm, in prices of the workbook")
    parser.add_argument("--result", type=Path, help="folder of results with a plan of the one workbook named")
    asked = parser.parse_args()
    if asked.result and len(asked.books) > 1:
        parser.error("--result is of one workbook")
    known = pd.read_csv(FACTS, dtype=str, keep_default_na=False) if FACTS.exists() else pd.DataFrame()
    for book in asked.books:
        plan = read_plan(asked.result) if asked.result else _solved(book, asked)
        rows = pd.DataFrame(sorted(kept(plan.promises)), columns=list(KEY))
        others = known[known["book"] != book] if len(known) else known
        known = pd.concat([others, rows.assign(book=book)], ignore_index=True)[["book", *KEY]]
        known.to_csv(FACTS, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
