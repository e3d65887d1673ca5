"""The table of ways of financing works: every row answers what callers ask, and the answers fit each other."""

from __future__ import annotations

import numpy as np
import pytest

from redesaude.finance.arguments import ArgumentError
from redesaude.finance.contracts import Terms
from redesaude.finance.fiscal import contract_value, running_use
from redesaude.finance.services import AT_ONCE, Services
from redesaude.financing import FINANCING, PPP_LINES, Financing
from redesaude.inputs.tables.contracts import CONTRACTS
from redesaude.inputs.tables.vocabulary import AFTER_TERM
from redesaude.lines import LINES, Kind

WAYS = list(FINANCING.values())


@pytest.mark.parametrize("way", WAYS, ids=list(FINANCING))
def test_who_builds_is_paid_and_repaid_and_nobody_else(way: Financing) -> None:
    assert len({way.builder is not None, way.payment != "", way.repayment is not None}) == 1
    if way.builder is None:
        assert way == Financing(way.title)  # nothing handed over, nothing counted as a PPP


@pytest.mark.parametrize("way", WAYS, ids=list(FINANCING))
def test_it_is_paid_by_a_line_of_running_cost_that_is_of_ppps_or_of_others(way: Financing) -> None:
    if way.payment:
        assert LINES[way.payment].kind is Kind.RUNNING
        assert (way.payment in PPP_LINES) == way.ppp


@pytest.mark.parametrize("way", WAYS, ids=list(FINANCING))
def test_it_names_columns_and_words_that_exist(way: Financing) -> None:
    assert set(way.needs) <= {column.name for column in CONTRACTS.columns}
    assert way.after_term in AFTER_TERM


def test_the_sheet_offers_them_all() -> None:
    assert next(c for c in CONTRACTS.columns if c.name == "financing").choices == tuple(FINANCING)


def one(value: float) -> np.ndarray:
    return np.array([value])


def contract(financing: str, **stated: float) -> Terms:
    neutral = dict.fromkeys(("capex_factor", "opex_factor", "case_factor", "delay_factor", "state_share"), 1.0)
    nothing = ("company_return", "procurement_years", "transaction_share", "counts_as_ppp", "counts_as_personnel")
    numbers = neutral | dict.fromkeys(nothing, 0.0) | {"equity_return": 0.1, "term_years": 12.0} | stated
    return Terms(financing=np.array([financing]), **{name: one(value) for name, value in numbers.items()})


SERVICE = Services(
    **{name: one(value) for name, value in AT_ONCE.items()},
    **{name: one(0.0) for name in ("before_fixed", "before_lifecycle", "before_share", "unmet_cost")},
    works=one(1000.0), lifecycle=one(20.0), fixed=one(100.0), per_case=one(5.0), capacity=one(50.0),
    build_years=one(2.0),
)  # fmt: skip


def test_a_way_that_nobody_declared_is_refused() -> None:
    with pytest.raises(ArgumentError, match="barter"):
        contract("barter")


@pytest.mark.parametrize(("financing", "shares"), [("budget", 0.0), ("project_company", 0.4), ("provider", 1.0)])
def test_running_cost_goes_to_the_contractor_by_its_share(financing: str, shares: float) -> None:
    terms = contract(financing, counts_as_ppp=0.4)
    assert terms.run_share.tolist() == [shares]


@pytest.mark.parametrize("stated", [{"payment_tax_share": 0.1}, {"fixed_payment_share": 0.6}, {}], ids=str)
def test_the_value_of_a_contract_is_its_works_and_what_it_is_paid_over_the_term(stated: dict[str, float]) -> None:
    """Of a provider too: taxes on all that it is paid, and the part of the cost of cases that is paid fixed."""
    terms = contract("provider", **stated)
    assert contract_value(SERVICE, terms) == pytest.approx(12 * running_use(SERVICE, terms)[0])
    untaxed = 12 * running_use(SERVICE, contract("provider"))[0]
    assert contract_value(SERVICE, terms) >= untaxed
