"""Indicators of quality by which contracts of Vietnamese hospitals are paid, and who watches over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from mekong_builders.evidence import assumption, row
from redesaude.drafting.evidence import cited
from redesaude.drafting.quality import Indicator, watched

_VERIFIER = "Đơn vị kiểm định độc lập"
_BUILDING = (
    Indicator("san_sang", "Phòng mổ, giường và thiết bị sẵn sàng", "98% số giờ", 0.12,
              _VERIFIER, (0.85, 0.97, 1.0)),
    Indicator("dich_vu", "Dịch vụ tòa nhà đạt chuẩn", "95% lượt kiểm tra", 0.08,
              _VERIFIER, (0.75, 0.95, 1.0)),
)  # fmt: skip
_CARE = (
    Indicator("tieu_chi_83", "Bộ tiêu chí chất lượng bệnh viện của Bộ Y tế", "từ mức 4 trên 5", 0.05,
              "Sở Y tế, đánh giá hằng năm", (0.70, 0.90, 1.0), 12.0),
    Indicator("thoi_gian_vang", "Ca cấp cứu được xử trí trong thời gian chuẩn", "90%", 0.03,
              "Hồ sơ bệnh án điện tử", (0.60, 0.85, 1.0)),
    Indicator("hai_long", "Hài lòng của người bệnh", "90%", 0.02,
              "Khảo sát của Sở Y tế", (0.80, 0.95, 1.0), 6.0),
)  # fmt: skip
_OF: Mapping[str, Sequence[Indicator]] = {"ppp_btl": _BUILDING, "ppp_bto": (*_BUILDING, *_CARE), "mua_dich_vu": _CARE}
_PPP: dict[str, object] = {
    "quality_priced_share": 1.0,
    "deduction_ceiling": 0.3,
    "verifier": _VERIFIER,
    "review_months": 36,
    "step_in": "Bên cho vay được thay nhà đầu tư theo Luật PPP 64/2020/QH14; luật sư đối chiếu điều khoản",
    "termination": "Chấm dứt trước hạn và bồi thường theo Luật PPP 64/2020/QH14; luật sư đối chiếu điều khoản",
}
_TERMS: Mapping[str, dict[str, object]] = {
    "ppp_btl": _PPP | {"payment_mechanism": "availability"},
    "ppp_bto": _PPP,
    "mua_dich_vu": {
        "quality_priced_share": 1.0,
        "verifier": "Bảo hiểm xã hội Việt Nam, giám định",
        "review_months": 12,
        "step_in": "Không có; người bệnh được chuyển sang bệnh viện công gần nhất (giả định)",
        "termination": "Thông báo trước 3 tháng (giả định, sẽ thỏa thuận)",
    },
}


def with_watch(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return the ``contracts`` sheet with verifier, review, step-in and termination of those paid by quality."""
    return watched(contracts, _TERMS)


def sheet() -> pd.DataFrame:
    """Return the ``quality_indicators`` sheet."""
    return pd.DataFrame([indicator.row(contract) for contract, found in _OF.items() for indicator in found])


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of indicators and of what watches over contracts."""
    told = cited("Luật Đầu tư theo phương thức đối tác công tư 64/2020/QH14", "2020", "C", "Người kiểm định, rà soát, "
                 "thay thế và chấm dứt: chờ luật sư đối chiếu.")  # fmt: skip
    return [
        row("quality_indicators", "*", "weight", assumption("quality.quality_indicators.weight")),
        row("quality_indicators", "*", "*", assumption("quality.quality_indicators.achieved")),
        *(row("contracts", "*", column, told) for column in ("verifier", "review_months", "step_in", "termination")),
        row("contracts", "*", "quality_priced_share", assumption("quality.contracts.quality_priced_share")),
        row("contracts", "*", "deduction_ceiling", assumption("quality.contracts.deduction_ceiling")),
    ]  # fmt: skip
