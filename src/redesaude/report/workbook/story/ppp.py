"""PPP against direct management: by how much, with which chance, and where it would turn."""

from __future__ import annotations

import pandas as pd

from redesaude.financing import FINANCING
from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.story.facts import Fact, Line, Section, Teller
from redesaude.studies.appraise import PROGRAMME
from redesaude.studies.ppp_direct import TREATED


def ppp(view: View) -> Section:
    """Return the comparison in words; where the studies were left out, or have nothing to compare, that is said."""
    title = view.t(N_("PPP against direct management"))
    if view.studies is None:
        return Section(
            title, (Line(view.t(N_("The studies of value for money and risk were left out of this report."))),)
        )
    if view.studies.compared is None:
        told = N_("No contract of the input is direct administration, so there is nothing to compare with.")
        return Section(title, (Line(view.t(told)),))
    lines = [*_same_network(view), *_best(view)]
    if not lines:
        lines = [Line(view.t(N_("No site of this plan could be under a project company as well as direct.")))]
    return Section(title, tuple(lines))


def _same_network(view: View) -> list[Line]:
    """What differs in all between project companies and direct administration on the plan's own network."""
    found = view.compared.ppp_direct
    if found is None:
        return []
    changes = found.benefits.changes.set_index("item")["change_npv"].astype(float)
    money = float(changes["public_cost"])
    treated = float(found.years.loc[found.years["item"] == TREATED, "difference"].sum())  # of all years, undiscounted
    later = float(found.openings["months_later"].astype(float).mean())
    message = N_(
        "On the plan's own network, PPP wherever eligible against direct: public spending {money} {sign} in present "
        "value, {cases} cases {fewer}, services open {months} months {later} in the mean."
    )
    words = {
        "sign": view.t(N_("less")) if money < 0 else view.t(N_("more")),
        "fewer": view.t(N_("fewer treated")) if treated < 0 else view.t(N_("more treated")),
        "later": view.t(N_("later")) if later >= 0 else view.t(N_("sooner")),
    }
    return [
        Teller(view).line(
            message,
            words,
            money=Fact(abs(money), "millions", "ppp_direct_years.csv"),
            cases=Fact(abs(treated), "number", "ppp_direct_years.csv"),
            months=Fact(abs(later), "decimal", "ppp_direct.csv"),
        )
    ]


def programmes(view: View) -> pd.DataFrame:
    """Return the programme under each contract with its chance: contract_id, cost_npv, vfm, chance, verdict."""
    value = view.compared.simulation.value
    value = value[(value["site_id"] == PROGRAMME) & (value["basis"] == "all")]
    chance = value.rename(columns={"probability_positive": "chance"})[["contract_id", "chance", "verdict"]]
    return view.known.appraised.programme.merge(chance, on="contract_id", how="left")


def _best(view: View) -> list[Line]:
    """The programme under the project company's contract that costs least: its value for money, chance, break-even."""
    contracts = view.scenario.contracts
    companies = contracts.loc[[FINANCING[way].ppp for way in contracts["financing"]], "contract_id"]
    rows = programmes(view)
    simulated = rows["chance"].notna()  # else it is eligible nowhere, or nothing of it is uncertain
    rows = rows[rows["contract_id"].isin(companies) & simulated].sort_values("cost_npv", kind="stable")
    if rows.empty:
        return []
    best = rows.iloc[0]
    tell, worth = Teller(view), float(best["vfm"])
    words = {
        "contract": view.names.contracts[best["contract_id"]],
        "sign": view.t(N_("less")) if worth > 0 else view.t(N_("more")),
    }
    message = (
        N_(
            "All sites under its cheapest contract ({contract}): {money} {sign} than direct; chance to be cheaper "
            "{chance}; break-even at a cost {share} higher."
        )
        if worth > 0
        else N_(
            "All sites under its cheapest contract ({contract}): {money} {sign} than direct; chance to be cheaper "
            "{chance}; break-even at a cost {share} lower."
        )
    )
    return [
        tell.line(
            message,
            words,
            money=Fact(abs(worth), "millions", ""),
            chance=Fact(float(best["chance"]), "whole_percent", ""),
            share=Fact(abs(worth) / float(best["cost_npv"]), "percent", ""),
        )
    ]
