"""A loan that eats itself is told at its cell, before anything is solved."""

from __future__ import annotations

import pytest

from redesaude.assemble import assemble
from redesaude.assemble.assembled import input_problems
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from tiny import PPP, rows, scenario

LOAN = PPP | {"name": "Hospital company", "debt_years": 1.0, "gearing": 0.9, "dscr": 1.2}


def built(**loan: float) -> Scenario:
    sizes = rows(
        {"specialty_id": "cardio", "size_id": "one", "capacity": 100, "fixed_cost": 300, "cost_per_case": 9,
         "capex": 900, "build_months": 24}
    )  # fmt: skip
    treated = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 90})
    return scenario(specialties=treated, sizes=sizes, contracts=rows({"contract_id": "direct"}, LOAN | loan))


@pytest.mark.parametrize("cover", [1.2, float("nan")], ids=["sculpted", "level"])
def test_a_loan_that_eats_itself_is_told_at_its_cell(cover: float) -> None:
    case = built(reserve_months=24, dscr=cover)
    told = [problem for problem in input_problems(case) if problem.code == "loan_eats_itself"]
    assert [(problem.sheet, problem.values["name"], problem.values["years"]) for problem in told] == [
        ("contracts", "Hospital company", "2")
    ]
    with pytest.raises(InputError, match="no payment earns the owners their return"):
        assemble(case)


def test_the_advice_followed_makes_it_possible() -> None:
    assert assemble(built(reserve_months=6, debt_years=12.0)).problem.options.cost.shape[0]
