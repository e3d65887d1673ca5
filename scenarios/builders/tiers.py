"""Levels and support: what each size treats and sends up, and which hub stands by a new satellite, how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.drafting.evidence import Figure, Tongue


@dataclass(frozen=True)
class Level:
    """A size as a level of its specialty.

    ``treats`` is the share of severities it treats, ``mature`` the same once support has ended (None: the same). A
    ``satellite`` needs a hub when it is new; ``supports`` is the most satellites that a level supports itself.
    """

    treats: Figure
    mature: Figure | None = None
    satellite: bool = False
    supports: Figure | None = None


@dataclass(frozen=True)
class Ladder:
    """The levels of a specialty by size, and the transfers between them: longest (minutes), cost of one case."""

    levels: Mapping[str, Level]
    minutes: Figure
    cost: Figure


@dataclass(frozen=True)
class Terms:
    """What support costs each side (currency/year) and how long it lasts (years; None: for ever)."""

    hub: Figure
    satellite: Figure
    years: Figure | None = None


@dataclass(frozen=True)
class Agreement:
    """A row of ``support``; a blank hub or satellite is any. ``given``: signed, the satellite has no other hub.

    One that ``waits`` is forbidden until a variant allows it.
    """

    specialty: str
    terms: Terms
    hub: str = ""
    satellite: str = ""
    given: bool = False
    waits: bool = False
    note: str = ""


def with_levels(sizes: pd.DataFrame, ladders: Mapping[str, Ladder]) -> pd.DataFrame:
    """Return the ``sizes`` sheet with the levels of the specialties that have some."""

    def cell(row: pd.Series, name: str) -> object:
        ladder = ladders.get(row["specialty_id"])
        level = ladder.levels.get(row["size_id"]) if ladder else None
        if level is None:
            return False if name == "needs_support" else None
        return {
            "treats_share": level.treats.value,
            "treats_share_mature": level.mature.value if level.mature else None,
            "needs_support": level.satellite,
            "supports_max": level.supports.value if level.supports else None,
        }[name]

    return sizes.assign(**{name: sizes.apply(cell, axis=1, name=name) for name in _COLUMNS})


_COLUMNS = ("treats_share", "treats_share_mature", "needs_support", "supports_max")


def with_transfers(specialties: pd.DataFrame, ladders: Mapping[str, Ladder]) -> pd.DataFrame:
    """Return the ``specialties`` sheet with the transfers of those that have levels."""
    named = specialties["specialty_id"]
    return specialties.assign(
        transfer_minutes=named.map({name: ladder.minutes.value for name, ladder in ladders.items()}),
        transfer_cost=named.map({name: ladder.cost.value for name, ladder in ladders.items()}),
    )


def support_sheet(agreements: Iterable[Agreement]) -> pd.DataFrame:
    """Return the ``support`` sheet."""
    return pd.DataFrame(
        [
            {
                "specialty_id": a.specialty,
                "hub_site_id": a.hub or None,
                "satellite_site_id": a.satellite or None,
                "status": "forbidden" if a.waits else "given" if a.given else "allowed",
                "support_years": a.terms.years.value if a.terms.years else None,
                "hub_cost": a.terms.hub.value,
                "satellite_cost": a.terms.satellite.value,
                "note": a.note or None,
            }
            for a in agreements
        ]
    )


def evidence(tongue: Tongue, ladders: Mapping[str, Ladder], agreements: Sequence[Agreement]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of levels, transfers and agreements, each kind of agreement once."""
    found: list[dict[str, str]] = []
    for name, ladder in ladders.items():
        found += tongue.rows("specialties", name, {"transfer_minutes": ladder.minutes, "transfer_cost": ladder.cost})
        for size, level in ladder.levels.items():
            told = {"treats_share": level.treats, "treats_share_mature": level.mature, "supports_max": level.supports}
            found += tongue.rows("sizes", f"{name}|{size}", {c: figure for c, figure in told.items() if figure})
    for specialty, terms in {a.specialty: a.terms for a in agreements}.items():
        told = {"hub_cost": terms.hub, "satellite_cost": terms.satellite, "support_years": terms.years}
        found += tongue.rows("support", f"{specialty}|*", {c: figure for c, figure in told.items() if figure})
    return found
