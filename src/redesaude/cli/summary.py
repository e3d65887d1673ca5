"""What came out of a solve, in a few lines for the terminal."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, Translator
from redesaude.plan.endings import Ending, Fate, endings_of
from redesaude.plan.first_years import first_late_promises
from redesaude.plan.plan import Plan
from redesaude.plan.proof import relative_gap
from redesaude.report.aim import aim_sentence
from redesaude.report.terms import DATES_KEPT, no_certificate
from redesaude.report.view import view_of
from redesaude.status import Status
from redesaude.studies.compare import cost_interval
from redesaude.studies.ppp_direct import TREATED, PppDirect

_STATUS = {
    Status.OPTIMAL: N_("A plan, proven best within the gap asked for."),
    Status.FEASIBLE: N_("A plan, the best found in time; it may not be the best there is."),
    Status.INFEASIBLE: N_("No plan can keep all hard promises. The smallest change that would make one possible:"),
    Status.NO_PLAN: N_("Time ran out before any plan was found. Give it more time (--time-limit)."),
}
_GAP = N_("No plan can cost less than {bound}: at most {gap} of this plan's cost could still be saved.")
_CERTIFIED = N_("Certified without a solver: not less than {bound}, a gap of {gap} (redesaude verify).")
_AWAY = N_(
    "Not treated in this network: {cases:,.0f} cases a year, {share:.1%} of all. They are sent away or stay unmet."
)
_ENDED = N_(
    "Of the services that end at their site {moved} move within their municipality, {uncontracted} are no longer "
    "contracted, and {closed} close."
)
_PPP = N_(
    "PPP less direct management on this network, present value: public spending {currency} {cost:+,.0f}; treated "
    "{cases:+,.0f} cases over the years, {years:+,.0f} healthy years; {services} services open {months:+.0f} months "
    "later on average. Site by site and year by year: sheet ppp_direct."
)
_ANEW = N_("Each solved anew, with sites, sizes and dates of its own: redesaude compare {file}")
_REOPTIMISED = N_("Each solved anew, PPP less direct: {currency} {cost:+,.0f} between the plans found.")
_INTERVAL = N_("What is proven leaves it between {low:+,.0f} and {high:+,.0f}.")
_NO_BOUND = N_("How far it is from the best is not known yet.")


def show_plan(console: Console, plan: Plan, folder: Path, say: Translator) -> None:
    """Print status, cost, bound and gap, what opens where, and where the results are."""
    console.print(say(_STATUS[plan.status]), style="bold", highlight=False)
    for cause in plan.causes:
        console.print(f"  - {say.tell(cause)}", soft_wrap=True, highlight=False)
    if plan.has_decisions:
        _show_figures(console, plan, say)
    console.print(say(N_("Results: {folder}"), folder=folder), soft_wrap=True)


def _show_figures(console: Console, plan: Plan, say: Translator) -> None:
    currency = plan.scenario.settings.currency
    if plan.aim is not None:
        console.print(aim_sentence(view_of(plan)), style="bold", highlight=False, soft_wrap=True)
    console.print(say(N_("Net present cost: {currency} {cost:,.0f}"), currency=currency, cost=plan.objective))
    if plan.bound is None or plan.gap is None:
        console.print(say(_NO_BOUND))
    else:
        console.print(say(_GAP, bound=_money(say, currency, plan.bound), gap=_share(say, plan.gap)))
    if plan.certified.bound is not None:
        gap = relative_gap(plan.objective, plan.certified.bound)
        console.print(say(_CERTIFIED, bound=_money(say, currency, plan.certified.bound), gap=_share(say, gap)))
    elif plan.certified.reason:
        console.print(say(N_("No certificate: {reason}"), reason=no_certificate(plan.certified.reason)))
    _show_network(console, plan, say)
    for sentence in first_late_promises(plan, say):
        console.print(sentence, style="yellow", highlight=False, soft_wrap=True)


def _money(say: Translator, currency: str, amount: float) -> str:
    return say("{currency} {amount:,.0f}", currency=currency, amount=amount)


def _share(say: Translator, share: float | None) -> str:
    return "-" if share is None else say("{share:z.2%}", share=share)


def _show_network(console: Console, plan: Plan, say: Translator) -> None:
    """Print the centres of each specialty once all periods are through, and what became of those that ended."""
    names = plan.scenario.specialties.set_index("specialty_id")["name"]
    last = plan.scenario.periods["period_id"].iloc[-1]
    share = plan.access[(plan.access["region_id"] == "all") & (plan.access["period_id"] == last)]
    share = share.set_index("specialty_id")
    away, all_cases = float(share["cases_unmet"].sum()), float(share["cases"].sum())
    if away > 0:
        console.print(say(_AWAY, cases=away, share=away / all_cases), style="yellow", highlight=False)
    ended = endings_of(plan.scenario, plan.openings)
    opened = plan.openings[plan.openings["period_id"] == last]
    opened = opened.assign(new=(opened["status"] == "new") & ~_moved_here(opened, ended))
    table = Table(show_edge=False)
    for heading in (N_("specialty"), N_("centres"), N_("new"), N_("within the standard, all open"), N_("target")):
        table.add_column(say(heading), justify="left" if heading == "specialty" else "right")
    for specialty in names.index:
        mine = opened[opened["specialty_id"] == specialty]
        row = share.loc[specialty]
        shares = ("-" if row[key] != row[key] else f"{row[key]:.0%}" for key in ("share_within_standard", "target"))
        table.add_row(str(names[specialty]), str(len(mine)), str(int(mine["new"].sum())), *shares)
    console.print(table)
    if ended:
        fates = Counter(end.fate for end in ended)
        told = say(_ENDED, **{fate.value: fates[fate] for fate in Fate})
        console.print(told, highlight=False, soft_wrap=True)


def _moved_here(openings: pd.DataFrame, ended: list[Ending]) -> pd.Series:
    """Which openings take up a service that moved within its municipality: those are not new."""
    moved = {(end.instead, end.place[1]) for end in ended if end.fate is Fate.MOVED}
    places = zip(openings["site_id"], openings["specialty_id"], strict=True)
    return pd.Series([place in moved for place in places], index=openings.index, dtype=bool)


def show_ppp_direct(console: Console, found: PppDirect, scenario: Scenario, say: Translator) -> None:
    """Print what PPP differs in from direct management on the network of the plan."""
    treated = found.years.loc[found.years["item"] == TREATED, "difference"].sum()
    later = float(found.openings["months_later"].mean())
    figures = {"cost": found.benefits.public_cost, "cases": treated, "years": found.benefits.dalys, "months": later}
    told = say(_PPP, currency=scenario.settings.currency, services=len(found.openings), **figures)
    console.print(told, highlight=False, soft_wrap=True)
    if len(scenario.periods) > 1:
        console.print(say(DATES_KEPT), highlight=False, soft_wrap=True)


def show_how_anew(console: Console, file: Path, say: Translator) -> None:
    """Print how to compare the two ways of management when each is solved anew."""
    console.print(say(_ANEW, file=file), highlight=False, soft_wrap=True)


def show_reoptimised(console: Console, ppp: Plan, direct: Plan, say: Translator) -> None:
    """Print what PPP costs more or less than direct management, each solved anew."""
    (low, high), (least, most) = cost_interval(ppp), cost_interval(direct)
    told = say(_REOPTIMISED, currency=ppp.scenario.settings.currency, cost=high - most)
    if math.isfinite(low) and math.isfinite(least):
        told = f"{told} {say(_INTERVAL, low=low - most, high=high - least)}"
    console.print(told, highlight=False, soft_wrap=True)
