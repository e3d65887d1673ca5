"""Strategies side by side: today, everything direct, PPP where eligible, the best mix, and the workbook's variants.

Each of direct and PPP is shown twice: on the *same network* as the best mix (sites, sizes and patients as there, only
contracts swapped, rules it breaks told and not hidden) and *re-optimised* (solved again with the contracts restricted).

A solve proves an interval: the best possible cost of a strategy lies between its bound and its plan. Strategies whose
intervals overlap are not distinguishable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.inputs.variants import apply_variant
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.benefits import Benefits, difference, outcomes
from redesaude.plan.cash_flow import cash_flow, fiscal_by_year
from redesaude.plan.endings import Fate
from redesaude.plan.plan import ACCESS, Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import StopSignal
from redesaude.solving.solve import near
from redesaude.studies.against_today import today_outcomes
from redesaude.studies.appraise import Appraised, appraise
from redesaude.studies.members import Members
from redesaude.studies.network_changes import CHANGES, at_the_end, changes_of
from redesaude.studies.paired import paired
from redesaude.studies.pools import Pool, RunListener
from redesaude.studies.ppp_direct import PppDirect, ppp_direct
from redesaude.studies.runs import solve_all
from redesaude.studies.same_network import SAME, Swapped, same_network
from redesaude.studies.sharing import cheaper, shared
from redesaude.studies.strategies import DIRECT, MIX, PPP, STATUS_QUO, everything_direct, ppp_where_eligible, status_quo
from redesaude.studies.today import today

#: strategies in the order of the pages; variants follow as ``variant:<id>``
ORDER = (STATUS_QUO, DIRECT + SAME, DIRECT, PPP + SAME, PPP, MIX)
VARIANT = "variant:"

STRATEGIES = (
    "strategy_id",
    "network",
    "status",
    "objective",
    "low",
    "high",
    "gap",
    "difference",
    "verdict",
    "sites",
    "services",
    "opened",
    "moved",
    "uncontracted",
    "closed",
    "unfit_sites",
    "broken",
    "seconds",
    "reason",
)
WORTH = (
    "travel_saved",
    "sent_away_saved",
    "waiting_saved",
    "elsewhere_saved",
    "health_value",
    "total",
    "public_cost",
    "net",
    "benefit_cost_ratio",
    "dalys",
    "cost_per_daly",
    "net_cost_per_daly",
)
LIMITS = ("strategy_id", "limit_id", "kind", "reading", "applies", "hard", "limit", "used", "year", "share", "met")


@dataclass(frozen=True)
class Comparison:
    """Strategies side by side. Money is net present value, currency of the base year, unless said otherwise.

    Attributes
    ----------
    plans : the plan of each strategy, by ``strategy_id``, those without decisions included.
    strategies : one row for each, columns :data:`STRATEGIES`. ``network``: ``own`` (solved) or ``same`` (as the mix,
        contracts swapped). ``low`` and ``high``: interval of the best possible cost; ``low`` is minus infinity where
        nothing is proven, as on a swapped network, which is priced and not searched.
        ``difference`` to the mix's plan; ``verdict`` on the intervals: ``reference``, ``dearer``, ``cheaper`` or
        ``not_distinguishable`` (blank without a plan). ``sites`` and ``services`` of the last period; those ``opened``
        against today, and those of today that ``moved``, are ``uncontracted`` or ``closed``. ``broken``: names of the
        audit's checks a swapped network fails; ``unfit_sites``: its sites where the contract asked for is not
        eligible, so that the mix's stays.
    costs : strategy_id, line, npv.
    payers : strategy_id, payer, npv, mean_per_year (over the horizon); payers as in the cash flow.
    access : strategy_id and the whole-area rows of the plans' access tables.
    benefits : strategy_id and the changes of :class:`redesaude.plan.benefits.Benefits` against the status quo; where
        that has no plan, against today's services as they go on (:mod:`redesaude.studies.against_today`).
    worth : strategy_id and :data:`WORTH`, the sums of those benefits in money.
    limits : columns :data:`LIMITS`; of each limit, envelope and capital source the year of greatest use.
    changes : columns :data:`CHANGES`; services of the last period against ``today`` and against the ``mix``:
        ``opened``, ``resized``, let under another ``contract``, ``moved_here``, and those that ended, by their
        :class:`redesaude.plan.endings.Fate`.
    paired : cases, those from outside and minutes by region, less the mix: :data:`redesaude.studies.paired.PAIRED`.
    appraised : value for money of every contract at every site of the mix; None without a plan.
    ppp_direct : PPP less direct on the network of the mix; None where no site could be under either.

    """

    scenario: Scenario
    plans: Mapping[str, Plan]
    strategies: pd.DataFrame
    costs: pd.DataFrame
    payers: pd.DataFrame
    access: pd.DataFrame
    benefits: pd.DataFrame
    worth: pd.DataFrame
    limits: pd.DataFrame
    changes: pd.DataFrame
    paired: pd.DataFrame
    appraised: Appraised | None
    ppp_direct: PppDirect | None


def compare(
    scenario: Scenario,
    options: SolveOptions | None = None,
    *,
    variants: Sequence[str] = (),
    jobs: int | Pool = 1,
    progress: RunListener | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> Comparison:
    """Solve and compare the strategies of ``scenario``, and the best mix of each of its ``variants``.

    Each solve has the limits of ``options``; ``jobs`` of them run at once, in processes of this machine or on the
    workers of a pool. When stopped, what is done is compared. What is found is kept in ``members`` as it is found, and
    taken from there where they are resumed.

    Raises
    ------
    InputError
        for an unknown variant, before anything is solved.

    """
    tasks = _tasks(scenario, variants)
    plans = shared(solve_all(tasks, options or SolveOptions(), jobs, progress, stop, members=members))
    mix = plans.get(MIX)
    appraised: Appraised | None = None
    swapped: dict[str, Swapped] = {}
    if mix is not None and mix.has_decisions:
        appraised, swapped = _settled(mix, options)
        plans[MIX] = appraised.plan
        for name in (DIRECT, PPP):
            if name in plans and name + SAME in swapped:
                plans[name] = cheaper(plans[name], swapped[name + SAME][0])
        plans = {name: cheaper(plan, plans[MIX]) for name, plan in plans.items()}
    every = {**plans, **{name: plan for name, (plan, _) in swapped.items()}}
    order = [*ORDER, *(name for name in every if name.startswith(VARIANT))]
    every = {name: every[name] for name in order if name in every}
    unfit = {name: count for name, (_, count) in swapped.items()}
    found = _tables(scenario, every, unfit, appraised)
    return found if appraised is None else replace(found, ppp_direct=ppp_direct(appraised, swapped))


def _tasks(scenario: Scenario, variants: Sequence[str]) -> dict[str, Scenario]:
    """What is solved: the best mix first, since every other strategy is read against it."""
    made = {
        MIX: scenario,
        STATUS_QUO: status_quo(scenario),
        DIRECT: everything_direct(scenario),
        PPP: ppp_where_eligible(scenario),
    }
    tasks = {name: made[name] for name in made if made[name] is not None}
    return {name: task for name, task in tasks.items() if task} | {
        VARIANT + variant: apply_variant(scenario, variant) for variant in variants
    }


def _settled(mix: Plan, options: SolveOptions | None = None) -> tuple[Appraised, dict[str, Swapped]]:
    """Appraise the mix and swap its contracts; what keeps every rule and costs less becomes the mix.

    A mix taken over from a strategy that had less to choose from is taken the last mile again.
    """
    while True:  # ends: each round costs less, and the contracts of a network are finite
        appraised = appraise(mix)
        swapped = same_network(appraised)
        table, better = appraised.options, mix
        if (table["chosen"] & (table["rank"] > 1)).any():
            better = cheaper(better, near(mix, options))
        for plan, _ in swapped.values():
            better = cheaper(better, plan)
        if better is mix:
            return appraised, swapped
        mix = better


def _tables(
    scenario: Scenario, plans: Mapping[str, Plan], unfit: Mapping[str, int], appraised: Appraised | None
) -> Comparison:
    decided = {name: plan for name, plan in plans.items() if plan.has_decisions}
    money = {name: _money(plan) for name, plan in decided.items()}
    worth = _benefits(decided, money)
    changes = pd.DataFrame(
        [row for name, plan in decided.items() for row in changes_of(name, plan, decided.get(MIX))],
        columns=list(CHANGES),
    )
    return Comparison(
        scenario=scenario,
        plans=plans,
        strategies=_strategies(plans, unfit, changes),
        costs=_stacked({name: _lines(plan) for name, plan in decided.items()}),
        payers=_stacked({name: _payers(*found) for name, found in money.items()}),
        access=_stacked({n: p.access.loc[p.access["region_id"] == ALL, list(ACCESS)] for n, p in decided.items()}),
        benefits=_stacked({name: found.changes for name, found in worth.items()}),
        worth=pd.DataFrame([_worth(name, found) for name, found in worth.items()], columns=["strategy_id", *WORTH]),
        limits=_stacked({name: _limits(*found) for name, found in money.items()}),
        changes=changes,
        paired=paired(decided),
        appraised=appraised,
        ppp_direct=None,
    )


_Money = tuple[Appraisal, pd.DataFrame]
"""a plan's appraisal and cash flow"""


def _money(plan: Plan) -> _Money:
    appraisal = Appraisal(plan)
    return appraisal, cash_flow(appraisal)


def _benefits(plans: Mapping[str, Plan], money: Mapping[str, _Money]) -> dict[str, Benefits]:
    """Each strategy against today; where that has no plan, against today's services as they go on."""
    found = {name: outcomes(plan, *money[name]) for name, plan in plans.items()}
    if not found:
        return {}
    base = found.get(STATUS_QUO)
    if base is None:
        any_plan = next(iter(plans.values()))  # today is the same for all of them
        base = today_outcomes(any_plan, today(any_plan.scenario))
    return {name: difference(plan, found[name], base) for name, plan in plans.items()}


def _stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    parts = [table.assign(strategy_id=name) for name, table in tables.items()]
    stacked = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["strategy_id"])
    return stacked[["strategy_id", *(c for c in stacked.columns if c != "strategy_id")]]


def _lines(plan: Plan) -> pd.DataFrame:
    return pd.DataFrame(plan.costs.groupby("line", as_index=False)["npv"].sum())


def _strategies(plans: Mapping[str, Plan], unfit: Mapping[str, int], changes: pd.DataFrame) -> pd.DataFrame:
    mix = plans.get(MIX)
    count = changes[changes["against"] == "today"].groupby(["strategy_id", "change"]).size().to_dict()
    rows = []
    for name, plan in plans.items():
        low, high = cost_interval(plan)
        rows.append(
            {
                "strategy_id": name,
                "network": "same" if name.endswith(SAME) else "own",
                "status": plan.status.value,
                "objective": plan.objective,
                "low": low,
                "high": high,
                "gap": plan.gap,
                "difference": high - cost_interval(mix)[1] if mix is not None else np.nan,
                "verdict": "reference" if name == MIX and plan.has_decisions else verdict(plan, mix),
                "sites": at_the_end(plan)["site_id"].nunique(),
                "services": len(at_the_end(plan)),
                "opened": count.get((name, "opened"), 0),
                **{fate.value: count.get((name, fate.value), 0) for fate in Fate},
                "unfit_sites": unfit.get(name, 0),
                "broken": tuple(check.name for check in plan.audit.checks if not check.passed),
                "seconds": plan.seconds.get("total", 0.0) if not name.endswith(SAME) else 0.0,
                "reason": plan.reason,
            }
        )
    return pd.DataFrame(rows, columns=list(STRATEGIES))


def cost_interval(plan: Plan) -> tuple[float, float]:
    """Return between which costs the best of the strategy lies: open below (minus infinity) where nothing is proven,
    NaN above where there is no plan.
    """
    return -np.inf if plan.bound is None else plan.bound, np.nan if plan.objective is None else plan.objective


def verdict(plan: Plan, mix: Plan | None) -> str:
    """Say whether ``plan`` is proven ``dearer`` or ``cheaper`` than ``mix``, or ``not_distinguishable`` from it.

    Blank where either has no decisions. Dearer takes a bound of ``plan``, cheaper one of ``mix``.
    """
    if mix is None or not (plan.has_decisions and mix.has_decisions):
        return ""
    (low, high), (mix_low, mix_high) = cost_interval(plan), cost_interval(mix)
    if low > mix_high + 1e-9 * abs(mix_high):
        return "dearer"
    return "cheaper" if high < mix_low - 1e-9 * abs(mix_low) else "not_distinguishable"


def payers_of(plan: Plan) -> pd.DataFrame:
    """Return what each payer pays for a plan with decisions: payer, npv, mean_per_year."""
    return _payers(*_money(plan))


def _payers(appraisal: Appraisal, table: pd.DataFrame) -> pd.DataFrame:
    table = table.assign(mean_per_year=table["real"] / appraisal.calendar.horizon_years)
    return table.groupby("payer", as_index=False)[["npv", "mean_per_year"]].sum()


def _limits(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """The year of greatest use of each limit; capital counts once (year NaN)."""
    yearly = fiscal_by_year(appraisal, flows)
    worst = yearly.sort_values("used", ascending=False, kind="stable").drop_duplicates(["limit_id", "reading"])
    kinds = appraisal.scenario.funding.set_index("funding_id")["kind"]
    capital = [
        (
            name,
            "capital",
            "",
            True,
            hard,
            limit,
            used,
            np.nan,
            used / limit if limit else np.nan,
            used <= limit * (1 + 1e-6),
        )
        for name, (used, limit, hard) in appraisal.limits().items()
        if kinds.get(name) == "capital"
    ]
    parts = [worst[list(LIMITS[1:])], pd.DataFrame(capital, columns=list(LIMITS[1:]))]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return table.sort_values(["kind", "limit_id", "reading"], ignore_index=True)


def _worth(name: str, found: Benefits) -> dict[str, object]:
    return {"strategy_id": name, **{field: getattr(found, field) for field in WORTH}}
