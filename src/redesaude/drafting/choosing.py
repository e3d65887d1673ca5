"""What is asked of a draft, by name or code, found among the facts and the library."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd

from redesaude.drafting.contracts import CONTRACTS, WAITING, Contract
from redesaude.drafting.parameters import facts, library
from redesaude.drafting.services import REQUIRES, TODAY
from redesaude.errors import ToldError
from redesaude.language import N_, Phrase

T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """What is asked for: a state, some of its health regions (by name or code; none: all), specialties and contracts.

    ``macroregion`` is a health macro-region by name or code, or a municipality in it.
    """

    state: str
    macroregion: str = ""
    health_regions: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()


def state_of(asked: str) -> pd.Series:
    """Return the row of a state asked for by its letters, its code or its name."""
    table = facts("states").set_index("uf", drop=False)
    code = _found(N_("state"), asked, _by(table["uf"], table["uf"], table["uf_code"], table["uf_name"]))
    return pd.Series(table.loc[code])


def regions_of(wish: Wish, places: pd.DataFrame) -> tuple[str, ...]:
    """Return the codes of the health regions asked for among the municipalities of a state; none asked: none."""
    if wish.macroregion:
        macro, name = places["macro_region_code"], places["macro_region_name"]
        known = _by(macro, places["name"]) | _by(macro, macro, name, name.str.removeprefix("MACRORREGIAO "))
        places = places[macro == _found(N_("health macro-region"), wish.macroregion, known)]
    region = places["health_region_code"]
    known = _by(region, region, places["health_region_name"])
    asked = [_found(N_("health region"), name, known) for name in wish.health_regions]
    return tuple(dict.fromkeys(asked or (region if wish.macroregion else ())))


def specialties_of(asked: Sequence[str], offered: Mapping[str, str], usual: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the specialties asked for, with those that they must stand beside; none asked: the ``usual``.

    ``offered`` are the names of those in the library, by id.
    """
    groups = library("groups")
    known: dict[str, tuple[str, ...]] = {name: (key,) for key, name in offered.items()}
    known |= {key: (key,) for key in offered}
    known |= {str(name): tuple(rows["specialty_id"]) for name, rows in groups.groupby("name")}
    chosen = set(usual) if not asked else {key for name in asked for key in _found(N_("specialty"), name, known)}
    while added := {beside for key, beside in REQUIRES if key in chosen} - chosen:
        chosen |= added
    return tuple(key for key in offered if key in chosen)


def contracts_of(asked: Sequence[str], usual: Sequence[str]) -> tuple[Contract, ...]:
    """Return the contracts asked for by id or delivery model, in the order of the library; none asked: the ``usual``.

    Those under which the services of today run are always among them; one asked for does not wait for a variant.
    """
    models = dict.fromkeys(c.model for c in CONTRACTS)
    known: dict[str, tuple[str, ...]] = {c.id: (c.id,) for c in CONTRACTS}
    known = {model: tuple(c.id for c in CONTRACTS if c.model == model) for model in models} | known
    chosen = set(usual) if not asked else {key for name in asked for key in _found(N_("contract"), name, known)}
    found = (c for c in CONTRACTS if c.id in {*chosen, *TODAY})
    return tuple(replace(c, terms=c.terms | {"active": True}) if asked and c.id in WAITING else c for c in found)


def _by(keys: Iterable[object], *names: Iterable[object]) -> dict[str, str]:
    """Each name, as it is written, and what it stands for."""
    found = list(keys)
    return {str(name): str(key) for column in names for name, key in zip(column, found, strict=True)}


def _found(kind: str, asked: str, known: Mapping[str, T]) -> T:
    """Return what is known by the name, or by the only name that holds it; of equal names the last.

    Raises
    ------
    ToldError
        where nothing or more than one thing is meant; it lists what is known, each by the last of its names.

    """
    plain = _plain(asked)
    by_plain = {_plain(name): value for name, value in known.items()}
    if plain in by_plain:
        return by_plain[plain]
    near = {name: value for name, value in known.items() if plain and plain in _plain(name)}
    if len(set(near.values())) == 1:
        return next(iter(near.values()))
    spelt = {value: name for name, value in (near or known).items()}
    raise ToldError(
        N_("{asked} is no {kind} that is known. Known: {known}."),
        asked=asked,
        kind=Phrase(kind),
        known=", ".join(sorted(spelt.values(), key=_plain)),
    )


def _plain(name: str) -> str:
    """A name in small letters without accents and needless spaces."""
    letters = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return " ".join(letters.replace("/", " ").casefold().split())
