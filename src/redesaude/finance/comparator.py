r"""The public sector comparator (PSC) and value for money against it.

.. math::
    \text{raw PSC} &= PV(\text{capital}) + PV(\text{running}) + PV(\text{renewal}) - PV(\text{third-party revenue})\\
    \text{PSC} &= \text{raw PSC} + \text{competitive neutrality} + \text{transferable risk} + \text{retained risk}\\
    \text{VfM} &= \text{PSC} - \text{option}, \qquad \text{VfM \%} = \text{VfM} / (\text{PSC} - \text{common cost})

Competitive neutrality adds to the PSC the taxes a private party pays and a public one does not, but only as far as they
return to the budget that compares. The Brazilian practice subtracts the company's taxes from the option instead: the
same difference, over a smaller denominator. Social organisations and certified charities pay no such taxes.

Money is net present value in currency of the base year; every function takes numbers or arrays of one shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from redesaude.finance.arguments import Amount, Number, Numbers, Share, check_fields, checked, in_order
from redesaude_models.arrays import Floats

Perspective = Literal["state", "government", "none"]
Neutrality = Literal["added_to_comparator", "subtracted_from_option"]


@dataclass(frozen=True)
class Comparator:
    """The parts of a public sector comparator, net present value in currency; risks are expected values.

    ``running`` includes maintenance; ``third_party_revenue`` is what users or neighbours pay, a positive number.
    ``transferable_risk`` would go to a private party, ``retained_risk`` stays with the public side whatever is chosen.
    """

    capital: Amount = 0.0
    running: Amount = 0.0
    renewal: Amount = 0.0
    third_party_revenue: Amount = 0.0
    competitive_neutrality: Number = 0.0
    transferable_risk: Number = 0.0
    retained_risk: Number = 0.0

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def raw(self) -> float:
        """Whole-life cost of public delivery, net of third-party revenue, before neutrality and risk."""
        return self.capital + self.running + self.renewal - self.third_party_revenue

    @property
    def neutral(self) -> float:
        """Raw PSC and competitive neutrality: the PSC that is not adjusted for risk."""
        return self.raw + self.competitive_neutrality

    @property
    def risk_adjusted(self) -> float:
        """The PSC that options are compared with."""
        return self.neutral + self.transferable_risk + self.retained_risk

    def bridge(self) -> dict[str, float]:
        """Return each part as it enters the risk-adjusted PSC; the values add up to it."""
        parts = {f.name: float(getattr(self, f.name)) for f in fields(self)}
        return parts | {"third_party_revenue": -parts["third_party_revenue"]}


@dataclass(frozen=True)
class Tax:
    """A tax that a private party pays: its NPV, and the share that reaches the state, and any government at all.

    ``government_share`` below one stands for taxes that buy the payer something, such as fees and contributions.
    """

    npv: Number
    state_share: Share
    government_share: Share = 1.0

    def __post_init__(self) -> None:
        check_fields(self)
        both = "state_share", self.state_share, "government_share", self.government_share
        in_order(*both, why="the state is a government")


@checked
def taxes_returned(taxes: Iterable[Tax], perspective: Perspective, *, immune: bool = False) -> float:
    """Return how much of ``taxes`` (NPV) comes back to the budget that compares; nothing from an ``immune`` provider.

    ``state`` counts what reaches the state, ``government`` what reaches any government, ``none`` ignores taxes.
    """
    if immune or perspective == "none":
        return 0.0
    return float(sum(t.npv * (t.state_share if perspective == "state" else t.government_share) for t in taxes))


@dataclass(frozen=True)
class ValueForMoney:
    """Value for money of an option: comparator and option as compared (NPV), and the cost both have in common."""

    comparator: Floats
    option: Floats
    common: Floats

    @property
    def value(self) -> Floats:
        """Comparator less option; positive: the option is cheaper."""
        return self.comparator - self.option

    @property
    def denominator(self) -> Floats:
        """The comparator's cost that is not common to both."""
        return self.comparator - self.common

    @property
    def share(self) -> Floats:
        """Value over the denominator; NaN where there is nothing to compare."""
        none = self.denominator == 0
        return np.where(none, np.nan, self.value / np.where(none, 1.0, self.denominator))


@checked
def value_for_money(
    comparator_npv: Numbers,
    option_npv: Numbers,
    taxes_npv: Numbers = 0.0,
    common_npv: Numbers = 0.0,
    neutrality: Neutrality = "added_to_comparator",
) -> ValueForMoney:
    """Return the value for money of an option against a comparator that holds no taxes yet.

    ``taxes_npv`` are the option's taxes that return (:func:`taxes_returned`), either added to the comparator or
    subtracted from the option; ``common_npv`` the cost that both have alike (e.g. clinical care), kept out of the
    denominator.
    """
    comparator, option, taxes, common = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (comparator_npv, option_npv, taxes_npv, common_npv))
    )
    if neutrality == "added_to_comparator":
        return ValueForMoney(np.asarray(comparator + taxes), option, common)
    return ValueForMoney(comparator, np.asarray(option - taxes), common)
