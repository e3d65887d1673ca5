"""The terms of contracts as arrays, expected values already taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd

from redesaude.finance.arguments import (
    AMOUNT,
    MAYBE_AMOUNT,
    MAYBE_SHARE,
    NUMBER,
    PART,
    RATE,
    SHARE,
    ArgumentError,
    Number,
    check_fields,
    checked,
    unchecked,
)
from redesaude.finance.bidding import (
    Competition,
    competition,
    expected_procurement_years,
    failed_tender_cost,
)
from redesaude.finance.distributions import triangular_mean
from redesaude.finance.project_company import weighted_return
from redesaude.finance.works_profiles import profile_curve
from redesaude.financing import BUDGET, FINANCING, Financing, Repayment, Running
from redesaude.inputs.contracts import milestones_in
from redesaude_models.arrays import Floats

_AS_STATED = (
    "reserve_months",
    "debt_fee_share",
    "loss_offset_share",
    "contribution_share",
    "residual_share",
    "design_share",
    "supervision_share",
    "tax_inflation",
    "fixed_payment_share",
    "stated_volume_share",
)


def _milestones_stated(text: str) -> None:
    try:
        milestones_in(text)
    except ValueError as unread:
        allowed = "pairs of a share of the works and a part paid, the parts together 1"
        raise ArgumentError("contribution_milestones", repr(text), allowed, str(unread)) from None


def _none() -> Floats:
    return np.zeros(())


@dataclass(frozen=True)
class Terms:
    """Terms of contracts, one entry for each contract (or, after :meth:`take`, for each option).

    Factors are expected values against the sizes sheet; times in years; rates real per year; shares 0-1.
    ``financing`` says how works are financed, by its code in :data:`redesaude.financing.FINANCING`. Where
    ``debt_years`` is above zero the company's payment is solved from its loan, taxes and return, in money of the
    day where prices rise by ``tax_inflation`` a year; otherwise it is capital recovery at ``company_return``.
    ``payment_tax_share`` are taxes on what a contractor is paid, ``tax_returned_share`` the part of all its taxes
    that comes back to the public budgets that count. ``fixed_payment_share`` is the part of a provider's cost at
    its stated volume that is paid fixed (NaN: as the cost is made), ``stated_volume_share`` that volume as a share
    of what the plan may use of the capacity (0: all of it). ``signs`` is 1 where a contract is signed even if
    nothing is built, ``hands_over`` where direct administration takes over at the end of the term. ``works_profile``
    lists the shares of the works spent in equal parts of their time, as on the sheet (blank: evenly;
    :func:`redesaude.finance.works_profiles.profile_curve`). Prices of works rise by ``works_inflation`` a year above
    prices in general, from the base year on, ``years_from_base`` years before the first. ``contribution_milestones``
    say when a contribution to works is paid, as on the sheet (blank: as they advance).
    ``quality_factor`` is what a contractor is paid, once quality is measured, for each 1 of its payment (1: all of
    it; :mod:`redesaude.inputs.quality`). ``bid_discount_share`` comes off the works, ``deduction_share`` off what a
    project company is paid; failed tenders are in ``procurement_years`` and ``transaction_share``. Terms left out
    are zero.
    """

    financing: np.ndarray
    capex_factor: Annotated[Floats, AMOUNT]
    opex_factor: Annotated[Floats, AMOUNT]
    case_factor: Annotated[Floats, AMOUNT]
    company_return: Annotated[Floats, RATE]
    equity_return: Annotated[Floats, RATE]
    term_years: Annotated[Floats, MAYBE_AMOUNT]
    procurement_years: Annotated[Floats, AMOUNT]
    delay_factor: Annotated[Floats, AMOUNT]
    transaction_share: Annotated[Floats, AMOUNT]
    counts_as_ppp: Annotated[Floats, SHARE]
    counts_as_personnel: Annotated[Floats, SHARE]
    state_share: Annotated[Floats, SHARE]
    debt_rate: Annotated[Floats, RATE] = field(default_factory=_none)
    gearing: Annotated[Floats, SHARE] = field(default_factory=_none)
    debt_years: Annotated[Floats, AMOUNT] = field(default_factory=_none)
    cover: Annotated[Floats, MAYBE_AMOUNT] = field(default_factory=_none)
    reserve_months: Annotated[Floats, AMOUNT] = field(default_factory=_none)
    debt_fee_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    tax_share: Annotated[Floats, PART] = field(default_factory=_none)
    loss_offset_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    payment_tax_share: Annotated[Floats, PART] = field(default_factory=_none)
    contribution_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    tax_returned_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    residual_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    bid_discount_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    deduction_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    design_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    supervision_share: Annotated[Floats, SHARE] = field(default_factory=_none)
    tax_inflation: Floats = field(default_factory=_none)
    fixed_payment_share: Annotated[Floats, MAYBE_SHARE] = field(default_factory=lambda: np.full((), np.nan))
    stated_volume_share: Annotated[Floats, AMOUNT] = field(default_factory=_none)
    signs: Annotated[Floats, SHARE] = field(default_factory=_none)
    hands_over: Annotated[Floats, SHARE] = field(default_factory=_none)
    quality_factor: Annotated[Floats, AMOUNT] = field(default_factory=lambda: np.ones(()))
    works_profile: np.ndarray = field(default_factory=lambda: np.full((), ""))
    works_inflation: Annotated[Floats, AMOUNT] = field(default_factory=_none)
    years_from_base: Annotated[Floats, NUMBER] = field(default_factory=_none)
    contribution_milestones: np.ndarray = field(default_factory=lambda: np.full((), ""))

    def __post_init__(self) -> None:
        check_fields(self)
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray | float) and np.ndim(value) == 0:
                object.__setattr__(self, f.name, np.full(len(self.capex_factor), value))
        for code in set(self.financing.tolist()) - set(FINANCING):
            raise ArgumentError("financing", repr(code), "one of " + ", ".join(FINANCING))
        for profile in set(self.works_profile.tolist()):
            profile_curve(profile)
        for text in set(self.contribution_milestones.tolist()):
            _milestones_stated(text)

    def says(self, asked: Callable[[Financing], object]) -> np.ndarray:
        """Return what ``asked`` answers of the way in which each row is financed, ``(rows,)``."""
        return np.asarray(np.array([asked(way) for way in FINANCING.values()])[self._way])

    @cached_property
    def _way(self) -> np.ndarray:
        """The place of each row's way of financing in the table of them."""
        return np.asarray((self.financing[:, None] == np.array(list(FINANCING))).argmax(axis=1))

    @property
    def financed(self) -> np.ndarray:
        """Whether a contractor finances the works, rather than the budget."""
        return self.says(lambda way: way.builder is not None)

    @property
    def contributed_share(self) -> Floats:
        """The share of works that a contractor delivers which the public side pays as they advance."""
        return np.where(self.says(lambda way: way.contributed), self.contribution_share, 0.0)

    @property
    def financed_share(self) -> Floats:
        """The share of the works that a contractor finances."""
        return np.where(self.financed, 1.0 - self.contributed_share, 0.0)

    @property
    def run_share(self) -> Floats:
        """The share of running cost that a contractor is paid for."""
        counted = self.says(lambda way: way.running is Running.COUNTED)
        return np.where(counted, self.counts_as_ppp, self.says(lambda way: way.running is Running.ALL))

    @property
    def renews(self) -> np.ndarray:
        """Whether a contractor is paid for renewing the asset."""
        return self.says(lambda way: way.renews)

    @property
    def fixed_share(self) -> Floats:
        """The part of its cost at the stated volume that a contractor is paid fixed; NaN: as the cost is made."""
        return np.where(self.says(lambda way: way.by_volume), self.fixed_payment_share, np.nan)

    @property
    def ppp(self) -> np.ndarray:
        """Whether the contract is a public-private partnership."""
        return self.says(lambda way: way.ppp)

    @property
    def works_factor(self) -> Floats:
        """What is paid for each 1 of works on the sizes sheet: expected overrun, less the discount of the tender."""
        return np.asarray(self.capex_factor * (1.0 - self.bid_discount_share))

    @property
    def gross_up(self) -> Floats:
        """What a contractor must be paid for each 1 it keeps after taxes on receipts."""
        return np.asarray(1.0 / (1.0 - self.payment_tax_share))

    @property
    def payment_factor(self) -> Floats:
        """What is paid for each 1 that a contractor asked for: taxes on receipts on top, paid by its quality.

        Deductions are the owners' loss: bidders ask for no more because of them, nor does less profit tax return.
        """
        return np.asarray(self.gross_up * (1.0 - self.deduction_share) * self.quality_factor)

    @property
    def transfer_factor(self) -> Floats:
        """What is paid by its quality for each 1 of the running cost that the budget pays.

        Where no line of its own pays the contractor, as a social organisation, what it runs is its payment.
        """
        return np.where(self.says(lambda way: way.payment != ""), 1.0, self.quality_factor)

    @property
    def loan_stated(self) -> np.ndarray:
        """Whether a project company's loan is stated, so that its payment is solved."""
        return np.asarray(self.says(lambda way: way.repayment is Repayment.COMPANY) & (self.debt_years > 0))

    @property
    def before_signature(self) -> Terms:
        """The terms under which what runs today goes on until the signature."""
        return self

    @property
    def after_term(self) -> Terms:
        """The terms from the end of the term, where direct administration takes over: the costs of the sizes sheet."""
        none, one = np.zeros(len(self.capex_factor)), np.ones(len(self.capex_factor))
        public = dict.fromkeys(
            ("opex_factor", "case_factor", "quality_factor", "state_share", "counts_as_personnel"), one
        )
        private = dict.fromkeys(("payment_tax_share", "tax_returned_share", "deduction_share", "counts_as_ppp"), none)
        return self.by_budget._with(public | private)

    @property
    def by_budget(self) -> Terms:
        """The terms as if the budget paid for everything, at the prices of the contract."""
        return self._with({"financing": np.full(len(self.financing), BUDGET)})

    def _with(self, values: Mapping[str, np.ndarray]) -> Terms:
        """Return the terms with other ``values``, which are known to be allowed."""
        return unchecked(type(self), {f.name: getattr(self, f.name) for f in fields(self)} | dict(values))

    def take(self, rows: np.ndarray) -> Terms:
        """Return the terms of the given contract rows (repeats allowed)."""
        return unchecked(Terms, {f.name: getattr(self, f.name)[rows] for f in fields(self)})


@checked
def terms_of(
    contracts: pd.DataFrame,
    perspective: Annotated[str, ("none", "state", "government")] = "none",
    years_from_base: Number = 0.0,
) -> Terms:
    """Return the terms of the rows of the ``contracts`` table, in order.

    ``perspective`` says to whom contractors' taxes must return to count: ``state``, ``government`` (all), or ``none``.
    ``years_from_base`` are those from the base year, at whose prices works are estimated, to the first of the plan.
    """
    floats = contracts.select_dtypes("float")
    number: dict[str, Floats] = dict(zip(floats.columns, floats.to_numpy(float).T, strict=True))

    def factor(stem: str) -> Floats:
        return triangular_mean(number[f"{stem}_factor_low"], number[f"{stem}_factor"], number[f"{stem}_factor_high"])

    bids = competition(number["bidders"])
    equity = np.nan_to_num(number["equity_return"])
    return Terms(
        financing=contracts["financing"].to_numpy(str),
        capex_factor=factor("capex"),
        opex_factor=factor("opex"),
        case_factor=factor("case_cost"),
        quality_factor=np.where(publicly_run(contracts), 1.0, factor("quality")),
        company_return=weighted_return(np.nan_to_num(number["gearing"]), np.nan_to_num(number["debt_rate"]), equity),
        equity_return=equity,
        term_years=number["term_years"],
        procurement_years=_procurement_years(contracts, bids),
        delay_factor=factor("delay"),
        transaction_share=_with_failures(contracts, "transaction_share", bids),
        counts_as_ppp=number["counts_as_ppp"],
        counts_as_personnel=number["counts_as_personnel"],
        state_share=number["state_share"],
        debt_rate=np.nan_to_num(number["debt_rate"]),
        gearing=np.nan_to_num(number["gearing"]),
        debt_years=np.nan_to_num(number["debt_years"]),
        cover=number["dscr"],
        tax_share=np.nan_to_num(number["tax_rate"]),
        payment_tax_share=number["payment_tax_rate"],
        bid_discount_share=bids.discount_share,
        deduction_share=_deduction_share(contracts),
        hands_over=_hands_over(contracts),
        works_profile=contracts["works_profile"].to_numpy(str),
        works_inflation=number["works_inflation"],
        years_from_base=np.full(len(equity), float(years_from_base)),
        contribution_milestones=contracts["contribution_milestones"].to_numpy(str),
        tax_returned_share=number.get(f"tax_returned_{perspective}_share", np.zeros(len(equity))),
        **{name: number[name] for name in _AS_STATED},
    )


def after_term(contracts: pd.DataFrame) -> np.ndarray:
    """Return what follows the term of each contract: as stated, or else as its financing has it."""
    rows = zip(contracts["after_term"], contracts["financing"], strict=True)
    return np.array([stated or FINANCING[code].after_term for stated, code in rows], dtype=str)


def publicly_run(contracts: pd.DataFrame) -> np.ndarray:
    """Return whether each contract is direct administration with works paid by the budget."""
    models, ways = (contracts[name].to_numpy(str) for name in ("delivery_model", "financing"))
    return np.asarray((models == "direct") & (ways == BUDGET))


def _hands_over(contracts: pd.DataFrame) -> Floats:
    """1 where direct administration takes over from another contract at the end of its term."""
    return np.asarray((after_term(contracts) == "direct") & ~publicly_run(contracts), dtype=float)


class Letting(NamedTuple):
    """What letting one contract for a lot takes, failed tenders included: currency, currency/year, years."""

    transaction_cost: float
    oversight_cost: float
    procurement_years: float


class Duration(NamedTuple):
    """How long a contract is overseen from its signature on, and after how long it is let again, in years.

    ``from_decision``: it is overseen while it is procured, too, as where waiting has no price: a longer procurement
    spares no oversight then.
    """

    lasts_years: float
    again_years: float
    from_decision: bool = False

    @property
    def ends(self) -> bool:
        """Whether it ends with its term, so that its oversight is settled with its signature, whatever comes later."""
        return bool(np.isfinite(self.lasts_years))


def durations_of(contracts: pd.DataFrame) -> dict[str, Duration]:
    """Return contract -> how long it lasts; infinite where nobody takes over, or it is not let again."""
    stated = contracts["term_years"].to_numpy(float)
    term = np.where(stated > 0, stated, np.inf)
    lasts = np.where(_hands_over(contracts) > 0, term, np.inf)
    again = np.where(after_term(contracts) == "relet", term, np.inf)
    rows = zip(contracts["contract_id"], lasts.tolist(), again.tolist(), strict=True)
    return {str(contract): Duration(last, until) for contract, last, until in rows}


def within(letting: Letting, years: float) -> Letting:
    """Return the letting with its procurement no longer than ``years``."""
    return letting._replace(procurement_years=min(letting.procurement_years, years))


def lettings_of(contracts: pd.DataFrame) -> dict[str, Letting]:
    """Return contract -> what letting it takes, from the ``contracts`` table."""
    bids = competition(contracts["bidders"].to_numpy(float))
    columns = (
        _with_failures(contracts, "transaction_cost", bids),
        contracts["oversight_cost"].to_numpy(float),
        _procurement_years(contracts, bids),
    )
    rows = zip(contracts["contract_id"], *(column.tolist() for column in columns), strict=True)
    return {str(contract): Letting(*numbers) for contract, *numbers in rows}


def _procurement_years(contracts: pd.DataFrame, bids: Competition) -> Floats:
    """Years until signature to expect; a tender repeated takes as long as the first unless stated."""
    first, stated = (contracts[name].to_numpy(float) for name in ("procurement_months", "retender_months"))
    again = np.where(np.isnan(stated), first, stated)
    return expected_procurement_years(bids.no_bid_probability, first / 12.0, again / 12.0)


def _with_failures(contracts: pd.DataFrame, column: str, bids: Competition) -> Floats:
    """A cost of letting with what failed tenders cost again."""
    once, repeated = contracts[column].to_numpy(float), contracts["retender_cost_share"].to_numpy(float)
    return np.asarray(once + failed_tender_cost(bids.no_bid_probability, once * repeated, 0.0))


def deductions_expected(contracts: pd.DataFrame) -> pd.Series:
    """Return whether deductions are to be expected from the payments of each contract."""
    deducted = contracts["financing"].map(lambda code: FINANCING[code].deducted).astype(bool)
    return deducted & (contracts["payment_mechanism"] == "availability")


def _deduction_share(contracts: pd.DataFrame) -> Floats:
    """Deductions to expect where a company is paid for availability, within the ceiling stated."""
    expected, ceiling = (contracts[name].to_numpy(float) for name in ("expected_deduction_share", "deduction_ceiling"))
    return np.where(deductions_expected(contracts), np.fmin(expected, ceiling), 0.0)
