"""Sheet ``risks``: what the plan may cost, and the risks that move it most."""

from __future__ import annotations

from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, TRACE, Pack
from redesaude.report.workbook.risks import programmes_frame, register_frame
from redesaude.report.workbook.sheet import Column

_WIDTHS = (36, 24, 32, 13, 13, 13, 13)


def write(pack: Pack) -> None:
    """Write the sheet."""
    view, t, simulation = pack.view, pack.view.t, pack.view.compared.simulation
    money = view.numbers.money_header()
    note = t(
        N_(
            "{draws} joint draws of all risks on the network of the plan, in {money}, present value. Below, the risks "
            "that move its cost most. The whole register: {file}, sheet risks."
        ),
        draws=view.numbers.decimal(simulation.draws),
        money=money,
        file=AUDIT,
    )
    sheet = pack.sheet("risks", _WIDTHS, note)
    register = register_frame(view, simulation)
    columns = [
        Column("name", t(N_("Risk"))),
        Column("target", t(N_("What it moves"))),
        Column("borne", t(N_("Who bears it"))),
        Column("cost_if_low", t(N_("Plan if low")), "", "millions", link=TRACE),
        Column("cost_if_high", t(N_("Plan if high")), "", "millions"),
        Column("share_of_variance", t(N_("Part of the spread")), "", "whole_percent"),
    ]
    sheet.heading(t(N_("What it may cost")))
    costs = [
        Column("name", t(N_("Programme"))),
        Column("reading", t(N_("Against direct administration")), span=2),
        Column("p5", t(N_("5th percentile")), "", "millions", link=TRACE),
        Column("p50", t(N_("Median")), "", "millions"),
        Column("p95", t(N_("95th percentile")), "", "millions"),
        Column("probability_positive", t(N_("Chance to be cheaper")), "", "whole_percent"),
    ]
    sheet.table(pack.traced(programmes_frame(view, simulation), "risks", "name"), costs)
    sheet.heading(t(N_("The risks that move it most")))
    pack.table(sheet, pack.traced(register, "risks", "name"), columns, 1, "risks")
