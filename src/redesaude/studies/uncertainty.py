"""Joint simulation: how much a plan may cost, and how likely each contract is better value than the public comparator.

A difference is **not distinguishable** while its 5-95 % range contains zero: the same percentiles that are printed
beside it, so that a reader can check the verdict, and the reverse of taking a margin of a few per cent for proof. The
probability itself stands beside the verdict for those who would accept worse odds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.assemble.register import register_in
from redesaude.finance.risks import Draws, Means, Risk
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.studies.alternatives import AS_DECIDED, Alternatives, alternatives
from redesaude.studies.outcomes import Outcomes, outcomes, outcomes_checked
from redesaude_models.arrays import Floats

#: stands for the whole programme in ``site_id``
PROGRAMME = ""
#: verdict -> sentence
VERDICTS = {
    "comparator": N_("the comparator itself"),
    "better": N_("better value than direct administration"),
    "worse": N_("worse value than direct administration"),
    "not_distinguishable": N_("not distinguishable from direct administration"),
}
#: component of the bridge from the engine's expected cost to the simulated mean -> sentence
COMPONENTS = {
    "expected": N_("cost with every factor at its expected value, as optimised"),
    "register": N_("risks whose expected outcome the plan was made without (demand, discount rate, cost lines)"),
    "convexity": N_("products and delays that cost more, or less, on average than at the average"),
    "mean": N_("mean of the simulation"),
}
#: what is compared: every line, or payments alone (without the cost of cases that wait)

VALUE = (
    "site_id",
    "contract_id",
    "psc_contract_id",
    "eligible",
    "chosen",
    "basis",
    "expected_vfm",
    "mean_vfm",
    "standard_error",
    "p5",
    "p10",
    "p50",
    "p90",
    "p95",
    "probability_positive",
    "verdict",
)
COST = ("contract_id", "expected", "mean", "standard_error", "p5", "p10", "p50", "p90", "p95")
BRIDGE = ("component", "npv")
CURVE = ("probability", "plan_cost", "programme_cost", "programme_vfm")
RISKS = (
    "risk_id",
    "name",
    "category",
    "target",
    "contracts",
    "specialties",
    "varies_by",
    "correlation_group",
    "correlation",
    "borne_by",
    "mean",
    "p5",
    "p10",
    "p50",
    "p90",
    "p95",
    "cost_if_low",
    "cost_if_high",
    "share_of_variance",
)

#: of every distribution told: what is called possible, and the P10, P50 and P90 of project appraisal
PERCENTILES = (5, 10, 50, 90, 95)


@dataclass(frozen=True)
class Simulation:
    """What a plan may cost. Money is net present value in currency of the base year; ``p5`` etc. are percentiles.

    Attributes
    ----------
    value : value for money (cost of the comparator less cost) of each contract compared at each site, and of each
        programme (``site_id`` = :data:`PROGRAMME`; ``contract_id`` = ``""`` for the contracts of the plan), columns
        :data:`VALUE`; one row for each basis, ``all`` costs or ``payments``. ``expected_vfm`` is the engine's, with
        every risk at its mean; ``probability_positive`` of a value above zero, NaN for the comparator itself;
        ``verdict`` a key of :data:`VERDICTS`. Draws are common: demand and works are as difficult under every contract.
    cost : cost of each programme, the lines that belong to its sites, columns :data:`COST`.
    bridge : from the objective of the plan to the mean of the simulation, columns :data:`BRIDGE`, one row for each of
        :data:`COMPONENTS`; the last is the sum of the others.
    curve : percentiles 1 to 99 (``probability`` 0.01 to 0.99 of not exceeding) of the plan's whole cost, of the cost
        of its sites and of their value for money, columns :data:`CURVE`.
    risks : every risk drawn, columns :data:`RISKS`. ``mean``, ``p5`` to ``p95`` of its outcome (NaN for the
        contracts' own ranges, which differ by contract). ``cost_if_low`` and ``cost_if_high``: mean plan cost where its
        outcome is among the lowest or highest tenth, less the mean. ``share_of_variance``: squared correlation of its
        rank with the plan's cost, as a share of the sum over risks; risks of one group share what they have in common.
    plan_cost : ``(draws,)``, net present cost of the plan in each draw.
    interpolation_error : largest relative error found where draws were priced again one by one.

    """

    plan: Plan
    draws: int
    seed: int
    value: pd.DataFrame
    cost: pd.DataFrame
    bridge: pd.DataFrame
    curve: pd.DataFrame
    risks: pd.DataFrame
    plan_cost: Floats
    interpolation_error: float


def simulate(plan: Plan, draws: int = 10_000, seed: int = 0, known: Alternatives | None = None) -> Simulation:
    """Return the joint simulation of ``plan``: the same for the same ``seed``.

    ``known`` are the alternatives to the plan, where they are at hand.

    The network stays as planned. Where demand exceeds the nominal capacity of a service the cases beyond are sent away
    at their stated cost (or treated, where nobody may be sent away). ValueError without decisions or a comparator.
    """
    known = known or alternatives(plan)
    register = register_in(plan.scenario)
    joint = Draws(register, draws, seed)
    (drawn, error), means = outcomes_checked(known, joint), outcomes(known, Means(register))
    return Simulation(
        plan=plan,
        draws=draws,
        seed=seed,
        value=_value(known, drawn, means),
        cost=_cost(drawn, means),
        bridge=_bridge(plan, drawn, means),
        curve=_curve(drawn),
        risks=_risks(known, joint, drawn.plan),
        plan_cost=drawn.plan,
        interpolation_error=error,
    )


def _value(known: Alternatives, drawn: Outcomes, means: Outcomes) -> pd.DataFrame:
    rows = []
    for site in known.repricing.sites:
        psc, decided = known.comparator[site], known.repricing.decided[site]
        for contract in known.compared(site):
            here = {
                "site_id": site,
                "contract_id": contract,
                "psc_contract_id": psc,
                "eligible": contract in known.eligible[site],
                "chosen": contract == decided,
            }
            cost = drawn.sites[site, psc] - drawn.sites[site, contract]
            expected = means.sites[site, psc] - means.sites[site, contract]
            rows += [here | found for found in _compared(cost, expected, same=contract == psc)]
    direct = _all_comparators(known)
    for contract in known.programmes:
        here = {
            "site_id": PROGRAMME,
            "contract_id": contract,
            "psc_contract_id": direct,
            "eligible": True,
            "chosen": contract == AS_DECIDED,
        }
        cost = drawn.comparator - drawn.programmes[contract]
        expected = means.comparator - means.programmes[contract]
        same = known.programmes[contract] == known.comparator
        rows += [here | found for found in _compared(cost, expected, same=same)]
    return pd.DataFrame(rows, columns=list(VALUE))


def _all_comparators(known: Alternatives) -> str:
    """The comparator of the programme: the one contract, or several joined by commas."""
    return ", ".join(sorted(set(known.comparator.values())))


def _compared(vfm: Floats, expected: Floats, *, same: bool) -> list[dict[str, object]]:
    """Statistics of value for money, payments and waiting ``(2, draws)``, for each of the bases."""
    rows = []
    for basis, value, mean in (("all", vfm.sum(axis=0), expected.sum()), ("payments", vfm[0], expected[0, 0])):
        found = _statistics(value)
        verdict = "better" if found["p5"] > 0 else "worse" if found["p95"] < 0 else "not_distinguishable"
        rows.append(
            {
                "basis": basis,
                "expected_vfm": float(mean),
                "mean_vfm": found.pop("mean"),
                **found,
                "probability_positive": np.nan if same else float(np.mean(value > 0)),
                "verdict": "comparator" if same else verdict,
            }
        )
    return rows


def _statistics(values: Floats) -> dict[str, float]:
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan
    return {
        "mean": float(values.mean()),
        "standard_error": error,
        **percentiles_of(values),
    }


def percentiles_of(values: Floats) -> dict[str, float]:
    """Return the :data:`PERCENTILES` of ``values`` by name, ``p5`` and so on."""
    return {f"p{p}": float(value) for p, value in zip(PERCENTILES, np.percentile(values, PERCENTILES), strict=True)}


def _cost(drawn: Outcomes, means: Outcomes) -> pd.DataFrame:
    rows = [
        {"contract_id": contract, "expected": float(means.programmes[contract].sum()), **_statistics(cost.sum(axis=0))}
        for contract, cost in drawn.programmes.items()
    ]
    return pd.DataFrame(rows, columns=list(COST))


def _bridge(plan: Plan, drawn: Outcomes, means: Outcomes) -> pd.DataFrame:
    engine, at_means, mean = float(plan.costs["npv"].sum()), float(means.plan[0]), float(drawn.plan.mean())
    steps = {"expected": engine, "register": at_means - engine, "convexity": mean - at_means, "mean": mean}
    return pd.DataFrame(steps.items(), columns=list(BRIDGE))


def _curve(drawn: Outcomes) -> pd.DataFrame:
    probability = np.arange(1, 100) / 100.0
    sites = drawn.programmes[AS_DECIDED].sum(axis=0)
    vfm = drawn.comparator.sum(axis=0) - sites
    curves = [np.quantile(values, probability) for values in (drawn.plan, sites, vfm)]
    return pd.DataFrame(dict(zip(CURVE, (probability, *curves), strict=True)))


def _risks(known: Alternatives, joint: Draws, cost: Floats) -> pd.DataFrame:
    rows = []
    for risk in joint.register.simulated:
        sites = known.repricing.sites if risk.by_site else [""]
        level: Floats = np.mean([joint.uniform(risk, site) for site in sites], axis=0)
        low, high = np.quantile(level, (0.1, 0.9))
        rows.append(
            {
                **_stated(risk),
                "cost_if_low": float(cost[level <= low].mean() - cost.mean()),
                "cost_if_high": float(cost[level >= high].mean() - cost.mean()),
                "share_of_variance": _squared_correlation(level, cost),
            }
        )
    table = pd.DataFrame(rows, columns=list(RISKS))
    table["share_of_variance"] /= max(float(table["share_of_variance"].sum()), 1e-300)
    return table


def _squared_correlation(level: Floats, cost: Floats) -> float:
    """Return the squared rank correlation, zero where one of them does not vary."""
    ranks = pd.DataFrame({"level": level, "cost": cost}).rank()
    correlation = ranks["level"].corr(ranks["cost"])
    return 0.0 if np.isnan(correlation) else float(correlation**2)


def _stated(risk: Risk) -> dict[str, object]:
    """What the register says of a risk."""
    known = risk.distribution
    levels = np.array(PERCENTILES) / 100.0
    outcomes = known.quantile(levels) if known else np.full(len(levels), np.nan)
    return {
        "risk_id": risk.id,
        "name": risk.name,
        "category": risk.category,
        "target": risk.target,
        "contracts": risk.contracts,
        "specialties": risk.specialties,
        "varies_by": "site" if risk.by_site else "programme",
        "correlation_group": risk.group,
        "correlation": risk.correlation,
        "borne_by": "; ".join(f"{contract}: {share:g}" for contract, share in risk.borne_by.items()),
        "mean": known.mean if known else np.nan,
        **{f"p{p}": float(outcome) for p, outcome in zip(PERCENTILES, outcomes, strict=True)},
    }
