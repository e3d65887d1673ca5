"""Command norms: what each norm costs that a plan keeps."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from redesaude.asking.norm_prices import norm_prices
from redesaude.cli.common import Exit, exit_code, fail, read
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.progress import showing
from redesaude.cli.terminal import console
from redesaude.errors import reason_of
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.variants import apply_variant
from redesaude.language import N_, Translator, translator
from redesaude.promises import WORDS
from redesaude.report.placing import default_folder
from redesaude.report.tables import write_csv
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress
from redesaude.solving.solve import solve

_HEADINGS = (N_("norm"), N_("kept"), N_("of them binding"), N_("price, {currency} million"), N_("proven between"))
_SINGLE = N_("{norm}, single areas")
_NOTE = N_(
    "The price is what the best plan found without the norm saves, present value of the whole horizon; it is proven to "
    "lie in the interval. Of a group, those norms that the plan keeps are let go, and all others stay."
)


def run(file: Path, options: SolveOptions, *, variant: str, each: float, out: Path | None, lang: str | None) -> Exit:
    """Solve a workbook, price the norms that its plan keeps, print and write them, and return how it ended."""
    scenario = apply_variant(read(file, lang), variant)
    say = translator(scenario.settings.language)
    stop = CtrlC(say)
    with stop.listening(), showing(console, say) as tell:
        plan = solve(scenario, options, tell, stop)
        if not plan.has_decisions:
            for cause in plan.causes:
                console.print(say.tell(cause), soft_wrap=True, highlight=False)
            return exit_code(plan)
        for_each = replace(options, time_limit=each)

        def begun(group: str) -> None:
            tell(Progress("solve", 0.0, message=group))

        found = norm_prices(plan, for_each, begun, stop)
    show(console, found, scenario, say)
    target = out or default_folder(scenario, variant).with_name(f"norms-{variant}.csv")
    _write(found, target, say)
    console.print(say(N_("Results: {folder}"), folder=target), soft_wrap=True)
    return exit_code(plan)


def _write(found: pd.DataFrame, target: Path, say: Translator) -> None:
    """Write the table, in place of an earlier one once it is whole."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_csv(found, list(found.columns), partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        fail(say(N_("{file} cannot be written: {reason}"), file=target, reason=reason_of(error)))


def show(to: Console, found: pd.DataFrame, scenario: Scenario, say: Translator) -> None:
    """Print a row for each group of norms."""
    table, currency = Table(show_edge=False), scenario.settings.currency
    for n, heading in enumerate(_HEADINGS):
        table.add_column(say(heading, currency=currency), justify="right" if n else "left")
    names = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["name"], strict=True))
    for row in rows_of(found):
        norm = ": ".join(part for part in (say(WORDS[row.kind].name), names.get(row.specialty_id, "")) if part)
        ends = (say("{cost:,.1f}", cost=end / 1e6) if math.isfinite(end) else "-" for end in (row.least, row.most))
        price = say("{cost:,.1f}", cost=row.price / 1e6)
        told = say(_SINGLE, norm=norm) if row.regions else norm
        table.add_row(told, str(row.norms), str(row.bind), price, " - ".join(ends))
    to.print(table)
    to.print(say(_NOTE), soft_wrap=True, highlight=False)
