"""Norms that a plan can keep together, as firm rows that wait for a variant.

Which they are is a fact found by ``scenarios/build_firm_norms.py``: a plan was made with norms before money, and what
it keeps can be kept together. The rows stand beside elastic ones about the same people; the variant lets them hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from redesaude.drafting.phases import Phase
from redesaude.inputs.areas import areas
from redesaude.inputs.tables import ALL

FACTS = Path(__file__).with_name("firm_norms.csv")
#: what names a norm in the facts; ``subject`` is a promise of the emergency network, a hub or a role
KEY = ("sheet", "subject", "specialty_id", "region_id", "period_id")
#: sheets whose rows become firm themselves, with what names a row
_ROWS = {
    "load_ceilings": ("site_id", "specialty_id", "area", "period_id"),
    "workforce": ("role_id", "region_id", "period_id"),
}


def with_variant(
    named: tuple[str, str], tables: Mapping[str, pd.DataFrame], book: str, phases: Sequence[Phase]
) -> dict[str, pd.DataFrame]:
    """Return the sheets of norms with their firm rows, and ``variants`` with the one by which these hold."""
    changes = pd.DataFrame(variant(named, tables, book, phases), columns=tables["variants"].columns)
    rows = with_firm_rows(tables, book, phases)
    return {**rows, "variants": pd.concat([tables["variants"], changes], ignore_index=True)}


def with_firm_rows(tables: Mapping[str, pd.DataFrame], book: str, phases: Sequence[Phase]) -> dict[str, pd.DataFrame]:
    """Return ``access_targets`` and ``emergency`` with firm rows of what is kept; they wait."""
    kept = _kept(book)
    stated = {name: _stated(tables[name]) for name in ("access_targets", "emergency") if name in tables}
    found: dict[str, list[dict[str, object]]] = {name: [] for name in stated}
    for row in _targets(tables):
        named = "access_targets", "", row["specialty_id"], row["region_id"]
        found["access_targets"] += [row | {"period_id": period} for period in _periods(kept, named, phases)]
    for row in _spelled_out(tables, "emergency"):
        named = "emergency", row["promise"], row["specialty_id"], row["region_id"]
        periods = [p for p in _periods(kept, named, phases) if p or row["region_id"] not in _stated_areas(tables)]
        found["emergency"] += [row | {"period_id": period} for period in periods]
    firm = {"hard": True, "active": False}
    return {
        name: pd.concat([sheet, pd.DataFrame([row | firm for row in found[name]], columns=_columns(sheet))])
        for name, sheet in stated.items()
    }


def variant(
    named: tuple[str, str], tables: Mapping[str, pd.DataFrame], book: str, phases: Sequence[Phase]
) -> list[tuple[str, ...]]:
    """Return the rows of ``variants`` by which what is kept becomes firm; ``named`` is the variant's id and name."""
    kept = _kept(book)
    if not kept:
        return []
    made = with_firm_rows(tables, book, phases)
    firm = {name: rows[rows["hard"].astype(bool) & ~rows["active"].astype(bool)] for name, rows in made.items()}
    minutes = sorted({f"{value:g}" for value in firm["access_targets"]["minutes"]}, key=float)
    changes = [(*named, "access_targets", f"*|*|*|{m}", "active", "set", "yes") for m in minutes]
    changes += [(*named, "emergency", "*", "active", "set", "yes")] if len(firm.get("emergency", ())) else []
    for row in _records(tables, "emergency"):
        named_row = row["promise"], row["specialty_id"], row["region_id"]
        if row["region_id"] in _stated_areas(tables) and _periods(kept, ("emergency", *named_row), phases) == [None]:
            changes.append((*named, "emergency", "|".join(named_row), "hard", "set", "yes"))
    for sheet, key in _ROWS.items():
        keys = [tuple(_text(row[name]) for name in key) for row in _records(tables, sheet)]
        held = [each for each in keys if _all_kept(kept, sheet, each, phases)]
        told = ["*"] if held and len(held) == len(keys) else ["|".join(each) for each in held]
        changes += [(*named, sheet, each, "hard", "set", "yes") for each in told]
    return changes


def _stated_areas(tables: Mapping[str, pd.DataFrame]) -> set[object]:
    """The areas that rows of ``emergency`` name themselves: such a row becomes firm as it is."""
    return {row["region_id"] for row in _records(tables, "emergency")}


def _stated(sheet: pd.DataFrame) -> pd.DataFrame:
    """A sheet of norms that says which rows wait: none, where it does not say."""
    return sheet if "active" in sheet else sheet.assign(active=True)


def _records(tables: Mapping[str, pd.DataFrame], sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet that do not wait, if there is one."""
    rows = _stated(tables.get(sheet, pd.DataFrame()))
    held = rows[rows["active"].astype(bool)]
    return [{str(name): value for name, value in row.items()} for row in held.to_dict("records")]


def _kept(book: str) -> set[tuple[str, ...]]:
    """The norms of a workbook that its plan kept, as :data:`KEY` names them."""
    if not FACTS.exists():
        return set()
    facts = pd.read_csv(FACTS, dtype=str, keep_default_na=False)
    return set(facts.loc[facts["book"] == book, list(KEY)].itertuples(index=False, name=None))


def _periods(kept: set[tuple[str, ...]], named: tuple[object, ...], phases: Sequence[Phase]) -> list[str | None]:
    """The periods in which a norm is kept; one blank where that is all of them."""
    found: list[str | None] = [p.id for p in phases if (*map(str, named), p.id) in kept]
    return [None] if len(found) == len(phases) else found


def _all_kept(kept: set[tuple[str, ...]], sheet: str, key: tuple[str, ...], phases: Sequence[Phase]) -> bool:
    *what, period = key
    subject, *rest = what
    named = (sheet, subject, *rest) if len(rest) == 2 else (sheet, subject, "", *rest)
    return all((*named, p.id) in kept for p in phases if period in ("", p.id))


def _targets(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, object]]:
    """The norms of access: of specialties in the whole area, and those of ``access_targets`` area by area."""
    whole = tables["specialties"].dropna(subset=["access_share", "access_minutes"])
    for row in whole.to_dict("records"):
        numbers = {"minutes": row["access_minutes"], "share": row["access_share"], "price": row["access_price"]}
        yield {"specialty_id": row["specialty_id"], "region_id": ALL, **numbers}
    yield from _spelled_out(tables, "access_targets")


def _spelled_out(tables: Mapping[str, pd.DataFrame], sheet: str) -> Iterator[dict[str, object]]:
    for row in _records(tables, sheet):
        for region in areas(tables["territories"], str(row["region_id"])):
            yield row | {"region_id": region}


def _columns(sheet: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*sheet.columns, "period_id"]))


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
