"""Letting and overseeing contracts on sheet ``appraisal``: what one contract of each kind takes, and how many are let.

Who lets what in which period, and what runs already, is :meth:`redesaude.studies.repricing.Repricing.lets`; what it
takes, in formulas, follows :func:`redesaude.finance.pricing.letting_in_period`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from redesaude.finance.contracts import after_term
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.appraisal import Let
from redesaude.report.workbook.appraisal_terms import FIRST_YEAR, FROM_START, Terms, write_headers
from redesaude.report.workbook.appraisal_timing import Timing, Works
from redesaude.report.workbook.live import Grid, Live, least, live

_HEADERS = (
    N_("Contract"),
    N_("Period"),
    N_("How"),
    N_("Letting, present value"),
    N_("Overseeing, present value"),
)


@dataclass(frozen=True, order=True)
class Kind:
    """A contract in a period (a position): let anew, or ``already``; the lot has some service under it ``today``.

    ``early``: it is overseen while it is procured, too.
    """

    contract: str
    period: int
    already: bool
    today: bool
    early: bool

    @property
    def words(self) -> str:
        """How it comes to run in the period."""
        if not self.already:
            return N_("let anew, overseen from the decision on") if self.early else N_("let anew")
        return N_("runs on, as today") if self.today else N_("runs on")


@dataclass(frozen=True)
class Unit:
    """Present value of letting one contract, and of overseeing it, in a period."""

    transaction: Live
    oversight: Live


def counted(lets: Iterable[Let]) -> dict[Kind, float]:
    """Return how many contracts of each kind are let, from the shares of the sites."""
    found: defaultdict[Kind, float] = defaultdict(float)
    for let in lets:
        early = let.early and not let.already
        found[Kind(let.contract, let.period, let.already, let.today, early)] += 1.0 / let.sharers
    return dict(found)


class Letting:
    """What one contract of each kind takes."""

    def __init__(self, timing: Timing, terms: Mapping[str, Terms], scenario: Scenario, phases: Phases) -> None:
        self.timing, self.terms, self.phases = timing, terms, phases
        relet = scenario.contracts[(after_term(scenario.contracts) == "relet") & (scenario.contracts["term_years"] > 0)]
        self._again = set(relet["contract_id"])
        self._units: dict[Kind, Unit] = {}

    def prepare(self, used: Iterable[Kind]) -> None:
        """Write the years in which what is let falls due, and those in which its site runs."""
        kinds = sorted(set(used))
        self._shares = {kind: (self._tenders(kind), self._overseen(kind)) for kind in kinds}
        for kind in kinds:  # the rows of a table stand together: none may be asked for first while another is written
            self.hosted(kind.period)

    def write(self, grid: Grid, names: Mapping[str, str], periods: list[str], t: Callable[..., str]) -> None:
        """Write the table at the cursor, one row for each kind."""
        write_headers(grid.sheet, [t(text) for text in _HEADERS])
        for kind, (tenders, overseen) in self._shares.items():
            row, own = grid.sheet.row, self.terms[kind.contract]
            for column, text in enumerate(
                (names.get(kind.contract, kind.contract), periods[kind.period], t(kind.words))
            ):
                grid.say(row, column, text)
            self._units[kind] = Unit(
                grid.put(row, 3, own["transaction"] * tenders, "money"),
                grid.put(row, 4, own["oversight"] * overseen, "money"),
            )
            grid.sheet.row += 1
        grid.sheet.row += 1

    def of(self, counts: Mapping[Kind, Live] | Mapping[Kind, float]) -> tuple[Live, Live]:
        """Return letting and overseeing so many contracts, present value."""
        let, seen = live(0.0), live(0.0)
        for kind, part in counts.items():
            let, seen = let + self._units[kind].transaction * part, seen + self._units[kind].oversight * part
        return let, seen

    def hosted(self, period: int) -> Live:
        """Return the present value of 1 a year over a period."""
        works = self._works(period)
        return self.timing.between("", works, FROM_START, live(works.since), self._stop(works)).present

    def _tenders(self, kind: Kind) -> Live:
        """Present value of 1 for each tender."""
        works = self._works(kind.period)
        first = self.timing.between("", works, FIRST_YEAR, live(works.since), live(works.since + 1.0)).present
        if kind.contract not in self._again:
            return live(0.0) if kind.already else first
        counted_from = self._signed(kind, works)
        if kind.already:
            first_signed = least([self.terms[kind.contract]["procurement"], live(float(self.phases.ends[0]))])
            counted_from = live(0.0) if kind.today else first_signed
        term = self.terms[kind.contract]["term"]
        again = self.timing.between(kind.contract, works, "relet", counted_from, term, apart=counted_from.text).present
        return again if kind.already else first + again

    def _overseen(self, kind: Kind) -> Live:
        """Present value of 1 a year while it is overseen: what ends with its term is settled when it is let."""
        terms, works = self.terms[kind.contract], self._works(kind.period)
        ends = terms["hands_over"].value > 0
        if kind.already:
            return live(0.0) if ends and not kind.today else self.hosted(kind.period)
        if ends and not kind.today:
            works = replace(works, until=np.inf)
        signed = self._signed(kind, works)
        stop = self._stop(works)
        begin, end = live(works.since) if kind.early else signed, signed + terms["term"] if ends else stop
        early = "early" if kind.early else ""
        return self.timing.between(kind.contract, works, "overseen", begin, least([end, stop]), apart=early).present

    def _signed(self, kind: Kind, works: Works) -> Live:
        """When a contract let anew is signed: procurement that outlasts its period ends with it."""
        procured = self.terms[kind.contract]["procurement"]
        limited = least([procured, self._stop(works) - works.since]) if np.isfinite(works.until) else procured
        return works.since + limited if works.since else limited

    def _works(self, period: int) -> Works:
        last = period == len(self.phases) - 1
        since, until = float(self.phases.begins[period]), np.inf if last else float(self.phases.ends[period])
        return Works(0.0, since=since, until=until)

    def _stop(self, works: Works) -> Live:
        return live(works.until) if np.isfinite(works.until) else self.timing.clock.horizon
