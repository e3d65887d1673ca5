"""Why a contract stays where another one, looked at by itself, costs less: the other is tried and what it does is told.

The plan is bettered contract by contract before it is handed over (:mod:`redesaude.solving.last_mile`), so that one
which stays is held by something: its lot, a limit, a rule, or the letting that it shares.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.studies.appraise import Appraised
from redesaude.studies.same_network import under_contracts

KEPT = ("site_id", "contract_id", "rival_id", "reason", "named")

#: reason -> sentence; ``named`` are the limits or rules at stake
KEPT_REASONS = {
    "letting": N_(
        "{rival} looks cheaper by itself, but this contract is let for the lot anyway: leaving saves nothing"
    ),
    "value": N_("{rival} costs less, but a contract of the lot would then be worth less than the law asks"),
    "number": N_("{rival} costs less, but there may be no further contract of its kind"),
    "ceiling": N_("{rival} costs less, but would break the limit {named}"),
    "price": N_("{rival} costs less by itself, but exceeding {named} would cost more than that"),
    "rule": N_("{rival} costs less, but breaks a rule: {named}"),
    "time": N_("{rival} costs less and keeps every rule: the time ended before it was tried"),
}

#: checks of the audit that are a reason of their own
_CHECKS = {"least contract values": "value", "contracts of a kind": "number", "hard money promises kept": "ceiling"}

#: relative difference below which two costs are equal
_EQUAL = 1e-9


def kept(appraised: Appraised) -> pd.DataFrame:
    """Return a row for each site whose contract is not the cheapest eligible one there, columns :data:`KEPT`.

    ``rival_id`` is the cheapest, ``reason`` a key of :data:`KEPT_REASONS`; ``named`` are ids of limits, or names of
    checks of the audit, that it is about.
    """
    return pd.DataFrame(list(_rows(appraised)), columns=list(KEPT))


def _rows(appraised: Appraised) -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    plan, options = appraised.plan, appraised.options
    prices = appraised.known.repricing
    best = options[options["eligible"]].sort_values("cost_npv", kind="stable").drop_duplicates("site_id")
    rivals = {row.site_id: row for row in rows_of(best)}
    for own in rows_of(options[options["chosen"]]):
        rival = rivals.get(own.site_id)
        if rival is not None and rival.cost_npv < own.cost_npv - _EQUAL * abs(own.cost_npv):
            swapped = under_contracts(plan, prices.decided | {own.site_id: rival.contract_id}, prices, apart=False)
            yield own.site_id, own.contract_id, rival.contract_id, *_reason(plan, swapped)


def _reason(plan: Plan, swapped: Plan) -> tuple[str, tuple[str, ...]]:
    """What keeps the contract of ``plan``, and the limits or rules that it is about."""
    broken = [check.name for check in swapped.audit.checks if not check.passed]
    before, after = (p.promises.set_index("promise_id") for p in (plan, swapped))
    if broken:
        reason = next((_CHECKS[name] for name in broken if name in _CHECKS), "rule")
        missed = after[after["hard"].astype(bool) & ~after["met"].astype(bool)]
        return reason, tuple(map(str, missed.index)) if reason == "ceiling" else tuple(broken)
    if swapped.objective is None or plan.objective is None:
        return "rule", ()
    if swapped.objective < plan.objective - _EQUAL * abs(plan.objective):
        return "time", ()
    dearer = after["npv"].astype(float) - before["npv"].astype(float)
    more = tuple(map(str, dearer.index[dearer > _EQUAL * abs(plan.objective)]))
    return ("price", more) if more else ("letting", ())
