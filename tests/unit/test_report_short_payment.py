"""The formula of the short payment on sheet ``appraisal`` against what the engine computes."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from recalculation import differences, needs_libreoffice
from redesaude.report.workbook.appraisal_rows import short_payment
from redesaude.report.workbook.live import Live


def _if(condition: object, true: float, false: float) -> float:
    return true if condition else false


def _round_up(number: float, digits: float) -> float:
    return float(np.ceil(number * 10.0**digits) / 10.0**digits)


#: the functions that the formula calls
FUNCTIONS = {"IF": _if, "OR": lambda *parts: any(parts), "MAX": max, "ROUNDUP": _round_up}


@pytest.mark.parametrize("shares", [(), (0.1, 0.9), (0.2, 0.5, 0.3), (0.0, 1.0)])
def test_the_formula_worked_out_is_the_engines_payment(shares: tuple[float, ...]) -> None:
    """Every branch is worked out, as a spreadsheet does not: what divides by zero there is not taken."""
    for numbers in product((0.0, 0.102, 0.3), (0.4, 1.0, 3.7), (1.0, 7.25)):
        cells = [Live(f"({letter})", number) for letter, number in zip("ABC", numbers, strict=True)]
        payment = short_payment(*cells, shares)
        text = re.sub(r"(?<![<>])=", "==", payment.text).replace("^", "**")
        with np.errstate(all="ignore"):
            found = eval(text, FUNCTIONS | {k: np.float64(v) for k, v in zip("ABC", numbers, strict=True)})  # noqa: S307
        assert found == pytest.approx(payment.value, rel=1e-12)


@pytest.mark.long
@needs_libreoffice
def test_the_closed_form_is_the_engines_payment(tmp_path: Path) -> None:
    """Whole and broken years of works and payment, with return and without, spent evenly and along curves."""
    book = xlsxwriter.Workbook(str(tmp_path / "short.xlsx"))
    sheet = book.add_worksheet("short")
    cases = product((0.0, 0.001, 0.102, 0.3), (0.0, 0.4, 1.0, 1.5, 2.0, 3.7), (1.0, 7.25, 30.0))
    for row, numbers in enumerate(cases):
        for column, number in enumerate(numbers):
            sheet.write_number(row, column, number)
        cells = (Live(f"${letter}${row + 1}", number) for letter, number in zip("ABC", numbers, strict=True))
        rate, build, years = cells
        for column, shares in enumerate(((), (0.1, 0.9), (0.2, 0.5, 0.3), (0.0, 1.0)), start=3):
            payment = short_payment(rate, build, years, shares)
            sheet.write_formula(row, column, f"={payment.text}", None, payment.value)
    book.close()
    assert not differences(tmp_path / "short.xlsx", tmp_path)
