"""What a term sheet says of quality: the indicators that pay, who watches, and what follows where service fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.quality import ENDS, quality_factor
from redesaude.language import N_
from redesaude.report.quality import at_stake, payment_of_quality
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column

_BY_QUALITY = N_(
    "By the indicators below: of {whole} a year {paid} are expected to be paid, {expected}, between {low} and {high}. "
    "Deductions of less than {floor} of the payment are waived, and they stop at {ceiling}."
)
_BONUSES = N_("Bonuses together stop at {most} of the payment.")


def stated(view: View, contract: str) -> bool:
    """Return whether a contract is paid by indicators."""
    return bool((view.scenario.quality_indicators["contract_id"] == contract).any())


def tables(view: View, site: str, contract: str) -> Iterator[tuple[pd.DataFrame, list[Column]]]:
    """Yield the indicators by which a contract is paid at a site, with the money at stake, where it has any."""
    if not stated(view, contract):
        return
    t, rows = view.t, at_stake(view, (site, contract))
    told = [": ".join(part for part in parts if part) for parts in zip(rows["name"], rows["target"], strict=True)]
    columns = [
        Column("told", t(N_("Paid by quality: indicator and target"))),
        Column("weight", t(N_("Weight")), t(N_("of the payment")), "percent"),
        Column("at_stake", t(N_("At stake")), t(N_("a year")), "millions"),
        Column("expected", t(N_("Expected")), t(N_("a year")), "millions"),
        Column("least", t(N_("If little is reached")), t(N_("a year")), "millions"),
        Column("measured", t(N_("Measured by")), "", "line"),
    ]
    yield rows.assign(told=told), columns


def deductions(view: View, site: str, terms: Mapping[Any, Any]) -> str:
    """Return what its indicators together make of the payment of a contract."""
    percent, money = view.numbers.percent, view.numbers.money
    contracts, contract = view.scenario.contracts, str(terms["contract_id"])
    indicators = view.scenario.quality_indicators
    low, mode, high = (quality_factor(indicators, contracts, reached)[contract] for reached, _ in ENDS.values())
    mean = (low + mode + high) / len(ENDS)  # of the triangle, as the plan pays
    paid = payment_of_quality(view, site, contract)
    told = view.t(
        _BY_QUALITY,
        whole=money(paid),
        paid=money(paid * mean),
        expected=percent(mean, 1),
        low=percent(low, 1),
        high=percent(high, 1),
        floor=percent(float(terms["deduction_floor"]), 0),
        ceiling=percent(float(terms["deduction_ceiling"]), 0),
    )
    own = indicators[indicators["contract_id"] == contract]
    if not (own["effect"] == "bonus").any():
        return told
    return f"{told} {view.t(_BONUSES, most=percent(float(terms['bonus_ceiling']), 0))}"


def watched(view: View, terms: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Yield who verifies, when it is reviewed, and what follows where it fails, as far as the input says."""
    t, months = view.t, float(terms["review_months"])
    none = t(N_("the input states none: to be agreed before the tender"))
    yield t(N_("Verifier")), str(terms["verifier"]) or none
    yield t(N_("Review")), none if np.isnan(months) else t(N_("every {months} months"), months=f"{months:g}")
    yield t(N_("Step-in")), str(terms["step_in"]) or none
    yield t(N_("Early termination")), str(terms["termination"]) or none
