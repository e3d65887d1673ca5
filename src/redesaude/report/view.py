"""A plan together with the words and number formats of the reader."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.language import Translator, translator
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.bills import bills
from redesaude.plan.by_period import by_period
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.companies import companies
from redesaude.plan.milestones import milestones
from redesaude.plan.money_by_year import people_and_money
from redesaude.plan.plan import Plan
from redesaude.report.names import Names, names_of
from redesaude.report.numbers import Numbers, numbers_for
from redesaude.report.studies import Studies


@dataclass(frozen=True)
class View:
    """What every page of a report needs: the plan, the names of its things, a translator and number formats.

    ``studies`` are those of its value for money; None when they were left out.
    """

    plan: Plan
    names: Names
    t: Translator
    numbers: Numbers
    studies: Studies | None = None

    @property
    def scenario(self) -> Scenario:
        """The input the plan was made from."""
        return self.plan.scenario

    @cached_property
    def appraisal(self) -> Appraisal:
        """The plan, appraised once for every page; here and below with decisions only."""
        return Appraisal(self.plan)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Who pays what in each year, see :func:`redesaude.plan.cash_flow.cash_flow`."""
        return cash_flow(self.appraisal) if self.studies is None else self.studies.appraised.cash_flow

    @cached_property
    def milestones(self) -> pd.DataFrame:
        """Milestones of the plan's services, see :func:`redesaude.plan.milestones.milestones`."""
        return milestones(self.appraisal)

    @cached_property
    def companies(self) -> pd.DataFrame:
        """Returns and covers of the project companies, see :func:`redesaude.plan.companies.companies`."""
        return companies(self.appraisal)

    @cached_property
    def years(self) -> pd.DataFrame:
        """Who is treated and what it costs in each year, see :func:`redesaude.plan.money_by_year.people_and_money`."""
        return people_and_money(self.appraisal, self.flows)

    @cached_property
    def bills(self) -> pd.DataFrame:
        """What each municipality pays in each year, see :func:`redesaude.plan.bills.bills`."""
        return bills(self.appraisal, self.flows)

    @cached_property
    def phases(self) -> pd.DataFrame:
        """What each period asks of each source, see :func:`redesaude.plan.by_period.by_period`."""
        return by_period(self.appraisal, self.flows)

    @property
    def title(self) -> str:
        """Title of the scenario, or its name when it has none."""
        return self.scenario.settings.title or self.scenario.name

    @property
    def variant(self) -> str:
        """Name of the variant, or its id when it has none."""
        rows = self.scenario.variants
        names = rows.loc[rows["variant_id"] == self.scenario.variant_id, "name"]
        return next((str(name) for name in names if name), self.scenario.variant_id)


def view_of(plan: Plan, language: str | None = None, studies: Studies | None = None) -> View:
    """Prepare ``plan`` for readers of ``language`` (default: the scenario's); ValueError for an unknown language."""
    settings = plan.scenario.settings
    t = translator(language or settings.language)
    plan = replace(plan, objective=_finite(plan.objective), bound=_finite(plan.bound), gap=_finite(plan.gap))
    largest = max(abs(plan.objective or 0.0), abs(plan.bound or 0.0))
    return View(plan, names_of(plan.scenario), t, numbers_for(t, settings.currency, largest), studies)


def _finite(value: float | None) -> float | None:
    """An infinite bound says nothing: treat it as unknown."""
    return value if value is not None and math.isfinite(value) else None


def several(view: View) -> bool:
    """Whether the plan has more than one period."""
    return len(view.scenario.periods) > 1
