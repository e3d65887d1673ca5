"""Sheet ``laws``: rules of laws on contracts with the years in which they are in force, one row for each wording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Norm:
    """A rule of a law in one wording; ``until`` None: still in force."""

    law: str
    name: str
    rule: str
    value: float
    since: int
    until: int | None
    source: str
    grade: str = "B"


_BRAZIL = "Lei 11.079/2004"
BRAZIL = (
    Norm("BR-11079", f"{_BRAZIL}, art. 2º", "least_value", 20e6, 2004, 2017, f"{_BRAZIL}, art. 2º, § 4º, I", "A"),
    Norm("BR-11079", f"{_BRAZIL}, art. 2º", "least_value", 10e6, 2018, None, "Lei 13.529/2017, que mudou o art. 2º",
         "A"),
    Norm("BR-11079", f"{_BRAZIL}, art. 2º", "least_years", 5, 2004, None, f"{_BRAZIL}, art. 2º, § 4º, II", "A"),
    Norm("BR-11079", f"{_BRAZIL}, art. 5º", "most_years", 35, 2004, None, f"{_BRAZIL}, art. 5º, I", "A"),
)  # fmt: skip
_LAW_2020, _LAW_2024 = "Luật 64/2020/QH14", "Luật 57/2024/QH15"
VIETNAM = (
    Norm("VN-64", _LAW_2020, "least_value", 100e9, 2021, 2024, f"{_LAW_2020}: dự án y tế từ 100 tỉ đồng"),
    Norm("VN-64", _LAW_2020, "most_public_share", 0.5, 2021, 2024, f"{_LAW_2020}: vốn nhà nước đến 50%"),
    Norm("VN-57", _LAW_2024, "most_public_share", 0.7, 2025, None, f"{_LAW_2024}: đến 70% trường hợp khó khăn; hiệu "
         "lực 15/1/2025"),
)  # fmt: skip


def sheet(norms: Iterable[Norm]) -> pd.DataFrame:
    """Return the sheet."""
    return pd.DataFrame(
        [
            {
                "law_id": norm.law,
                "name": norm.name,
                "rule": norm.rule,
                "value": norm.value,
                "valid_from": norm.since,
                "valid_until": norm.until,
                "source": norm.source,
                "grade": norm.grade,
            }
            for norm in norms
        ]
    )
