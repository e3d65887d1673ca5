"""Below the regional hospital in Mato Grosso: small hospitals that stabilise strokes and send them on by telestroke.

A smallest size of stroke care. Hospitals of the regions with too few strokes for a unit may have it at once; those of
the list that have no stroke care today and may not have a unit wait for the variant :data:`VARIANT`: until then the
size asks for a grade that they do not hold.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from builders.state_facts import assumption
from builders.state_support import STROKE
from redesaude.drafting.evidence import row, ruled

VARIANT = ("pontos_de_estabilizacao", "Pontos de estabilização do AVC em hospitais pequenos, com telessaúde")
SIZE, GRADE, WAITING = "D", 1, 2
#: strokes a year below which a region fills no unit, as parts of the least volume of the smallest unit
_TOO_FEW = 0.6
_PART = assumption("grassroots.part")
_TREATS = assumption("grassroots.treats")
#: norm of its own: minutes to the first place, and share of the cases of each region
_MINUTES, _SHARE = 75, 0.4
_SIZES = ("S", "M", "L")


def places(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the hospitals that are there and have no row of stroke care."""
    sites, services = tables["sites"], tables["site_services"]
    cared = set(services.loc[services["specialty_id"] == STROKE, "site_id"])
    return [site for site in sites["site_id"] if site not in cared and not site.startswith(("NOVO", "CLIN"))]


def at_once(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the hospitals of regions whose own strokes of the base year are too few for a unit."""
    specialty = tables["specialties"].set_index("specialty_id").loc[STROKE]
    people = tables["territories"].groupby("region_id")["population"].sum()
    smallest = tables["sizes"].query("specialty_id == @STROKE and size_id == 'S'").iloc[0]
    few = people.index[people * specialty["cases_per_100k"] / 1e5 < _TOO_FEW * smallest["min_cases"]]
    where = tables["territories"].set_index("territory_id")["region_id"]
    sites, services = tables["sites"], tables["site_services"]
    there = sites[sites["territory_id"].map(where).isin(few)]["site_id"]
    open_to = set(services.loc[services["specialty_id"] == STROKE, "site_id"])
    return [site for site in there if site in open_to and not site.startswith(("NOVO", "CLIN"))]


def with_grassroots(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the sheets with the size, its licences, places, norm and variant; all of them wait."""
    sites, sizes = places(tables), tables["sizes"]
    small = sizes[(sizes["specialty_id"] == STROKE) & (sizes["size_id"] == "S")]
    scaled = {c: (small[c] * _PART.value).round(n) for c, n in (("capacity", 0), ("min_cases", 0), ("capex", -4),
                                                                ("fixed_cost", -4))}  # fmt: skip
    unit = small.assign(size_id=SIZE, treats_share=_TREATS.value, least_grade=WAITING, needs_support=True, **scaled)
    before = sizes.index < small.index[0]
    held = {"specialty_id": STROKE, "name": "Ponto de estabilização", "source": "Premissa do cenário"}
    own = {"specialty_id": STROKE, "region_id": "each", "minutes": _MINUTES, "share": _SHARE, "hard": False}
    price = tables["specialties"].set_index("specialty_id")["access_price"][STROKE]
    added = {
        "licences": pd.DataFrame(
            [
                held | {"site_id": site, "grade": grade}
                for grade, held_by in ((GRADE, sites), (WAITING, at_once(tables)))
                for site in held_by
            ]
        ),
        "site_services": pd.DataFrame(
            [
                {"site_id": site, "specialty_id": STROKE, "size_id": size, "status": "forbidden" if size else "allowed"}
                for site in sites
                for size in ("", *_SIZES)
            ]
        ),
        "access_targets": pd.DataFrame([own | {"price": price, "active": False}]),
        "variants": pd.DataFrame(_changes(), columns=tables["variants"].columns),
    }
    found = {name: pd.concat([tables[name], rows], ignore_index=True) for name, rows in added.items()}
    return dict(tables) | found | {"sizes": pd.concat([sizes[before], unit, sizes[~before]], ignore_index=True)}


def _changes() -> list[tuple[str, ...]]:
    return [
        (*VARIANT, "sizes", f"{STROKE}|{SIZE}", "least_grade", "set", str(GRADE)),
        (*VARIANT, "access_targets", f"{STROKE}|each||{_MINUTES}|", "active", "set", "yes"),
    ]


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of this page."""
    counted = ("capacity", "min_cases", "capex", "fixed_cost")
    who = ruled(1, "Grau 2: hospitais das regiões com menos de 60 AVC por ano, que não enchem uma unidade, desde já. "
                   "Grau 1: os outros sem unidade de AVC, só na variante pontos_de_estabilizacao.")  # fmt: skip
    return [
        *(row("sizes", f"{STROKE}|{SIZE}", column, _PART) for column in counted),
        row("sizes", f"{STROKE}|{SIZE}", "treats_share", _TREATS),
        row("licences", f"*|{STROKE}", "grade", who),
    ]
