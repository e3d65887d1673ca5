"""Services to appraise, and when each of them is let, built, opened and handed over.

Time runs in years from the first period's start; :mod:`redesaude.finance.cashflow` says what the dates mean and lays
money on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Annotated

import numpy as np

from redesaude.finance.arguments import AMOUNT, MAYBE_AMOUNT, NUMBER, POSITIVE, SHARE, Shape, check_fields, unchecked
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.works_profiles import curves
from redesaude_models.arrays import Floats

#: timing of a service that begins with the first year and runs to the end
AT_ONCE = {"earlier_works": 0.0, "begun": 0.0, "since": 0.0, "until": np.inf, "pays_works": 1.0}

#: years below which what is spent evenly is spent at once
_INSTANT = 1e-9


@dataclass(frozen=True)
class Services:
    """Services to appraise, one entry each: money in currency (per year for fixed costs), capacity in cases/year.

    ``works`` is what must be built, ``lifecycle`` the yearly renewal once open. What exists before the works open:
    ``before_fixed`` and ``before_lifecycle`` a year, treating ``before_share`` of the assigned cases.
    ``unmet_cost`` is the cost of a case that waits in vain, NaN where none is stated, and ``waiting_weight`` what
    counts of it; ``elsewhere_share`` of those who would wait are treated by others meanwhile.

    The rest says when, in years from the first; left out, everything begins at once and runs to the horizon. The works
    are decided at ``begun``, the service runs from ``since`` until ``until``. ``pays_works`` is 0 where the works
    are counted in another entry of the same service, and ``earlier_works`` are those delivered before ``works`` under
    the same contract: they count at the end of the horizon.
    """

    works: Annotated[Floats, replace(AMOUNT, shape=Shape.MANY)]
    lifecycle: Annotated[Floats, AMOUNT]
    fixed: Annotated[Floats, AMOUNT]
    per_case: Annotated[Floats, AMOUNT]
    capacity: Annotated[Floats, POSITIVE]
    build_years: Annotated[Floats, AMOUNT]
    before_fixed: Annotated[Floats, AMOUNT]
    before_lifecycle: Annotated[Floats, AMOUNT]
    before_share: Annotated[Floats, SHARE]
    unmet_cost: Annotated[Floats, MAYBE_AMOUNT]
    elsewhere_share: Annotated[Floats, SHARE] = field(default_factory=lambda: np.zeros(()))
    waiting_weight: Annotated[Floats, SHARE] = field(default_factory=lambda: np.ones(()))
    earlier_works: Annotated[Floats, AMOUNT] = field(default_factory=lambda: np.zeros(()))
    begun: Annotated[Floats, NUMBER] = field(default_factory=lambda: np.zeros(()))
    since: Annotated[Floats, NUMBER] = field(default_factory=lambda: np.zeros(()))
    until: Floats = field(default_factory=lambda: np.full((), np.inf))
    pays_works: Annotated[Floats, SHARE] = field(default_factory=lambda: np.ones(()))

    def __post_init__(self) -> None:
        check_fields(self)
        for f in fields(self):
            if np.ndim(getattr(self, f.name)) == 0:
                object.__setattr__(self, f.name, np.full(len(self.works), float(getattr(self, f.name))))

    def __len__(self) -> int:
        return len(self.works)

    def take(self, rows: np.ndarray) -> Services:
        """Return the given rows."""
        return unchecked(Services, {f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True)
class Timing:
    """When things happen, in years from the first: signature, opening, length of works, years of capital payments.

    ``ends`` is when direct administration takes over at the end of the term, infinite where it does not.
    """

    signed: Floats
    opened: Floats
    build: Floats
    payment_years: Floats
    ends: Floats

    def take(self, rows: np.ndarray) -> Timing:
        """Return the given rows."""
        return Timing(*(getattr(self, f.name)[rows] for f in fields(self)))

    @property
    def opening_year(self) -> Floats:
        """The year of the opening, counted from the first."""
        return np.floor(self.opened + _INSTANT)

    @property
    def opened_share(self) -> Floats:
        """The part (0-1) of the year of the opening that passes before it; 0 where that is lost in rounding."""
        return np.maximum(np.round(self.opened - self.opening_year, 9), 0.0)


@dataclass(frozen=True)
class Spans:
    """The part of each year (0-1), ``(services, years)``, that a service runs in each state, up to the horizon.

    As it does today until the signature (``today``) and from there to the opening (``interim``), then under its own
    contract (``own``) and under what follows the term (``after``).
    """

    today: Floats
    interim: Floats
    own: Floats
    after: Floats


def timing_of(services: Services, terms: Terms) -> Timing:
    """Return the timing of each service under its terms. Where nothing is built nor signed it simply runs."""
    has_works = services.works > 0
    signs = has_works | (terms.signs > 0)
    build = np.where(has_works, services.build_years * terms.delay_factor, 0.0)
    signed = _whole(services.begun + np.where(signs, terms.procurement_years, 0.0))
    payment = np.maximum(np.nan_to_num(terms.term_years, nan=30.0) - build, 1.0)
    limited = signs & (terms.hands_over > 0) & ~np.isnan(terms.term_years)
    ends = np.where(limited, signed + build + payment, np.inf)
    return Timing(signed, _whole(signed + build), build, payment, ends)


def _whole(years: Floats) -> Floats:
    """Dates in years, the beginning of a year where no more than rounding is between."""
    near = np.round(years)
    return np.where(np.abs(years - near) <= _INSTANT, near, years)


def tail_years(timing: Timing, terms: Terms, horizon_years: int) -> int:
    """Return how many years after the horizon works, or payments for works, still fall due."""
    last = timing.opened + np.where(terms.financed, timing.payment_years, 0.0)
    return max(0, int(np.ceil(last.max(initial=0.0))) + 1 - horizon_years)


def share_of_years(start: Floats, end: Floats, years: int) -> Floats:
    """Return the part of each year (0-1) inside ``[start, end)``, shape ``(services, years)``."""
    year = np.arange(years, dtype=float)
    return np.asarray(np.clip(np.minimum(year + 1, end[:, None]) - np.maximum(year, start[:, None]), 0.0, 1.0))


def spread(start: Floats, length: Floats, years: int) -> Floats:
    """Return how 1 spent evenly over ``[start, start + length)`` falls on the years; all at ``start`` if no length.

    A length that is lost in the rounding of years is none.
    """
    at_once = length <= _INSTANT
    evenly = share_of_years(start, start + length, years) / np.where(at_once, 1.0, length)[:, None]
    return np.where(at_once[:, None], np.floor(start)[:, None] == np.arange(years), np.minimum(evenly, 1.0))


def spread_works(profiles: np.ndarray, start: Floats, length: Floats, years: int) -> Floats:
    """Return :func:`spread` of 1 of works spent along ``profiles``, those of ``Terms.works_profile``."""
    found = spread(start, length, years)
    for its, curve in curves(profiles):
        rows = its & (length > _INSTANT)
        passed = (np.arange(years + 1) - start[rows, None]) / length[rows, None]
        found[rows] = np.diff(curve(np.clip(passed, 0.0, 1.0)), axis=1)
    return found


def delayed(flows: Floats, start: Floats, years: int) -> Floats:
    """Return yearly ``flows`` (rows, any years) moved to begin with the year ``start``, laid on ``years`` years."""
    position = np.arange(years) - start.astype(int)[:, None]
    inside = (position >= 0) & (position < flows.shape[1])
    return np.where(inside, np.take_along_axis(flows, np.where(inside, position, 0), axis=1), 0.0)


def spans_of(services: Services, timing: Timing, calendar: Calendar) -> Spans:
    """Return the part of each year in which each service runs in each state."""
    end = np.minimum(services.until, calendar.horizon_years)

    def inside(start: Floats, stop: Floats) -> Floats:
        return share_of_years(np.maximum(services.since, start), np.minimum(end, stop), calendar.years)

    forever = np.full(len(services), np.inf)
    return Spans(
        today=inside(services.since, timing.signed),
        interim=inside(timing.signed, timing.opened),
        own=inside(timing.opened, timing.ends),
        after=inside(timing.ends, forever),
    )


def running_years(services: Services, timing: Timing, calendar: Calendar) -> tuple[Floats, Floats]:
    """Return the part of each year (0-1) that each service runs as it did before its works open, and as it does after.

    Shape ``(services, calendar.years)``; nothing runs beyond the horizon.
    """
    spans = spans_of(services, timing, calendar)
    return spans.today + spans.interim, spans.own + spans.after


def standing(services: Services) -> Services:
    """Return the services without the works still to be done: those delivered earlier are all there is."""
    return replace(services, works=np.zeros(len(services)))


def complete(services: Services) -> Services:
    """Return the services as if all their works, earlier ones included, were delivered at once from the first year."""
    return replace(
        services,
        works=services.works + services.earlier_works,
        **{name: np.full(len(services), value) for name, value in AT_ONCE.items()},
    )
