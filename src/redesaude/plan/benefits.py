r"""What a plan does for patients, and what it is worth against another plan.

Each service treats its cases from its opening on (before, an enlarged service treats the part it can today), so a
contract that opens earlier treats more cases over the horizon. In each year

.. math:: \text{DALYs averted} = \sum_k c_k^{in}\, g^{in} + c_k^{late}\, g^{late} + \alpha\, c^{away} g^{late}

with :math:`c^{in}` cases treated within the access standard, :math:`c^{late}` beyond it, or elsewhere until a service
opens, :math:`c^{away}` cases sent away or waiting, :math:`g` the healthy years of ``specialties`` (``dalys_in_time``,
``dalys_late``), and :math:`\alpha` the setting ``away_gain_share``: what cases sent away still gain elsewhere, as a
share of the late gain. Healthy years and money are discounted alike. Deaths averted are those of cases treated within
the standard, :math:`\sum_s c_s^{in} \delta_s / 1000` of the specialties whose ``deaths_averted`` :math:`\delta_s` is
stated; where none states it they are not known (NaN).

Benefits in money are travel saved, the cost of cases that are no longer sent away or wait less, and healthy years at
the setting ``daly_value``. Where the stated ``unmet_cost`` already holds lost health, ``daly_value`` would count that
part twice: leave it 0 then, and read the healthy years beside the money.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.finance.services import running_years, timing_of
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import PUBLIC_PAYERS, cash_flow
from redesaude.plan.guests import guests_in_time_and_late
from redesaude.plan.plan import Plan
from redesaude.plan.ramp_up import lost_to_ramp_up
from redesaude.plan.referral_flows import journeys
from redesaude_models.arrays import Floats

#: what is counted, its unit, and whether more of it is better
ITEMS = {
    "cases_in_time": ("cases", True),
    "cases_late": ("cases", False),
    "cases_sent_away": ("cases", False),
    "cases_elsewhere": ("cases", False),
    "cases_waiting": ("cases", False),
    "dalys": ("healthy years", True),
    "deaths_averted": ("deaths", True),
    "travel_hours": ("hours", False),
    "travel_money": ("money", False),
    "sent_away_money": ("money", False),
    "waiting_money": ("money", False),
    "elsewhere_money": ("money", False),
    "public_cost": ("money", False),
}

#: the item that is known of specialties with evidence alone
DEATHS = "deaths_averted"

OUTCOMES = ("item", "contract_id", "per_year", "mean_per_year", "npv")
CHANGES = (
    "item",
    "unit",
    "plan_per_year",
    "reference_per_year",
    "change_per_year",
    "change_mean_per_year",
    "plan_npv",
    "reference_npv",
    "change_npv",
)


@dataclass(frozen=True)
class Benefits:
    """A plan against a reference. Money is NPV, currency of the base year; healthy years discounted at the same rate.

    Attributes
    ----------
    changes : one row for each of :data:`ITEMS`, columns :data:`CHANGES`: the plan, the reference and plan - reference;
        ``per_year`` once everything is open (last year of the horizon), ``mean`` over the horizon, ``npv`` discounted.
    by_contract : columns :data:`OUTCOMES`; what the services under each contract of the plan do (blank contract: cases
        sent away, and public cost that belongs to no contract).
    travel_saved, sent_away_saved, waiting_saved, elsewhere_saved : money no longer spent on journeys, on cases sent
        away, on cases that wait for an opening, and on care elsewhere until it.
    health_value : change of DALYs averted x ``daly_value``; 0 when not valued.
    dalys : change of DALYs averted, discounted.
    public_cost : change of public spending (all lines but those above and prices of missed promises).

    """

    changes: pd.DataFrame
    by_contract: pd.DataFrame
    travel_saved: float
    sent_away_saved: float
    waiting_saved: float
    elsewhere_saved: float
    health_value: float
    dalys: float
    public_cost: float

    @property
    def money_saved(self) -> float:
        """Travel, cases sent away, waiting and care elsewhere saved."""
        return self.travel_saved + self.sent_away_saved + self.waiting_saved + self.elsewhere_saved

    @property
    def total(self) -> float:
        """All benefits valued in money."""
        return self.money_saved + self.health_value

    @property
    def net(self) -> float:
        """Benefits less the change of public cost: the net present value of choosing the plan."""
        return self.total - self.public_cost

    @property
    def benefit_cost_ratio(self) -> float:
        """Benefits over the additional public cost; NaN where the plan costs the public no more than the reference."""
        return self.total / self.public_cost if self.public_cost > 0 else np.nan

    @property
    def cost_per_daly(self) -> float:
        """Additional public cost for each healthy year gained; NaN where none is gained."""
        return self.public_cost / self.dalys if self.dalys > 0 else np.nan

    @property
    def net_cost_per_daly(self) -> float:
        """Additional public cost less money saved, for each healthy year gained; negative: it gains and saves."""
        return (self.public_cost - self.money_saved) / self.dalys if self.dalys > 0 else np.nan


def benefits(plan: Plan, reference: Plan) -> Benefits:
    """Return what ``plan`` does more, or less, than ``reference`` (e.g. the status quo of the same scenario).

    Settings that value things are those of ``plan``. ValueError if either has no decisions.
    """
    return difference(plan, outcomes(plan), outcomes(reference))


def difference(plan: Plan, found: pd.DataFrame, base: pd.DataFrame) -> Benefits:
    """Return the benefits of ``plan`` from its :func:`outcomes` and those of the reference."""
    changes = _changes(found, base)
    npv = changes.set_index("item")["change_npv"]
    return Benefits(
        changes=changes,
        by_contract=found,
        travel_saved=-float(npv["travel_money"]),
        sent_away_saved=-float(npv["sent_away_money"]),
        waiting_saved=-float(npv["waiting_money"]),
        elsewhere_saved=-float(npv["elsewhere_money"]),
        health_value=float(npv["dalys"]) * float(plan.scenario.settings.daly_value),
        dalys=float(npv["dalys"]),
        public_cost=float(npv["public_cost"]),
    )


def _changes(found: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    amounts = ["per_year", "mean_per_year", "npv"]
    plan, reference = (table.groupby("item")[amounts].sum(min_count=1) for table in (found, base))
    change = plan - reference
    rows = [
        (
            item,
            unit,
            *(table.loc[item, "per_year"] for table in (plan, reference, change)),
            change.loc[item, "mean_per_year"],
            *(table.loc[item, "npv"] for table in (plan, reference, change)),
        )
        for item, (unit, _) in ITEMS.items()
    ]
    return pd.DataFrame(rows, columns=list(CHANGES))


def outcomes(plan: Plan, appraisal: Appraisal | None = None, flows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what ``plan`` does by contract, columns :data:`OUTCOMES`; all rows of an item add up to the plan's.

    ``appraisal`` of the plan and its ``flows`` (see :func:`redesaude.plan.cash_flow.cash_flow`) may be given where they
    are at hand. ValueError for a plan without decisions.
    """
    appraisal = appraisal or _appraised(plan)
    flows = cash_flow(appraisal) if flows is None else flows
    table = _flows_of(appraisal, flows)
    years = appraisal.calendar.horizon_years
    factors = _factors(appraisal, int(table["flow"].map(len).max()))
    table["per_year"] = [float(flow[years - 1]) for flow in table["flow"]]
    table["mean_per_year"] = [float(flow.sum()) / years for flow in table["flow"]]
    table["npv"] = [float(flow @ factors[: len(flow)]) for flow in table["flow"]]
    paid, of_public = _public(appraisal, flows).groupby("contract_id")["npv"].sum(), table["item"] == "public_cost"
    table["npv"] = table["npv"].mask(of_public, table["contract_id"].map(paid))
    summed = table.groupby(["item", "contract_id"], as_index=False)[["per_year", "mean_per_year", "npv"]].sum()
    every = pd.DataFrame({"item": list(ITEMS), "contract_id": ""})
    summed = summed.merge(every, how="outer").fillna(0.0)
    if not with_evidence(plan.scenario):
        summed = summed[summed["item"] != DEATHS].merge(every, how="outer")
    return summed[list(OUTCOMES)]


def with_evidence(scenario: Scenario) -> dict[str, float]:
    """Return the deaths averted by 1,000 cases within the standard, of the specialties that state it."""
    rows = scenario.specialties.dropna(subset=["deaths_averted"])
    return dict(zip(rows["specialty_id"], rows["deaths_averted"].astype(float), strict=True))


def outcomes_by_year(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return what a plan does in each year of the horizon: a column for each of :data:`ITEMS`, by ``year``.

    Deaths averted are left out where no specialty states them. The amounts behind :func:`outcomes`, all contracts
    together; what falls due after the horizon is left out.
    """
    calendar, table = appraisal.calendar, _flows_of(appraisal, flows)
    sums = {item: np.zeros(calendar.horizon_years) for item in ITEMS}
    for item, flow in zip(table["item"], table["flow"], strict=True):
        sums[item] = sums[item] + flow[: calendar.horizon_years]
    years = pd.Index(calendar.first_year + np.arange(calendar.horizon_years), name="year")
    table = pd.DataFrame(sums, index=years)
    return table if with_evidence(appraisal.scenario) else table.drop(columns=DEATHS)


def _appraised(plan: Plan) -> Appraisal:
    if not plan.has_decisions:
        raise ValueError("a plan without decisions has no outcomes")
    return Appraisal(plan)


def _flows_of(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    rows = [
        *_care(appraisal),
        *_meanwhile(appraisal),
        *_travel(appraisal),
        *_sent_away(appraisal),
        *_elsewhere(appraisal, flows),
        *_spending(appraisal, flows),
    ]
    return pd.DataFrame(rows, columns=["item", "contract_id", "flow"])


Flow = tuple[str, str, Floats]
"""(item, contract, amount by year from the first)"""


def _factors(appraisal: Appraisal, years: int) -> Floats:
    calendar = appraisal.calendar
    return replace(calendar, tail_years=max(0, years - calendar.horizon_years)).factors()


def treated_share(appraisal: Appraisal) -> tuple[Floats, Floats, Floats]:
    """Return the share (0-1) of each opening's cases that it treats in each year of the horizon, that others treat
    until it opens, and that wait; each ``(rows, years)``.
    """
    services = appraisal.services()
    before, after = running_years(services, timing_of(services, appraisal.terms()), appraisal.calendar)
    share, lost = services.before_share[:, None], lost_to_ramp_up(appraisal)
    rest, elsewhere = (1.0 - share) * (before + lost), services.elsewhere_share[:, None]
    return after + before - rest, elsewhere * rest, (1.0 - elsewhere) * rest


def _care(appraisal: Appraisal) -> Iterator[Flow]:
    """Cases treated and waiting, and healthy years, service by service."""
    contracts = appraisal.plan.openings["contract_id"].to_list()
    for row, item, flow in care_of_openings(appraisal):
        yield item, contracts[row], flow


def care_of_openings(appraisal: Appraisal) -> Iterator[tuple[int, str, Floats]]:
    """Yield what each opening does: its row, the item, and its amount by year of the horizon."""
    openings, (treated, elsewhere, waits) = appraisal.plan.openings, treated_share(appraisal)
    gain, averted = _gains(appraisal), with_evidence(appraisal.scenario)
    in_time, late = _in_time_and_late(appraisal.plan)
    away = appraisal.scenario.settings.away_gain_share
    unmet_cost = np.nan_to_num(appraisal.services().unmet_cost)
    for n, specialty in enumerate(openings["specialty_id"]):
        best, worse = gain.loc[specialty]
        waiting, meanwhile = ((in_time[n] + late[n]) * share[n] for share in (waits, elsewhere))
        yield n, "cases_in_time", in_time[n] * treated[n]
        yield n, "cases_late", late[n] * treated[n]
        yield n, DEATHS, in_time[n] * treated[n] * averted.get(specialty, 0.0) / 1000.0
        yield n, "cases_elsewhere", meanwhile
        yield n, "cases_waiting", waiting
        yield n, "waiting_money", waiting * unmet_cost[n]
        gained = (in_time[n] * best + late[n] * worse) * treated[n] + worse * (meanwhile + away * waiting)
        yield n, "dalys", gained


def _meanwhile(appraisal: Appraisal) -> Iterator[Flow]:
    """What services of today do until others open, by the contract of those."""
    contracts = appraisal.plan.openings["contract_id"].to_list()
    for row, item, flow in care_meanwhile(appraisal):
        yield item, contracts[row], flow


def care_meanwhile(appraisal: Appraisal) -> Iterator[tuple[int, str, Floats]]:
    """Yield what services of today do until others open: the row of the opening that people wait for, as
    :func:`care_of_openings`. They do not wait, and gain as there, near or far; whoever is not treated because of them
    (negative) waits.
    """
    gain, averted = _gains(appraisal), with_evidence(appraisal.scenario)
    unmet_cost = appraisal.scenario.specialties.set_index("specialty_id")["unmet_cost"]
    away = appraisal.scenario.settings.away_gain_share
    in_time, late = guests_in_time_and_late(appraisal)
    specialties = appraisal.plan.openings["specialty_id"].to_list()
    for n in np.flatnonzero((in_time != 0).any(axis=1) | (late != 0).any(axis=1)).tolist():
        specialty, cases = specialties[n], in_time[n] + late[n]
        best, worse = gain.loc[specialty]
        yield n, "cases_in_time", in_time[n]
        yield n, "cases_late", late[n]
        yield n, DEATHS, in_time[n] * averted.get(specialty, 0.0) / 1000.0
        yield n, "cases_waiting", -cases
        yield n, "waiting_money", -cases * float(unmet_cost[specialty])
        yield n, "dalys", in_time[n] * best + late[n] * worse - cases * (away * worse)


def _gains(appraisal: Appraisal) -> pd.DataFrame:
    """Healthy years gained in time and late, by specialty; a blank is none."""
    specialties = appraisal.scenario.specialties.set_index("specialty_id")
    return specialties[["dalys_in_time", "dalys_late"]].astype(float).fillna(0.0)


def _in_time_and_late(plan: Plan) -> tuple[Floats, Floats]:
    """Cases a year of each open service within its access standard and beyond (all within it where there is none)."""
    standard = plan.scenario.specialties.set_index("specialty_id")["access_minutes"]
    trips = plan.assignments
    limit = trips["specialty_id"].map(standard).astype(float)
    late = limit.notna() & ~(trips["minutes"].astype(float) <= limit + 1e-9)  # where no way is known too
    cases = trips["cases"].astype(float)
    place = [trips["site_id"], trips["specialty_id"], trips["period_id"]]
    sums = [(cases * chosen).groupby(place).sum().to_dict() for chosen in (~late, late)]
    keys = list(plan.openings[["site_id", "specialty_id", "period_id"]].itertuples(index=False, name=None))
    in_time, beyond = (np.array([found.get(key, 0.0) for key in keys], dtype=float) for found in sums)
    return in_time, beyond


def _travel(appraisal: Appraisal) -> Iterator[Flow]:
    """Hours and money of patients and companions on the road, in full whatever their weight in the objective.

    Counted every year from the first, as in the cost lines; journeys of cases sent away are part of their cost.
    """
    plan, s = appraisal.plan, appraisal.scenario.settings
    trips = plan.scenario.specialties.set_index("specialty_id")["trips_per_case"]
    place = ["site_id", "specialty_id", "period_id"]
    contract = plan.openings.set_index(place)["contract_id"].to_dict()
    rows = journeys(plan)
    minutes = 2.0 * rows["specialty_id"].map(trips) * rows["cases"].astype(float) * rows["minutes"].astype(float)
    runs = [contract[key] for key in rows[place].itertuples(index=False, name=None)]
    totals = minutes.groupby([np.array(runs, dtype=object), rows["period_id"]]).sum()
    for name, period, total in totals.reset_index().itertuples(index=False, name=None):
        every_year = _years_of(appraisal, period)
        money = s.companions * s.patient_time_value / 60.0 + s.patient_minute_cost
        yield "travel_hours", str(name), every_year * total * s.companions / 60.0
        yield "travel_money", str(name), every_year * total * money


def _years_of(appraisal: Appraisal, period: str) -> Floats:
    """1 in each year of the horizon that belongs to the period, else 0."""
    of_years = appraisal.phases.of_years(appraisal.calendar.horizon_years)
    return np.asarray(of_years == appraisal.periods[period], dtype=float)


def _sent_away(appraisal: Appraisal) -> Iterator[Flow]:
    """Cases sent away every year, what they cost, and what they gain elsewhere."""
    unmet, settings = appraisal.plan.unmet, appraisal.scenario.settings
    cost = appraisal.scenario.specialties.set_index("specialty_id")["unmet_cost"].fillna(0.0)
    gain = _gains(appraisal)["dalys_late"] * settings.away_gain_share
    groups = [unmet["specialty_id"].astype(str), unmet["period_id"].astype(str)]
    totals = unmet["cases"].astype(float).groupby(groups).sum().reset_index()
    for specialty, period, cases in totals.itertuples(index=False, name=None):
        every_year = _years_of(appraisal, period)
        yield "cases_sent_away", "", every_year * cases
        yield "sent_away_money", "", every_year * cases * float(cost[specialty])
        yield "dalys", "", every_year * cases * float(gain[specialty])


def _elsewhere(appraisal: Appraisal, flows: pd.DataFrame) -> Iterator[Flow]:
    """What care elsewhere costs until services open, by year."""
    for contract, flow in _by_contract(appraisal, flows[flows["line"] == "elsewhere"]):
        yield "elsewhere_money", contract, flow


def _by_contract(appraisal: Appraisal, flows: pd.DataFrame) -> Iterator[tuple[str, Floats]]:
    """The real money of each contract by year from the first, to the last that anything falls due."""
    calendar = appraisal.calendar
    last = max(int(flows["year"].max()) + 1 if len(flows) else 0, calendar.first_year + calendar.horizon_years)
    years = np.arange(calendar.first_year, last)
    for contract, mine in flows.groupby("contract_id"):
        yield str(contract), mine.groupby("year")["real"].sum().reindex(years, fill_value=0.0).to_numpy(float)


def _spending(appraisal: Appraisal, flows: pd.DataFrame) -> Iterator[Flow]:
    """Public spending by year, after the horizon too, less the value of works handed back."""
    for contract, flow in _by_contract(appraisal, _public(appraisal, flows)):
        yield "public_cost", contract, flow


def _public(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """What public payers pay, and works handed back; in the state's perspective without what municipalities pay."""
    left_out = {"municipalities"} if appraisal.scenario.settings.perspective == "state" else set()
    return pd.DataFrame(flows[flows["payer"].isin({*PUBLIC_PAYERS, "asset"} - left_out)])
