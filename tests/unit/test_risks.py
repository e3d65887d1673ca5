"""Distributions, correlation, allocation, and the register of a scenario."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import least_squares

import redesaude as rs
import tiny
from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.finance.cashflow import lay_out
from redesaude.finance.discounting import Calendar
from redesaude.finance.distributions import Discrete, Event, Lognormal, Pert, Triangular, reference_class
from redesaude.finance.percentiles import Percentiles
from redesaude.finance.risks import ADDED, TERMS_FIELD, Draws, Means, Register, Risk, register_of
from redesaude.finance.services import tail_years, timing_of
from redesaude.inputs.risks import WITH_OWN_RANGE, numbers_in, shares_in
from redesaude.inputs.tables import RISK_TARGETS
from redesaude.report.view import view_of
from redesaude.report.workbook.risks import register_frame

EVEN = (np.arange(200_000) + 0.5) / 200_000

DISTRIBUTIONS = (
    Triangular(250_000, 325_000, 600_000),
    Triangular(1.0, 1.0, 2.0),
    Triangular(1.0, 2.0, 2.0),
    Pert(1.05, 1.2, 1.4),
    Lognormal(1.3, 0.25),
    Discrete((190, 60, 80, 120, 170), (0.15, 0.05, 0.20, 0.40, 0.20)),
    reference_class((1.22, 1.31, 1.66, 1.25)),
    Event(0.15, Triangular(250_000, 325_000, 600_000)),
    Event(0.3, Triangular(1.1, 1.2, 1.6), otherwise=1.0),
    Percentiles(0.9, 1.0, 1.3),
    Percentiles(-0.01, 0.0, 0.03, added=True),
)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=repr)
def test_the_mean_is_that_of_the_draws(distribution):
    assert distribution.quantile(EVEN).mean() == pytest.approx(distribution.mean, rel=2e-4)


def test_worked_examples_of_expected_risk():
    overruns = Discrete((60, 80, 120, 170, 190), (0.05, 0.20, 0.40, 0.20, 0.15))
    assert overruns.mean == pytest.approx(129.5, abs=0.05)  # not 120, the mode
    assert Event(0.15, Triangular(250_000, 325_000, 600_000)).mean == pytest.approx(58_750)


def test_quantiles_are_the_inverse_of_the_textbook_distributions():
    u = np.array([0.01, 0.2, 0.5, 0.8, 0.99])
    triangle = stats.triang(c=(1.2 - 1.05) / 0.35, loc=1.05, scale=0.35)
    assert Triangular(1.05, 1.2, 1.4).quantile(u) == pytest.approx(triangle.ppf(u))
    assert Lognormal(1.3, 0.25).quantile(u) == pytest.approx(
        stats.lognorm(0.25, scale=1.3 * np.exp(-(0.25**2) / 2)).ppf(u)
    )
    assert Discrete((3.0, 1.0), (0.25, 0.75)).quantile(np.array([0.74, 0.76])).tolist() == [1.0, 3.0]


def test_percentiles_by_hand():
    """0.9, 1 and 1.3: deviations ln(1 / 0.9) / 1.28155 and ln(1.3) / 1.28155, mean 0.46883 + 0.59340."""
    told = Percentiles(0.9, 1.0, 1.3)
    assert told.quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx([0.9, 1.0, 1.3])
    assert told.mean == pytest.approx(1.06223, abs=1e-5)
    assert told.mean == pytest.approx(0.3 * 0.9 + 0.4 * 1.0 + 0.3 * 1.3, abs=0.005)  # Swanson's rule
    assert Percentiles(-0.01, 0.0, 0.03, added=True).mean == pytest.approx(0.02 / 1.2815516 / np.sqrt(2 * np.pi))


def test_percentiles_alike_on_both_sides_are_a_lognormal():
    p10, p90 = np.exp(-0.25 * stats.norm.ppf(0.9)), np.exp(0.25 * stats.norm.ppf(0.9))
    assert Percentiles(p10, 1.0, p90).mean == pytest.approx(np.exp(0.25**2 / 2))
    assert Percentiles(p10, 1.0, p90).quantile(EVEN) == pytest.approx(
        Lognormal(np.exp(0.25**2 / 2), 0.25).quantile(EVEN)
    )


@pytest.mark.parametrize("wrong", [(1.0, 0.9, 1.2), (0.9, 1.0, 0.95), (0.0, 1.0, 1.2), (float("nan"), 1.0, 1.2)])
def test_percentiles_that_do_not_rise_are_refused(wrong):
    with pytest.raises(ValueError, match=r"p10|p50"):
        Percentiles(*wrong)


ratios = st.floats(1.0, 3.0)


@given(st.floats(0.2, 3.0), ratios, ratios, st.booleans())
def test_percentiles_are_passed_through_and_rise(median, down, up, added):
    told = Percentiles(median / down, median, median * up, added=added)
    assert told.quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx([told.p10, told.p50, told.p90])
    drawn = told.quantile(np.linspace(1e-9, 1 - 1e-9, 999))
    assert (np.diff(drawn) >= 0).all()
    assert added or drawn.min() > 0


@given(st.floats(0.2, 3.0), ratios, ratios, st.booleans())
def test_a_higher_p90_is_a_higher_mean(median, down, up, added):
    assume(up > 1.01)
    low, high = (Percentiles(median / down, median, p90, added=added) for p90 in (median, median * up))
    assert low.mean < high.mean


def test_a_range_of_no_width_is_certain():
    assert Percentiles(1.2, 1.2, 1.2).quantile(EVEN[:3]) == pytest.approx([1.2] * 3)
    assert Triangular(1.2, 1.2, 1.2).quantile(EVEN[:3]).tolist() == [1.2] * 3
    assert Pert(1.2, 1.2, 1.2).quantile(EVEN[:3]).tolist() == [1.2] * 3


def test_probabilities_must_add_up():
    with pytest.raises(ValueError, match="add up"):
        Discrete((1.0, 2.0), (0.5, 0.6))


# --- joint draws ----------------------------------------------------------------------------------------------


def joint(*risks: Risk, count: int = 40_000, seed: int = 1) -> Draws:
    return Draws(Register(risks, {}), count, seed)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(stats.norm.ppf(a), stats.norm.ppf(b))[0, 1])


def test_members_of_a_group_have_the_correlation_stated_and_groups_are_independent():
    shape = Triangular(0.8, 1.0, 1.4)
    a, b = (Risk(name, "capex", shape, group="works", correlation=0.6) for name in "ab")
    other = Risk("c", "opex", shape, group="labour", correlation=0.6)
    draws = joint(a, b, other)
    assert correlation(draws.uniform(a), draws.uniform(b)) == pytest.approx(0.6, abs=0.02)
    assert correlation(draws.uniform(a), draws.uniform(other)) == pytest.approx(0.0, abs=0.02)


def test_sites_of_a_risk_are_correlated_as_stated():
    risk = Risk("works", "capex", Triangular(1, 1.2, 1.4), group="g", correlation=0.5, by_site=True)
    draws = joint(risk)
    assert correlation(draws.uniform(risk, "h1"), draws.uniform(risk, "h2")) == pytest.approx(0.5, abs=0.02)
    whole = replace(risk, by_site=False)
    assert np.array_equal(draws.uniform(whole, "h1"), draws.uniform(whole, "h2"))


def test_perfect_correlation_moves_together():
    a, b = (Risk(name, "capex", Triangular(0, 1, 2), group="one") for name in "ab")
    draws = joint(a, b)
    assert np.array_equal(draws.uniform(a), draws.uniform(b))


def test_the_same_seed_gives_the_same_draws_and_a_new_row_leaves_them_alone():
    a, b = Risk("a", "demand", Triangular(0.8, 1, 1.2)), Risk("b", "opex", Triangular(0.8, 1, 1.2))
    assert np.array_equal(joint(a).factor("demand"), joint(b, a).factor("demand"))
    assert not np.array_equal(joint(a, seed=1).factor("demand"), joint(a, seed=2).factor("demand"))
    assert np.array_equal(joint(a, count=50).factor("demand"), joint(a, count=100).factor("demand")[:50])


#: Australian National PPP Guidelines, volume 4: raw cost and competitive neutrality, then P5, mean, P95 of the risks
_RAW, _TRANSFERABLE, _RETAINED = 320.6 + 15.0, (46.1, 116.0, 188.9), (2.3, 12.8, 27.0)


def test_percentiles_are_those_of_the_total_never_added():
    added = [_RAW + a + b for a, b in zip(_TRANSFERABLE, _RETAINED, strict=True)]
    assert added == pytest.approx([384, 464, 552], abs=0.6)  # as the guide prints them
    low, high = _percentiles(group="all")
    assert (low, high) == pytest.approx((added[0], added[2]), abs=0.6)
    low, high = _percentiles(group="")
    assert added[0] + 2 < low < high < added[2] - 2


def _percentiles(group: str) -> tuple[float, float]:
    risks = [Risk(n, "capex", _triangle(*b), group=group) for n, b in (("t", _TRANSFERABLE), ("r", _RETAINED))]
    draws = joint(*risks, count=400_000)
    total = _RAW + np.sum([risk.distribution.quantile(draws.uniform(risk)) for risk in risks], axis=0)
    low, high = np.percentile(total, (5, 95))
    return float(low), float(high)


def _triangle(p5: float, mean: float, p95: float) -> Triangular:
    """A triangle with these 5 and 95 % points, and this mean as nearly as a triangle can."""

    def shape(x: np.ndarray) -> Triangular:
        return Triangular(x[0] - abs(x[1]), x[0], x[0] + abs(x[2]))

    def misfit(x: np.ndarray) -> list[float]:
        low, high = shape(x).quantile(np.array([0.05, 0.95]))
        return [low - p5, high - p95, 0.01 * (shape(x).mean - mean)]

    return shape(least_squares(misfit, [mean, mean - p5, p95 - mean], xtol=1e-12, ftol=1e-12).x)


# --- who bears what, and what it touches -----------------------------------------------------------------------


def test_the_public_side_bears_its_share_of_the_deviation():
    risk = Risk("wages", "opex", Triangular(1.2, 1.2, 1.2), borne_by={"ppp": 0.25, "oss": 0.0})
    outcome = np.array([1.2])
    assert risk.borne("direct", outcome) == pytest.approx([1.2])
    assert risk.borne("ppp", outcome) == pytest.approx([1.05])
    assert risk.borne("oss", outcome) == pytest.approx([1.0])


def test_a_star_says_who_bears_it_under_every_contract_that_is_not_named():
    risk = Risk("wages", "opex", Triangular(1.2, 1.2, 1.2), borne_by=shares_in("ppp: 0.25; *: 0.5"))
    outcome = np.array([1.2])
    assert risk.borne("ppp", outcome) == pytest.approx([1.05])
    assert risk.borne("direct", outcome) == pytest.approx([1.1])


def test_the_page_names_who_bears_it_and_says_all_public_in_one_way():
    contracts = tiny.rows({"contract_id": "direct"}, tiny.PPP | {"name": "Grey coat"})
    view = view_of(rs.solve(tiny.scenario(contracts=contracts), tiny.EXACT))
    words = {"name": "r", "target": "opex", "contracts": (), "specialties": (), "varies_by": "site"}
    stated = ["ppp: 0.4; *: 1", "*: 1", ""]
    table = pd.DataFrame([words | {"correlation_group": "", "borne_by": text} for text in stated])
    told = register_frame(view, SimpleNamespace(risks=table.assign(share_of_variance=[0.3, 0.2, 0.1])))["borne"]
    assert told.tolist() == ["Grey coat: 40% public; other contracts: 100% public", *["the public side, all of it"] * 2]


def test_what_a_blank_means_may_be_said_of_any_risk_and_nothing_else_of_those_the_same_for_all():
    demand = {"target": "demand"}
    drawn = {"risk_id": "r", "distribution": "triangular", "low": 0.9, "mode": 1.0, "high": 1.1}
    stated = tiny.scenario(risks=tiny.rows(drawn | demand | {"borne_by": "*: 1"}))
    assert stated.risks["borne_by"].tolist() == ["*: 1"]
    assert [code for code, _ in problems(**demand, borne_by="*: 0.5")] == ["risk_limited_in_vain"]


def test_a_rate_is_added_and_factors_multiply():
    up, more = Triangular(0.01, 0.01, 0.01), Triangular(1.1, 1.1, 1.1)
    draws = joint(*(Risk(n, "discount_rate", up) for n in "ab"), *(Risk(n, "demand", more) for n in "cd"), count=2)
    assert draws.factor("discount_rate") == pytest.approx([0.02, 0.02])
    assert draws.factor("demand") == pytest.approx([1.21, 1.21])


def test_a_risk_touches_only_its_contracts_and_specialties():
    risk = Risk("r", "unitary_payment", Triangular(2, 2, 2), contracts=("ppp",), specialties=("cardio",))
    draws = joint(risk, count=1)
    assert draws.factor("unitary_payment", "ppp", "cardio").tolist() == [2.0]
    assert draws.factor("unitary_payment", "ppp", "stroke").tolist() == [1.0]
    assert draws.factor("unitary_payment", "direct", "cardio").tolist() == [1.0]


# --- the register of a scenario --------------------------------------------------------------------------------

EVENT = {"risk_id": "strike", "target": "opex", "probability": 0.5, "distribution": "triangular", "low": 1.1,
         "mode": 1.2, "high": 1.3}  # fmt: skip
CONTRACTS = tiny.rows(
    {"contract_id": "direct", "opex_factor": 1.0, "delay_factor_low": 1, "delay_factor": 2, "delay_factor_high": 6},
    tiny.PPP | tiny.TRIANGLE,
)


def register(*risks: dict[str, object], contracts=CONTRACTS) -> Register:
    scenario = tiny.scenario(contracts=contracts, risks=tiny.rows(*risks))
    return register_of(scenario.risks, scenario.contracts)


def test_ranges_of_contracts_are_risks_without_any_row():
    scenario = tiny.scenario(contracts=CONTRACTS)
    found = register_of(scenario.risks, scenario.contracts)
    assert [risk.id for risk in found.simulated] == ["running_cost", "works_time"]
    draws = Draws(found, 20_000, 0)
    assert draws.factor("delay", "direct", "cardio", "h1").mean() == pytest.approx(3.0, rel=0.02)
    assert draws.factor("opex", "ppp", "cardio", "h1").mean() == pytest.approx(1.1, rel=0.01)
    assert draws.factor("opex", "direct", "cardio", "h1").tolist() == [1.0] * 20_000


def test_two_contracts_meet_the_same_difficulty_of_works():
    both = tiny.rows(
        {"contract_id": "a", "capex_factor_low": 1, "capex_factor": 1.2, "capex_factor_high": 1.4},
        {"contract_id": "b", "capex_factor_low": 1, "capex_factor": 1.1, "capex_factor_high": 1.2},
    )
    draws = Draws(register(EVENT, contracts=both), 1000, 0)
    a, b = (draws.factor("capex", contract, "cardio", "h1") for contract in "ab")
    assert stats.spearmanr(a, b).statistic == pytest.approx(1.0)


def test_a_row_may_say_how_the_own_ranges_move():
    row = {"risk_id": "mine", "target": "delay", "distribution": "contract", "varies_by": "programme"}
    draws = Draws(register(row), 100, 0)
    sites = [draws.factor("delay", "direct", "cardio", site) for site in ("h1", "h2")]
    assert np.array_equal(*sites)
    without = Draws(register(EVENT), 100, 0)
    assert not np.array_equal(*(without.factor("delay", "direct", "cardio", site) for site in ("h1", "h2")))


def test_a_listed_risk_is_not_drawn():
    assert register({"risk_id": "law", "target": "opex"}).risks == ()


def test_expected_outcomes_are_in_the_prices_the_optimiser_sees():
    plain, risky = (assemble(tiny.scenario(**changes)).options for changes in ({}, {"risks": tiny.rows(EVENT)}))
    assert risky.prices.fixed["fixed_running"] == pytest.approx(1.1 * plain.prices.fixed["fixed_running"])
    assert risky.prices.per_case["case_running"] == pytest.approx(plain.prices.per_case["case_running"])


def test_a_risk_stated_by_percentiles_is_priced_at_its_mean():
    row = {"risk_id": "wages", "target": "opex", "distribution": "percentiles", "p10": 0.9, "p50": 1.0, "p90": 1.3}
    plain, risky = (assemble(tiny.scenario(**changes)).options for changes in ({}, {"risks": tiny.rows(row)}))
    priced = Percentiles(0.9, 1.0, 1.3).mean * plain.prices.fixed["fixed_running"]
    assert risky.prices.fixed["fixed_running"] == pytest.approx(priced)
    draws = Draws(register(row), 40_000, 0).factor("opex", "direct", "cardio")
    assert np.percentile(draws, (10, 50, 90)) == pytest.approx([0.9, 1.0, 1.3], rel=0.02)
    rate = {
        "risk_id": "rate",
        "target": "discount_rate",
        "distribution": "percentiles",
        "p10": -0.01,
        "p50": 0,
        "p90": 0.02,
    }
    assert np.percentile(Draws(register(rate), 40_000, 0).factor("discount_rate"), 10) == pytest.approx(-0.01, abs=5e-4)


def test_without_a_register_nothing_changes():
    plain = assemble(tiny.scenario()).options
    listed = assemble(tiny.scenario(risks=tiny.rows({"risk_id": "law", "target": "opex"}))).options
    for line, fixed in plain.prices.fixed.items():
        assert listed.prices.fixed[line] == pytest.approx(fixed, abs=1e-9)


def test_the_mean_draw_is_the_expected_factor_of_the_terms():
    found = register(EVENT | {"borne_by": "ppp: 0.5"})
    assert found.expected("opex", "ppp", "cardio") == pytest.approx(1.05)
    assert Means(found).factor("opex", "ppp", "cardio") == pytest.approx([1.1 * 1.05])
    assert Means(found).factor("delay", "direct") == pytest.approx([3.0])


def test_targets_are_factors_demand_the_rate_and_the_lines_of_the_engine():
    options = assemble(tiny.scenario(contracts=tiny.rows(tiny.PPP), settings=tiny.settings(horizon_years=5))).options
    calendar = Calendar(
        2025, 2025, 5, 0.0, tail_years=tail_years(timing_of(options.services, options.terms), options.terms, 5)
    )
    lines = set(lay_out(options.services, options.terms, calendar))
    assert set(RISK_TARGETS) <= {*TERMS_FIELD, *ADDED, "demand", *lines}
    assert set(TERMS_FIELD) & set(RISK_TARGETS) == set(WITH_OWN_RANGE)


# --- what is wrong with a register -----------------------------------------------------------------------------


def problems(**row: object) -> list[tuple[str, str]]:
    base = {"risk_id": "r", "target": "opex", "distribution": "triangular", "low": 0.9, "mode": 1.0, "high": 1.1}
    columns = {"outcomes": "", "probabilities": "", "mean": None, "sigma": None, "borne_by": "", "contracts": ""}
    with pytest.raises(InputError) as caught:
        tiny.scenario(risks=tiny.rows(base | columns | row))
    return [(p.code, p.found.format_map(p.values)) for p in caught.value.problems]


@pytest.mark.few(10)
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"high": None}, "risk_without_parameter"),
        ({"distribution": "lognormal"}, "risk_without_parameter"),
        ({"distribution": "reference_class"}, "risk_without_parameter"),
        ({"low": 1.05}, "risk_out_of_order"),
        ({"distribution": "percentiles", "p10": 0.9, "p50": 1.0}, "risk_without_parameter"),
        ({"distribution": "percentiles", "p10": 0.9, "p50": 1.4, "p90": 1.3}, "risk_percentiles_out_of_order"),
        ({"distribution": "percentiles", "p10": 0.0, "p50": 1.0, "p90": 1.3}, "risk_percentiles_out_of_order"),
        ({"low": -0.5}, "risk_negative_factor"),
        ({"distribution": "discrete", "outcomes": "1; x", "probabilities": "0.5; 0.5"}, "risk_list_unreadable"),
        ({"distribution": "discrete", "outcomes": "1,2; 2", "probabilities": "0.5; 0.5"}, "risk_list_unreadable"),
        ({"distribution": "discrete", "outcomes": "1; 2", "probabilities": "0.5; 0.4"}, "risk_probabilities"),
        ({"distribution": "discrete", "outcomes": "1; 2", "probabilities": "1"}, "risk_probabilities"),
        ({"distribution": "reference_class", "outcomes": "-1; 2"}, "risk_negative_factor"),
        ({"borne_by": "direct 0.5"}, "risk_shares_unreadable"),
        ({"borne_by": "direct: 1.5"}, "risk_shares_unreadable"),
        ({"borne_by": "direkt: 0.5"}, "risk_unknown_contract"),
        ({"contracts": "direkt"}, "unknown_reference"),
        ({"target": "demand", "distribution": "contract"}, "risk_no_own_range"),
        ({"distribution": "contract", "borne_by": "direct: 0.5"}, "risk_own_range_limited"),
        ({"target": "demand", "contracts": "direct"}, "risk_limited_in_vain"),
        ({"target": "discount_rate", "specialties": "cardio"}, "risk_limited_in_vain"),
    ],
)
def test_every_fault_of_a_risk_is_told(row: dict[str, object], code: str):
    told = problems(**row)
    assert {found for found, _ in told} == {code}
    assert not any("{" in sentence for _, sentence in told)


def test_two_rows_for_the_same_own_range_are_told():
    both = tiny.rows(*({"risk_id": n, "target": "opex", "distribution": "contract"} for n in "ab"))
    with pytest.raises(InputError) as caught:
        tiny.scenario(risks=both)
    assert [p.code for p in caught.value.problems] == ["risk_own_range_twice"]


def test_lists_are_read_as_typed():
    assert numbers_in("0.9; 1 ;1.3") == [0.9, 1.0, 1.3]
    assert shares_in(" ppp: 0.2; oss : 0 ") == {"ppp": 0.2, "oss": 0.0}
    assert shares_in("") == {}
    with pytest.raises(ValueError, match="nan"):
        numbers_in("1; nan")
