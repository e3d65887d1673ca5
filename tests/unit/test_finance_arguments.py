"""What the finance functions refuse: every number and word that their types do not allow, and what has no answer."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redesaude.finance as finance_package
from redesaude.finance.arguments import Allowed, ArgumentError, Shape, UnsolvableError, allowed_of
from redesaude.finance.capital_charge import Loans, capital_charges
from redesaude.finance.comparator import Tax, taxes_returned, value_for_money
from redesaude.finance.discounting import yearly_factors
from redesaude.finance.distributions import Discrete, Triangular
from redesaude.finance.payment import Mechanism
from redesaude.finance.project_company import Finance, Project, company_cash_flow
from redesaude.finance.returns import ReturnRateError, internal_return, internal_returns
from redesaude.finance.unitary_payment import payment_coefficients, solve_unitary_payment

#: modules that lay out arrays which the functions of the others, and the checks of the workbook, have let in
LAID_OUT = (
    "arguments",
    "cashflow",
    "company_loan",
    "company_pricing",
    "contracts",
    "phases",
    "services",
    "works_profiles",
)
PROJECT, FINANCE = Project(100.0, 2.0, 20.0), Finance(0.12, 0.08, 0.6, 15.0, 1.2, tax_share=0.3)
SAMPLES: dict[Any, Any] = {Project: PROJECT, Finance: FINANCE, Mechanism: Mechanism()}


def public() -> list[Callable[..., Any]]:
    """Every public function and dataclass of the finance engine."""
    found: list[Any] = []
    for name in (m.name for m in pkgutil.iter_modules(finance_package.__path__)):
        module = importlib.import_module(f"redesaude.finance.{name}")
        found += [
            thing
            for label, thing in vars(module).items()
            if not label.startswith("_") and getattr(thing, "__module__", "") == module.__name__
            and (inspect.isfunction(thing) or (inspect.isclass(thing) and is_dataclass(thing)))
        ]  # fmt: skip
    return found


FUNCTIONS = [thing for thing in public() if inspect.isfunction(thing) and thing.__module__[18:] not in LAID_OUT]
LIMITED = [(thing, name, allowed) for thing in public() for name, allowed in allowed_of(thing).items()]


def sample(thing: Callable[..., Any]) -> dict[str, Any]:
    """Return arguments for ``thing``, each allowed by itself; None where the type says nothing."""
    hints = get_type_hints(thing, include_extras=True)
    limits = allowed_of(thing)
    found = {}
    for name, parameter in inspect.signature(thing).parameters.items():
        allowed = limits.get(name)
        if isinstance(allowed, tuple):
            found[name] = allowed[0]
        elif allowed is not None:
            found[name] = 1 if allowed.whole else 0.5 if allowed.fits(np.array(0.5)) else 1.0
            if allowed.shape is Shape.MANY:
                found[name] = [found[name], found[name]]
        elif parameter.default is inspect.Parameter.empty:
            found[name] = SAMPLES.get(hints.get(name))
    return found


@pytest.mark.parametrize("thing", FUNCTIONS, ids=lambda thing: f"{thing.__module__[18:]}.{thing.__name__}")
def test_every_number_and_word_of_the_public_functions_says_what_it_can_mean(thing: Callable[..., Any]) -> None:
    loose = [
        name
        for name, parameter in inspect.signature(thing).parameters.items()
        if name not in allowed_of(thing) and parameter.annotation in {"float", "ArrayLike", "float | Floats"}
    ]
    assert not loose
    assert not allowed_of(thing) or hasattr(thing, "__wrapped__"), "limits that nobody checks"


@settings(max_examples=400, deadline=None)
@given(entry=st.sampled_from(LIMITED), value=st.floats(), in_array=st.booleans())
def test_a_number_out_of_range_is_refused_by_name(entry: Any, value: float, in_array: bool) -> None:
    thing, name, allowed = entry
    if isinstance(allowed, tuple):
        value, fits = f"{allowed[0]}s", False  # type: ignore[assignment]
    else:
        fits = bool(allowed.fits(np.array(value)))
    if fits:
        return
    many = isinstance(allowed, Allowed) and allowed.shape is Shape.MANY
    as_array = many or (in_array and isinstance(allowed, Allowed) and allowed.shape is Shape.ANY)
    sound = np.ravel(sample(thing)[name])[0] if as_array else None
    arguments = sample(thing) | {name: [sound, value] if as_array else value}
    with pytest.raises(ArgumentError) as refused:
        thing(**arguments)
    assert refused.value.argument == (f"{name}[1]" if as_array else name)
    assert refused.value.allowed in str(refused.value)


def test_text_where_a_number_belongs_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"works: 'many' came, allowed is a finite number, at least 0"):
        Project("many", 2.0, 20.0)  # type: ignore[arg-type]


def test_a_yes_is_no_count_of_years() -> None:
    with pytest.raises(ArgumentError, match="years"):
        yearly_factors(0.05, True)


def test_a_typo_does_not_return_all_taxes() -> None:
    tax = (Tax(100.0, 0.2),)
    with pytest.raises(ArgumentError, match="perspective: 'states' came, allowed is one of state, government, none"):
        taxes_returned(tax, "states")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="neutrality"):
        value_for_money(1.0, 1.0, neutrality="added")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="kind"):
        Mechanism("volume")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda: Project(100.0, 2.0, 20.0, contribution=101.0),
            "contribution: 101 came, allowed is at most the works, 100",
        ),
        (lambda: Project(100.0, 4.0, -1.0), "the works last longer than the payments"),
        (lambda: Project(100.0, 2.0, 20.0, running_cost_per_year=np.ones(3)), "running_cost_per_year: 3 numbers came"),
        (lambda: Project(100.0, 2.0, 20.0, works_profile=np.array([0.5, 0.4])), "works_profile"),
        (lambda: company_cash_flow(PROJECT, replace(FINANCE, debt_years=21.0), 10.0), "debt_years"),
        (lambda: replace(FINANCE, cover=0.9), "cover: 0.9 came"),
        (lambda: replace(FINANCE, payment_tax_share=1.0), "payment_tax_share"),
        (lambda: Tax(1.0, 0.5, 0.2), "the state is a government"),
        (lambda: Mechanism(band_low=1.1, band_high=0.9), "band_high: 0.9 came"),
        (lambda: Triangular(2.0, 1.0, 3.0), "mode: 1 came, allowed is at least low, 2"),
        (lambda: Discrete((1.0, 2.0), (0.5,)), "probabilities: 1 numbers came"),
        (lambda: payment_coefficients(replace(PROJECT, works=0.0), FINANCE), "works: 0 came"),
    ],
)
def test_arguments_that_do_not_fit_each_other_are_refused(wrong: Callable[[], Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says.replace("(", r"\(")):
        wrong()


def test_no_payment_where_revenue_exceeds_cost() -> None:
    """A company that earns 30 a year from others needs no payment for works of 100."""
    with pytest.raises(UnsolvableError, match="revenue exceeds cost"):
        solve_unitary_payment(replace(PROJECT, running_cost_per_year=-30.0), replace(FINANCE, gearing_share=0.0))
    some = solve_unitary_payment(replace(PROJECT, running_cost_per_year=-3.0), replace(FINANCE, gearing_share=0.0))
    assert some == pytest.approx(solve_unitary_payment(PROJECT, replace(FINANCE, gearing_share=0.0)) - 3.0)


def test_a_loan_that_its_reserve_takes_is_told() -> None:
    """A year of service in reserve, for a loan of one year: all that is borrowed, with interest, is put aside."""
    finance = Finance(0.12, 0.08, 1.0, 1.0, reserve_months=12.0)
    with pytest.raises(ArgumentError, match="a loan that brings more than its fee, reserve and interest take"):
        solve_unitary_payment(PROJECT, finance)
    one = Loans(*(np.array([x]) for x in (0.12, 0.08, 1.0, 1.0, np.nan, 12.0, 0.0, 0.0, 0.0, 2.0, 20.0)))
    with pytest.raises(UnsolvableError, match="reserve"):
        capital_charges(one)


# --- internal rates of return ----------------------------------------------------------------------------------------


def test_several_rates_and_none_are_told() -> None:
    with pytest.raises(ReturnRateError, match=r"several rates of return: 10\.0000%, 20\.0000%"):
        internal_return([-100.0, 230.0, -132.0])
    with pytest.raises(ReturnRateError, match="all paid or all received"):
        internal_return([10.0, 10.0])
    with pytest.raises(ReturnRateError, match="no rate of return between"):
        internal_return([-100.0, 210.0, -121.0])


def test_a_rate_that_exists_is_found_where_both_ends_have_one_sign() -> None:
    """Works, service, and a cost of clearing up: worth nothing at 10 % alone, where the worth only touches zero."""
    assert internal_return([-100.0, 220.0, -121.0]) == pytest.approx(0.10)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-0.9, 5.0), min_size=1, max_size=3, unique=True), st.floats(0.1, 1e6))
def test_the_rates_that_a_flow_is_made_of_are_found(rates: list[float], scale: float) -> None:
    """Flows with given zeros, multiplied out: (1 - (1 + r) x) for each rate."""
    rates = sorted(rates)
    if min(np.diff(rates), default=1.0) < 0.05:
        return
    flows = np.array([scale])
    for rate in rates:
        flows = np.convolve(flows, [1.0, -(1.0 + rate)])
    assert internal_returns(flows) == pytest.approx(rates, abs=1e-6)
