"""When money falls due under each contract, on sheet ``appraisal``: the part of each year that counts, live.

A row is a contract, a class of works (those of one length) and a kind of payment. It begins and ends at formulas over
the contract's procurement and delay, and each year holds the part of it in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from redesaude.finance.services import share_of_years, spread, spread_works
from redesaude.finance.works_profiles import passed_at
from redesaude.inputs.contracts import milestones_in, profile_in
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.report.workbook.appraisal_terms import FIRST_YEAR, FROM_START, YEARS, Clock, Terms, write_headers
from redesaude.report.workbook.live import Grid, Live, Range, least, live, most
from redesaude_models.arrays import Floats

#: kinds of payment -> what they are
KINDS = {
    "procuring": N_("while the contract is procured"),
    "building": N_("while works advance, as they are spent"),
    "priced": N_("while works advance, at prices that rise"),
    "milestones": N_("at the milestones of the works"),
    "before": N_("until the opening"),
    "today": N_("until the signature, as it runs today"),
    "interim": N_("from the signature to the opening, as it runs today"),
    "open": N_("from the opening to the end of the term or of the horizon"),
    "after": N_("from the end of the term on"),
    "paid": N_("years in which works are paid to who financed them"),
    "paid_open": N_("of those, the years in which the service runs"),
    "end": N_("at the end of the horizon, if open by then"),
    "overseen": N_("while the contract is overseen"),
    "relet": N_("when let again: counted from, every so many years"),
    "profit_tax": N_("profit tax for each 1 of works, solved by the engine"),
    FROM_START: N_("every year of the period"),
    FIRST_YEAR: N_("in the first year of the period"),
}
#: kinds that do not end with the period
_WHENEVER = ("procuring", "building", "priced", "milestones", "paid", "profit_tax")
#: a repetition on the edge of a year falls into the year that begins, as in the engine
_EDGE = 1e-9
_HEADERS = (
    N_("Contract"), N_("Works, months"), N_("When"), N_("From, years"), N_("To, years"),
    N_("Present value of 1 a year"), N_("Payment a year for each 1 of works"), N_("The same without taxes"),
)  # fmt: skip
#: column of the present value
PRESENT = 5


@dataclass(frozen=True)
class Works:
    """A class of works: planned length, and what the risk register expects of their delay; ``months`` 0: none.

    ``signs``: a contract is signed for it, which takes its procurement. It is decided in year ``begun``, and stands
    for the service in the years from ``since`` to ``until``.
    """

    months: float
    delay: float = 1.0
    signs: bool = False
    begun: float = 0.0
    since: float = 0.0
    until: float = np.inf

    def whenever(self) -> Works:
        """Return the works for what does not end with the period."""
        return replace(self, since=0.0, until=np.inf)


@dataclass(frozen=True)
class Schedule:
    """How a contract's works are spent: along which ``profile``, at prices that ``rise`` a year (None: they do not).

    ``milestones`` are those of its contribution: (share of the works done, part paid).
    """

    profile: str
    rise: Live | None
    milestones: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Profile:
    """A row of the table: its number, the part of each year, and the present value of 1 a year so paid."""

    row: int
    shares: Floats
    present: Live

    def cell(self, t: int) -> str:
        """Return the address of year ``t``, the row fixed."""
        return str(xl_rowcol_to_cell(self.row, YEARS + t, row_abs=True))


@dataclass(frozen=True)
class Dates:
    """Signature, opening, years of payment and end of the term under a contract, in years from the start.

    ``ends`` is None where what follows the term is the contract itself.
    """

    signed: Live
    build: Live
    opened: Live
    payment: Live
    ends: Live | None


def dates_of(works: Works, terms: Terms) -> Dates:
    """Return the dates of works under a contract: nothing waits where nothing is built or signed."""
    signed = _after(works.begun, terms["procurement"]) if works.signs else live(works.begun)
    build = terms["delay"] * (works.months / 12.0) * works.delay if works.months > 0 else live(0.0)
    left = terms["term"] - build
    payment = Live(f"MAX({left.text},1)", max(left.value, 1.0))
    limited = works.signs and terms["hands_over"].value > 0
    return Dates(signed, build, signed + build, payment, signed + build + payment if limited else None)


def _after(begun: float, wait: Live) -> Live:
    """The end of a wait that begins in year ``begun``."""
    return begun + wait if begun else wait


class Timing:
    """Writes profiles downwards on the sheet, each once, and keeps them by contract, works and kind."""

    def __init__(
        self,
        grid: Grid,
        clock: Clock,
        names: Mapping[str, str],
        t: Callable[..., str],
        schedules: Mapping[str, Schedule],
    ) -> None:
        self.grid, self.clock, self.names, self.t, self.schedules = grid, clock, names, t, schedules
        self.known: dict[tuple[str, Works, str, str], Profile] = {}
        write_headers(grid.sheet, [t(header) for header in _HEADERS])

    def row(self, contract: str, works: Works, kind: str, terms: Terms) -> Profile:
        """Return the profile of a kind of payment, written when first asked for."""
        return self.between(
            contract, works.whenever() if kind in _WHENEVER else works, kind, *self._span(kind, works, terms)
        )

    def between(self, contract: str, works: Works, kind: str, begin: Live, end: Live, *, apart: str = "") -> Profile:
        """Return the profile from ``begin`` to ``end``; ``apart`` from others of the same contract, works and kind."""
        key = contract, works, kind, apart
        if key not in self.known:
            self.known[key] = self._write((contract, works, kind), begin, end)
        return self.known[key]

    def solved(self, contract: str, works: Works, values: Floats) -> Profile:
        """Return the profile of what the engine solved, by calendar year; written when first asked for."""
        key = contract, works.whenever(), "profit_tax", ""
        if key not in self.known:
            row = self._label(key[:3])
            for year, value in enumerate(values.tolist()):
                self.grid.put(row, YEARS + year, value, "factor")
            self.known[key] = self._finish(row, values)
        return self.known[key]

    def worth(self, profile: Profile, rate: Live) -> Live:
        """Return what 1 paid as ``profile`` says is worth at ``rate`` at the start."""
        clock = self.clock
        years = xl_range_abs(clock.year_row, YEARS, clock.year_row, YEARS + clock.years - 1)
        value = float(profile.shares @ (1.0 + rate.value) ** -np.arange(clock.years, dtype=float))
        return Live(f"SUMPRODUCT({self._cells(profile.row).text},(1+{rate.text})^-{years})", value)

    def price(self, contract: str, works: Works, terms: Terms) -> Live:
        """Return what all of 1 of works costs at prices that rise."""
        if self.schedules[contract].rise is None:
            return live(1.0)
        profile = self.row(contract, works, "priced", terms)
        return Live(f"SUM({self._cells(profile.row).text})", float(profile.shares.sum()))

    def _span(self, kind: str, works: Works, terms: Terms) -> tuple[Live, Live]:
        """When a kind of payment begins and ends, in years from the start."""
        horizon, dates = self.clock.horizon, dates_of(works, terms)
        opened, ends = dates.opened, dates.ends or horizon
        last, paid = horizon - 1.0, opened + dates.payment
        stop = least([horizon, live(works.until)]) if np.isfinite(works.until) else horizon

        def since(date: Live) -> Live:
            return most([date, live(works.since)]) if works.since else date

        inside = Live(f"IF({opened.text}<={horizon.text},1,0)", float(opened.value <= horizon.value))
        spans: dict[str, tuple[Live | float, Live | float]] = {
            "procuring": (works.begun, dates.signed),
            **dict.fromkeys(("building", "priced", "milestones"), (dates.signed, opened)),
            "before": (works.since, least([opened, stop])),
            "today": (works.since, least([dates.signed, stop])),
            "interim": (since(least([dates.signed, horizon])), least([opened, stop])),
            "open": (since(opened), least([ends, stop])),
            "after": (since(least([ends, horizon])), stop),
            "paid": (opened, paid),
            "paid_open": (since(opened), least([paid, live(works.until)]) if np.isfinite(works.until) else paid),
            "end": (last, last + inside),
            "first year": (0.0, 1.0),
        }
        begin, end = spans[kind]
        return live(begin), live(end)

    def _label(self, key: tuple[str, Works, str]) -> int:
        contract, works, kind = key
        row, sheet = self.grid.sheet.row, self.grid.sheet
        self.grid.say(row, 0, self.names.get(contract, contract))
        if works.months:
            self.grid.put(row, 1, works.months, "number")
        self.grid.say(row, 2, self.t(KINDS[kind]))
        sheet.row += 1
        return row

    def _write(self, key: tuple[str, Works, str], begin: Live, end: Live) -> Profile:
        row, (contract, works, kind) = self._label(key), key
        first, last = self.grid.put(row, 3, begin, "factor"), self.grid.put(row, 4, end, "factor")
        start, stop = np.array([first.value]), np.array([last.value])
        if kind == "relet":
            part, formula = self._again(works, first.value, last.value), self._times(row, works)
        elif kind in ("building", "priced"):
            part, formula = self._spent(row, self.schedules[contract], (start, stop), rises=kind == "priced")
        elif kind == "milestones":
            part, formula = self._reached(row, self.schedules[contract], (first.value, last.value))
        elif kind == "procuring":
            part, formula = spread(start, stop - start, self.clock.years)[0], self._share(row, evenly=True)
        else:
            part, formula = share_of_years(start, stop, self.clock.years)[0], self._share(row, evenly=False)
        look = self.grid.sheet.styles("cell", "factor")
        for year, value in enumerate(part.tolist()):
            self.grid.fill(row, YEARS + year, formula(self.clock.year(year)), value, look)
        return self._finish(row, part)

    def _share(self, row: int, *, evenly: bool) -> Callable[[str], str]:
        """Formula of the part of a year between the row's begin and end; spread over their distance if ``evenly``."""
        begin, end = _ends(row)

        def formula(now: str) -> str:
            inside = f"MAX(0,MIN({now}+1,{end})-MAX({now},{begin}))"
            return f"IF({end}>{begin},{inside}/({end}-{begin}),IF(INT({begin})={now},1,0))" if evenly else inside

        return formula

    def _spent(
        self, row: int, schedule: Schedule, ends: tuple[Floats, Floats], *, rises: bool
    ) -> tuple[Floats, Callable[[str], str]]:
        """What is spent of 1 of works in each year, and its formula; at prices that rise, if so."""
        (start, stop), profile, rise, ahead = ends, schedule.profile, schedule.rise, self.clock.years_from_base
        part = spread_works(np.array([profile]), start, stop - start, self.clock.years)[0]
        spent = self._along(row, profile_in(profile)) if profile else self._share(row, evenly=True)
        if not rises or rise is None:
            return part, spent
        index = (1.0 + rise.value) ** (ahead + np.arange(self.clock.years, dtype=float))
        return part * index, lambda now: f"({spent(now)})*(1+{rise.text})^({ahead}+{now})"

    def _reached(self, row: int, schedule: Schedule, ends: tuple[float, float]) -> tuple[Floats, Callable[[str], str]]:
        """What is paid of 1 of a contribution in each year as its milestones are reached, and its formula."""
        begin, end = _ends(row)
        paid = [(float(passed_at(np.array([schedule.profile]), done)[0]), part) for done, part in schedule.milestones]
        reached = np.array([ends[0] + (ends[1] - ends[0]) * passed for passed, _ in paid])
        year = np.maximum(np.ceil(reached - _EDGE) - 1.0, np.floor(ends[0]))
        shares = np.array([part for _, part in paid]) @ (year[:, None] == np.arange(self.clock.years))

        def formula(now: str) -> str:
            years = [
                f"MAX(ROUNDUP({begin}+({end}-{begin})*{passed!r}-{_EDGE!r},0)-1,INT({begin}))" for passed, _ in paid
            ]
            return "+".join(f"{part!r}*IF({when}={now},1,0)" for when, (_, part) in zip(years, paid, strict=True))

        return np.asarray(shares, dtype=float), formula

    def _along(self, row: int, shares: Sequence[float]) -> Callable[[str], str]:
        """Formula of what is spent in a year, in equal parts of the time between the row's begin and end."""
        begin, end = _ends(row)
        parts = len(shares)

        def spent(passed: str) -> str:
            """What is spent when so many parts of the time have passed, straight within each."""
            return "+".join(f"{share!r}*MAX(0,MIN(1,{passed}-{part}))" for part, share in enumerate(shares) if share)

        def formula(now: str) -> str:
            since, until = (f"{parts}*({at}-{begin})/({end}-{begin})" for at in (now, f"{now}+1"))
            return f"IF({end}>{begin},{spent(until)}-({spent(since)}),IF(INT({begin})={now},1,0))"

        return formula

    def _times(self, row: int, works: Works) -> Callable[[str], str]:
        """Formula of how often a contract is let again in a year, counted from the row's begin, each so many years."""
        first, every = _ends(row)
        until = works.until if np.isfinite(works.until) else self.clock.horizon.text

        def formula(now: str) -> str:
            passed = [f"INT(MAX({end}-{first}-{_EDGE!r},0)/{every})" for end in (f"{now}+1", now)]
            return f"IF(AND({now}>={works.since!r},{now}<{until}),{passed[0]}-{passed[1]},0)"

        return formula

    def _again(self, works: Works, first: float, every: float) -> Floats:
        """How often a contract is let again in each year."""
        year = np.arange(self.clock.years, dtype=float)
        passed = [np.floor(np.maximum(end - first - _EDGE, 0.0) / every) for end in (year + 1.0, year)]
        inside = (year >= works.since) & (year < min(works.until, self.clock.horizon.value))
        return np.where(inside, passed[0] - passed[1], 0.0)

    def _finish(self, row: int, shares: Floats) -> Profile:
        cells = self._cells(row)
        present = self.grid.put(row, PRESENT, cells.dot(self.clock.factor), "factor")
        return Profile(row, shares, present)

    def _cells(self, row: int) -> Range:
        return self.grid.range(row, YEARS, row, YEARS + self.clock.years - 1)


def _ends(row: int) -> tuple[str, str]:
    """Addresses of the cells that say when a row begins and ends, the columns fixed."""
    begin, end = (str(xl_rowcol_to_cell(row, column, col_abs=True)) for column in (3, 4))
    return begin, end


def schedules_of(scenario: Scenario, terms: Mapping[str, Terms]) -> dict[str, Schedule]:
    """Return contract -> how its works are spent, as the sheet ``contracts`` states it."""
    table = scenario.contracts[["contract_id", "works_profile", "works_inflation", "contribution_milestones"]]
    return {
        contract: Schedule(profile, terms[contract]["rise"] if rise > 0 else None, milestones_in(milestones))
        for contract, profile, rise, milestones in table.itertuples(index=False, name=None)
    }
