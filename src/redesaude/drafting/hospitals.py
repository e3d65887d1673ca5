"""The places where a specialist service may be: real hospitals with SUS beds, hospitals under works, new builds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from redesaude.drafting.evidence import cited, row, ruled
from redesaude.drafting.pack import Pack

#: contracts for a building that the state pays: nothing is left for a project company to build; one is let already
_PAID_CONTRACTS = {
    "": (),
    "works": ("direto", "oss", "fundacao", "consorcio"),
    "all": ("oss",),
    "federal": ("direto",),
}
#: beds from which a hospital may have more specialist services, and how many
_BED_STEPS = (45, 80, 150, 200)
_MOST_SERVICES = (2, 4, 7, 8, 10)
_HOSTING = (0.5e6, 0.5e6, 1.0e6, 1.5e6, 1.5e6)
_LOT_BEDS = 100
#: levels that own public hospitals, by words of their names; else the state
_NAMED_AFTER = {"municipal": r"(?i)\b(municipal|mun)\b|pronto.socorro", "federal": r"(?i)\bfederal\b|universit"}


@dataclass(frozen=True)
class Hospital:
    """A real hospital: CNES code, tidy name, owner as inferred, and the only specialties it suits (blank: by rule).

    ``owner`` is the level that owns it, for who pays; blank: as its name and kind say.
    """

    cnes: str
    name: str
    kind: str
    only: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    owner: str = ""

    @property
    def owned_by(self) -> str | None:
        """The level or sector that owns it, as the ``sites`` sheet has it."""
        if self.owner or self.kind != "public":
            return self.owner or self.kind
        return next((owner for owner, words in _NAMED_AFTER.items() if re.search(words, self.name)), "state")


@dataclass(frozen=True)
class NewBuild:
    """A building of the programme; ``paid``: what is paid outside it (``works``, ``all``, ``federal``, or nothing).

    ``opens`` are the specialties that must open in it; ``stands``: it is open already.
    """

    municipality: str
    name: str
    profile: str
    paid: str = ""
    suffix: str = ""
    opens: tuple[str, ...] = ()
    stands: bool = False

    def site_id(self, code: str) -> str:
        """Return its id, from the code of its municipality."""
        return f"NOVO-{code}{self.suffix}"


_NEW_LIMITS = {"ready": 7, "central": 10, "regional": 8, "local": 4, "university": 5}
_NEW_HOSTING = {"central": 4e6, "regional": 2.5e6, "local": 1.5e6}
_PAID_HOSTING = 1.5e6


def sites(pack: Pack, hospitals: Iterable[Hospital], builds: Iterable[NewBuild] = ()) -> pd.DataFrame:
    """Return the ``sites`` sheet; coordinates are those of the municipal seat."""
    places = pack.municipalities
    by_name = places.reset_index().set_index("name")["ibge_code"]
    real = [_real_row(h, pd.Series(pack.hospitals.loc[h.cnes]), places) for h in hospitals]
    new = [_new_row(b, by_name[b.municipality], places) for b in builds]
    return pd.DataFrame(real + new)


def lots(site_rows: pd.DataFrame, macroregions: Mapping[str, str]) -> pd.DataFrame:
    """Return the ``lots`` sheet: the lots that the sites name, after their macro-region (code -> name)."""
    used = sorted(site_rows["lot_id"].dropna().unique())
    return pd.DataFrame({"lot_id": used, "name": [f"Lote {macroregions[lot.removeprefix('L-')]}" for lot in used]})


def evidence(
    site_rows: pd.DataFrame, hospitals: Iterable[Hospital], builds: Iterable[NewBuild] = ()
) -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``sites``."""
    cnes = cited("CNES/DATASUS, leitos por estabelecimento, por repositório público", "2022", "A",
                  "Competência de cerca de agosto e setembro de 2022.")  # fmt: skip
    works = cited("SES-MT, por Jornal MT Norte (2025) e Notícia Todo Dia (2024)", "2025", "B",
                   "Hospital Central: 287 leitos; quatro regionais com 111 leitos de enfermaria e 40 de UTI, obras de "
                   "R$ 132 a 186 milhões cada. O que o Estado já paga não entra no plano. Hospital Central: OSS "
                   "já contratada, R$ 34,9 milhões por mês.")  # fmt: skip
    found = [
        row("sites", "*", "site_id", cnes),
        row("sites", "*", "latitude", ruled(0, "Sede municipal, não o prédio: dois hospitais da mesma cidade ficam "
            "no mesmo ponto.")),
        row("sites", "*", "kind", ruled(0, "Natureza do proprietário inferida pelo nome e por fatos conhecidos; "
            "confirmar no CNES.")),
        row("sites", "*", "fixed_cost", ruled(0, "Direção e apoio comuns aos serviços especializados: R$ 0,5 a 1,5 "
            "milhão por ano em hospital existente ou em obra do Estado, 1,5 a 4 em prédio novo.")),
        row("sites", "*", "max_services", ruled(0, "Espaço do prédio, por leitos totais: menos de 45, 2; até 80, 4; "
            "até 150, 7; até 200, 8; acima, 10.")),
        row("sites", "*", "lot_id", ruled(0, "Prédios novos e hospitais públicos com menos de 100 leitos SUS, "
            "agrupados por macrorregião; os demais são contratados sozinhos.")),
        *(row("sites", h.cnes, "contracts_allowed", ruled(0, "Hospital federal: o Estado não escolhe a sua gestão."))
          for h in hospitals if h.contracts),
    ]  # fmt: skip
    id_of = site_rows.set_index("name")["site_id"]
    return found + [row("sites", id_of[b.name], "name", works) for b in builds if b.paid]


def _real_row(hospital: Hospital, beds: pd.Series, places: pd.DataFrame) -> dict[str, object]:
    sus = int(beds["beds_total_sus"])
    place = places.loc[beds["ibge_code"]]
    joins_lot = hospital.kind == "public" and sus < _LOT_BEDS and not hospital.contracts
    return {
        "site_id": hospital.cnes,
        "name": hospital.name,
        "territory_id": beds["ibge_code"],
        "latitude": place["lat"],
        "longitude": place["lon"],
        "kind": hospital.kind,
        "owner": hospital.owned_by,
        "lot_id": f"L-{place['macro_region_code']}" if joins_lot else None,
        "fixed_cost": _by_beds(sus, _HOSTING),
        "contracts_allowed": ", ".join(hospital.contracts) or None,
        "max_services": int(_by_beds(int(beds["beds_total"]), _MOST_SERVICES)),
    }


def _new_row(build: NewBuild, code: str, places: pd.DataFrame) -> dict[str, object]:
    place = places.loc[code]
    return {
        "site_id": build.site_id(code),
        "name": build.name,
        "territory_id": code,
        "latitude": place["lat"],
        "longitude": place["lon"],
        "kind": "public" if build.stands else "new",
        "owner": "federal" if build.paid == "federal" else "state",
        "lot_id": None if build.paid in ("all", "federal") else f"L-{place['macro_region_code']}",
        "fixed_cost": _PAID_HOSTING if build.paid else _NEW_HOSTING[build.profile],
        "contracts_allowed": ", ".join(_PAID_CONTRACTS[build.paid]) or None,
        "max_services": _NEW_LIMITS[build.profile],
    }


def _by_beds(beds: int, values: tuple[float, ...]) -> float:
    return values[sum(beds >= step for step in _BED_STEPS)]
