"""Money: ceilings on what is spent by source and period, and fiscal limits on payments and pay of staff."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd

from redesaude.finance.fiscal import personnel_use, ppp_use
from redesaude.finance.phases import Phases
from redesaude.inputs.changes import row_key
from redesaude.inputs.payers import Spent
from redesaude.inputs.scenario import Scenario, in_force_in, rows_of
from redesaude.language import N_, Said, said
from redesaude.lines import Kind
from redesaude.promises.advice import Cell
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, by_period
from redesaude_models.money import MoneyPromise, Use
from redesaude_models.problem import PlanningProblem

Sheet = Literal["funding", "fiscal"]
#: the sheets of money
SHEETS: tuple[Sheet, ...] = ("funding", "fiscal")


@dataclass(frozen=True)
class Limit:
    """A row of ``funding`` or ``fiscal`` in one ``period`` (position)."""

    id: str
    period: int
    row: Any


def limits_of(scenario: Scenario, sheet: Sheet) -> Iterator[Limit]:
    """Yield the rows of ``sheet`` spelled out by period; a period's own row wins over one for every period.

    A row in force in some years only holds in every period with one of them: a plan keeps the old norm and the new.
    """
    found: dict[str, Limit] = {}
    rows = list(rows_of(getattr(scenario, sheet)))
    for row in sorted(rows, key=lambda row: row.period_id != ""):
        code = getattr(row, f"{sheet}_id")
        for period, suffix in by_period(scenario, row.period_id):
            if in_force_in(scenario, period, row):
                found[code + suffix] = Limit(code + suffix, period, row)
    yield from found.values()


class Money(RowKind):
    """Ceilings and fiscal limits."""

    words: ClassVar = {
        "capital": Word(N_("Capital"), N_("at most this much for works and equipment in the period"), "money"),
        "running": Word(N_("Running cost"), N_("at most this much a year"), "money"),
        "ppp": Word(N_("PPP payments"), N_("at most this much a year to project companies"), "money"),
        "personnel": Word(N_("Personnel"), N_("at most this much a year for pay of staff"), "money"),
    }
    heading, always = N_("Money"), True
    line, check = "shortfall_money", N_("hard money promises kept")
    model = MoneyPromise

    def promised(self, _: PlanningProblem, draft: Draft) -> Iterable[MoneyPromise]:
        """Return the ceilings of ``funding``, then the limits of ``fiscal``, over all that spends money."""
        return (*_funding(draft), *_fiscal(draft))

    def stated(self, scenario: Scenario) -> Mapping[str, tuple[str, Limit]]:
        """Return the code on its sheet of each limit, and the limit."""
        return {
            limit.id: (str(getattr(limit.row, f"{sheet}_id")), limit)
            for sheet in SHEETS
            for limit in limits_of(scenario, sheet)
        }

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one unit of currency above each limit: once for capital, else each year of the period."""
        for limit in limits_of(scenario, "fiscal"):
            yield limit.id, limit.row.price * float(phases.annuities[limit.period])
        for limit in limits_of(scenario, "funding"):
            worth = phases.annuities if limit.row.kind == Kind.RUNNING else phases.firsts
            yield limit.id, limit.row.price * float(worth[limit.period])

    def parts(self, scenario: Scenario, _: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the code of each limit."""
        for name, (code, _limit) in self.stated(scenario).items():
            yield name, Parts(limit_id=code)

    def about(self, _: PlanningProblem, promise: MoneyPromise, stated: object) -> tuple[str, str, str]:
        """Return the kind of the limit."""
        return promise.kind, "", ""

    def cells(self, put: Put, promise: MoneyPromise, stated: tuple[str, Limit], short: float) -> Iterable[Cell]:
        """Raise a ceiling; of a fiscal limit the share allowed, where not even the whole of its base is too little."""
        row = stated[1].row
        if not hasattr(row, "funding_id"):
            share = _share(stated[1], short)
            return (Cell(f"fiscal/{row_key('fiscal', row)}/share", f"{share:.12g}"),) if share <= 1.0 else ()
        place = f"funding/{row_key('funding', row)}/amount"
        return (Cell(place, str(_needed(promise, short))),)

    def sentence(self, put: Put, promise: MoneyPromise, stated: tuple[str, Limit], short: float) -> Said:
        """Say how much is needed, and what to type; a limit goes by its code."""
        code, limit = stated
        common = {"limit": code, "excess": short, "amount": promise.limit, "needed": _needed(promise, short)}
        if hasattr(limit.row, "funding_id"):
            return said(_CEILING, **common)
        share = _share(limit, short)
        return said(_WHOLE_BASE, **common) if share > 1.0 else said(_SHARE, **common, share=share)


_CEILING = N_(
    "Limit {limit}: at least {excess:,.0f} above the {amount:,.0f} allowed is needed. "
    "Type {needed:,.0f} in its amount or let it be elastic."
)
_SHARE = N_(
    "Limit {limit}: at least {excess:,.0f} above the {amount:,.0f} allowed is needed. "
    "Type {share:.6g} in its share, raise its base_amount, or let it be elastic."
)
_WHOLE_BASE = N_(
    "Limit {limit}: at least {excess:,.0f} above the {amount:,.0f} allowed is needed, which is more than its whole "
    "base_amount leaves. Raise that, or let it be elastic."
)


def _share(limit: Limit, short: float) -> float:
    """The share of its base at which nothing is short of a fiscal limit; infinite where it has no base."""
    row = limit.row
    return math.ceil(1e6 * (row.share + short / row.base_amount) - 1e-6) / 1e6 if row.base_amount else math.inf


def _needed(promise: MoneyPromise, short: float) -> int:
    """The amount at which nothing is short."""
    return math.ceil(promise.limit + short - 1e-6 * max(abs(promise.limit), 1.0))


def _funding(draft: Draft) -> Iterator[MoneyPromise]:
    """Each ceiling: the sum of the lines of its kind that it covers."""
    phases, limits = draft.phases, list(limits_of(draft.scenario, "funding"))
    if not limits:
        return
    spendings = [list(draft.spenders.spendings(period)) for period in range(len(phases))]
    for limit in limits:
        row = limit.row
        uses = [each.covered(row, draft.spenders.payers) for each in spendings[limit.period] if each.kind == row.kind]
        worth = phases.firsts if row.kind == Kind.CAPITAL else phases.annuities
        yield MoneyPromise(
            id=limit.id,
            kind=row.kind,
            period=limit.period,
            limit=row.amount,
            uses=tuple(use for use in uses if use.amount.any()),
            hard=row.hard,
            price=0.0 if row.hard else row.price * float(worth[limit.period]),
            spent=draft.spenders.always(limit.period, row.kind, row),
        )


def _fiscal(draft: Draft) -> Iterator[MoneyPromise]:
    priced = draft.spenders.priced
    for limit in limits_of(draft.scenario, "fiscal"):
        row = limit.row
        municipal: Any = 0.0
        if row.kind == "ppp":
            uses = ppp_use(priced.services, priced.terms, row.reading)
        else:
            uses = personnel_use(priced.services, priced.terms, draft.scenario.settings.personnel_share)
            municipal = 1.0 - priced.terms.state_share
        fixed, per_case = (
            draft.spenders.payers.counted(row, priced.table, Spent(Kind.RUNNING, amount, municipal)) for amount in uses
        )
        yield MoneyPromise(
            id=limit.id,
            kind=row.kind,
            period=limit.period,
            limit=row.base_amount * row.share - row.committed,
            uses=(Use("option", limit.period, fixed), Use("case", limit.period, per_case)),
            hard=row.hard,
            price=0.0 if row.hard else row.price * float(draft.phases.annuities[limit.period]),
        )
