"""What the studies of a plan and the pages of its report share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from redesaude.plan.appraisal import Appraisal
from redesaude.plan.benefits import Benefits, outcomes
from redesaude.plan.bills import bills
from redesaude.plan.by_period import by_period
from redesaude.plan.by_year import by_year_and_municipality
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.companies import companies
from redesaude.plan.first_years import Dated, dated_promises
from redesaude.plan.indicators import indicators
from redesaude.plan.ladder import ladder, nearer
from redesaude.plan.lasting import lasting
from redesaude.plan.lots import lots_of
from redesaude.plan.milestones import milestones
from redesaude.plan.money_by_year import PEOPLE_AND_MONEY, people_and_money
from redesaude.plan.norms import norms
from redesaude.plan.plan import Plan
from redesaude.plan.training import training_calendar
from redesaude.plan.travelled import travelled
from redesaude.studies.against_today import against_today
from redesaude.studies.alternatives import Alternatives, among
from redesaude.studies.going_on import going_on, new_money
from redesaude.studies.repricing import Repricing
from redesaude.studies.today import as_today, today, today_access

YEARS = (*PEOPLE_AND_MONEY, "share_as_today", "share_lasting")


@dataclass(frozen=True)
class Studied:
    """A plan with decisions, and what is worked out of it: each made when it is first asked for, and once."""

    plan: Plan

    @cached_property
    def appraisal(self) -> Appraisal:
        """The money of the plan."""
        return Appraisal(self.plan)

    @cached_property
    def known(self) -> Alternatives:
        """What may be compared on its network, see :func:`redesaude.studies.alternatives.among`."""
        return among(Repricing(self.plan, self.appraisal))

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Who pays what in each year, see :func:`redesaude.plan.cash_flow.cash_flow`."""
        return cash_flow(self.appraisal)

    @cached_property
    def milestones(self) -> pd.DataFrame:
        """Milestones of its services, see :func:`redesaude.plan.milestones.milestones`."""
        return milestones(self.appraisal)

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """Techniques handed over by period, see :func:`redesaude.plan.ladder.ladder`."""
        return ladder(self.appraisal)

    @cached_property
    def nearer(self) -> pd.DataFrame:
        """Who is treated nearer because of each technique, see :func:`redesaude.plan.ladder.nearer`."""
        return nearer(self.appraisal)

    @cached_property
    def training(self) -> pd.DataFrame:
        """Who is trained where and when, see :func:`redesaude.plan.training.training_calendar`."""
        return training_calendar(self.appraisal)

    @cached_property
    def companies(self) -> pd.DataFrame:
        """Returns and covers of the project companies, see :func:`redesaude.plan.companies.companies`."""
        return companies(self.appraisal)

    @cached_property
    def years(self) -> pd.DataFrame:
        """Who is treated and what it costs in each year, columns :data:`YEARS`.

        See :func:`redesaude.plan.money_by_year.people_and_money`, :func:`redesaude.studies.today.as_today` for what
        today's services would do for the same people, and :func:`redesaude.plan.lasting.lasting` for what stays.
        """
        table, keys = people_and_money(self.appraisal, self.flows), list(YEARS[:3])
        for beside in (as_today(self.plan.scenario), lasting(self.plan.scenario, self.towns)):
            table = table.merge(beside, how="left", on=keys)
        return table[list(YEARS)]

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Who is treated by year and municipality, see :func:`redesaude.plan.by_year.by_year_and_municipality`."""
        return by_year_and_municipality(self.appraisal)

    @cached_property
    def today(self) -> pd.DataFrame:
        """Who is treated today, see :func:`redesaude.studies.today.today_access`."""
        return today_access(self.plan.scenario, self.today_flows)

    @cached_property
    def today_flows(self) -> pd.DataFrame:
        """Who is treated where today, see :func:`redesaude.studies.today.today`."""
        return today(self.plan.scenario)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators by year, see :func:`redesaude.plan.indicators.indicators`."""
        return indicators(self.appraisal, self.years, self.flows)

    @cached_property
    def norms(self) -> pd.DataFrame:
        """Dated norms that touch its contracts, see :func:`redesaude.plan.norms.norms`."""
        return norms(self.appraisal)

    @cached_property
    def lots(self) -> pd.DataFrame:
        """What its contracts let together, see :func:`redesaude.plan.lots.lots_of`."""
        return lots_of(self.appraisal)

    @cached_property
    def travelled(self) -> pd.DataFrame:
        """How far patients travel, see :func:`redesaude.plan.travelled.travelled`."""
        return travelled(self.plan.scenario, self.plan.assignments)

    @cached_property
    def travelled_today(self) -> pd.DataFrame:
        """How far they travel today, the same with a blank period."""
        return travelled(self.plan.scenario, self.today_flows.assign(period_id=""))

    @cached_property
    def going_on(self) -> pd.DataFrame:
        """What today's services cost if they go on as they are, see :func:`redesaude.studies.going_on.going_on`."""
        return going_on(self.plan, self.today_flows)

    @cached_property
    def new_money(self) -> pd.DataFrame:
        """What each payer pays by year, beside today, see :func:`redesaude.studies.going_on.new_money`."""
        calendar = self.appraisal.calendar
        years = range(calendar.first_year, calendar.first_year + calendar.horizon_years)
        return new_money(self.flows, self.going_on, years)

    @cached_property
    def benefits(self) -> Benefits:
        """What it does beside today, see :func:`redesaude.studies.against_today.against_today`."""
        return against_today(self.plan, self.today_flows, outcomes(self.plan, self.appraisal, self.flows))

    @cached_property
    def dated(self) -> dict[str, Dated]:
        """From when promises of access hold, see :func:`redesaude.plan.first_years.dated_promises`."""
        return dated_promises(self.appraisal)

    @cached_property
    def bills(self) -> pd.DataFrame:
        """What each municipality pays in each year, see :func:`redesaude.plan.bills.bills`."""
        return bills(self.appraisal, self.flows)

    @cached_property
    def phases(self) -> pd.DataFrame:
        """What each period asks of each source, see :func:`redesaude.plan.by_period.by_period`."""
        return by_period(self.appraisal, self.flows)
