"""What exists in Mato Grosso beyond what beds of 2022 imply: services, clinics, use of today, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from builders.state_facts import figure, table
from redesaude.drafting.evidence import row, ruled, sentences
from redesaude.drafting.hospitals import Hospital
from redesaude.drafting.pack import Pack
from redesaude.drafting.services import existing_row
from redesaude.drafting.specialties import OCCUPANCY, Specialty

_DIALYSIS, _BOUGHT = "dialise", "compra"
#: where the people of Lucas do Rio Verde have their dialysis
_LUCAS, _SORRISO = "5105259", "5107925"
_PER = 1e5
#: of modules, so that what is as large as a size is told as that size
_DIGITS = 2
_CENTRAL = "NOVO-5103403-HC"
#: what the mayor of Cuiabá means to do, as rows of ``variants``
VARIANTS = (
    (
        "fecha_hpsmc",
        "Pronto-socorro antigo de Cuiabá fecha",
        "decisions",
        "2495015|all|||p1|close",
        "active",
        "set",
        "yes",
    ),
)


def applied(services: pd.DataFrame, specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the sheet ``site_services`` with what is known put in the place of what was inferred."""
    by_id = {s.id: s for s in specialties}
    for _, fact in table("services").iterrows():
        mine = services["site_id"] == fact["site_id"]
        if fact["change"] == "contract":
            existing = mine & (services["status"] == "existing")
            services = services.assign(contract_id=services["contract_id"].mask(existing, fact["contract_id"]))
            continue
        mine &= services["specialty_id"] == fact["specialty_id"]
        services = pd.concat([services[~mine], pd.DataFrame([_row(fact, by_id)])], ignore_index=True)
    return pd.concat([services, _dialysis(by_id[_DIALYSIS])], ignore_index=True)[list(services.columns)]


def clinics(pack: Pack) -> pd.DataFrame:
    """Return the ``sites`` rows of dialysis clinics outside hospitals: those of today and places for new ones."""
    facts, places = table("dialysis"), pack.municipalities
    return pd.DataFrame(
        {
            "site_id": _clinic(facts),
            "name": facts["name"],
            "territory_id": facts["ibge_code"],
            "latitude": facts["ibge_code"].map(places["lat"]),
            "longitude": facts["ibge_code"].map(places["lon"]),
            "kind": "private",
            "owner": "private",
            "max_services": 1,
        }
    )


def today(leaving: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet ``today`` with where people of Lucas do Rio Verde have their dialysis."""
    facts = table("dialysis").set_index("ibge_code")
    there = {"territory_id": _LUCAS, "specialty_id": _DIALYSIS, "site_id": f"CLIN-{_SORRISO}", "share": 1.0,
             "source": facts.loc[_SORRISO, "source"]}  # fmt: skip
    return pd.concat([leaving, pd.DataFrame([there])], ignore_index=True)


def decisions() -> pd.DataFrame:
    """Return the ``decisions`` rows of what runs by contract and of what closes, from the first period on."""
    facts, running = table("decisions"), table("services")
    running = running[running["site_id"] == _CENTRAL]
    runs = running.assign(decision="open", active="yes", note="Contrato de Gestão 090/2025, já em operação")
    columns = ["site_id", "specialty_id", "contract_id", "decision", "note", "active"]
    found = pd.concat([runs[columns], facts[columns]], ignore_index=True)
    return found.assign(period_id="p1", active=found["active"] == "yes")


def decided() -> list[dict[str, str]]:
    """Return the ``sources`` rows of these decisions."""
    return [row("decisions", f"{d['site_id']}|*", "decision", figure(d)) for _, d in table("decisions").iterrows()]


def bracketed(specialties: Iterable[Specialty], pack: Pack) -> tuple[Specialty, ...]:
    """Return the specialties, the range of the rate of each wide enough to hold today's use where that is known."""
    used = {str(fact["specialty_id"]): fact for _, fact in table("use").iterrows()}
    return tuple(_bracketed(s, used[s.id], pack) if s.id in used else s for s in specialties)


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of services and clinics."""
    found = []
    for _, fact in table("services").iterrows():
        column = {"contract": "contract_id", "remove": "status"}.get(fact["change"], "capacity")
        key = f"{fact['site_id']}|{'*' if fact['specialty_id'] == 'all' else fact['specialty_id']}"
        value = 0.0 if pd.isna(fact["capacity"]) else float(fact["capacity"])
        found.append(row("site_services", key, column, figure(fact, value)))
    facts = table("dialysis")
    for site, (_, fact) in zip(_clinic(facts), facts.iterrows(), strict=True):
        found.append(row("sites", site, "name", replace(figure(fact), low=None, high=None)))
        if fact["status"] == "existing":
            patients = figure(fact, fact["patients"], f"{fact['note']}; pacientes divididos pela ocupação")
            found.append(
                row("site_services", f"{site}|{_DIALYSIS}", "capacity", patients.times(1 / OCCUPANCY, "", "B"))
            )
    lucas = ruled(1.0, "Os 25 pacientes conhecidos de Lucas do Rio Verde; os demais, se houver, são supostos ali.")
    return [*found, row("today", f"{_LUCAS}|{_DIALYSIS}", "share", lucas)]


def _row(fact: pd.Series, specialties: dict[str, Specialty]) -> dict[str, object]:
    if fact["change"] == "remove":
        return {"site_id": fact["site_id"], "specialty_id": fact["specialty_id"], "status": "allowed"}
    specialty = specialties[fact["specialty_id"]]
    modules = round(float(fact["capacity"]) / specialty.module.cases.value, _DIGITS)
    hospital = Hospital(fact["site_id"], "", "public")
    own = {"capacity": int(fact["capacity"]), "contract_id": fact["contract_id"]}
    return existing_row(hospital, specialty, modules) | own


def _dialysis(specialty: Specialty) -> pd.DataFrame:
    facts = table("dialysis")
    rows: list[dict[str, object]] = []
    for site, (_, fact) in zip(_clinic(facts), facts.iterrows(), strict=True):
        if fact["status"] == "existing":
            modules = float(fact["patients"]) / OCCUPANCY / specialty.module.cases.value
            rows.append(existing_row(Hospital(site, "", "private"), specialty, modules) | {"contract_id": _BOUGHT})
        else:
            rows.append({"site_id": site, "specialty_id": _DIALYSIS, "status": "allowed"})
    return pd.DataFrame(rows)


def _clinic(facts: pd.DataFrame) -> pd.Series:
    return "CLIN-" + facts["ibge_code"]


def _bracketed(specialty: Specialty, fact: pd.Series, pack: Pack) -> Specialty:
    people, region = pack.municipalities["pop_census_2022"], fact["health_region_code"]
    area = people if pd.isna(region) else people[pack.municipalities["health_region_code"] == region]
    used, rate = float(fact["cases"]) / float(area.sum()) * _PER, specialty.cases_per_100k
    told = f"Uso de hoje {used:.1f}: {fact['note']} ({fact['source']}, {fact['year']})".replace(".", ",", 1)
    low, high = (limit if limit is not None else rate.value for limit in (rate.low, rate.high))
    held = replace(rate, low=min(low, used), high=max(high, used), note=sentences(rate.note, told))
    return replace(specialty, cases_per_100k=held)
