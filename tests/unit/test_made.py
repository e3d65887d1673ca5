"""What follows from a scenario is made again only in a copy that changes what it was made from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from test_contracts_meanwhile import network

from redesaude.assemble.phases import at_rate
from redesaude.assemble.rooms import todays_rooms
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario
from tiny import scenario

MADE: list[str] = []


@once
def places(case: Scenario) -> int:
    MADE.append("places")
    return len(case.sites) + int(case.settings.horizon_years)


@once
def terms(case: Scenario) -> int:
    MADE.append("terms")
    return places(case) + len(case.contracts)


def made(case: Scenario) -> list[str]:
    """What is made when all is asked for."""
    MADE.clear()
    terms(case), places(case)
    return sorted(MADE)


def test_once_in_a_scenario_and_in_copies_that_change_nothing_that_was_read() -> None:
    case = scenario()
    assert made(case) == ["places", "terms"]
    assert made(case) == []
    assert made(case.replace(risks=case.risks.copy())) == []
    assert made(at_rate(case, 0.07)) == []  # of the settings only the horizon was read


def test_again_where_a_table_or_a_setting_that_was_read_is_another() -> None:
    case = scenario()
    made(case)
    assert made(case.replace(contracts=case.contracts.copy())) == ["terms"]
    assert made(case.replace(sites=case.sites.copy())) == ["places", "terms"]  # terms read them through places
    longer = replace(case.settings, horizon_years=case.settings.horizon_years + 1)
    assert made(case.replace(settings=longer)) == ["places", "terms"]
    assert terms(case.replace(settings=longer)) == terms(case) + 1


def test_all_of_it_where_all_was_read() -> None:
    @once
    def everything(case: Scenario) -> object:
        return case.replace(name="other")

    case = scenario()
    kept = everything(case)
    assert type(kept) is Scenario
    assert kept.settings is case.settings
    assert everything(case) is kept
    assert everything(case.replace(lots=case.lots.copy())) is not kept


def test_rooms_taken_over_are_those_made_anew() -> None:
    case = network({"h3": "quick", "h4": "slow"}, 3)
    todays_rooms(case)
    contracts = case.contracts.assign(case_cost_factor=case.contracts["case_cost_factor"] * 1.3)
    for other in (case.replace(contracts=contracts), at_rate(case, 0.11)):
        taken, anew = todays_rooms(other), todays_rooms(replace(other))
        assert len(anew.table)
        assert taken.table.equals(anew.table)
        np.testing.assert_array_equal(taken.size, anew.size)
        for line, rate in anew.lines.items():
            np.testing.assert_array_equal(taken.lines[line], rate)
    dearer = todays_rooms(case.replace(contracts=contracts)).lines["case_running"]
    assert (dearer > todays_rooms(case).lines["case_running"]).all()
