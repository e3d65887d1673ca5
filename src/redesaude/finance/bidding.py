r"""Competition: how the number of bidders moves the price, and what a tender that nobody bids for costs.

The evidence is thin: a handful of Brazilian hospital tenders, each named below. It shows a direction, not a law; every
number is data that a planner can replace.

A tender fails with probability :math:`p` and is repeated until it succeeds, so that :math:`p / (1 - p)` failures are
expected, each costing a new round of preparation and the delay until the next attempt. With :math:`b` bidders expected

.. math:: \frac{p(b)}{1 - p(b)} = \frac{\bar b}{b} \cdot \frac{\bar p}{1 - \bar p}

where :math:`\bar b` and :math:`\bar p` are those of the tenders seen: twice the bidders, half the failures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from redesaude.finance.arguments import (
    Amounts,
    MaybeAmounts,
    MaybeShare,
    Parts,
    Positives,
    Whole,
    YearsEach,
    check_fields,
    checked,
)
from redesaude_models.arrays import Floats


@dataclass(frozen=True)
class Tender:
    """A tender seen: bidders, winning discount on the reference payment (share; NaN when deserted), source, grade."""

    name: str
    bidders: Whole
    discount_share: MaybeShare
    source: str
    grade: str

    def __post_init__(self) -> None:
        check_fields(self)


_PRESS = "Contract survey of Brazilian hospital PPPs, press and official releases"

#: hospital PPP tenders of Brazil with known bidders
TENDERS = (
    Tender("Souza Aguiar (Rio de Janeiro)", 1, 0.025, _PRESS, "B"),
    Tender("HoPE (Minas Gerais)", 3, 0.130, _PRESS, "B"),
    Tender("HRMS (Mato Grosso do Sul)", 5, 0.205, _PRESS, "B"),
    Tender("Hospital Metropolitano (Bahia)", 0, np.nan, _PRESS, "B"),
)


@checked
def expected_discount(bidders: Amounts, tenders: Sequence[Tender] = TENDERS) -> Floats:
    """Return the discount (share of the reference payment) to expect with ``bidders``, interpolated between tenders.

    Nothing with no bidder; beyond the best-contested tender seen, no more than it brought.
    """
    seen = sorted({t.bidders: t.discount_share for t in tenders if t.bidders > 0}.items())
    numbers, discounts = zip(*seen, strict=True)
    return np.asarray(np.interp(np.asarray(bidders, dtype=float), (0, *numbers), (0.0, *discounts)))


def no_bid_probability(tenders: Sequence[Tender] = TENDERS) -> float:
    """Return the probability that nobody bids, from tenders seen: (deserted + 1/2) / (all + 1), Jeffreys' estimate.

    With four tenders the plausible range is wide (about 3 % to 70 %): treat it as an assumption.
    """
    deserted = sum(t.bidders == 0 for t in tenders)
    return (deserted + 0.5) / (len(tenders) + 1.0)


@checked
def no_bid_probability_with(bidders: Positives, tenders: Sequence[Tender] = TENDERS) -> Floats:
    """Return the probability that nobody bids where ``bidders`` (above zero) are expected."""
    seen = float(np.mean([t.bidders for t in tenders]))
    failures = expected_failures(no_bid_probability(tenders)) * seen / np.asarray(bidders, dtype=float)
    return np.asarray(failures / (1.0 + failures))


@checked
def expected_failures(no_bid_probability: Parts) -> Floats:
    """Return the failed attempts to expect before one succeeds; the probability must be below 1."""
    p = np.asarray(no_bid_probability, dtype=float)
    return np.asarray(p / (1.0 - p))


@dataclass(frozen=True)
class Competition:
    """What competition for each contract is expected to bring, arrays of one entry for each.

    ``discount_share`` comes off the price of the works, ``no_bid_probability`` is that of a tender that fails.
    """

    discount_share: Floats
    no_bid_probability: Floats


@checked
def competition(bidders: MaybeAmounts, tenders: Sequence[Tender] = TENDERS) -> Competition:
    """Return what ``bidders`` bring; where they are NaN nothing is known, no discount and no failure."""
    number = np.atleast_1d(np.asarray(bidders, dtype=float))
    known = ~np.isnan(number)
    number = np.where(known, number, 1.0)
    return Competition(
        np.where(known, expected_discount(number, tenders), 0.0),
        np.where(known, no_bid_probability_with(number, tenders), 0.0),
    )


@checked
def failed_tender_cost(
    no_bid_probability: Parts,
    transaction_cost: Amounts,
    delay_years: YearsEach,
    delay_cost_per_year: Amounts = 0.0,
) -> Floats:
    """Return the expected cost (currency) of attempts that fail.

    Each failure costs ``transaction_cost`` again (currency) and ``delay_years`` without the service, at
    ``delay_cost_per_year`` (currency/year, e.g. cases sent away).
    """
    each = np.asarray(transaction_cost, dtype=float) + np.asarray(delay_years) * np.asarray(delay_cost_per_year)
    return np.asarray(expected_failures(no_bid_probability) * each)


@checked
def expected_procurement_years(no_bid_probability: Parts, first_years: YearsEach, again_years: YearsEach) -> Floats:
    """Return the years until signature to expect: a first procurement, and a shorter one for each failure."""
    return np.asarray(np.asarray(first_years) + expected_failures(no_bid_probability) * np.asarray(again_years))
