"""Which specialty may be where, and which services seem to exist, inferred from beds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.drafting.evidence import cited, row, ruled
from redesaude.drafting.hospitals import Hospital, NewBuild
from redesaude.drafting.pack import Pack
from redesaude.drafting.specialties import SIZES, Specialty

#: works and equipment of a new hospital bed in the state, currency; equipment alone
WORKS_PER_BED = 894_040.0
EQUIPMENT_PER_BED = 330_000.0

_CLOSING_YEARS = 1.0
_LOCAL = ("dialise", "avc", "trauma", "urologia", "gestacao_risco", "uti_neonatal")
_REGIONAL = (*_LOCAL, "uti_pediatrica", "cardiologia", "neurocirurgia", "quimioterapia")
_CENTRAL = (*_REGIONAL, "cirurgia_cardiaca", "radioterapia")
_ADULT = ("cardiologia", "cirurgia_cardiaca", "neurocirurgia", "trauma", "urologia", "avc", "uti_pediatrica")
_UNIVERSITY = ("gestacao_risco", "uti_neonatal", "uti_pediatrica", "dialise", "urologia")
_PROFILES = {
    "local": _LOCAL,
    "regional": _REGIONAL,
    "central": _CENTRAL,
    "ready": _ADULT,
    "university": _UNIVERSITY,
}

#: contracts under which what exists runs: in public hospitals, and in those of others
TODAY = ("direto", "compra")

_CNES = "CNES/DATASUS, leitos por estabelecimento e especialidade"
#: what must stand beside what, in the same unit
REQUIRES = (
    ("cirurgia_cardiaca", "cardiologia"),
    ("radioterapia", "quimioterapia"),
    ("gestacao_risco", "uti_neonatal"),
)


@dataclass(frozen=True)
class Beds:
    """SUS beds of a hospital by use, all its beds, and whether it has the most SUS beds of its health region."""

    total: int
    every: int
    surgical: int
    adult_icu: int
    obstetric: int
    neonatal: int
    paediatric_icu: int
    coronary: int
    cardiology: int
    oncology: int
    neurology: int
    neurosurgery: int
    urology: int
    nephrology: int
    trauma: int
    leads: bool


Hosts = Mapping[str, Callable[[Beds], bool]]
Existing = Mapping[str, Callable[[Beds], float]]

#: who may host: broad enough to leave a choice, narrow enough to leave out what is plainly senseless
HOSTS: Hosts = {
    "dialise": lambda b: b.total >= 20,
    "avc": lambda b: b.total >= 55 or b.leads or b.adult_icu >= 8,
    "trauma": lambda b: b.trauma >= 10 or (b.total >= 60 and b.surgical >= 15) or b.leads or b.adult_icu >= 8,
    "urologia": lambda b: (b.total >= 60 and b.surgical >= 15) or (b.leads and b.surgical >= 10),
    "gestacao_risco": lambda b: (b.total >= 55 and b.obstetric >= 8) or (b.leads and b.obstetric >= 5),
    "uti_neonatal": lambda b: (b.total >= 55 and b.obstetric >= 8) or (b.leads and b.obstetric >= 5),
    "uti_pediatrica": lambda b: b.total >= 100 or (b.leads and b.total >= 70) or b.paediatric_icu >= 5,
    "cardiologia": lambda b: b.total >= 100 or (b.leads and b.total >= 70) or (b.every >= 130 and b.adult_icu >= 6),
    "neurocirurgia": lambda b: b.total >= 100 or b.neurosurgery >= 2 or (b.every >= 130 and b.adult_icu >= 6),
    "quimioterapia": lambda b: b.total >= 140 or b.oncology >= 4,
    "radioterapia": lambda b: b.oncology >= 10 or (b.oncology >= 4 and b.total >= 100),
    "cirurgia_cardiaca": lambda b: b.total >= 140 or (b.every >= 130 and b.adult_icu >= 6),
}

#: what seems to exist, in modules of the specialty (0: nothing); a guess to be replaced by habilitations
EXISTING: Existing = {
    "dialise": lambda b: 0.5 if b.nephrology >= 2 else 0,
    "avc": lambda _: 0,  # neurology beds are no stroke unit: habilitation, tomography and rota are not in the data
    "trauma": lambda b: b.trauma / 26 if b.trauma >= 10 else 0,
    "urologia": lambda b: b.urology / 12 if b.urology >= 3 else 0,
    "gestacao_risco": lambda b: b.obstetric / 3 / 20 if b.obstetric >= 18 and b.neonatal >= 6 else 0,
    "uti_neonatal": lambda b: b.neonatal / 10 if b.neonatal >= 6 else 0,
    "uti_pediatrica": lambda b: b.paediatric_icu / 8 if b.paediatric_icu >= 5 else 0,
    "cardiologia": lambda b: max(1, b.cardiology // 40) if b.cardiology >= 30 and b.adult_icu >= 10 else 0,
    "neurocirurgia": lambda b: max(1, b.neurosurgery // 15) if b.neurosurgery >= 6 else 0,
    "quimioterapia": lambda b: b.oncology / 40 if b.oncology >= 10 else 0,
    "radioterapia": lambda b: b.oncology // 20 if b.oncology >= 20 else 0,
    "cirurgia_cardiaca": lambda b: 1 if b.coronary >= 6 and b.cardiology >= 30 else 0,
}


def site_services(
    pack: Pack,
    specialties: Sequence[Specialty],
    hospitals: Sequence[Hospital],
    builds: Sequence[NewBuild] = (),
    *,
    hosts: Hosts = HOSTS,
    existing: Existing = EXISTING,
) -> pd.DataFrame:
    """Return the ``site_services`` sheet: every pair at which a specialty may be, and what exists."""
    beds = beds_of(pack, hospitals)
    by_id = {s.id: s for s in specialties}
    codes = pack.municipalities.reset_index().set_index("name")["ibge_code"]
    rows = [entry for h in hospitals for entry in _real_rows(h, beds[h.cnes], by_id, hosts, existing)]
    for build in builds:
        rows += _new_rows(build, build.site_id(codes[build.municipality]), by_id)
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = (
    "site_id",
    "specialty_id",
    "size_id",
    "status",
    "capacity",
    "min_cases",
    "capex",
    "fixed_cost",
    "cost_per_case",
    "closing_cost",
    "contract_id",
)


def requires(specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the ``requires`` sheet, where the scenario has both specialties."""
    ids = {s.id for s in specialties}
    pairs = [pair for pair in REQUIRES if ids.issuperset(pair)]
    return pd.DataFrame(pairs, columns=["specialty_id", "required_specialty_id"])


def beds_of(pack: Pack, hospitals: Iterable[Hospital]) -> dict[str, Beds]:
    """Return the SUS beds of each real hospital of the scenario, by CNES code."""
    table = pack.hospitals.loc[[h.cnes for h in hospitals]]
    most = table.groupby("health_region_code")["beds_total_sus"].transform("max")
    leads = table["beds_total_sus"] == most
    return {str(cnes): _beds(row, lead) for (cnes, row), lead in zip(table.iterrows(), leads, strict=True)}


def evidence(services: pd.DataFrame) -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``site_services`` and ``requires``."""
    required = services[services["status"] == "required"]
    opened = zip(required["site_id"], required["specialty_id"], strict=True)
    inferred = cited(_CNES, "2022", "C", "Inferido dos leitos SUS: habilitações e cadeiras de diálise não estão "
                      "no dado. Capacidade = leitos da especialidade x produção por leito; tamanho, o mais próximo "
                      "abaixo; contrato, pelo proprietário.")  # fmt: skip
    new = cited("SES-MT: obras dos hospitais regionais e do Hospital Central", "2025", "B", "Prédio novo: leitos "
                 "x R$ 1.224.040 (obra 894.040 e equipamento 330.000), se maior que o módulo. Regionais em obra: só o "
                 "equipamento, R$ 330.000 por leito. Hospital Central (MT): nada, tudo já pago.")  # fmt: skip
    return [
        row("site_services", "*", "status", inferred),
        row("site_services", "*", "capacity", inferred),
        *(row("site_services", f"{site_id}|{name}|", "status", ruled(0, "Decisão já tomada: o hospital em obra abre "
              "as portas; por qual especialidade é suposto.")) for site_id, name in opened),
        row("site_services", "*", "capex", new),
        row("site_services", "*", "fixed_cost", ruled(0, "Existente: custo e bens do tamanho, na proporção da "
            "capacidade; mantido, não tem obra; ampliado, paga a diferença.")),
        row("site_services", "*", "min_cases", ruled(0, "Existente: o do tamanho, no máximo metade da capacidade.")),
        row("site_services", "*", "closing_cost", ruled(0, "Um ano de custo fixo (faixa 0,5 a 2): rescisões.")),
        row("requires", "*", "*", ruled(0, "Cirurgia cardíaca com hemodinâmica, radioterapia com quimioterapia, alto "
            "risco com UTI neonatal, na mesma unidade: prática das habilitações.")),
    ]  # fmt: skip


def _beds(entry: pd.Series, leads: bool) -> Beds:
    def sus(name: str) -> int:
        return int(entry[f"beds_{name}_sus"])

    return Beds(
        total=sus("total"),
        every=int(entry["beds_total"]),
        surgical=sus("surgical"),
        adult_icu=sus("icu_adult"),
        obstetric=sus("obstetric"),
        neonatal=sus("icu_neonatal"),
        paediatric_icu=sus("icu_pediatric"),
        coronary=sus("icu_coronary"),
        cardiology=sus("cardiology"),
        oncology=sus("oncology"),
        neurology=sus("neurology"),
        neurosurgery=sus("neurosurgery"),
        urology=sus("nephro_urology") - int(entry["nephrology_sus"]),
        nephrology=int(entry["nephrology_sus"]),
        trauma=sus("orthopedics_trauma"),
        leads=leads,
    )


def _real_rows(
    hospital: Hospital, beds: Beds, specialties: Mapping[str, Specialty], hosts: Hosts, existing: Existing
) -> Iterable[dict[str, object]]:
    for name, specialty in specialties.items():
        modules = existing[name](beds)
        if hospital.only and name not in hospital.only:
            continue
        if modules:
            yield existing_row(hospital, specialty, modules)
        elif hospital.only or hosts[name](beds):
            yield {"site_id": hospital.cnes, "specialty_id": name, "status": "allowed"}


def existing_row(hospital: Hospital, specialty: Specialty, modules: float) -> dict[str, object]:
    """Return the row of what exists: its own capacity, its costs and the value of its assets in proportion."""
    size = max((n for n in range(len(SIZES)) if specialty.modules[n] <= modules), default=0)
    capacity = specialty.capacity(modules)
    part = modules / specialty.modules[size]
    fixed_cost = round(specialty.fixed_cost(specialty.modules[size]) * part, -4)
    return {
        "site_id": hospital.cnes,
        "specialty_id": specialty.id,
        "size_id": SIZES[size],
        "status": "existing",
        "capacity": capacity,
        "min_cases": min(specialty.least(size), round(capacity / 2)),
        "capex": round(specialty.capex(specialty.modules[size]) * part, -4),
        "fixed_cost": fixed_cost,
        "closing_cost": round(fixed_cost * _CLOSING_YEARS, -4),
        "contract_id": TODAY[hospital.kind != "public"],
    }


def _new_rows(build: NewBuild, site_id: str, specialties: Mapping[str, Specialty]) -> list[dict[str, object]]:
    """Return what a new building may have, and what must open in it, so that what is paid does not stay shut."""
    opened: list[dict[str, object]] = [
        {"site_id": site_id, "specialty_id": name, "status": "required"} for name in build.opens
    ]
    return opened + [
        {
            "site_id": site_id,
            "specialty_id": name,
            "size_id": SIZES[n],
            "status": "allowed",
            "capex": _new_capex(build, specialties[name], specialties[name].modules[n]),
        }
        for name in _PROFILES[build.profile]
        for n in range(len(SIZES))
    ]


def _new_capex(build: NewBuild, specialty: Specialty, modules: float) -> float:
    """Return what is left to pay at a new building: all of it, the equipment, or nothing where all is paid."""
    beds = specialty.module.beds * modules
    if build.paid in ("all", "federal"):
        return 0.0
    if build.paid == "works":
        return round(max(beds * EQUIPMENT_PER_BED, 0.4 * specialty.capex(modules)), -4)
    return round(max(beds * (WORKS_PER_BED + EQUIPMENT_PER_BED), specialty.capex(modules)), -4)
