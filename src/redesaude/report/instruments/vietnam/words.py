"""Words that the sheets of Vietnam share."""

from __future__ import annotations

from collections.abc import Mapping

from redesaude.report.instruments.instrument import of_specialty

#: stages of a service in time
STAGES: Mapping[str, str] = {
    "procurement": "đấu thầu, ký hợp đồng",
    "works": "xây dựng, mua sắm",
    "training": "đào tạo",
    "opening": "mở dịch vụ",
    "conversion": "đổi hợp đồng hoặc quy mô",
    "support": "được bệnh viện tuyến cuối hỗ trợ",
    "maturity": "tự chủ kỹ thuật",
    "running_on": "hoạt động tiếp đến khi có nơi thay thế",
    "moved": "chuyển địa điểm trong cùng địa phương",
    "uncontracted": "thôi ký hợp đồng",
    "closed": "ngừng dịch vụ",
}


def half_year(label: str) -> str:
    """Return a half-year such as ``2027-H1`` in words."""
    return f"6 tháng {'đầu' if label.endswith('1') else 'cuối'} năm {label[:4]}"


#: what rows about a specialty end with
OF_SPECIALTY = of_specialty("Mã chuyên khoa", "Mã danh mục kỹ thuật", "Mục tiêu SDG")
