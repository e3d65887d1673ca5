"""Next year's scenario: the plan's own, in which what stands is decided, what slipped is dated, and the rest is open.

First year, prices and horizon stay those of the plan, so that both plans are paid on the same footing and differ by
what happened and what is decided anew. While nothing came otherwise the periods stay too: the next plan then chooses
among fewer plans than the last one did, and that is one of them. Once something did, the period that holds the cut-off
date is parted at the next first of January, so that there is something to decide from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.options import hosting_table, service_table
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.surroundings import MOST_PERIODS
from redesaude.inputs.tables import ALL, BY_NAME
from redesaude.language import N_
from redesaude.plan.numbers import State, numbers_of, today_of
from redesaude.plan.paths import paths_of
from redesaude.reviewing.facts import alike
from redesaude.reviewing.planned import Place, Planned
from redesaude.reviewing.review import Review
from redesaude.reviewing.standing import STANDS, Held, Standing, standings
from redesaude.reviewing.updating import updates

HELD = (
    *("site_id", "specialty_id", "size_id", "contract_id", "held", "planned_on", "now_on", "months", "build_months"),
    "reported",
)
_DECISION = [column.name for column in BY_NAME["decisions"].columns]
#: decisions by which something is to be open
_FORCED = ("open", "start")
_FULL = N_("No period is parted: a scenario has at most {most}. What is decided anew is so from the next period on.")
_NOT_NEW = N_("Done though no plan has it: {count}. Type what runs of it on site_services, by hand.")
_VARIANTS = N_("Variants that change decisions or ceilings of money are left out of the next scenario.")

Note = tuple[str, Mapping[str, object]]
"""a message id and the values of its placeholders"""


@dataclass(frozen=True)
class NextScenario:
    """The scenario of the next plan, and how it came about.

    Attributes
    ----------
    scenario : tables as they are to be written; not yet read and checked.
    openings : what the old plan opens in it, as far as that stands or may still come.
    parted : the plan's own scenario and openings with the period parted, before anything that happened: the footing on
        which the last plan is told; None where no period is parted.
    held : what stands of each service that the plan changes, columns :data:`HELD`. updates : see
        :mod:`redesaude.reviewing.updating`. notes : what is to be told.

    """

    scenario: Scenario
    openings: pd.DataFrame
    parted: tuple[Scenario, pd.DataFrame] | None
    held: pd.DataFrame
    updates: pd.DataFrame
    notes: tuple[Note, ...]


def next_scenario(planned: Planned, review: Review) -> NextScenario:
    """Return the scenario of the next plan after ``review``."""
    now = planned.appraisal.periods[planned.period_at(review.cutoff)]
    stand, learned = standings(planned, review, now), updates(planned, review)
    otherwise = len(review.deviations) > 0 or len(review.actuals.unplanned) > 0
    parting = _Parting.of(planned, now, review.cutoff.year + 1) if otherwise else _Parting(planned.scenario, now, "")
    if len(parting.ids) == len(parting.gone):  # no later period in which it could be decided anew
        stand = [replace(each, held=Held.GOES_ON) if each.held is Held.PUT_OFF else each for each in stand]
    scenario = _learned(parting.scenario, learned)
    scenario, own = _dated(planned, scenario, stand, learned)
    decided = _Decided(planned, parting, stand).table()
    scenario = scenario.replace(decisions=decided, variants=_kept_variants(scenario))
    name = f"{planned.scenario.name}-{review.cutoff.year + 1}"
    return NextScenario(
        replace(scenario, name=name, variant_id="base"),
        _openings(planned, parting, stand),
        (parting.scenario, _openings(planned, parting, [])) if parting.later else None,
        _held(stand, own),
        learned,
        tuple(_notes(planned, review, parting, otherwise=otherwise)),
    )


@dataclass(frozen=True)
class _Parting:
    """The scenario with the period ``now`` parted: ``later`` is the id of what is left of it (blank: it is whole)."""

    scenario: Scenario
    now: int
    later: str

    @classmethod
    def of(cls, planned: Planned, now: int, year: int) -> _Parting:
        """Part the period that holds the year before ``year``, where it goes on and there may be one more."""
        scenario, phases = planned.scenario, planned.appraisal.phases
        years = year - planned.first_year
        if len(scenario.periods) >= MOST_PERIODS or not phases.begins[now] < years < phases.ends[now]:
            return cls(scenario, now, "")
        before, place = str(scenario.periods["period_id"].iloc[now]), now + 1
        later = f"{before}-{year}"
        most = scenario.periods["max_starts"].to_numpy(float)[now] - _begun_in(planned, before)
        row = scenario.periods.iloc[[now]].assign(
            period_id=later,
            first_year=float(year),
            years=float(phases.ends[now] - years),
            max_starts=np.maximum(0.0, most),  # NaN: no limit
        )
        first = scenario.periods.iloc[[now]].assign(years=float(years - phases.begins[now]))
        table = pd.concat([scenario.periods[:now], first, row, scenario.periods[place:]], ignore_index=True)
        changed = {"periods": table, "funding": _funding(planned, before, later)}
        for name, rows in scenario.tables().items():
            if "period_id" in rows and name not in (*changed, "decisions"):
                changed[name] = _also(rows, before, later)
        return cls(scenario.replace(**changed), now, later)

    @property
    def ids(self) -> list[str]:
        """The periods, in order."""
        return [str(name) for name in self.scenario.periods["period_id"]]

    @property
    def gone(self) -> list[str]:
        """The periods in which nothing new begins."""
        return self.ids[: self.now + 1]

    def new_ids(self, period: str) -> list[str]:
        """The periods that a period of the plan has become."""
        return [period, self.later] if self.later and period == self.gone[-1] else [period]


def _also(rows: pd.DataFrame, before: str, later: str) -> pd.DataFrame:
    """Rows of a period said of what is left of it, too."""
    return pd.concat([rows, rows[rows["period_id"] == before].assign(period_id=later)], ignore_index=True)


def _begun_in(planned: Planned, period: str) -> int:
    """Works that the plan begins in a period."""
    services, rows = planned.appraisal.services(), planned.plan.openings
    begun = (services.works > 0) & (services.pays_works > 0) & (rows["period_id"] == period).to_numpy(bool)
    return int(begun.sum())


def _funding(planned: Planned, before: str, later: str) -> pd.DataFrame:
    """Ceilings of money; those of the capital of a period go, first, to what the plan has decided in it."""
    rows, kept = planned.scenario.funding, planned.plan.promises
    capital = kept[(kept["period_id"] == before) & (kept["kind"] == "capital")]
    used = dict(zip(capital["limit_id"], capital["achieved"], strict=True))
    named = set(rows.loc[rows["period_id"] == before, "funding_id"])
    periods = [str(name) for name in planned.scenario.periods["period_id"]]
    found: list[dict[str, Any]] = []
    for record in rows.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        whole = [p for p in periods if p != before or row["funding_id"] not in named] if not row["period_id"] else []
        for period in whole or [row["period_id"]]:
            found.append(row | {"period_id": period})
            if period == before:
                taken = float(used.get(row["funding_id"], 0.0)) if row["kind"] == "capital" else 0.0
                found.append(row | {"period_id": later, "amount": max(0.0, row["amount"] - taken)})
    return pd.DataFrame(found, columns=rows.columns).astype(rows.dtypes.to_dict())


def _learned(scenario: Scenario, learned: pd.DataFrame) -> Scenario:
    """The scenario with what was measured in the place of what was assumed."""
    contracts, specialties, demand = scenario.contracts, scenario.specialties, scenario.demand
    for row in rows_of(learned[learned["stated"]]):
        if row.assumption == "demand":
            mine = specialties["specialty_id"] == row.about
            rate = specialties["cases_per_100k"]
            specialties = specialties.assign(cases_per_100k=rate.where(~mine, rate * row.mean_now))
            cases, there = demand["cases"], demand["specialty_id"] == row.about
            demand = demand.assign(cases=cases.where(~there, cases * row.mean_now))
            continue
        mine = contracts["contract_id"] == row.about
        after = {"_low": row.low_now, "": row.mode_now, "_high": row.high_now}
        values = {f"{row.assumption}{end}": value for end, value in after.items()}
        contracts = contracts.assign(**{name: contracts[name].where(~mine, v) for name, v in values.items()})
    return scenario.replace(contracts=contracts, specialties=specialties, demand=demand)


def _dated(
    planned: Planned, scenario: Scenario, stand: list[Standing], learned: pd.DataFrame
) -> tuple[Scenario, dict[Place, float]]:
    """The scenario with works as long as known now of all that stands or goes on, and those months by service."""
    times = {
        r.about: r.mean_now / r.mean for r in rows_of(learned[learned["assumption"] == "delay_factor"]) if r.mean > 0
    }
    numbers, own = numbers_of(scenario), {}
    rows = scenario.site_services
    for each in stand:
        if not (each.works and each.reported and each.held in (Held.FIXED, Held.GOES_ON)):
            continue
        size, contract = each.state
        months = numbers.of(*each.place, size)["build_months"]
        length = each.opened - each.signed
        factor = max(0.0, length + each.months / 12.0) / length / times.get(contract, 1.0) if length > 0 else 1.0
        if not alike(factor, 1.0):
            own[each.place] = months * factor
            rows = _with_months(rows, each.place, size, months * factor)
    return scenario.replace(site_services=rows), own


def _with_months(rows: pd.DataFrame, place: Place, size: str, months: float) -> pd.DataFrame:
    """Rows of ``site_services`` with the works of a service in a size, in its row or in a new one."""
    mine = (rows["site_id"] == place[0]) & (rows["specialty_id"] == place[1]) & (rows["size_id"] == size)
    if mine.any():
        return rows.assign(build_months=rows["build_months"].where(~mine, months))
    blank = {
        column.name: column.default if column.default is not None else np.nan if column.kind == "number" else ""
        for column in BY_NAME["site_services"].columns
    }
    row = blank | {"site_id": place[0], "specialty_id": place[1], "size_id": size, "status": "allowed"}
    return pd.concat([rows, pd.DataFrame([row | {"build_months": months}])[list(rows.columns)]], ignore_index=True)


class _Decided:
    """The sheet ``decisions`` of the next scenario."""

    def __init__(self, planned: Planned, parting: _Parting, stand: list[Standing]) -> None:
        self.scenario, self.parting = planned.scenario, parting
        self.paths = paths_of(planned.scenario, planned.plan.openings)
        self.today = today_of(planned.scenario)
        self.stand: dict[Place, Standing] = {}
        for each in stand:
            self.stand[each.place] = each  # the latest of several
        hosting = hosting_table(planned.scenario)
        self.contracts = hosting.groupby("site_id")["contract_id"].agg(list).to_dict()
        self.sizes = planned.scenario.sizes.groupby("specialty_id")["size_id"].agg(list).to_dict()

    def table(self) -> pd.DataFrame:
        """Return its rows."""
        services = service_table(self.scenario)
        places: list[Place] = list(zip(services["site_id"], services["specialty_id"], strict=True))
        rows = [row for place in places for row in self._of(place)]
        table = pd.DataFrame([*self._stated(), *rows], columns=_DECISION)
        key = list(BY_NAME["decisions"].key)
        return _compressed(table.drop_duplicates(key, ignore_index=True), places)

    def _of(self, place: Place) -> Iterator[dict[str, object]]:
        """What is decided of one service."""
        path, each, last = self.paths.get(place, {}), self.stand.get(place), self.parting.now
        today = self.today.get(place)
        for t in range(last + 1):
            state = path.get(t)
            if each is not None and t >= each.period:
                if each.held is Held.GOES_ON:
                    yield from self._only(place, t, each.state, today)
                    continue
                if each.held in STANDS and self._lasts(place, t, each.state):
                    if t == each.period:
                        yield self._row(place, "start", t, each.state)
                    continue
                state = each.state if each.held in STANDS else today
            if state is None:
                yield self._row(place, "forbid", t)
            else:
                yield self._row(place, "open", t, state)
        if each is not None and each.held is Held.DROPPED:
            yield from (
                self._row(place, "forbid", t, self._given_up(each)) for t in range(last + 1, len(self.parting.ids))
            )

    def _given_up(self, each: Standing) -> State:
        """What is not to be open again: the size and contract given up, or the whole service where none ran before."""
        return each.state if each.place in self.today else ("", "")

    def _lasts(self, place: Place, period: int, state: State) -> bool:
        """Whether the plan keeps a service under its contract from a period to the end."""
        path = self.paths[place]
        return all(path.get(t, ("", ""))[1] == state[1] for t in range(period, max(self.parting.now, *path) + 1)) and (
            max(path) == len(self.scenario.periods) - 1
        )

    def _only(self, place: Place, t: int, state: State, today: State | None) -> Iterator[dict[str, object]]:
        """Open as planned or as today, or not at all."""
        sizes, contracts = self.sizes[place[1]], self.contracts.get(place[0], [])
        if today is None:
            yield from (self._row(place, "forbid", t, (size, "")) for size in sizes if size != state[0])
            yield from (self._row(place, "forbid", t, ("", one)) for one in contracts if one != state[1])
            return
        pairs = {(size, contract) for size in sizes for contract in contracts} - {state, today}
        yield from (self._row(place, "forbid", t, pair) for pair in sorted(pairs))

    def _row(self, place: Place, decision: str, t: int, state: State = ("", "")) -> dict[str, object]:
        named = {"site_id": place[0], "specialty_id": place[1], "size_id": state[0], "contract_id": state[1]}
        return named | {"period_id": self.parting.ids[t], "decision": decision, "note": "", "active": True}

    def _stated(self) -> Iterator[dict[str, object]]:
        """What the plan's own scenario has decided of later periods."""
        gone, ids = set(self.parting.gone), self.parting.ids
        for record in self.scenario.decisions.to_dict("records"):
            row = {str(name): value for name, value in record.items()}
            period, each = row["period_id"], self.stand.get((row["site_id"], row["specialty_id"]))
            if row["decision"] in _FORCED and each is not None and each.held is Held.DROPPED:
                continue
            if period not in gone and period:
                yield row
            elif row["decision"] == "close" and len(ids) > len(gone):
                yield row | {"period_id": ids[len(gone)]}
            elif not period:
                yield from (row | {"period_id": later} for later in ids[len(gone) :])
            elif self.parting.later and period == self.parting.gone[-1] and row["decision"] != "start":
                yield row | {"period_id": self.parting.later}


def _compressed(table: pd.DataFrame, places: list[Place]) -> pd.DataFrame:
    """One row for ``all`` specialties where nothing may be open at a site in a period."""
    barred = (table["decision"] == "forbid") & (table["size_id"] == "") & (table["contract_id"] == "")
    count = pd.Series([site for site, _ in places]).value_counts()
    there = table[barred].groupby(["site_id", "period_id"])["specialty_id"].transform("size")
    whole = there[there == table.loc[there.index, "site_id"].map(count)].index
    one = table.loc[whole].drop_duplicates(["site_id", "period_id"]).assign(specialty_id=ALL)
    return pd.DataFrame(pd.concat([table.drop(index=whole), one], ignore_index=True))


def _kept_variants(scenario: Scenario) -> pd.DataFrame:
    """The variants that change neither decisions nor ceilings of money, whose rows are others now."""
    rows = scenario.variants
    gone = set(rows.loc[rows["sheet"].isin(["decisions", "funding", "periods"]), "variant_id"])
    while more := {r.variant_id for r in rows_of(rows) if set(r.inherits) & gone} - gone:
        gone |= more
    return pd.DataFrame(rows[~rows["variant_id"].isin(gone)].reset_index(drop=True))


def _openings(planned: Planned, parting: _Parting, stand: list[Standing]) -> pd.DataFrame:
    """What the plan opens in the next scenario: all that stands, goes on or comes later."""
    today, gone = today_of(planned.scenario), set(parting.gone)
    each_of = {each.place: each for each in stand}
    position = {name: t for t, name in enumerate(parting.ids)}
    rows = []
    for record in planned.plan.openings.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        each = each_of.get((row["site_id"], row["specialty_id"]))
        for period in parting.new_ids(str(row["period_id"])):
            undone = each is not None and each.held in (Held.PUT_OFF, Held.DROPPED) and position[period] >= each.period
            if undone and each is not None and (each.held is Held.DROPPED or period in gone):
                if each.place not in today:
                    continue
                size, contract = today[each.place]
                rows.append(row | {"period_id": period, "size_id": size, "contract_id": contract})
            else:
                rows.append(row | {"period_id": period})
    columns = planned.plan.openings.columns
    for each in stand:
        if each.held is Held.RUNS_ON:
            named = {"site_id": each.place[0], "specialty_id": each.place[1], "size_id": each.state[0]}
            rows += [
                dict.fromkeys(columns, np.nan) | named | {"contract_id": each.state[1], "period_id": p}
                for p in parting.gone[each.period :]
            ]
    return pd.DataFrame(rows, columns=columns)


def _held(stand: list[Standing], own: Mapping[Place, float]) -> pd.DataFrame:
    rows = [
        (*e.place, *e.state, str(e.held), e.planned_on, e.now_on, e.months, own.get(e.place, np.nan), e.reported)
        for e in stand
    ]
    return pd.DataFrame(rows, columns=list(HELD))


def _notes(planned: Planned, review: Review, parting: _Parting, *, otherwise: bool) -> Iterator[Note]:
    if otherwise and not parting.later and len(planned.scenario.periods) >= MOST_PERIODS:
        yield _FULL, {"most": MOST_PERIODS}
    if len(review.actuals.unplanned):
        yield _NOT_NEW, {"count": len(review.actuals.unplanned)}
    if len(_kept_variants(planned.scenario)) < len(planned.scenario.variants):
        yield _VARIANTS, {}
