"""Room in the hospitals of Mato Grosso: beds and theatres as one budget of all specialties and of general work."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from builders.state_facts import assumption, figure, table
from redesaude.drafting.evidence import assumed, cited, row, ruled
from redesaude.drafting.pack import Pack
from redesaude.drafting.services import EQUIPMENT_PER_BED, WORKS_PER_BED
from redesaude.drafting.specialties import OCCUPANCY, Specialty

#: operations a year of one theatre: those of the Hospital Central in its ten
_OPERATIONS = 5_456 / 10
_GENERAL = assumption("buildings.general")  # fmt: skip
#: yearly cost of a unit more: works and equipment repaid over twenty years, and their renewal
_YEARLY = Specialty.recovery + 0.03
_BED_PRICE = ruled(round((WORKS_PER_BED + EQUIPMENT_PER_BED) * _YEARLY, -3),
                   "Leito a mais: obra e equipamento de R$ 1.224.040, pagos em 20 anos, e renovação")  # fmt: skip
_THEATRE_PRICE = assumed(6e6 * _YEARLY, 3e6 * _YEARLY, 10e6 * _YEARLY, "Sala a mais: R$ 6 milhões (3 a 10) de obra e "
                         "equipamento, pagos em 20 anos, e renovação")  # fmt: skip
_RESOURCES = {"beds": _BED_PRICE, "theatres": _THEATRE_PRICE}


def with_room(sizes: pd.DataFrame, specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the ``sizes`` sheet with the beds and theatres that each takes."""
    operations = table("operations").set_index("specialty_id")["operations"]
    beds = {s.id: s.module.beds / s.module.cases.value for s in specialties}
    cases = sizes["capacity"]
    theatres = cases * OCCUPANCY * sizes["specialty_id"].map(operations).fillna(0.0) / _OPERATIONS
    return sizes.assign(beds=(cases * sizes["specialty_id"].map(beds)).round(1), theatres=theatres.round(2))


def sheet(pack: Pack, sizes: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet ``buildings`` of every hospital whose room might not hold all that it may have."""
    rows = []
    for resource, price in _RESOURCES.items():
        now, most = _today(sizes, services, resource), _most(sizes, services, resource)
        for site, total in _room(pack, services)[resource].dropna().items():
            general = round(max(0.0, min(_GENERAL.value * total, total - now.get(site, 0.0))), 1)
            if most.get(site, 0.0) > total - general:
                rows.append(
                    {
                        "site_id": site,
                        "resource": resource,
                        "total": total,
                        "general": general,
                        "hard": False,
                        "price": price.value,
                    }
                )
    return pd.DataFrame(rows)


def without_count(sites: pd.DataFrame, buildings: pd.DataFrame) -> pd.DataFrame:
    """Return the ``sites`` sheet without a number of services where beds are counted instead."""
    counted = set(buildings.loc[buildings["resource"] == "beds", "site_id"])
    return sites.assign(max_services=sites["max_services"].mask(sites["site_id"].isin(counted)))


def evidence(buildings: pd.DataFrame) -> list[dict[str, str]]:
    """Return the ``sources`` rows of room in buildings."""
    operations = table("operations")
    known = table("buildings")
    told = known[known["site_id"].isin(buildings["site_id"])]
    return [
        row("sizes", "*", "beds", ruled(0, "Leitos do módulo x módulos do porte.")),
        *(row("sizes", f"{fact['specialty_id']}|*", "theatres", figure(fact, fact["operations"]))
          for _, fact in operations.iterrows()),
        row("buildings", "*", "total", cited("CNES/DATASUS, leitos por estabelecimento", "2022", "B", "Todos; "
            "salas cirúrgicas só onde informadas.")),
        row("buildings", "*", "general", _GENERAL),
        *(row("buildings", f"*|{resource}", "price", price) for resource, price in _RESOURCES.items()),
        *(row("buildings", f"{fact['site_id']}|*", "total", figure(fact)) for _, fact in told.iterrows()),
    ]  # fmt: skip


def _room(pack: Pack, services: pd.DataFrame) -> pd.DataFrame:
    """Beds and theatres of each hospital: as known, or else the beds of the register; theatres where they were told."""
    known = table("buildings").set_index("site_id")[["beds", "theatres"]]
    named = [site for site in dict.fromkeys(services["site_id"]) if site in pack.hospitals.index]
    register = pd.DataFrame({"beds": pack.hospitals.loc[named, "beds_total"].astype(float)})
    return known.combine_first(register)


def _today(sizes: pd.DataFrame, services: pd.DataFrame, resource: str) -> pd.Series:
    """What the services of today take at each site, in proportion to their capacity."""
    existing = services[services["status"] == "existing"]
    of_size = sizes.set_index(["specialty_id", "size_id"])
    whole = of_size.loc[pd.MultiIndex.from_frame(existing[["specialty_id", "size_id"]])].set_axis(existing.index)
    part = whole[resource] * existing["capacity"].astype(float) / whole["capacity"]
    return part.groupby(existing["site_id"]).sum()


def _most(sizes: pd.DataFrame, services: pd.DataFrame, resource: str) -> pd.Series:
    """What all that a site may have would take in its largest sizes."""
    largest = sizes.groupby("specialty_id")[resource].max()
    pairs = services[["site_id", "specialty_id"]].drop_duplicates()
    return pairs["specialty_id"].map(largest).groupby(pairs["site_id"]).sum()
