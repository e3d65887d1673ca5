"""How many lines a text takes in a cell."""

from __future__ import annotations

import pytest

from redesaude.report.workbook.letters import lines_of, width_of

#: as LibreOffice breaks it in a merged cell of 102 digits: the third line is a single word
FIGURES = (
    "Compromissos de acesso da área toda não cumpridos: 9. Gestação de alto risco 67,2% em vez de 75% em até 120 "
    "minutos; UTI pediátrica 61,2% em vez de 70% em até 120 minutos; Cardiologia intervencionista 44,4% em vez de 55% "
    "em até 60 minutos."
)


def test_figures_and_capitals_take_more_room_than_small_letters() -> None:
    assert lines_of(FIGURES, 101.9) == 3
    assert lines_of("l" * len(FIGURES), 101.9) == 1


@pytest.mark.parametrize(("one", "other"), [("đường", "duong"), ("São Félix", "Sao Felix"), ("HỒ CHÍ", "HO CHI")])
def test_marks_take_no_room(one: str, other: str) -> None:
    assert width_of(one) == pytest.approx(width_of(other), rel=0.02)


@pytest.mark.parametrize(
    ("text", "width", "lines"), [("", 10, 1), ("1234 6789", 5, 2), ("1" * 25, 10, 3), ("a b", 3, 1)]
)
def test_lines_break_between_words_and_in_long_ones(text: str, width: float, lines: int) -> None:
    assert lines_of(text, width) == lines
