"""Contract options of Vietnamese public hospitals under the PPP law and the autonomy decree; money and risks."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mekong_builders.evidence import BILLION, FACTS, assumption, row, rows
from mekong_builders.pack import CITIES, CITY, PROVINCES, Pack
from redesaude.drafting.evidence import Figure, assumed, cited, ruled
from redesaude.drafting.phases import Phase
from redesaude.inputs.risks import OTHERS

CAPITAL = 3_000 * BILLION
"""ceiling of budget-financed works and equipment for ten years, dong"""

#: part of it that is the central level's, for hospitals of its own
_CENTRAL_PART = 0.1

_SURVEY = "Khảo sát các mô hình hợp đồng (NAO, PPP bệnh viện các nước; bộ nghiên cứu của dự án)"
_LAW_2020 = "Luật Đầu tư theo phương thức đối tác công tư 64/2020/QH14"
_LAW_2024 = "Luật 57/2024/QH15 sửa đổi Luật PPP"

#: who pays a price that rises: half of a deviation comes back to the public side at the next review of a PPP that runs
#: the care, none of it where the price of a case is set by health insurance; equipment is bought by who builds;
#: all else is the public side's
_PUBLIC = f"{OTHERS}: 1"
_WAGES = f"ppp_bto: 0.5; mua_dich_vu: 0; {_PUBLIC}"
_EQUIPMENT = f"ppp_btl: 0; ppp_bto: 0; mua_dich_vu: 0; {_PUBLIC}"

#: lowest and highest outcome of each risk; the most likely is the plan's own figure
_RISKS = {"nhu_cau": (0.85, 1.2), "luong_co_dinh": (0.95, 1.15), "luong_theo_ca": (0.95, 1.15), "ty_gia": (0.95, 1.2)}


def contracts() -> pd.DataFrame:
    """Return the ``contracts`` sheet."""
    return pd.read_csv(FACTS / "contracts.csv")


def funding(phases: Sequence[Phase], pack: Pack) -> pd.DataFrame:
    """Return the ``funding`` sheet: as much each year; each province builds from its own purse, by its people.

    The central level has a part of its own for its hospitals. Ho Chi Minh City, where nothing is built, has none.
    """
    provinces = pack.population.drop(CITY)
    people = provinces / provinces.sum()
    purses = [
        (f"dau_tu_cong_{code}", f"Vốn đầu tư công: {PROVINCES[code]}", "city" if code in CITIES else "province", code,
         (1.0 - _CENTRAL_PART) * part)
        for code, part in people.items()
    ]  # fmt: skip
    purses.append(("dau_tu_cong_tw", "Vốn đầu tư công: trung ương", "federal", "all", _CENTRAL_PART))
    entry = {"kind": "capital", "contracts": "truc_tiep, tu_chu", "hard": False, "price": 0.5}
    return pd.DataFrame(
        [
            entry | {"funding_id": name, "name": title, "payer": payer, "region_id": region, "period_id": p.id,
                     "amount": round(part * CAPITAL / 10.0 * p.funded)}
            for name, title, payer, region, part in purses
            for p in phases
        ]
    )  # fmt: skip


def risks() -> pd.DataFrame:
    """Return the ``risks`` sheet; the ranges of the contracts' own factors are drawn too."""

    wages = {"correlation_group": "luong", "borne_by": _WAGES}
    return pd.DataFrame(
        [
            _risk("nhu_cau", "Số ca khác dự kiến", "demand") | {"category": "nhu cầu", "borne_by": _PUBLIC},
            _risk("luong_co_dinh", "Tiền lương thực, chi phí cố định", "opex") | {"category": "nhân lực"} | wages,
            _risk("luong_theo_ca", "Tiền lương và giá thuốc, mỗi ca", "case_cost") | {"category": "nhân lực"} | wages,
            _risk("ty_gia", "Tỷ giá và giá thiết bị nhập khẩu", "capex")
            | {"category": "thiết bị", "borne_by": _EQUIPMENT},
        ]
    )


def _risk(name: str, title: str, target: str) -> dict[str, object]:
    low, high = _RISKS[name]
    return {"risk_id": name, "name": title, "target": target, "distribution": "triangular", "low": low, "mode": 1.0,
            "high": high}  # fmt: skip


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of contracts, money and risks."""

    def known(note: str, grade: str = "C") -> Figure:
        return cited(_SURVEY, "2026", grade, note)

    return [
        row("contracts", "*", "capex_factor", known("Công trình nhà nước 1,05 / 1,15 / 1,40; PPP 1,00 / 1,03 / 1,10. "
            "Không có số liệu Việt Nam; Ung bướu Cần Thơ 500 giường dừng từ 2022.")),
        row("contracts", "*", "delay_factor", known("Thời gian xây so với kế hoạch: nhà nước 1,2 / 1,6 / 3,0; PPP 1,0 "
            "/ 1,2 / 2,0.")),
        row("contracts", "*", "procurement_months", known("Nhà nước 12 tháng (6 đến 24), PPP 30 (18 đến 48): giả "
            "định.")),
        row("contracts", "tu_chu", "opex_factor", assumption("contracts.tu_chu.opex_factor")),
        row("contracts", "tu_chu", "delivery_model", ruled(0, "Tự chủ một phần (nhóm 3): nhà nước còn cấp chi đầu tư "
            "và một phần chi thường xuyên, ai trả theo cấp quản lý.")),
        row("contracts", "tu_chu_dau_tu", "capex_factor", assumption("contracts.tu_chu_dau_tu.capex_factor")),
        row("contracts", "lien_doanh", "equity_return", assumption("contracts.lien_doanh.equity_return")),
        row("contracts", "ppp_bto", "opex_factor", known("Nhà đầu tư vận hành lâm sàng: 0,85 / 1,00 / 1,20.")),
        row("contracts", "mua_dich_vu", "opex_factor", assumption("contracts.mua_dich_vu.opex_factor")),
        row("contracts", "ppp_btl", "term_years", ruled(20, "Luật không đặt thời hạn tối thiểu hay tối đa chung.")),
        row("contracts", "ppp_btl", "min_value", cited(_LAW_2024, "2024", "B", "Bỏ quy mô tối thiểu và danh mục lĩnh "
            "vực; luật 2020 đòi dự án y tế từ 100 tỉ đồng (biến thể luat_2020).")),
        *rows("contracts", "*", {
            "contribution_share": cited(_LAW_2024, "2024", "B", "Vốn nhà nước tham gia: đến 50%, trường hợp khó khăn "
            "đến 70%. Kịch bản gốc: 0 (biến thể gop_von_50)."),
            "equity_return": assumption("contracts.equity_return"),
            "debt_rate": assumption("contracts.debt_rate"),
            "gearing": cited(_LAW_2020, "2020", "B", "Vốn chủ tối thiểu 15%; dùng 30% (giả định 15 đến 40%)."),
            "tax_rate": assumption("contracts.tax_rate"),
            "transaction_share": known("4% (2 đến 8%) vốn đầu tư, cộng 8 tỉ đồng mỗi hợp đồng."),
            "transaction_cost": assumption("contracts.transaction_cost"),
            "design_share": assumption("contracts.design_share"),
            "supervision_share": assumption("contracts.supervision_share"),
            "oversight_cost": known("3 tỉ đồng một năm mỗi hợp đồng PPP; trực tiếp và tự chủ 0,5 tỉ, mua dịch vụ 0,3 "
            "tỉ: quản lý và giám sát hợp đồng.")}),
        *_of_money(),
    ]  # fmt: skip


def _of_money() -> list[dict[str, str]]:
    """Rows of bands of volume, ceilings, payers and risks."""
    band = cited(_LAW_2020, "2020", "B", "Chia sẻ phần tăng, giảm doanh thu ngoài 75% đến 125%, mỗi bên 50%.")
    return [
        *(row("contracts", "ppp_bto", column, band) for column in ("volume_band_low", "volume_band_high",
                                                                   "marginal_price_share")),
        row("funding", "*", "amount", assumed(CAPITAL, 1_500 * BILLION, 6_000 * BILLION, "Trần đề xuất cho 10 năm, cả "
            "vùng: 10% cho bệnh viện trung ương, còn lại chia cho 18 tỉnh, thành theo dân số, mỗi nơi một ngân sách "
            "(TP.HCM không xây thêm); so sánh: Ung Bướu cơ sở 2 là 5.845 tỉ, Đa khoa Trà Vinh 1.600 tỉ. Vượt trần: "
            "thêm 0,5 đồng mỗi đồng.")),
        row("settings", "payer_defaults", "value", assumption("contracts.settings.payer_defaults.value")),
        row("risks", "*", "borne_by", assumption("contracts.risks.borne_by")),
        *(row("risks", name, "mode", assumed(1.0, low, high, "Khoảng dao động quanh kế hoạch."))
          for name, (low, high) in _RISKS.items()),
    ]  # fmt: skip
