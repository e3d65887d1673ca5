"""How sure the plan is, and what would change the answer."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.report.figures import in_last_period
from redesaude.report.view import View
from redesaude.report.workbook.access import travel_sentence
from redesaude.report.workbook.sensitivity import assumption_name
from redesaude.report.workbook.story.facts import Fact, Line, Section, Teller
from redesaude.studies.appraise import PROGRAMME
from redesaude.studies.uncertainty import percentiles_of

#: assumptions that turn the verdict, told on the first page
_TURNS = 1
_SHARES = ("discount_rate", "equity_return")


def certainty(view: View) -> Section:
    """Return the proven gap and the range of the simulation; the status stands below the title of every paper."""
    tell, lines = Teller(view), [_gap(view)]
    if view.studies is not None and view.studies.compared is not None:
        ends = percentiles_of(view.compared.simulation.plan_cost)
        lines.append(
            tell.line(
                N_("With all risks together, nine times in ten its cost lies between {low} and {high}."),
                low=Fact(float(ends["p5"]), "millions", ""),
                high=Fact(float(ends["p95"]), "millions", ""),
            )
        )
    return Section(view.t(N_("How sure it is")), tuple(lines))


def _gap(view: View) -> Line:
    plan, tell = view.plan, Teller(view)
    if plan.objective is None or plan.bound is None:
        return tell.line(N_("How far this plan is from the best possible is not known."))
    above, at = plan.objective - plan.bound, "manifest.json"
    facts = {
        "bound": Fact(plan.bound, "millions", at, name="lower_bound"),
        "cost": Fact(plan.objective, "millions", at),
        "above": Fact(above, "millions", at),
    }
    if plan.bound <= 0:
        message = N_("No plan can cost less than {bound}. This one costs {cost}: at most {above} above the best.")
        return tell.line(message, **facts)
    return tell.line(
        N_(
            "No plan that keeps the firm promises can cost less than {bound}. This one costs {cost}: at most {above} "
            "({percent} of it) could still be saved."
        ),
        **facts,
        percent=Fact(above / plan.objective, "percent", at, name="gap_to_bound"),
    )


def changes(view: View) -> Section:
    """Return what would turn the verdict, and what is a tie; without studies, whether travel was measured."""
    tie = _ties(view)
    lines = [*_turns(view), *([tie] if tie else [])] or [Line(travel_sentence(view))]
    return Section(view.t(N_("What would change the answer")), tuple(lines))


def _ties(view: View) -> Line | None:
    if view.studies is None or view.studies.tied.empty:
        return None
    services = view.studies.tied.drop_duplicates("site_id")["services"].sum()
    return Teller(view).line(
        N_(
            "A tie: {tied} of {services} {services:service|services} would cost the same under another contract; cost "
            "does not choose between these."
        ),
        tied=Fact(float(services), "number", ""),
        services=Fact(float(len(in_last_period(view.plan, view.plan.openings))), "number", "openings.csv"),
    )


def turning(view: View) -> pd.DataFrame:
    """Return the assumptions that turn the programme's verdict, the smallest change first.

    Columns: name, value, break_even, change (share of today's value), kind (of cells).
    """
    rows = view.compared.break_even
    rows = rows[(rows["site_id"] == PROGRAMME) & rows["break_even"].notna() & (rows["value"] != 0)]
    rows = rows.assign(
        change=rows["break_even"] / rows["value"] - 1.0,
        name=[assumption_name(view, row) for row in rows.to_dict("records")],
        kind=["percent" if name in _SHARES else "general" for name in rows["assumption_id"]],
    )
    return rows.sort_values("change", key=abs, kind="stable", ignore_index=True)


def _turns(view: View) -> list[Line]:
    if view.studies is None or view.studies.compared is None:
        return []
    told, facts = [], []
    for row in rows_of(turning(view).head(_TURNS).rename(columns={"name": "assumption"})):
        there, today = Fact(float(row.break_even), row.kind, ""), Fact(float(row.value), row.kind, "")
        told.append(f"{row.assumption}: {today.told(view.numbers)} → {there.told(view.numbers)}")
        facts += [today, there]
    if not told:
        return [Line(view.t(N_("No single assumption turns the choice of contracts, within the range searched.")))]
    message = N_("Enough by itself to make the plan's contracts as dear as the next best (today → there): {named}.")
    return [Line(view.t(message, named="; ".join(told)), tuple(facts))]
