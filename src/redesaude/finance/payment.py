r"""Payment mechanisms: what the public side pays when service or volume is not as planned.

* **availability**: a fixed payment, less deductions for what is unavailable or below standard,
  :math:`CME = CM_{max} \cdot F_{DISP} \cdot FID`; deductions below a floor are waived and stop at a ceiling;
* **fixed and variable**: a fixed part and a price for each case;
* **volume band**: the full price for cases inside a band around the planned volume, a marginal price outside it: cases
  above are paid less, and for cases that stay away below only the marginal price is lost;
* **capitation**: a price for each inhabitant, whatever the volume.

At the planned volume and with perfect service all of them pay the same, so that the choice between them is a choice of
who bears volume and quality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from redesaude.finance.arguments import (
    Amount,
    Amounts,
    Positive,
    Positives,
    Share,
    Shares,
    check_fields,
    checked,
    in_order,
)
from redesaude_models.arrays import Floats

Kind = Literal["fixed_and_variable", "availability", "volume_band", "capitation"]


@dataclass(frozen=True)
class Mechanism:
    """How a contract pays.

    Attributes
    ----------
    kind : which rule of this module; ``fixed_and_variable`` unless stated.
    band_low, band_high : ends of the volume band as shares of planned volume (``volume_band``).
    marginal_price_share : price of a case outside the band as a share of the full price (``volume_band``).
    deduction_floor, deduction_ceiling : shares of the payment; smaller deductions are waived, larger ones cut there.

    """

    kind: Kind = "fixed_and_variable"
    band_low: Amount = 1.0
    band_high: Amount = 1.0
    marginal_price_share: Share = 1.0
    deduction_floor: Share = 0.0
    deduction_ceiling: Share = 1.0

    def __post_init__(self) -> None:
        check_fields(self)
        in_order("band_low", self.band_low, "band_high", self.band_high)
        in_order("deduction_floor", self.deduction_floor, "deduction_ceiling", self.deduction_ceiling)


def mechanism_of(contract: Mapping[str, Any]) -> Mechanism:
    """Return the mechanism of a row of the ``contracts`` table (column name -> value)."""
    return Mechanism(
        contract["payment_mechanism"],
        float(contract["volume_band_low"]),
        float(contract["volume_band_high"]),
        float(contract["marginal_price_share"]),
        float(contract["deduction_floor"]),
        float(contract["deduction_ceiling"]),
    )


@checked
def deduction_share(availability: Shares, performance: Shares, floor: Share = 0.0, ceiling: Share = 1.0) -> Floats:
    """Return the share of the payment deducted: 1 - availability x performance, waived below floor, cut at ceiling.

    ``availability`` and ``performance`` are factors 0-1, 1 for perfect service.
    """
    in_order("floor", floor, "ceiling", ceiling)
    earned = np.asarray(availability, dtype=float) * np.asarray(performance, dtype=float)
    asked = 1.0 - earned
    return np.where(asked < floor, 0.0, np.minimum(asked, ceiling))


@checked
def availability_payment(
    most_per_year: Amounts,
    availability: Shares = 1.0,
    performance: Shares = 1.0,
    floor: Share = 0.0,
    ceiling: Share = 1.0,
) -> Floats:
    """Return the yearly payment (currency/year) of which ``most_per_year`` is due for perfect service."""
    return np.asarray(most_per_year, dtype=float) * (1.0 - deduction_share(availability, performance, floor, ceiling))


@checked
def paid_cases(
    cases_per_year: Amounts, planned_per_year: Amounts, low: Amount, high: Amount, marginal_price_share: Share
) -> Floats:
    """Return the cases a year that are paid at full price, or as many as the marginal price amounts to.

    Inside ``[low, high]`` times the planned volume every case counts. Above, a further case counts for
    ``marginal_price_share``; below, a case that stays away takes only that share with it.
    """
    in_order("low", low, "high", high)
    cases, planned = np.asarray(cases_per_year, dtype=float), np.asarray(planned_per_year, dtype=float)
    inside = np.clip(cases, low * planned, high * planned)
    return np.asarray(inside + marginal_price_share * (cases - inside))


@checked
def payment_at_volume(
    mechanism: Mechanism,
    fixed_per_year: Amounts,
    price_per_case: Amounts,
    planned_per_year: Amounts,
    volume_share: Amounts,
    *,
    service_share: Shares = 1.0,
) -> Floats:
    """Return what the public side pays a year (currency/year) when the volume is ``volume_share`` of the planned one.

    ``fixed_per_year`` and ``price_per_case`` are the payment as planned, ``planned_per_year`` the planned cases a year;
    ``service_share`` is availability x performance (1: perfect). Arrays broadcast.
    """
    fixed, price = np.asarray(fixed_per_year, dtype=float), np.asarray(price_per_case, dtype=float)
    planned = np.asarray(planned_per_year, dtype=float)
    cases = planned * np.asarray(volume_share, dtype=float)
    if mechanism.kind in ("capitation", "availability"):
        counted = np.broadcast_to(planned, np.broadcast_shapes(planned.shape, cases.shape))
    elif mechanism.kind == "volume_band":
        counted = paid_cases(cases, planned, mechanism.band_low, mechanism.band_high, mechanism.marginal_price_share)
    else:
        counted = cases
    due = fixed + price * counted
    return availability_payment(due, service_share, 1.0, mechanism.deduction_floor, mechanism.deduction_ceiling)


@checked
def cost_of_volume(
    mechanism: Mechanism,
    fixed_per_year: Amount,
    price_per_case: Amount,
    planned_per_year: Positive,
    volume_shares: Positives = (0.8, 1.0, 1.2),
) -> dict[str, Floats]:
    """Return ``volume_share``, ``cases``, ``payment`` (currency/year) and ``payment_per_case`` at each volume share."""
    shares = np.asarray(volume_shares, dtype=float)
    payment = payment_at_volume(mechanism, fixed_per_year, price_per_case, planned_per_year, shares)
    cases = planned_per_year * shares
    return {"volume_share": shares, "cases": cases, "payment": payment, "payment_per_case": payment / cases}
