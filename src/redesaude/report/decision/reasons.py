"""Why each service stands where it stands, and under its contract, in a sentence that can be checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.report.figures import judged_flows
from redesaude.report.view import View
from redesaude.report.workbook.why_kept import why_kept
from redesaude.travel.matrix import travel_minutes

_SERVICE = ["site_id", "specialty_id", "period_id"]


def worth_of_sites(view: View) -> pd.DataFrame:
    """Return what each service spares its patients against the next open service of its specialty.

    Columns: site_id, specialty_id, period_id, cases (a year), farther (minutes of all cases, one way, added; infinite
    where there is no other), late (cases within the standard here that would be beyond it there).
    """
    flows = judged_flows(view.plan, view.names)
    flows = flows[flows["treated"].astype(bool)].reset_index(drop=True)
    others = np.full(len(flows), np.inf)
    minutes, row, column = travel_minutes(view.scenario), *_places(view)
    for key, part in flows.groupby(["specialty_id", "period_id"]):
        opened = view.plan.openings
        sites = (
            opened.loc[(opened["specialty_id"] == key[0]) & (opened["period_id"] == key[1]), "site_id"]
            .unique()
            .tolist()
        )
        times = minutes[np.ix_(row[part["territory_id"]].to_numpy(int), column[sites].to_numpy(int))]
        own = part["site_id"].to_numpy(object)[:, None] == np.array(sites, dtype=object)[None, :]
        others[part.index] = np.where(own, np.inf, times).min(axis=1, initial=np.inf)
    late = flows["within"] & (others > flows["minutes_standard"] + 1e-9)
    flows = flows.assign(
        farther=flows["cases"] * np.maximum(others - flows["minutes"], 0.0), late=flows["cases"] * late
    )
    return flows.groupby(_SERVICE, as_index=False)[["cases", "farther", "late"]].sum()


def _places(view: View) -> tuple[pd.Series, pd.Series]:
    """Rows of territories and columns of sites in the matrix of travel."""
    scenario = view.scenario
    return (
        pd.Series(range(len(scenario.territories)), index=scenario.territories["territory_id"].astype(str)),
        pd.Series(range(len(scenario.sites)), index=scenario.sites["site_id"].astype(str)),
    )


def place_words(view: View, worth: pd.DataFrame) -> str:
    """Say what the services of ``worth`` (rows of :func:`worth_of_sites`) are there for."""
    t, decimal = view.t, view.numbers.decimal
    cases = float(worth["cases"].sum())
    if cases <= 0:
        return t(N_("Treats nobody once all is open: it is held by a rule of the input."))
    farther = float(worth["farther"].sum()) / cases
    words = {"cases": decimal(cases), "late": decimal(float(worth["late"].sum()))}
    if not np.isfinite(farther):
        return t(N_("{cases} {cases:case|cases} a year; the plan has no other such service."), **words)
    if worth["late"].sum() > 0.5:
        return t(
            N_(
                "{cases} {cases:case|cases} a year; the next open service is {farther} {farther:minute|minutes} "
                "farther, and {late} of them would be beyond the standard there."
            ),
            **words,
            farther=decimal(farther),
        )
    if farther < 0.5:
        return t(N_("{cases} {cases:case|cases} a year; another open service is as near."), **words)
    return t(
        N_("{cases} {cases:case|cases} a year; the next open service is {farther} {farther:minute|minutes} farther."),
        **words,
        farther=decimal(farther),
    )


@dataclass(frozen=True)
class ContractReasons:
    """Why each site has its contract."""

    view: View

    def words(self) -> dict[tuple[str, str], str]:
        """Return a sentence by site and contract: how much less it costs, a tie, why it stays; none without studies."""
        view = self.view
        if view.studies is None:
            return {}
        options = view.known.appraised.options
        kept, tied = why_kept(view, view.studies), self._tied()
        found = {}
        for site, rows in options[options["eligible"]].groupby("site_id"):
            for own in rows_of(rows[rows["chosen"]]):
                key = str(site), str(own.contract_id)
                others = rows[~rows["chosen"]].sort_values("cost_npv")
                found[key] = tied.get(key) or kept.get(key) or self._cheapest(float(own.cost_npv), others)
        return found

    def _tied(self) -> dict[tuple[str, str], str]:
        t, names = self.view.t, self.view.names.contracts
        return {
            (row.site_id, row.contract_id): t(N_("Contract: costs the same as {other}."), other=names[row.other_id])
            for row in rows_of(self.view.known.tied)
        }

    def _cheapest(self, own: float, others: pd.DataFrame) -> str:
        t = self.view.t
        if others.empty:
            return t(N_("Contract: no other may run it."))
        rival = others.iloc[0]
        return t(
            N_("Contract: {less} less than {rival}."),
            less=self.view.numbers.money(float(rival["cost_npv"]) - own),
            rival=self.view.names.contracts[rival["contract_id"]],
        )
