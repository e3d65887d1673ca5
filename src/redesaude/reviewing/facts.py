"""What is reported: single facts with the cell they are from, and how several reports of one thing are put together.

Reports of the same days must agree, or are told with both cells. What parts of the year report adds up, or is weighted
by its days; of what has no days, such as the day on which works were done, the latest report holds. A blank cell is no
fact: it never takes away what another report says.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from redesaude.errors import Problem
from redesaude.inputs.faults import Fault
from redesaude.language import N_
from redesaude.reviewing.declared import MEASURES, Kind
from redesaude.reviewing.spans import Span

#: relative difference below which two numbers are the same, typed with other digits
_SAME = 1e-6

CONFLICT = Fault(
    "actuals_conflict",
    N_("{column} of {row_id} is {found} here and {other} in {first}"),
    N_("one figure in all reports of the same days"),
    N_("find out which one is right, and empty or correct the other cell"),
)
OVERLAP = Fault(
    "actuals_overlap",
    N_("{column} of {row_id} is reported from {begins} to {cutoff} here, and for some of these days in {first} too"),
    N_("reports that follow each other, or one of the whole time"),
    N_("empty one of the two cells, or report the whole time in one workbook"),
)
CORRECTED = Fault(
    "actuals_corrected",
    N_("{column} of {row_id} is {found} here; an earlier report, {first}, says {other}"),
    N_("what the latest report says holds"),
    N_("nothing, if it was corrected; otherwise correct the cell"),
    severity="warning",
)

Value = float | str | dt.date


@dataclass(frozen=True)
class Fact:
    """What one cell says: of ``row_id`` of a sheet, for the ``span`` of its workbook. ``as_planned``: by that mark."""

    sheet: str
    row_id: str
    measure: str
    value: Value
    span: Span
    label: str
    cell: str
    as_planned: bool = False

    @property
    def place(self) -> str:
        """File, sheet and cell, as a spreadsheet names them."""
        return f"{self.label}!{self.cell}"


@dataclass(frozen=True)
class Told:
    """What all reports say of one thing: its ``value`` for the days of ``spans``, from the cells of ``facts``."""

    value: Value
    spans: tuple[Span, ...]
    facts: tuple[Fact, ...]

    @property
    def as_planned(self) -> bool:
        """Whether it is known by the mark alone."""
        return all(fact.as_planned for fact in self.facts)


Known = Mapping[tuple[str, str], Told]
"""(row_id, measure) -> what is told of it"""


def merged(facts: Iterable[Fact]) -> tuple[dict[tuple[str, str], Told], list[Problem]]:
    """Return what is known of each row and measure, and a problem for each two cells that contradict each other."""
    groups = defaultdict[tuple[str, str], list[Fact]](list)
    for fact in facts:
        groups[fact.row_id, fact.measure].append(fact)
    known: dict[tuple[str, str], Told] = {}
    problems: list[Problem] = []
    for key, several in groups.items():
        found = _agreed(several)
        problems += found.problems
        known[key] = _together(found.facts, problems)
    return known, problems


@dataclass(frozen=True)
class _Agreed:
    facts: Sequence[Fact]
    problems: Sequence[Problem]


def _agreed(facts: Sequence[Fact]) -> _Agreed:
    """One fact for each span, the earliest first, and those that contradict one of the same days."""
    first: dict[Span, Fact] = {}
    problems = []
    for fact in facts:
        other = first.setdefault(fact.span, fact)
        if not alike(fact.value, other.value):
            problems.append(_against(CONFLICT, fact, other))
    return _Agreed([first[span] for span in sorted(first, key=lambda s: (s.cutoff, s.begins))], problems)


def _together(facts: Sequence[Fact], problems: list[Problem]) -> Told:
    """What the facts of different spans say together; ``problems`` takes what contradicts."""
    kinds = {measure.name: measure.kind for measure in MEASURES[facts[0].sheet]}
    kind = kinds.get(facts[0].measure, Kind.LATEST)
    if kind is Kind.LATEST:
        last = facts[-1]
        problems += [_against(CORRECTED, last, each) for each in facts[:-1] if not alike(each.value, last.value)]
        return Told(last.value, (last.span,), (last,))
    if kind is Kind.YEARLY:
        facts = [fact for fact in facts if fact.span.cutoff.year == facts[-1].span.cutoff.year]
    whole = [f for f in facts if not any(o.span != f.span and o.span.holds(f.span) for o in facts)]
    problems += _overlapping(whole)
    spans, values = tuple(f.span for f in whole), [float(f.value) for f in whole]  # type: ignore[arg-type]
    if kind is Kind.SUM:
        return Told(sum(values), spans, tuple(whole))
    days = [(span.cutoff - span.begins).days + 1 for span in spans]
    mean = sum(value * n for value, n in zip(values, days, strict=True)) / sum(days)
    return Told(mean, spans, tuple(whole))


def _overlapping(facts: Sequence[Fact]) -> Iterator[Problem]:
    for n, fact in enumerate(facts):
        for other in facts[:n]:
            if fact.span.meets(other.span):
                yield _against(OVERLAP, fact, other, begins=fact.span.begins, cutoff=fact.span.cutoff)


def _against(fault: Fault, fact: Fact, other: Fact, **values: object) -> Problem:
    named = {"row_id": fact.row_id, "column": fact.measure, "first": other.place}
    return fault.problem(fact.label, fact.cell, **named, found=fact.value, other=other.value, **values)


def alike(one: Value, other: Value) -> bool:
    """Whether two values are the same, but for digits that nobody types."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= _SAME * max(1.0, abs(one), abs(other))
    return one == other
