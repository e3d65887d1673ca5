"""What a plan saves because its services open late, whatever the price and weight of those who wait for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from redesaude.finance.pricing import price
from redesaude.plan.appraisal import Appraisal


def saved_by_delay(appraisal: Appraisal) -> float:
    """Return what its services would cost until they open, less what runs meanwhile (NPV, currency).

    That is waiting as it is charged where no price is stated: see :mod:`redesaude.finance.cashflow`.
    """
    services, none = appraisal.services(), np.zeros(len(appraisal.records))
    unpriced = replace(services, unmet_cost=none * np.nan, elsewhere_share=none, waiting_weight=none + 1.0)
    found = price(unpriced, appraisal.terms(), appraisal.calendar, appraisal.scenario.settings.perspective)
    cases = appraisal.plan.openings["cases"].to_numpy(float)
    return float(found.fixed["waiting"].sum() + found.per_case["waiting"] @ cases)
