"""A plan together with the words and number formats of the reader."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from redesaude.errors import FaultError
from redesaude.inputs.scenario import Scenario
from redesaude.language import Translator, translator
from redesaude.plan.plan import Plan
from redesaude.report.names import Names, names_of
from redesaude.report.numbers import Numbers, numbers_for
from redesaude.report.studied import Studied
from redesaude.report.studies import Compared, Studies


@dataclass(frozen=True)
class View:
    """What every page of a report needs: the plan, the names of its things, a translator and number formats.

    ``studied`` is what is worked out of the plan, ``studies`` are those of its value for money; None when they were
    left out.
    """

    plan: Plan
    names: Names
    t: Translator
    numbers: Numbers
    studied: Studied
    studies: Studies | None = None

    @property
    def scenario(self) -> Scenario:
        """The input the plan was made from."""
        return self.plan.scenario

    @property
    def known(self) -> Studies:
        """The studies; FaultError where they were left out."""
        if self.studies is None:
            raise FaultError("a page of studies was asked for without them")
        return self.studies

    @property
    def compared(self) -> Compared:
        """The studies that compare with direct administration; FaultError where there are none."""
        if self.known.compared is None:
            raise FaultError("a page that compares was asked for without a comparator")
        return self.known.compared

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


def view_of(
    plan: Plan, language: str | None = None, studies: Studies | None = None, studied: Studied | None = None
) -> View:
    """Prepare ``plan`` for readers of ``language`` (default: the scenario's); ValueError for an unknown language.

    ``studied`` is what was worked out of the plan already, where it is at hand.
    """
    settings = plan.scenario.settings
    t = translator(language or settings.language)
    plan = replace(plan, objective=_finite(plan.objective), bound=_finite(plan.bound), gap=_finite(plan.gap))
    largest = max(abs(plan.objective or 0.0), abs(plan.bound or 0.0))
    numbers = numbers_for(t, settings.currency, largest)
    return View(plan, names_of(plan.scenario), t, numbers, studied or Studied(plan), studies)


def _finite(value: float | None) -> float | None:
    """An infinite bound says nothing: treat it as unknown."""
    return value if value is not None and math.isfinite(value) else None


def several(view: View) -> bool:
    """Whether the plan has more than one period."""
    return len(view.scenario.periods) > 1
