"""A price so far above all costs that rounding would hide any proof is refused before the search, at its cell."""

from __future__ import annotations

import pytest

from redesaude.errors import InputError
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from tiny import rows, scenario


def priced(unmet: float):
    return scenario(specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": unmet}))


def test_a_price_beyond_all_costs_is_refused_at_its_cell():
    with pytest.raises(InputError) as caught:
        solve(priced(1e17), SolveOptions(gap=0.0))
    assert [(p.code, p.sheet, p.cell[0]) for p in caught.value.problems] == [
        ("price_beyond_all_costs", "specialties", "C")
    ]


def test_what_is_told_to_type_is_taken():
    with pytest.raises(InputError) as caught:
        solve(priced(1e17), SolveOptions(gap=0.0))
    most = float(str(dict(caught.value.problems[0].values)["most"]))
    assert solve(priced(most), SolveOptions(gap=0.0)).has_decisions


@pytest.mark.few(2)
@pytest.mark.parametrize("unmet", [0.0, 1.0, 1e6, 1e9])
def test_high_prices_are_fine(unmet: float):
    assert solve(priced(unmet), SolveOptions(gap=0.0)).has_decisions
