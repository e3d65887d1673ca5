r"""Indicators of quality: what contractors are paid once they are measured, by the sheet ``quality_indicators``.

Of each 1 of its payment a contract is paid

.. math:: q = 1 - D + \sum_{bonus} \min(w_k a_k, \kappa_k), \qquad
          D' = \sum_{deduction} \min(w_k (1 - a_k), \kappa_k)

with :math:`w` the weight of an indicator, :math:`a` the part of its target that is reached and :math:`\kappa` its cap;
deductions :math:`D` are those asked for, :math:`D'`, waived below the contract's floor and cut at its ceiling, and
bonuses together stop at its ``bonus_ceiling``. The parts expected, and the lowest and highest that are plausible, make
the three ``quality_factor`` of the contract: its indicators are taken to come out well or badly together. Bidders who
put a share :math:`\pi` of what they expect to lose into their price ask :math:`1 + \pi (1 / \bar q - 1)` for each 1,
with :math:`\bar q` the mean of the three; at :math:`\pi = 1` the payment to expect is that of a contract without
indicators, and only its risk is another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.financing import BUDGET, financings_where
from redesaude.inputs.book import Book
from redesaude.inputs.faults import Fault
from redesaude.language import N_

#: end of the range -> columns of the indicators and of the contracts that state it
ENDS = {
    "low": ("attainment_low", "quality_factor_low"),
    "mode": ("attainment", "quality_factor"),
    "high": ("attainment_high", "quality_factor_high"),
}

#: nobody bids for a contract of which less than this is expected to be paid
LEAST_EXPECTED = 0.1

NOBODY_PAID = Fault(
    "quality_of_nobody",
    N_("{contract_id} is direct administration: nobody is paid by its quality"),
    N_("a contract by which somebody is paid"),
    N_("name another contract, or empty what it states of quality"),
)
OUT_OF_ORDER = Fault(
    "attainment_out_of_order",
    N_("attainment: low {attainment_low}, expected {attainment}, high {attainment_high}"),
    N_("low <= expected <= high"),
    N_("put the three in order"),
)
TOO_MUCH = Fault(
    "weights_beyond_the_payment",
    N_("the deductions of {contract_id} weigh {total} of its payment together"),
    N_("weights of deductions of a contract that are together at most 1"),
    N_("type smaller weights"),
)
DEDUCTED_TWICE = Fault(
    "deducted_twice",
    N_("deductions of {expected_deduction_share} are expected of {contract_id} beside those of its indicators"),
    N_("each failure deducted once: by quality_indicators, or in expected_deduction_share"),
    N_("empty expected_deduction_share, unless it is about other failures than those that its indicators measure"),
    severity="warning",
)


def moved(indicators: pd.DataFrame, attainment: str = "attainment") -> pd.Series:
    """Return the share of the payment that each indicator takes off (below 0) or adds, for the parts in a column.

    A blank of ``attainment`` is taken from the column of those expected.
    """
    reached = indicators[attainment].fillna(indicators["attainment"]).to_numpy(float)
    weight = indicators["weight"].to_numpy(float)
    bonus = (indicators["effect"] == "bonus").to_numpy(bool)
    most = indicators["cap"].fillna(indicators["weight"]).to_numpy(float)
    return pd.Series(
        np.where(bonus, np.minimum(weight * reached, most), -np.minimum(weight * (1.0 - reached), most)),
        indicators.index,
        dtype=float,
    )


def quality_factor(indicators: pd.DataFrame, contracts: pd.DataFrame, attainment: str = "attainment") -> pd.Series:
    """Return what each contract that has indicators is paid for each 1 of its payment, by its id."""
    shares = moved(indicators, attainment)
    by = indicators["contract_id"]
    asked = (-shares.clip(upper=0.0)).groupby(by).sum()
    terms = contracts.set_index("contract_id").loc[asked.index]
    taken = asked.clip(upper=terms["deduction_ceiling"]).where(asked >= terms["deduction_floor"], 0.0)
    added = shares.clip(lower=0.0).groupby(by).sum().clip(upper=terms["bonus_ceiling"])
    return 1.0 - taken + added


def asked_for(contracts: pd.DataFrame, indicators: pd.DataFrame) -> pd.Series:
    """Return what bidders ask, for each 1 that they would ask without indicators, by the contracts that have some."""
    every = [quality_factor(indicators, contracts, reached) for reached, _ in ENDS.values()]
    expected = pd.concat(every, axis=1).mean(axis=1)
    priced = contracts.set_index("contract_id")["quality_priced_share"].loc[expected.index]
    return 1.0 + priced * (1.0 / expected.clip(lower=LEAST_EXPECTED) - 1.0)


def with_quality(contracts: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return ``contracts`` with the quality factors of those that have indicators worked out from them."""
    if indicators.empty:
        return contracts
    asked, ids = asked_for(contracts, indicators), contracts["contract_id"]
    found = {column: asked * quality_factor(indicators, contracts, reached) for reached, column in ENDS.values()}
    return contracts.assign(**{name: ids.map(own).fillna(contracts[name]) for name, own in found.items()})


def check_quality(book: Book) -> Iterator[Problem]:
    """Yield payments by quality of nobody, ranges out of order, weights beyond the payment, and what counts twice."""
    sheet = book["contracts"]
    contracts = sheet.frame
    direct = (contracts["delivery_model"] == "direct") & (contracts["financing"] == BUDGET)
    for column in ("quality_factor", "quality_factor_low", "quality_factor_high"):
        if column in sheet.letters:
            paid = contracts[column].notna() & (contracts[column] != 1.0)
            yield from sheet.where(direct & paid, column, NOBODY_PAID)
    if book["quality_indicators"].frame.empty:
        return
    yield from _indicators(book, contracts.loc[direct, "contract_id"])
    yield from sheet.where(
        _deducted_twice(contracts, book["quality_indicators"].frame), "expected_deduction_share", DEDUCTED_TWICE
    )


def _deducted_twice(contracts: pd.DataFrame, indicators: pd.DataFrame) -> pd.Series:
    """Contracts of which availability is expected to take off a share, and indicators another: both are multiplied."""
    deducted = contracts["financing"].isin(financings_where(lambda way: way.deducted))
    expected = (
        deducted & (contracts["payment_mechanism"] == "availability") & (contracts["expected_deduction_share"] > 0)
    )
    return expected & contracts["contract_id"].isin(indicators.loc[indicators["effect"] == "deduction", "contract_id"])


def _indicators(book: Book, unpaid: pd.Series) -> Iterator[Problem]:
    sheet = book["quality_indicators"]
    frame = sheet.frame
    yield from sheet.where(frame["contract_id"].isin(unpaid), "contract_id", NOBODY_PAID)
    low, mode, high = (frame[reached] for reached, _ in ENDS.values())
    yield from sheet.where((low > mode) | (mode > high) | (low > high), "attainment", OUT_OF_ORDER)
    deducted = frame["weight"].where(frame["effect"] == "deduction", 0.0)
    total = deducted.groupby(frame["contract_id"]).transform("sum")
    for row in frame.index[(total > 1.0 + 1e-9) & ~frame["contract_id"].duplicated()]:
        yield sheet.at(row, "weight", TOO_MUCH, total=round(float(total[row]), 4))
