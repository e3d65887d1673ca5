"""Who works in the specialist services of Mato Grosso: roles, how many there are, and what each service needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from builders import state_support
from builders.state_facts import assumption
from builders.workforce import Areas, Market, Role
from builders.workforce import evidence as told
from redesaude.drafting.evidence import PORTUGUESE, Figure, assumed, ruled
from redesaude.drafting.pack import Pack
from redesaude.drafting.phases import Phase

_CAPITAL = "5103403"
_STIPEND, _RESIDENCY_MONTHS = 4_106.09, 36

_PACE = assumption("staff.pace")  # fmt: skip
_TRAINING = Figure(
    round(_STIPEND * _RESIDENCY_MONTHS * 1.5, -3),
    "Portaria Interministerial MEC/MS 9/2021, bolsa de residência médica de R$ 4.106,09 por mês",
    "2021", "B", "36 meses de bolsa, mais 50% de preceptoria e encargos (premissa)", 148_000, 350_000)  # fmt: skip
DOCTORS = Market(
    free=assumption("staff.doctors.free"),
    pace=_PACE,
    training=_TRAINING,
    recruitment=assumption("staff.doctors.recruitment"),
    shortage=assumption("staff.doctors.shortage"),
)  # fmt: skip
#: nearly all of them work in dialysis clinics outside hospitals, which the data of beds do not show
_KIDNEY_DOCTORS = Market(
    assumption("staff.kidney_doctors.free"), _PACE, _TRAINING, DOCTORS.recruitment, DOCTORS.shortage)  # fmt: skip
_NURSES = Market(
    free=assumption("staff.nurses.free"),
    pace=assumption("staff.nurses.pace"),
    training=assumption("staff.nurses.training"),
    recruitment=assumption("staff.nurses.recruitment"),
    shortage=assumption("staff.nurses.shortage"),
)


def _nurses(norm: Callable[..., Figure]) -> Role:
    """The nurses and technicians of every service that names a norm of them."""
    per_module = "Por módulo"
    return Role(
        "enfermeiro",
        "Enfermeiro e técnico especializado",
        assumption("staff.nurses.enfermeiro"),
        _NURSES,
        everywhere=True,
        per_module={
            "avc": norm("stroke", "workforce_nurses_per_bed").times(10, "10 leitos", "C"),
            "cardiologia": norm("cardiology_interventional", "workforce_nurses_techs", per_module),
            "cirurgia_cardiaca": assumption("staff.nurses.enfermeiro.per_module.cirurgia_cardiaca"),
            "quimioterapia": norm("oncology_chemo", "workforce_nurses_per_chair").times(20, "20 poltronas", "C"),
            "uti_neonatal": norm("neonatal_icu", "workforce_nurses_per_10_beds", per_module),
            "uti_pediatrica": norm("paediatric_icu", "workforce_nurses_per_10_beds").times(0.8, "8 leitos", "C"),
            "neurocirurgia": norm("neurosurgery", "workforce_nurses", per_module),
        },
    )


def roles(pack: Pack) -> tuple[Role, ...]:
    """Return the roles: doctors by specialty, physicists, nurses."""

    def norm(specialty: str, parameter: str, note: str = "") -> Figure:
        return pack.figure(specialty, parameter, note)

    def number(value: float, low: float, high: float) -> Figure:
        return assumed(value, low, high, "Especialistas no estado: a Demografia Médica 2025 só publica os cinco "
            "maiores grupos; por densidade nacional")  # fmt: skip

    known = "Especialistas no estado"
    return (
        Role("neurologista", "Neurologista", number(80, 50, 120), DOCTORS, per_module={
            "avc": norm("stroke", "workforce_neurologists", "Escala de 24 h em unidade de 10 leitos")},
             fixed=state_support.resident()),
        Role("hemodinamicista", "Cardiologista intervencionista", number(40, 25, 60), DOCTORS, per_module={
            "cardiologia": norm("cardiology_interventional", "workforce_interventional_cardiologists", "Por sala")}),
        Role("cirurgiao_cardiaco", "Cirurgião cardiovascular", number(25, 15, 40), DOCTORS, everywhere=True,
             per_module={"cirurgia_cardiaca": norm("cardiac_surgery", "workforce_surgeons", "Por sala")}),
        Role("oncologista", "Oncologista clínico", number(50, 30, 80), DOCTORS, caseload={
            "quimioterapia": norm("oncology_chemo", "workforce_new_chemo_patients_per_oncologist")}),
        Role("radio_oncologista", "Radio-oncologista", number(12, 7, 18), DOCTORS, everywhere=True, caseload={
            "radioterapia": norm("oncology_radiotherapy", "workforce_radiation_oncologist_patients")}),
        Role("fisico_medico", "Físico médico", number(8, 5, 15), DOCTORS, everywhere=True, caseload={
            "radioterapia": norm("oncology_radiotherapy", "workforce_physicist_patients")}),
        Role("obstetra", "Obstetra", norm("high_risk_obstetrics", "workforce_obgyn_in_state", known), DOCTORS,
             per_module={"gestacao_risco": norm("high_risk_obstetrics", "workforce_obstetricians_24h",
                                                "Dois de plantão, 24 h, em 20 leitos")}),
        Role("pediatra", "Pediatra e neonatologista de UTI",
             norm("paediatric_icu", "workforce_paediatricians_in_state", known), DOCTORS, per_module={
                 "uti_neonatal": assumption("staff.roles.pediatra.per_module.uti_neonatal"),
                 "uti_pediatrica": assumption("staff.roles.pediatra.per_module.uti_pediatrica")}),
        Role("neurocirurgiao", "Neurocirurgião", number(55, 35, 80), DOCTORS, per_module={
            "neurocirurgia": norm("neurosurgery", "workforce_neurosurgeons", "Escala de 24 h por sala")}),
        Role("ortopedista", "Ortopedista", norm("trauma_orthopaedics", "workforce_orthopaedists_in_state", known),
             DOCTORS, per_module={"trauma": norm("trauma_orthopaedics", "workforce_orthopaedic_surgeons",
                                                 "Escala de 24 h em 26 leitos")}),
        Role("nefrologista", "Nefrologista", number(50, 30, 70), _KIDNEY_DOCTORS, caseload={
            "dialise": norm("nephrology_dialysis", "workforce_nephrologists_per_100_patients", "2 por 100").at(
                50, "isto é, 50 pacientes por médico", 33, 100)}),
        Role("urologista", "Urologista", number(80, 50, 110), DOCTORS, per_module={
            "urologia": norm("urology", "workforce_urologists", "Por sala")}),
        _nurses(norm),
    )  # fmt: skip


def counted(chosen: Sequence[Role], phases: Sequence[Phase]) -> list[Role]:
    """Return the roles as a scenario counts them: by macro-region in several periods, else in the whole state.

    Areas tie the sites of a region together, which makes the search much longer; the one-period scenario must be quick.
    """
    return [replace(role, everywhere=role.everywhere or len(phases) == 1) for role in chosen]


def areas(pack: Pack, site_rows: pd.DataFrame) -> Areas:
    """Return the macro-regions: people, doctors (the capital has four times as many a head) and sites."""
    places = pack.municipalities
    macro = places["macro_region_code"].astype(str)
    people = places["pop_census_2022"]
    density = _density(pack)
    per_thousand = pd.Series(density.low, index=places.index).mask(places.index == _CAPITAL, density.high)
    return Areas(
        people=people.groupby(macro).sum(),
        doctors=(people * per_thousand / 1_000.0).groupby(macro).sum(),
        of_site=dict(zip(site_rows["site_id"], site_rows["territory_id"].map(macro), strict=True)),
    )


def evidence(pack: Pack, chosen: Sequence[Role]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``workforce`` and ``staffing``."""
    rules: Mapping[str, Figure] = {
        "workforce.region_id": _density(pack).noted("Médicos por mil habitantes: 6,29 em Cuiabá, 1,54 no interior; os "
            "especialistas de cada macrorregião seguem essa proporção, os que vêm de fora, a população. Cirurgiões "
            "cardíacos, radioterapia e enfermagem: o estado inteiro; no cenário de um período, todos."),
        "workforce.stock": ruled(0, "Quem toca os serviços de hoje, pela mesma lotação dos novos, mais a parte livre "
            f"dos demais especialistas ({DOCTORS.free.value:.0%}; nefrologistas {_KIDNEY_DOCTORS.free.value:.0%}; "
            f"enfermagem {_NURSES.free.value:.0%})."),
        "workforce.training_max": ruled(0, "Ritmo anual x anos até o meio do período: a data em que também se conta a "
            "demanda."),
        "staffing.fte": ruled(0, "n módulos pedem n^0,85 vezes a equipe de um módulo: escalas partilhadas."),
    }  # fmt: skip
    return told(chosen, PORTUGUESE, rules)


def _density(pack: Pack) -> Figure:
    return pack.figure("general_hospital_capex", "workforce_physicians_per_1000")
