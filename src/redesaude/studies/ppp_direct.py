"""PPP against direct management on the network of a plan: same sites, sizes and patients, only the contracts differ.

Nothing is searched: both are priced as :func:`redesaude.studies.same_network.same_network` sets them, direct where a
direct contract is eligible, under PPP the cheapest eligible project company where there is one. What differs between
them is money, who pays it, when services open, and therefore who is treated meanwhile. Every difference is PPP less
direct; money is net present value in currency of the base year unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from redesaude.finance.services import timing_of
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.benefits import (
    DEATHS,
    Benefits,
    care_meanwhile,
    care_of_openings,
    difference,
    outcomes,
    outcomes_by_year,
    with_evidence,
)
from redesaude.plan.by_year import by_year
from redesaude.plan.cash_flow import PUBLIC_PAYERS, cash_flow
from redesaude.plan.plan import Plan
from redesaude.studies.appraise import Appraised
from redesaude.studies.same_network import SAME, Swapped, same_network
from redesaude.studies.strategies import DIRECT, PPP
from redesaude_models.arrays import Floats

MONEY = ("site_id", "specialty_id", "payer", "ppp", "direct", "difference")
OPENINGS = (
    "site_id",
    "specialty_id",
    "period_id",
    "ppp_contract_id",
    "direct_contract_id",
    "ppp_opening",
    "direct_opening",
    "months_later",
)
YEARS = ("year", "item", "ppp", "direct", "difference")
SITES = ("site_id", "item", "ppp", "direct", "difference")
SPECIALTIES = ("specialty_id", "item", "ppp", "direct", "difference")
#: in ``years`` and ``sites``, beside items of benefits: cases treated, and those treated within the standard
TREATED, WITHIN = "treated", "within_standard"

_SERVICE = ["site_id", "specialty_id", "period_id"]


@dataclass(frozen=True)
class PppDirect:
    """PPP less direct on one network.

    Attributes
    ----------
    money : columns :data:`MONEY`: NPV by site, specialty (blank: of the whole site) and payer (as in the cash flow);
        the rows add up to the difference of the two cash flows.
    openings : columns :data:`OPENINGS`: services whose contract differs; when they open (calendar year and fraction)
        and by how many months later under PPP (negative: sooner).
    years : columns :data:`YEARS`: by year of the horizon, of each item of :data:`redesaude.plan.benefits.ITEMS` (money
        undiscounted), of cases ``treated`` and of those ``within_standard``, and of ``deaths_averted`` where any
        specialty states how many.
    sites : columns :data:`SITES`: by site over the horizon cases ``treated`` and those ``within_standard``,
        ``deaths_averted`` where any specialty states how many, ``dalys`` (discounted) and ``public_cost`` (NPV). Who is
        treated in services of today until a service opens counts at its site.
    specialties : columns :data:`SPECIALTIES`: the same by specialty, without money; ``deaths_averted`` of those that
        state how many, and of no others.
    benefits : PPP against direct as the reference.
    broken : for ``ppp`` and ``direct``, the audit's checks that the swapped network fails: it is priced, not held to
        ceilings.

    """

    money: pd.DataFrame
    openings: pd.DataFrame
    years: pd.DataFrame
    sites: pd.DataFrame
    specialties: pd.DataFrame
    benefits: Benefits
    broken: Mapping[str, tuple[str, ...]]


def ppp_direct(appraised: Appraised, swapped: Mapping[str, Swapped] | None = None) -> PppDirect | None:
    """Return PPP less direct on the network of an appraised plan; None where no site could be under either.

    ``swapped`` is its :func:`redesaude.studies.same_network.same_network`, where that is at hand.
    """
    swapped = same_network(appraised) if swapped is None else swapped
    if not {DIRECT + SAME, PPP + SAME} <= set(swapped):
        return None
    sides = {PPP: _Side(swapped[PPP + SAME][0]), DIRECT: _Side(swapped[DIRECT + SAME][0])}
    openings = _openings(sides)
    if openings.empty:
        return None
    ppp, direct = sides[PPP], sides[DIRECT]
    return PppDirect(
        money=_money(sides),
        openings=openings,
        years=_years(sides),
        sites=_sites(sides),
        specialties=_specialties(sides),
        benefits=difference(ppp.plan, ppp.outcomes, direct.outcomes),
        broken={name: tuple(c.name for c in side.plan.audit.checks if not c.passed) for name, side in sides.items()},
    )


class _Side:
    """A swapped network, appraised once."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.appraisal = plan, Appraisal(plan)
        self.flows = cash_flow(self.appraisal)
        self.outcomes = outcomes(plan, self.appraisal, self.flows)

    @property
    def opened(self) -> Floats:
        """When each opening opens, calendar year and fraction."""
        timing = timing_of(self.appraisal.services(), self.appraisal.terms())
        return timing.opened + self.appraisal.calendar.first_year

    def money(self) -> pd.Series:
        """NPV by site, specialty and payer."""
        return self.flows["npv"].groupby([self.flows[name] for name in MONEY[:3]]).sum()

    def years(self) -> pd.DataFrame:
        """The amount of each item by year."""
        whole = by_year(self.appraisal)
        whole = whole[whole["region_id"] == ALL]
        within = whole["share_within_standard"].fillna(0.0) * whole["cases"]
        table = outcomes_by_year(self.appraisal, self.flows)
        table[TREATED] = whole.groupby("year")["treated"].sum()
        return table.assign(**{WITHIN: within.groupby(whole["year"]).sum()})

    @cached_property
    def care(self) -> pd.DataFrame:
        """What is done over the horizon: columns site_id, specialty_id, item and amount."""
        factors, openings = self.appraisal.calendar.factors(), self.plan.openings
        sites, specialties = openings["site_id"].to_list(), openings["specialty_id"].to_list()
        known, rows = with_evidence(self.plan.scenario), []
        for n, item, flow in (*care_of_openings(self.appraisal), *care_meanwhile(self.appraisal)):
            site, specialty = sites[n], specialties[n]
            if item in ("cases_in_time", "cases_late"):
                rows.append((site, specialty, TREATED, flow.sum()))
            if item == "cases_in_time":
                rows.append((site, specialty, WITHIN, flow.sum()))
            if item == DEATHS and specialty in known:
                rows.append((site, specialty, DEATHS, flow.sum()))
            if item == "dalys":
                rows.append((site, specialty, item, float(flow @ factors[: len(flow)])))
        return pd.DataFrame(rows, columns=["site_id", "specialty_id", "item", "amount"])

    def sites(self) -> pd.Series:
        """What is done at each site over the horizon, by site and item."""
        money = self.money().reset_index(name="amount")
        money = money[money["payer"].isin(PUBLIC_PAYERS) & (money["site_id"] != "")]
        paid = money.groupby("site_id")["amount"].sum().reset_index().assign(item="public_cost")
        table = pd.concat([self.care, paid], ignore_index=True)
        return table.groupby(["site_id", "item"])["amount"].sum()

    def specialties(self) -> pd.Series:
        """What is done over the horizon, by specialty and item."""
        return self.care.groupby(["specialty_id", "item"])["amount"].sum()


_Sides = Mapping[str, _Side]


def _differing(found: Mapping[str, pd.Series]) -> pd.DataFrame:
    table = pd.DataFrame(dict(found)).fillna(0.0)
    return table.assign(difference=table[PPP] - table[DIRECT]).reset_index()


def _money(sides: _Sides) -> pd.DataFrame:
    table = _differing({name: side.money() for name, side in sides.items()})
    return table[list(MONEY)]


def _sites(sides: _Sides) -> pd.DataFrame:
    table = _differing({name: side.sites() for name, side in sides.items()})
    return table[list(SITES)]


def _specialties(sides: _Sides) -> pd.DataFrame:
    table = _differing({name: side.specialties() for name, side in sides.items()})
    return table[list(SPECIALTIES)]


def _openings(sides: _Sides) -> pd.DataFrame:
    parts = [
        side.plan.openings[[*_SERVICE, "contract_id"]]
        .assign(opening=side.opened)
        .rename(columns={"contract_id": f"{name}_contract_id", "opening": f"{name}_opening"})
        for name, side in sides.items()
    ]
    table = parts[0].merge(parts[1], on=_SERVICE)
    table = table[table["ppp_contract_id"] != table["direct_contract_id"]].reset_index(drop=True)
    return table.assign(months_later=12.0 * (table["ppp_opening"] - table["direct_opening"]))[list(OPENINGS)]


def _years(sides: _Sides) -> pd.DataFrame:
    stacked = {
        name: side.years().reset_index().melt("year", var_name="item").set_index(["year", "item"])["value"]
        for name, side in sides.items()
    }
    return _differing(stacked)[list(YEARS)]
