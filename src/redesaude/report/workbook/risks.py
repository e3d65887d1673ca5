"""Sheet ``risks``: what the plan may cost, how likely each contract is better value, and the register behind it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.risks import OTHERS, shares_in
from redesaude.language import N_
from redesaude.report.terms import RISK_TARGETS
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Row, Sheet
from redesaude.studies.alternatives import AS_DECIDED
from redesaude.studies.uncertainty import COMPONENTS, PROGRAMME, VERDICTS, Simulation, percentiles_of

_WIDTHS = (34, 18, 22, 26, 14, 14, *[12] * 9)
#: groups of the contracts' own ranges
_GROUPS = {"works": N_("Works"), "running": N_("Running the services"), "quality": N_("Quality")}
_BINS = 24


def write(book: Book) -> None:
    """Write the sheet."""
    view, t, compared = book.view, book.view.t, book.view.compared
    simulation = compared.simulation
    note = t(
        N_(
            "{draws} joint draws of all risks on the network of the plan (random sequence no. {seed}). Percentiles "
            "are those of the simulated total: those of single risks must not be added. Risks borne by the contractor "
            "are in its price. Draws are common: works and demand are as difficult under every contract. Money in "
            "{money}, present value."
        ),
        draws=view.numbers.decimal(simulation.draws),
        seed=simulation.seed,
        money=view.numbers.money_header(),
    )
    sheet = book.sheet("risks", _WIDTHS, note)
    _programmes(sheet, view, simulation)
    _mean(sheet, view, simulation)
    _histogram(book, sheet, simulation)
    sheet.page_break()
    sheet.heading(t(N_("Register: every risk drawn, the one that moves the cost of the plan most first")))
    sheet.table(register_frame(view, simulation), _register_columns(view))


def programmes_frame(view: View, simulation: Simulation) -> pd.DataFrame:
    """Return what the whole plan, and its sites under each programme, may cost and how likely each is better value."""
    names, t = view.names.contracts, view.t
    value = simulation.value
    value = value[(value["site_id"] == PROGRAMME) & (value["basis"] == "all")]
    chance = value[["contract_id", "probability_positive", "verdict"]]
    table = simulation.cost.merge(chance, on="contract_id", how="left").sort_values("expected", ignore_index=True)
    decided = t(N_("the sites of the plan as decided"))
    table["name"] = [decided if c == AS_DECIDED else names.get(c, c) for c in table["contract_id"]]
    table["reading"] = [t(VERDICTS[v]) for v in table["verdict"]]
    return pd.concat([_whole_plan(view, simulation), table], ignore_index=True)


def _whole_plan(view: View, simulation: Simulation) -> pd.DataFrame:
    cost = simulation.plan_cost
    expected = float(simulation.bridge["npv"].iloc[0])
    row = {"name": view.t(N_("the whole plan, with journeys and cases sent away")), "reading": "", "expected": expected}
    return pd.DataFrame([row | {"mean": float(cost.mean()), **percentiles_of(cost)}])


def _programmes(sheet: Sheet, view: View, simulation: Simulation) -> None:
    t = view.t
    sheet.heading(t(N_("What it may cost")))
    columns = [
        Column("name", t(N_("Programme"))),
        Column("expected", t(N_("Expected by the engine")), "", "millions"),
        Column("mean", t(N_("Mean of the simulation")), "", "millions"),
        Column("reading", t(N_("Against direct administration"))),
        Column("p5", t(N_("5th percentile")), t(N_("one in twenty is below")), "millions"),
        Column("p10", t(N_("P10")), t(N_("one in ten is below")), "millions"),
        Column("p50", t(N_("Median")), t(N_("P50")), "millions"),
        Column("p90", t(N_("P90")), t(N_("one in ten is above")), "millions"),
        Column("p95", t(N_("95th percentile")), t(N_("one in twenty is above")), "millions"),
        Column("probability_positive", t(N_("Chance of value for money above zero")), "", "whole_percent"),
    ]
    block = sheet.table(programmes_frame(view, simulation), columns)
    words = {VERDICTS["better"]: "good", VERDICTS["worse"]: "bad", VERDICTS["not_distinguishable"]: "caution"}
    sheet.mark(block, "reading", {t(word): style for word, style in words.items()})


def _mean(sheet: Sheet, view: View, simulation: Simulation) -> None:
    """From the cost of the plan to the mean of the simulation."""
    t = view.t
    frame = simulation.bridge.assign(name=[t(COMPONENTS[c]) for c in simulation.bridge["component"]])
    first = sheet.row + 2

    def amount(row: Row) -> str:
        here = row.at("npv")
        letter = here[1:].rstrip("0123456789")
        return (
            f"SUM({letter}{first}:{letter}{row.number})"
            if row.record["component"] == "mean"
            else repr(row.record["npv"])
        )

    columns = [
        Column("name", t(N_("From the expected cost of the plan to the mean of the simulation"))),
        Column("npv", t(N_("Amount")), "", "millions", amount),
    ]
    sheet.table(frame, columns)


def histogram_frame(view: View, simulation: Simulation) -> pd.DataFrame:
    """Return how many draws fall into each band of the plan's cost: low, high, label, draws, share."""
    counts, edges = np.histogram(simulation.plan_cost, bins=_BINS)
    unit = view.numbers.unit
    return pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "label": [view.numbers.decimal((low + high) / 2 / unit) for low, high in pairwise(edges)],
            "share": counts / counts.sum(),
        }
    )


def _histogram(book: Book, sheet: Sheet, simulation: Simulation) -> None:
    """The chart, over a table right of the printed columns."""
    view, t, top = book.view, book.view.t, sheet.row
    start = len(_WIDTHS) + 1
    sheet.set_widths(start, (14, 14, 12, 10))
    columns = [
        Column("low", t(N_("From")), "", "millions"),
        Column("high", t(N_("To")), "", "millions"),
        Column("label", t(N_("Middle")), "", "id"),
        Column("share", t(N_("Share of draws")), "", "percent"),
    ]
    block = sheet.table(histogram_frame(view, simulation), columns, start=start)
    sheet.row = top
    chart = book.chart("column")
    charts.bars(chart, block, "label", [("share", t(N_("Share of draws")))])
    chart.series[0]["gap"] = 5
    charts.dress(chart, t(N_("Cost of the whole plan: how often each amount came out")), legend=False)
    charts.standing(chart, t(N_("share of draws")), "0%")
    sheet.chart(chart, rows=15, columns=10)


def register_frame(view: View, simulation: Simulation) -> pd.DataFrame:
    """Return the risks drawn with words for codes, largest share of variance first."""
    rows = simulation.risks.sort_values("share_of_variance", ascending=False, ignore_index=True)
    return rows.assign(
        name=[_risk_name(view, row) for row in rows.to_dict("records")],
        target=[view.t(RISK_TARGETS.get(target, target)) for target in rows["target"]],
        touches=[_touches(view, row) for row in rows.to_dict("records")],
        borne=[_borne(view, str(text)) for text in rows["borne_by"]],
        varies=[view.t(N_("site by site")) if by == "site" else view.t(N_("all at once")) for by in rows["varies_by"]],
        group=[view.t(_GROUPS.get(group, group)) for group in rows["correlation_group"]],
        format=["percent" if target == "discount_rate" else "factor" for target in rows["target"]],
    )


def _risk_name(view: View, row: Mapping[Any, Any]) -> str:
    """The name in the register; the contracts' own ranges, which have none, by what they move."""
    return view.t(str(row["name"])) if row["name"] else view.t(N_("the contracts' own range"))


def _touches(view: View, row: Mapping[Any, Any]) -> str:
    words = [view.names.contracts.get(c, c) for c in row["contracts"]]
    words += [view.names.specialties.get(s, s) for s in row["specialties"]]
    return ", ".join(words) or view.t(N_("all"))


def _borne(view: View, text: str) -> str:
    """Spell out ``contract: share`` pairs; all public where they say nothing else."""
    shares = shares_in(text)
    if all(share == 1.0 for share in shares.values()):
        return view.t(N_("the public side, all of it"))
    names = {**view.names.contracts, OTHERS: view.t(N_("other contracts"))}
    told = [
        view.t(
            N_("{contract}: {share} public"),
            contract=names.get(contract, contract),
            share=view.numbers.percent(share, 0),
        )
        for contract, share in shares.items()
    ]
    return "; ".join(told)


def _register_columns(view: View) -> list[Column]:
    t, money = view.t, view.numbers.money_header()
    return [
        Column("name", t(N_("Risk"))),
        Column("target", t(N_("What it moves"))),
        Column("touches", t(N_("Contracts and specialties"))),
        Column("borne", t(N_("Who bears it"))),
        Column("varies", t(N_("Varies"))),
        Column("group", t(N_("Moves with group"))),
        Column("mean", t(N_("Expected")), t(N_("factor, or added to the rate")), "@format"),
        Column("p5", t(N_("Low")), t(N_("5th percentile")), "@format"),
        Column("p10", t(N_("P10")), "", "@format"),
        Column("p50", t(N_("P50")), "", "@format"),
        Column("p90", t(N_("P90")), "", "@format"),
        Column("p95", t(N_("High")), t(N_("95th percentile")), "@format"),
        Column("cost_if_low", t(N_("Plan if low")), t(N_("{money} against the mean"), money=money), "millions"),
        Column("cost_if_high", t(N_("Plan if high")), t(N_("{money} against the mean"), money=money), "millions"),
        Column("share_of_variance", t(N_("Part of the spread")), "", "whole_percent"),
    ]
