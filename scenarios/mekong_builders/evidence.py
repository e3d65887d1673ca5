"""Evidence of the Mekong scenario in Vietnamese: figures as in ``builders.evidence``, told to Vietnamese planners."""

from __future__ import annotations

from pathlib import Path

from builders.assumptions import assumptions

from redesaude.drafting.evidence import ASSUMPTION, OWN_RULE, Figure, Tongue

#: million and billion dong
MILLION, BILLION = 1e6, 1e9

VIETNAMESE = Tongue(
    "Khoảng hợp lý: {low} đến {high}",
    {ASSUMPTION: "Giả định quy hoạch, chưa có nguồn công bố", OWN_RULE: "Quy tắc của kịch bản này"},
)
row, rows = VIETNAMESE.row, VIETNAMESE.rows
#: tables of facts of the scenario
FACTS = Path(__file__).parent / "facts"
_SUPPOSED = assumptions(FACTS)


def assumption(name: str) -> Figure:
    """Return what was supposed, by its id in the table of assumptions."""
    return _SUPPOSED[name]
