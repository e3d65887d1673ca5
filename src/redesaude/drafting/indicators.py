"""Sheets ``indicators`` and ``indicator_targets``: what health authorities follow, by official names.

Those with a formula are worked out of every plan; the others are typed where the registers give them. Targets without a
norm are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Target:
    """What is to be reached from a year on, and where that stands."""

    year: int
    value: float
    source: str
    grade: str


@dataclass(frozen=True)
class Followed:
    """An indicator; ``counts`` are the columns of its formula."""

    id: str
    name: str
    unit: str
    direction: str
    reports: str
    source: str
    grade: str
    """of what is typed; formulas are no assumption"""
    counts: Mapping[str, object] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()


_ACCESS = "Premissa: 80%, como a Comissão Lancet de Cirurgia Global pede até 2030 para hospitais a menos de duas horas"
_PACT = "Resolução CIT 8/2016, indicadores da pactuação interfederativa (SISPACTO)"
_SDG = "Objetivos de Desenvolvimento Sustentável, meta 3.1 como o Brasil a adotou (IPEA, 2018)"
BRAZIL = (
    Followed("no_padrao", "Casos atendidos na rede dentro do tempo padrão da especialidade", "Percentual", "higher",
             "SES, regulação (SISREG)", "Tabela by_year do plano", "",
             {"formula": "in_time", "per": "cases", "times": 100}, (Target(2030, 80, _ACCESS, "C"),)),
    Followed("atendidos", "Casos atendidos na rede", "Percentual", "higher", "SES, SIH/SUS e SIA/SUS",
             "Tabela by_year do plano", "", {"formula": "treated", "per": "cases", "times": 100}),
    Followed("fora", "Casos que a rede não atende (fora do estado ou sem atendimento)", "Número por ano", "lower",
             "SES, TFD e regulação", "Tabela by_year do plano", "", {"formula": "outside"}),
    Followed("servicos", "Serviços especializados em funcionamento", "Número", "higher", "SES, CNES",
             "Tabela openings do plano", "", {"formula": "services"}),
    Followed("despesa_estado", "Despesa do Estado com os serviços por habitante", "Moeda por habitante", "lower",
             "SES, SIOPS", "Fluxo de caixa do plano", "", {"formula": "money", "per": "people", "payer": "state"}),
    Followed("mortalidade_prematura", "Taxa de mortalidade prematura (de 30 a 69 anos) pelo conjunto das quatro "
             "principais doenças crônicas não transmissíveis", "Por 100 mil habitantes", "lower",
             "Vigilância, SIM", f"{_PACT}, indicador 1", "B"),
    Followed("mortalidade_infantil", "Taxa de mortalidade infantil", "Por mil nascidos vivos", "lower",
             "Vigilância, SIM e SINASC", f"{_PACT}, indicador 15", "B"),
    Followed("mortalidade_materna", "Razão de mortalidade materna", "Por 100 mil nascidos vivos", "lower",
             "Vigilância, SIM e SINASC", _SDG, "B", targets=(Target(2030, 30, _SDG, "B"),)),
)  # fmt: skip

_REACH = "Giả định: 80%, như Ủy ban Lancet về phẫu thuật toàn cầu đề nghị đến 2030 với bệnh viện trong hai giờ"
_RESOLUTION = "Nghị quyết 20-NQ/TW năm 2017, mục tiêu đến năm 2030"
_DEPARTMENT = "Sở Y tế"
VIETNAM = (
    Followed("trong_chuan", "Ca được điều trị trong mạng lưới trong thời gian tiêu chuẩn của chuyên khoa", "%",
             "higher", _DEPARTMENT, "Bảng by_year của phương án", "",
             {"formula": "in_time", "per": "cases", "times": 100}, (Target(2030, 80, _REACH, "C"),)),
    Followed("duoc_dieu_tri", "Ca được điều trị trong mạng lưới", "%", "higher", _DEPARTMENT,
             "Bảng by_year của phương án", "", {"formula": "treated", "per": "cases", "times": 100}),
    Followed("chuyen_tuyen", "Ca chuyển tuyến từ bệnh viện này lên bệnh viện khác", "ca/năm", "lower",
             f"{_DEPARTMENT}, Bảo hiểm xã hội", "Bảng transfers của phương án", "", {"formula": "sent_up"}),
    Followed("ky_thuat", "Kỹ thuật bệnh viện nhận đã tự thực hiện được", "kỹ thuật", "higher",
             "Hai bệnh viện chuyển giao và nhận", "Bảng techniques của phương án", "", {"formula": "techniques"}),
    Followed("dich_vu", "Dịch vụ chuyên khoa đang hoạt động", "dịch vụ", "higher", _DEPARTMENT,
             "Bảng openings của phương án", "", {"formula": "services"}),
    Followed("chi_bhyt", "Chi của bảo hiểm y tế cho các dịch vụ trên đầu người", "đồng/người", "lower",
             "Bảo hiểm xã hội Việt Nam", "Dòng tiền của phương án", "",
             {"formula": "money", "per": "people", "payer": "health_insurance"}),
    Followed("tu_vong_tre_duoi_1", "Tỷ suất tử vong trẻ em dưới 1 tuổi", "‰", "lower", _DEPARTMENT, _RESOLUTION, "B",
             targets=(Target(2030, 10, _RESOLUTION, "B"),)),
    Followed("hai_long", "Tỷ lệ hài lòng của người dân với dịch vụ y tế", "%", "higher", f"{_DEPARTMENT}, khảo sát",
             _RESOLUTION, "B", targets=(Target(2030, 90, _RESOLUTION, "B"),)),
)  # fmt: skip


def sheets(chosen: Iterable[Followed]) -> dict[str, pd.DataFrame]:
    """Return both sheets by name."""
    rows, targets = [], []
    for each in chosen:
        told = {"unit": each.unit, "direction": each.direction, "reports": each.reports, "source": each.source}
        rows.append({"indicator_id": each.id, "name": each.name, **each.counts, **told, "grade": each.grade})
        for due in each.targets:
            about = {"indicator_id": each.id, "year": due.year, "target": due.value}
            targets.append(about | {"source": due.source, "grade": due.grade})
    return {"indicators": pd.DataFrame(rows), "indicator_targets": pd.DataFrame(targets)}
