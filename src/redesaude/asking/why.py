"""Why a plan is as it is: for every service what it would cost to turn it round, for every site its other contracts,
for every promise what it is worth, and who is worse off than today.

Every service is looked at by the certificate of the plan (:mod:`.prices`), which proves a least difference at once.
The promising ones, of which the least is proven, are then asked one by one (:mod:`.answers`) while there is time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.asking.answers import Answered, Inquiry
from redesaude.asking.difference import Answer, difference
from redesaude.asking.prices import Prices, Screen
from redesaude.asking.questions import Question, closed, opened, scenario_of
from redesaude.assemble import Assembled
from redesaude.errors import InputError
from redesaude.inputs.scenario import rows_of
from redesaude.plan.plan import Plan
from redesaude.solving.clock import Clock
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.studies.alternatives import among
from redesaude.studies.appraise import appraise
from redesaude.studies.members import Members
from redesaude.studies.network_changes import services_at_the_end
from redesaude.studies.repricing import Repricing
from redesaude.studies.today import today

#: of each service that could be open: open in the last period of the plan, and what closing (opening) it costs more
SERVICES = ("site_id", "specialty_id", "contract_id", "opened", "answer", "low", "found", "high", "proof")
#: of each contract at each open site, on the same network: what it costs more than the one decided (NPV)
CONTRACTS = ("site_id", "contract_id", "chosen", "eligible", "reason", "dearer")
#: of each promise: whether it binds, and what one unit more of it costs at first (NPV; below zero: saves)
PROMISES = ("promise_id", "kind", "specialty_id", "region_id", "period_id", "limit", "achieved", "binds", "unit")
#: of each municipality and specialty worse off than today in the last period: cases a year and minutes one way
WORSE = ("territory_id", "specialty_id", "cases", "treated_today", "treated", "minutes_today", "minutes")

#: part of the time that goes to the relaxations, where questions are to be asked too
_RELAXED = 0.3
#: least seconds of a question worth asking
_LEAST = 2.0
#: minutes, and share of cases, by which somebody must be worse off to be told
_MINUTES, _SHARE = 1.0, 0.01


@dataclass(frozen=True)
class Why:
    """What is known of ``plan`` and its neighbours: tables with columns :data:`SERVICES`, :data:`CONTRACTS`,
    :data:`PROMISES` and :data:`WORSE`. ``proof`` of a service is ``solved``, ``multipliers`` or blank (the plan has no
    certificate); ``asked`` are the answers to what was solved. ``bettered``: as of :class:`.answers.Answers`.
    """

    plan: Plan
    services: pd.DataFrame
    contracts: pd.DataFrame
    promises: pd.DataFrame
    worse: pd.DataFrame
    asked: tuple[Answered, ...]
    bettered: bool = False


def why(
    plan: Plan,
    options: SolveOptions | None = None,
    *,
    seconds: float = 60.0,
    progress: Callable[[str, Progress], object] | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> Why:
    """Return why ``plan`` is as it is. ``seconds`` are for relaxations and questions together, 0 for none of them;
    ``options`` are those of each question. ``progress`` is called with the code of a question and each step of it.
    What is found of each is kept in ``members`` and taken from there.

    Raises
    ------
    ValueError
        when the plan has no decisions.
    CertificateError
        when its certificate is of another scenario.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions has no reasons")
    clock, stop = Clock(seconds), stop or StopSignal()
    inquiry = Inquiry(plan, (members or Members()).about(plan, f"{seconds:g}", clock=clock))
    assembled = inquiry.assembled
    prices = _prices(plan, assembled, clock, stop)
    table = _screened(plan, assembled, prices)
    found = []
    for question in _promising(table):
        if stop.stopped or clock.left < _LEAST:
            break
        try:
            scenario = scenario_of(plan.scenario, question)
        except InputError:
            continue  # the input decides the contrary
        listener = None if progress is None else (lambda step, text=question.text: progress(text, step))
        limit = min(clock.left, clock.left if options is None or options.time_limit is None else options.time_limit)
        asked = replace(options or SolveOptions(), certificate=False)
        found.append((question, *inquiry.answer(scenario, asked, listener, stop, seconds=limit)))
    answers = inquiry.answers(found)
    return Why(
        answers.plan,
        _with_answers(answers.plan, table, answers.answers),
        _contracts(plan),
        _promised(plan, assembled, prices),
        worse_off(plan),
        answers.answers,
        answers.bettered,
    )


def _prices(plan: Plan, assembled: Assembled, clock: Clock, stop: StopSignal) -> Prices | None:
    """What the certificate says of services and promises; None where the plan has none."""
    if plan.certificate is None:
        return None
    screen = Screen(assembled, plan.certificate)
    prices, seconds = screen.prices(), _RELAXED * clock.left
    if seconds <= 0:
        return prices
    limits = Limits(0.0, seconds, seed=plan.seed, clock=Clock(seconds))
    return screen.relaxed(prices, limits, lambda: stop.stopped)


def _screened(plan: Plan, assembled: Assembled, prices: Prices | None) -> pd.DataFrame:
    """The services with what is proven of them without solving; what the bound rises by is ``rise``."""
    places, at_end = assembled.services[["site_id", "specialty_id"]], services_at_the_end(plan)
    keys = list(places.itertuples(index=False, name=None))
    there = np.array([key in at_end for key in keys], dtype=bool)
    rise = np.full(len(keys), np.nan) if prices is None else np.where(there, prices.closing, prices.opening)
    certified = plan.certified.bound if plan.certified.bound is not None else np.nan
    low = np.fmax(0.0, certified + rise - (plan.objective or 0.0))
    impossible = np.isposinf(rise)
    return places.reset_index(drop=True).assign(
        contract_id=[at_end[key][1] if key in at_end else "" for key in keys],
        opened=there,
        answer=np.where(impossible, Answer.IMPOSSIBLE.value, np.where(low > 0, Answer.DEARER.value, "")),
        low=low,
        found=np.nan,
        high=np.where(impossible, np.inf, np.nan),
        proof="" if prices is None else "multipliers",
        rise=rise,
    )


def _promising(table: pd.DataFrame) -> list[Question]:
    """Questions of the services of which the least is proven: one to open, one to close, and so on."""
    kinds = []
    for there, ask in ((False, opened), (True, closed)):
        rows = table[(table["opened"] == there) & (table["answer"] != Answer.IMPOSSIBLE.value)]
        kinds.append([ask(r.site_id, r.specialty_id) for r in rows_of(rows.sort_values("rise", kind="stable"))])
    most = max(map(len, kinds))
    return [each[n] for n in range(most) for each in kinds if n < len(each)]


def _with_answers(plan: Plan, table: pd.DataFrame, answers: tuple[Answered, ...]) -> pd.DataFrame:
    """The services with what the answers say, those with the least difference first in each kind."""
    records: dict[tuple[str, str], dict[str, object]] = {
        (r["site_id"], r["specialty_id"]): {str(name): value for name, value in r.items()}
        for r in table.drop(columns="rise").to_dict("records")
    }
    for each in answers:
        change, told = each.question.changes[0], each.difference
        row = records[change.site_id, change.specialty_id]
        proven = float(str(row["low"]))
        if told.found is not None and proven > told.low:  # the certificate proves more than the search did
            told = difference(plan, replace(each.plan, bound=proven + (plan.objective or 0.0)), each.relation)
        row.update(answer=told.answer.value, low=told.low, found=told.found, high=told.high, proof="solved")
    found = pd.DataFrame(list(records.values()), columns=list(SERVICES))
    found["found"] = found["found"].astype(float)
    return found.sort_values(["opened", "low", "found"], ascending=[False, True, True], ignore_index=True)


def _contracts(plan: Plan) -> pd.DataFrame:
    """Every contract at each open site, priced on the network of the plan."""
    options = appraise(plan, among(Repricing(plan))).options
    own = options[options["chosen"].astype(bool)].set_index("site_id")["cost_npv"]
    dearer = options["cost_npv"] - options["site_id"].map(own)
    return pd.DataFrame(options.assign(dearer=dearer)[list(CONTRACTS)])


def _promised(plan: Plan, assembled: Assembled, prices: Prices | None) -> pd.DataFrame:
    """The promises of the plan; ``unit`` is NaN where no certificate says it, or it says nothing of them."""
    ids = [promise.id for promise in assembled.problem.promises]
    unit = {} if prices is None else dict(zip(ids, prices.unit.tolist(), strict=True))
    table = plan.promises
    limit, achieved = table["limit"].astype(float), table["achieved"].astype(float)
    reached = (achieved - limit).abs() <= 1e-6 * np.maximum(1.0, limit.abs())
    binds = reached | (table["shortfall"].astype(float) > 0)
    return pd.DataFrame(
        table.assign(binds=binds, unit=table["promise_id"].map(unit).astype(float))[list(PROMISES)]
    ).sort_values(["binds", "promise_id"], ascending=[False, True], ignore_index=True)


def worse_off(plan: Plan) -> pd.DataFrame:
    """Return who is worse off than today in the last period, columns :data:`WORSE`: fewer are treated of a municipality
    and specialty, or they travel longer on average; those that most minutes are lost of first.

    Today is that of the same people (:func:`redesaude.studies.today.today`); whoever is treated outside the area today
    is treated, but after how many minutes is not known.
    """
    last = len(plan.scenario.periods) - 1
    period = plan.scenario.periods["period_id"].iloc[last]
    now = today(plan.scenario, last)
    then, away = (rows[rows["period_id"] == period] for rows in (plan.assignments, plan.unmet))
    key = ["territory_id", "specialty_id"]
    table = pd.DataFrame(
        {
            "treated_today": now.groupby(key)["cases"].sum(),
            "treated": then.groupby(key)["cases"].sum(),
            "unmet": away.groupby(key)["cases"].sum(),
            "minutes_today": _mean_minutes(now, key),
            "minutes": _mean_minutes(then, key),
        }
    ).astype(float)
    table = table.fillna({"treated_today": 0.0, "treated": 0.0, "unmet": 0.0})
    table["cases"] = table["treated"] + table["unmet"]
    fewer = table["treated"] < table["treated_today"] - _SHARE * table["cases"]
    longer = table["minutes"] > table["minutes_today"] + _MINUTES
    lost = (table["minutes"] - table["minutes_today"]).clip(lower=0.0).fillna(0.0) * table["treated"]
    chosen = table.assign(lost=lost)[fewer | longer].sort_values("lost", ascending=False, kind="stable")
    return pd.DataFrame(chosen.reset_index()[list(WORSE)])


def _mean_minutes(rows: pd.DataFrame, key: list[str]) -> pd.Series:
    """Minutes of a case on average, of those whose way is known."""
    known = rows.dropna(subset=["minutes"])
    sums = known.assign(way=known["minutes"] * known["cases"]).groupby(key)[["way", "cases"]].sum()
    return sums["way"] / sums["cases"]
