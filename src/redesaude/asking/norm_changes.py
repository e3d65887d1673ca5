"""A scenario without some of its norms, or with some of them firm: each a row of its own, by its promise's id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.promises import load, workforce
from redesaude.promises.access import restated, stated, targets_by_period
from redesaude.promises.pledges import pledges

#: kinds of promises whose norms are rows of these sheets, with what names a row
ROWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "load": (load.SHEET, load.KEY),
    "workforce": (workforce.SHEET, workforce.KEY),
}
_Row = dict[str, object]
#: what becomes of a norm, of its id and row: rows that take its place
_Change = Callable[[str, _Row], list[_Row]]


def without(scenario: Scenario, ids: Collection[str]) -> Scenario:
    """Return the scenario without the norms of these ids; loads and staff stay, neither firm nor priced."""
    freed = {
        name: getattr(scenario, name).assign(hard=False, price=0.0)
        for kind, (name, _) in ROWS.items()
        if any(each.startswith(f"{kind}|") for each in ids)
    }
    return _restated(scenario, lambda name, row: [] if name in ids else [row]).replace(**freed)


def firm(scenario: Scenario, shares: Mapping[str, float]) -> Scenario:
    """Return the scenario with the norms of these ids firm beside all others.

    Of access each at its share (0-1) in ``shares``, which is no more than the norm's; the others as they stand.
    """

    def change(name: str, row: _Row) -> list[_Row]:
        if name not in shares:
            return [row]
        if "minutes" not in row:
            return [row | {"hard": True}]
        asked = row | {"hard": True, "share": shares[name]}
        return [asked] if shares[name] >= float(str(row["share"])) else [row, asked]

    rows = {name: _firm_rows(getattr(scenario, name), kind, key, shares) for kind, (name, key) in ROWS.items()}
    return _restated(scenario, change).replace(**rows)


def _firm_rows(rows: pd.DataFrame, kind: str, key: tuple[str, ...], ids: Collection[str]) -> pd.DataFrame:
    """The rows of a sheet, firm where a norm of theirs is named; a row without a period stands for all of them."""
    named = {tuple(name.rsplit("|", 1)) for name in ids}
    periods = {start: {end for s, end in named if s == start} for start, _ in named}
    starts = ["|".join((kind, *map(str, row))) for row in rows[list(key)].itertuples(index=False)]
    told = [
        bool(found) and period in {"", *found}
        for start, period in zip(starts, rows["period_id"], strict=True)
        for found in [periods.get(start, set())]
    ]
    return rows.assign(hard=rows["hard"].astype(bool) | np.array(told, dtype=bool))


def _restated(scenario: Scenario, change: _Change) -> Scenario:
    """The scenario with what ``change`` makes of its norms of access and of the emergency network, spelled out."""
    access = [new for name, row in _access(scenario) for new in change(name, row)]
    emergency = [new for name, row in _emergency(scenario) for new in change(name, row)]
    told = restated(scenario, _like(stated(scenario), access))
    specialties = scenario.specialties.assign(access_share=np.nan)
    return told.replace(specialties=specialties, emergency=_like(scenario.emergency, emergency))


def _like(table: pd.DataFrame, rows: list[_Row]) -> pd.DataFrame:
    """Rows as a table of the same columns and kinds."""
    return pd.DataFrame(rows, columns=list(table.columns)).astype(table.dtypes)


def _access(scenario: Scenario) -> Iterator[tuple[str, _Row]]:
    """The norms of access with their ids."""
    for target in targets_by_period(scenario):
        yield (
            target.id,
            {
                "specialty_id": scenario.specialties["specialty_id"].iloc[target.specialty],
                "region_id": target.region,
                "period_id": scenario.periods["period_id"].iloc[target.period],
                "from_year": target.from_year,
                "minutes": target.minutes,
                "share": target.share,
                "hard": target.hard,
                "price": target.price,
                "active": True,
            },
        )


def _emergency(scenario: Scenario) -> Iterator[tuple[str, _Row]]:
    """The promises of the emergency network with their ids."""
    for pledge in pledges(scenario):
        ambulances = pledge.kind == "ambulances"
        yield (
            pledge.id,
            {
                "promise": pledge.kind,
                "specialty_id": pledge.specialty or ALL,
                "region_id": pledge.region,
                "period_id": scenario.periods["period_id"].iloc[pledge.period],
                "share": np.nan if ambulances else pledge.amount,
                "people_per_ambulance": pledge.amount if ambulances else np.nan,
                "hard": pledge.hard,
                "price": pledge.price,
                "from_year": np.nan,
                "active": True,
            },
        )
