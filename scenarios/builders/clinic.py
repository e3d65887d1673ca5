"""The twelve specialties of the Mato Grosso scenario, each number from the parameter table or marked as assumed."""

from __future__ import annotations

from builders import norms
from builders.clinic_rules import (
    BIRTHS_NOTE,
    ICU_OCCUPANCY,
    area_rate,
    ceiling,
    nominal,
    running,
    target,
    twice_payment,
)
from builders.evidence import assumed, ruled
from builders.pack import Pack
from builders.specialties import Module, Need, Specialty

_NO_SKIN = 1.0 - 0.313
_BIRTHS = ("0-4",)
_CHILDREN = ("0-4", "5-14")


def specialties(pack: Pack) -> tuple[Specialty, ...]:
    """Return the specialties, rates by the census population and the age table of ``pack``."""
    return (
        *_heart(pack),
        _stroke(pack),
        *_cancer(pack),
        _high_risk_birth(pack),
        _neonatal(pack),
        _paediatric(pack),
        _neurosurgery(pack),
        _trauma(pack),
        _dialysis(pack),
        _urology(pack),
    )


def _heart(pack: Pack) -> tuple[Specialty, Specialty]:
    cath, surgery = "cardiology_interventional", "cardiac_surgery"
    intervention = Specialty(
        id="cardiologia",
        name="Cardiologia intervencionista",
        case_unit="angioplastia, com o cateterismo que a precede",
        assignment="planned",
        cases_per_100k=norms.INTERVENTION.demand(pack, "Todas as angioplastias, urgentes e eletivas."),
        access_minutes=norms.INTERVENTION.access(pack, "Além disso, trombólise e transferência."),
        access_share=target(norms.INTERVENTION.coverage(pack), 0.55, 0.58),
        ceiling_minutes=ceiling(360),
        trips_per_case=assumed(2, 1, 3, "Internação e um retorno."),
        case_cost=assumed(7_000, 5_000, 12_000, "Stents, medicamentos e internação; a tarifa SUS média do infarto era "
            "R$ 3.535 (2010-2020)."),
        module=Module(
            nominal(norms.INTERVENTION.throughput(pack).times(
                0.5, "Dois procedimentos (diagnóstico e angioplastia) por caso.", "C")),
            pack.figure(cath, "capex_cathlab_turnkey_brl", "Uma sala de hemodinâmica completa."),
            pack.figure(cath, "opex_cathlab_fixed_brl_per_year", "Equipe 24 h e manutenção de uma sala."),
            beds=6,
        ),
        modules=(1, 2, 3),
        min_cases=200,
        min_evidence=norms.INTERVENTION.volume(pack, "200 com uma sala."),
        gain=norms.INTERVENTION.gain(pack),
        late_share=0.5,
        lifecycle_share=0.05,
    )  # fmt: skip
    operation = Specialty(
        id="cirurgia_cardiaca",
        name="Cirurgia cardíaca",
        case_unit="cirurgia",
        assignment="planned",
        cases_per_100k=norms.HEART_SURGERY.demand(pack, "Extremo inferior da meta publicada: "
            "86,1 é meta universal, muito acima do uso atual.").at(61.6, "Adotado 61,6."),
        access_minutes=norms.HEART_SURGERY.access(pack, "Na maioria eletiva ou por transferência."),
        access_share=target(norms.HEART_SURGERY.coverage(pack), 0.70, 0.76),
        ceiling_minutes=ceiling(720),
        trips_per_case=assumed(3, 2, 4, "Avaliação, cirurgia e retorno."),
        case_cost=assumed(15_000, 9_000, 25_000, "AIH média de R$ 7.000 em 2005-2007, atualizada."),
        module=Module(
            nominal(norms.HEART_SURGERY.throughput(pack, "Uma sala.")),
            pack.figure(surgery, "capex_module_brl", "Uma sala, 8 leitos de UTI e perfusão."),
            running(pack, pack.figure(surgery, "capex_module_brl")),
            beds=20,
        ),
        modules=(1, 2, 3),
        min_cases=150,
        min_evidence=norms.HEART_SURGERY.volume(pack, "150 com uma sala."),
        gain=norms.HEART_SURGERY.gain(pack),
        late_share=0.8,
        build_months=(18, 24, 30),
    )  # fmt: skip
    return intervention, operation


def _stroke(pack: Pack) -> Specialty:
    name = "stroke"
    minutes_saved = norms.STROKE.gain(pack, "Uma hora ganha por trombolisado")
    return Specialty(
        id="avc",
        name="AVC agudo",
        case_unit="internação em unidade de AVC",
        assignment="nearest",
        cases_per_100k=norms.STROKE.demand(pack, "Primeiro AVC, taxa bruta de Joinville."),
        access_minutes=norms.STROKE.access(pack, "Janela de 4,5 h menos os tempos fora da estrada."),
        access_share=target(norms.STROKE.coverage(pack), 0.65, 0.73),
        ceiling_minutes=ceiling(240),
        trips_per_case=assumed(1, 1, 2, "Uma internação."),
        case_cost=assumed(3_000, 2_000, 6_000, "Medicamentos e imagem; custo hospitalar mediano publicado de "
            "US$ 2.803 sem reperfusão, fixos incluídos."),
        module=Module(
            nominal(norms.STROKE.throughput(pack).times(10, "10 leitos.", "C")),
            pack.figure(name, "capex_stroke_unit_brl", "10 leitos monitorados em hospital com tomografia."),
            assumed(4_000_000, 2_500_000, 6_000_000, "R$ 400 mil por leito-ano; o incentivo federal cobre R$ 1,1 "
                "milhão por 10 leitos."),
            beds=10,
        ),
        modules=(0.5, 1, 2),
        min_cases=100,
        min_evidence=norms.STROKE.volume(pack, "Flexível: dados holandeses não "
            "mostram efeito próprio do volume."),
        min_price=5_000,
        gain=minutes_saved.times(pack.figure(name, "benefit_ivt_eligible_share").value, "x 12% elegíveis.", "C"),
        late_share=0.0,
    )  # fmt: skip


def _cancer(pack: Pack) -> tuple[Specialty, Specialty]:
    drugs, rays = "oncology_chemo", "oncology_radiotherapy"
    people = pack.municipalities["pop_census_2022"].sum()
    solid = pack.new_cancers.times(_NO_SKIN / people * 1e5, "menos 31,3% de pele não melanoma")
    chemotherapy = Specialty(
        id="quimioterapia",
        name="Oncologia: quimioterapia",
        case_unit="paciente novo em tratamento (cerca de 12 sessões)",
        assignment="planned",
        cases_per_100k=solid.times(norms.CHEMOTHERAPY.demand(pack).value, "x 57% com indicação."),
        access_minutes=norms.CHEMOTHERAPY.access(pack, "Sessões a cada duas ou três semanas."),
        access_share=target(norms.CHEMOTHERAPY.coverage(pack), 0.65, 0.71),
        ceiling_minutes=ceiling(480),
        trips_per_case=assumed(12, 8, 18, "Uma viagem por sessão."),
        case_cost=pack.figure(drugs, "unit_cost_chemo_patient_year_brl", "Medicamentos e materiais de um paciente."),
        module=Module(
            nominal(norms.CHEMOTHERAPY.throughput(pack).times(
                20 / 12, "20 poltronas, 12 sessões por paciente.", "C")),
            pack.figure(drugs, "capex_chemo_day_unit_brl", "20 poltronas e farmácia de citostáticos."),
            running(pack, pack.figure(drugs, "capex_chemo_day_unit_brl")),
            beds=5,
        ),
        modules=(0.5, 1, 2),
        min_cases=400,
        min_evidence=norms.CHEMOTHERAPY.volume(pack, "400 no serviço pequeno."),
        gain=norms.CHEMOTHERAPY.gain(pack),
        late_share=0.8,
    )  # fmt: skip
    radiotherapy = Specialty(
        id="radioterapia",
        name="Oncologia: radioterapia",
        case_unit="curso de tratamento",
        assignment="planned",
        cases_per_100k=solid.times(norms.RADIOTHERAPY.demand(pack).value, "x 52% com indicação "
            "(a regra do SUS usaria 72%); o TCU contou demanda de 2.172 em 2012."),
        access_minutes=norms.RADIOTHERAPY.access(pack, "Frações diárias por semanas."),
        access_share=target(norms.RADIOTHERAPY.coverage(pack), 0.50, 0.55),
        ceiling_minutes=ceiling(600),
        trips_per_case=assumed(12, 5, 25, "Cerca de 20 frações; quem mora longe se hospeda e viaja menos."),
        case_cost=assumed(1_500, 800, 3_000, "Consumo e planejamento; o curso completo fica perto de R$ 7.500."),
        module=Module(
            nominal(norms.RADIOTHERAPY.throughput(pack, "Um acelerador.")),
            pack.figure(rays, "capex_bunker_and_linac_brl_2025", "Acelerador (13,5 milhões) e casamata."),
            assumed(2_700_000, 2_000_000, 4_000_000, "Manutenção (cerca de 9% do equipamento) e equipe."),
            beds=0,
        ),
        modules=(1, 2, 4),
        min_cases=300,
        min_evidence=norms.RADIOTHERAPY.volume(pack, "300 com um acelerador."),
        gain=norms.RADIOTHERAPY.gain(pack),
        late_share=0.8,
        lifecycle_share=0.05,
        build_months=(18, 24, 30),
    )  # fmt: skip
    return chemotherapy, radiotherapy


def _high_risk_birth(pack: Pack) -> Specialty:
    name = "high_risk_obstetrics"
    share = norms.HIGH_RISK_BIRTH.demand(pack, "Parte das gestações").times(0.2, BIRTHS_NOTE)
    return Specialty(
        id="gestacao_risco",
        name="Gestação de alto risco",
        case_unit="parto de alto risco",
        assignment="planned",
        cases_per_100k=area_rate(pack, _BIRTHS, share),
        need=Need(_BIRTHS, share),
        access_minutes=norms.HIGH_RISK_BIRTH.access(pack),
        access_share=target(norms.HIGH_RISK_BIRTH.coverage(pack), 0.75, 0.83),
        ceiling_minutes=ceiling(300),
        trips_per_case=assumed(5, 3, 8, "Pré-natal especializado e parto."),
        case_cost=pack.figure(name, "unit_cost_high_risk_admission_brl"),
        module=Module(
            nominal(norms.HIGH_RISK_BIRTH.throughput(pack).times(20, "20 leitos.", "C")),
            pack.figure(name, "capex_module_brl", "20 leitos e 2 salas obstétricas, sem UTI neonatal."),
            running(pack, pack.figure(name, "capex_module_brl")),
            beds=20,
        ),
        modules=(0.5, 1, 2),
        min_cases=500,
        min_evidence=norms.HIGH_RISK_BIRTH.volume(pack, "500 no serviço pequeno; flexível, "
            "pois unidades remotas podem se manter com protocolo de transferência."),
        min_price=5_000,
        gain=norms.HIGH_RISK_BIRTH.gain(pack),
        late_share=0.67,
    )  # fmt: skip


def _neonatal(pack: Pack) -> Specialty:
    name = "neonatal_icu"
    share = norms.NEWBORN.demand(pack, "Parte dos nascimentos").times(0.2, BIRTHS_NOTE)
    small = pack.figure(name, "demand_vlbw_share").value / norms.NEWBORN.demand(pack).value
    return Specialty(
        id="uti_neonatal",
        name="UTI neonatal",
        case_unit="internação",
        assignment="planned",
        cases_per_100k=area_rate(pack, _BIRTHS, share),
        need=Need(_BIRTHS, share),
        access_minutes=norms.NEWBORN.access(pack, "Transferência antes do parto, de preferência."),
        access_share=target(norms.NEWBORN.coverage(pack), 0.60, 0.66),
        ceiling_minutes=ceiling(300),
        trips_per_case=assumed(3, 1, 6, "Internação longa, visitas da família."),
        case_cost=assumed(3_000, 2_000, 6_000, "Medicamentos e materiais de uma internação."),
        module=Module(
            nominal(norms.NEWBORN.throughput(pack).times(10, "10 leitos."), ICU_OCCUPANCY),
            pack.figure(name, "capex_per_bed_brl").times(10, "10 leitos.", "C"),
            twice_payment(pack.figure(name, "unit_cost_bed_year_brl_sus"), 10),
            beds=10,
        ),
        modules=(1, 2, 3),
        min_cases=75,
        min_evidence=norms.NEWBORN.volume(pack).at(75, "75 internações, isto é, 20 nascidos "
            "abaixo de 1.500 g por ano; o publicado é 50 a 100", 40, 370),
        gain=norms.NEWBORN.gain(pack).times(small, "x 27% abaixo de 1.500 g.", "C"),
        late_share=0.67,
    )  # fmt: skip


def _paediatric(pack: Pack) -> Specialty:
    name = "paediatric_icu"
    rate = norms.CHILD.demand(pack, "Por 100 mil menores de 15 anos.").times(1e-5, "População por idade de 2024.", "C")
    return Specialty(
        id="uti_pediatrica",
        name="UTI pediátrica",
        case_unit="internação",
        assignment="planned",
        cases_per_100k=area_rate(pack, _CHILDREN, rate),
        need=Need(_CHILDREN, rate),
        access_minutes=norms.CHILD.access(pack, "Estabilização e transporte."),
        access_share=target(norms.CHILD.coverage(pack), 0.70, 0.75),
        ceiling_minutes=ceiling(480),
        trips_per_case=assumed(2, 1, 3, "Internação e retorno."),
        case_cost=assumed(3_500, 2_000, 6_000, "Medicamentos e materiais de uma internação."),
        module=Module(
            nominal(norms.CHILD.throughput(pack).times(8, "8 leitos."), ICU_OCCUPANCY),
            pack.figure(name, "capex_per_bed_brl").times(8, "8 leitos.", "C"),
            twice_payment(pack.figure("neonatal_icu", "unit_cost_bed_year_brl_sus"), 8),
            beds=8,
        ),
        modules=(1, 2, 3),
        min_cases=150,
        min_evidence=norms.CHILD.volume(pack, "150 na unidade de 8 leitos, abaixo da faixa: "
            "com 200 só três cidades teriam volume."),
        gain=norms.CHILD.gain(pack),
        late_share=0.75,
    )  # fmt: skip


def _neurosurgery(pack: Pack) -> Specialty:
    name = "neurosurgery"
    return Specialty(
        id="neurocirurgia",
        name="Neurocirurgia",
        case_unit="operação",
        assignment="planned",
        cases_per_100k=norms.NEUROSURGERY.demand(pack, "181,6 inclui toda a necessidade "
            "não atendida do mundo; o TCE soma 65,5 internações no SUS.").at(100, "Adotado 100."),
        access_minutes=norms.NEUROSURGERY.access(pack, "Hematoma operado em até cerca de 4 h."),
        access_share=target(norms.NEUROSURGERY.coverage(pack), 0.65, 0.71),
        ceiling_minutes=ceiling(480),
        trips_per_case=assumed(2, 1, 3, "Internação e retorno."),
        case_cost=assumed(6_000, 4_000, 12_000, "Materiais, implantes e diárias variáveis."),
        module=Module(
            nominal(norms.NEUROSURGERY.throughput(pack, "Uma sala.")),
            pack.figure(name, "capex_module_brl", "Uma sala e 10 leitos de UTI em hospital com tomografia."),
            running(pack, pack.figure(name, "capex_module_brl")),
            beds=16,
        ),
        modules=(1, 2, 3),
        min_cases=150,
        min_evidence=norms.NEUROSURGERY.volume(pack, "150 com uma sala."),
        gain=norms.NEUROSURGERY.gain(pack),
        late_share=0.6,
        build_months=(18, 24, 30),
    )  # fmt: skip


def _trauma(pack: Pack) -> Specialty:
    name = "trauma_orthopaedics"
    severe = pack.figure(name, "demand_major_trauma_iss15_per_100k").value
    external = pack.figure(name, "demand_external_cause_admissions_per_100k", "Internações por causas externas")
    reference = external.times(0.5, "metade em serviço de referência (premissa, faixa 40% a 70%).", "C")
    return Specialty(
        id="trauma",
        name="Trauma e ortopedia",
        case_unit="internação",
        assignment="planned",
        cases_per_100k=reference,
        access_minutes=pack.figure(name, "access_max_drive_min", "Convenção da primeira hora."),
        access_share=target(pack.figure(name, "coverage_target_share"), 0.65, 0.72),
        ceiling_minutes=ceiling(240),
        trips_per_case=assumed(2, 1, 3, "Internação e retorno."),
        case_cost=assumed(2_500, 1_500, 5_000, "Implantes e materiais; a AIH média era R$ 1.028 em 2011."),
        module=Module(
            nominal(pack.figure(name, "capacity_cases_per_bed_per_year").times(26, "26 leitos.")),
            pack.figure(name, "capex_module_brl", "Sala de trauma, 2 salas, 20 leitos e 6 de UTI."),
            assumed(10_000_000, 7_500_000, 15_000_000, "R$ 385 mil por leito-ano; cerca de R$ 17,5 mil por internação, "
                "como no Hospital Central."),
            beds=26,
        ),
        modules=(0.5, 1, 2),
        min_cases=200,
        min_evidence=assumed(200, 150, 400, "Volume que mantém um plantão; o corte publicado de 240 casos graves por "
            "ano só caberia em Cuiabá."),
        min_price=5_000,
        gain=pack.figure(name, "benefit_healthy_life_years_per_case", "Vale para trauma grave").times(
            severe / reference.value, "x 14% de casos graves.", "C"),
        late_share=0.5,
    )  # fmt: skip


def _dialysis(pack: Pack) -> Specialty:
    name = "nephrology_dialysis"
    machine = pack.figure(name, "capex_per_machine_brl")
    return Specialty(
        id="dialise",
        name="Nefrologia: diálise",
        case_unit="paciente-ano",
        assignment="planned",
        cases_per_100k=pack.figure(name, "demand_prevalence_pmp", "Prevalência").times(0.1, "por milhão / 10.", "A"),
        access_minutes=pack.figure(name, "access_max_drive_min", "Três idas por semana."),
        access_share=target(pack.figure(name, "coverage_target_share"), 0.75, 0.82),
        ceiling_minutes=ceiling(180),
        trips_per_case=ruled(156, "Três sessões por semana durante o ano."),
        case_cost=assumed(26_000, 22_000, 32_000, "Insumos de 156 sessões; a tarifa SUS completa é R$ 240,97 por "
            "sessão, R$ 37.591 por paciente-ano."),
        module=Module(
            assumed(120, 80, 120, "20 máquinas, 6 pacientes por máquina (três turnos, dias alternados)."),
            machine.times(20, "20 máquinas com água tratada e adequação.", "C"),
            assumed(1_800_000, 1_400_000, 2_400_000, "Equipe fixa e manutenção de 20 máquinas."),
            beds=5,
        ),
        modules=(0.5, 1, 1.65),
        min_cases=40,
        min_evidence=pack.figure(name, "min_volume_patients_per_unit", "40 na unidade de 10 máquinas; a maior respeita "
            "o teto de 200 pacientes da RDC 154/2004."),
        gain=pack.figure(name, "benefit_life_years_per_patient_year").times(0.7, "x qualidade 0,70.", "C"),
        late_share=0.93,
        treated_elsewhere=assumed(0.9, 0.7, 1.0, "A prevalência do Censo SBN 2019 conta quem já dialisa: quase todos "
            "são atendidos hoje por clínicas fora dos hospitais, que não estão nos dados; um décimo fica como espera, "
            "porque a taxa do estado não é conhecida."),
        lifecycle_share=0.05,
    )  # fmt: skip


def _urology(pack: Pack) -> Specialty:
    name = "urology"
    return Specialty(
        id="urologia",
        name="Urologia",
        case_unit="internação cirúrgica",
        assignment="planned",
        cases_per_100k=norms.UROLOGY.demand(pack, "Cálculos, próstata e oncologia."),
        access_minutes=norms.UROLOGY.access(pack),
        access_share=target(norms.UROLOGY.coverage(pack), 0.80, 0.85),
        ceiling_minutes=ceiling(300),
        trips_per_case=assumed(2, 1, 3, "Cirurgia e retorno."),
        case_cost=pack.figure(name, "unit_cost_admission_brl"),
        module=Module(
            nominal(norms.UROLOGY.throughput(pack, "Uma sala.")),
            pack.figure(name, "capex_module_brl", "Sala de endourologia e 12 leitos."),
            running(pack, pack.figure(name, "capex_module_brl")),
            beds=12,
        ),
        modules=(0.5, 1, 2),
        min_cases=250,
        min_evidence=norms.UROLOGY.volume(pack, "250 no serviço pequeno."),
        gain=norms.UROLOGY.gain(pack),
        late_share=0.8,
    )
