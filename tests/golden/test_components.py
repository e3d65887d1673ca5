"""Each component of the mathematics alone, as an LP file read and checked by hand against its LaTeX.

After a change that is meant, rewrite the files with ``REDESAUDE_UPDATE_GOLDEN=1 pytest tests/golden`` and read the
difference line by line before committing it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from network_problem import NETWORK
from phased_problem import PHASED
from pyomo.repn.tests.lp_diff import load_and_compare_lp_baseline
from resources_problem import RESOURCES
from small_problem import HOSTING, LETTINGS, OPTIONS, PROBLEM, SERVICES, SPECIALTIES

from redesaude.assemble import assemble
from redesaude_models.access import AccessPromise
from redesaude_models.counts import BuildingLimit, LotLimit, SiteLimit
from redesaude_models.network import build_model
from redesaude_models.problem import Lapses, PlanningProblem, Pool
from redesaude_models.programme import GainTarget, ServiceLimit, TravelLimit
from redesaude_models.rooms import Rooms
from tiny import rows, scenario, tables

HERE = Path(__file__).parent

#: everyone of card goes to the nearest open centre
NEAREST = replace(PROBLEM, specialties=replace(SPECIALTIES, nearest=np.array([True, False])))

#: each site is a lot of its own, and ppp may be let for one of them only
TWO_LOTS = replace(
    PROBLEM,
    lots=("ga", "gb"),
    hosting=replace(HOSTING, let=np.arange(4)),
    lettings=replace(
        LETTINGS,
        contract=np.array([0, 1, 0, 1]),
        lot=np.array([0, 0, 1, 1]),
        cost=np.array([[301.0], [303.0], [305.0], [307.0]]),
        min_value=np.zeros(4),
    ),
    max_contracts=np.array([-1, 1]),
    promises=PROBLEM.of(AccessPromise),
)

#: one site at most under the contract of the first two rows in p, firmly; none in q, at a price
PILOTED = replace(
    PHASED,
    promises=(
        SiteLimit("pilot|dir|p", 0, True, 0.0, 1.0, np.array([0, 1])),
        SiteLimit("pilot|dir|q", 1, False, 71.0, 0.0, np.array([0, 1])),
    ),
)

#: one service at most in the lot of the first options in p, firmly; none in q, at a price
LOTTED = replace(
    PHASED,
    promises=(
        LotLimit("lot|dir|north|p", 0, True, 0.0, 1.0, np.array([0, 1, 2])),
        LotLimit("lot|dir|north|q", 1, False, 79.0, 0.0, np.array([0, 1, 2])),
    ),
)

#: seven beds beside general work at the site of the first options in p, firmly; two in q, at a price
ROOMY = replace(
    PHASED,
    promises=(
        BuildingLimit(
            "building|a|beds|p", 0, True, 0.0, 7.0, np.array([3.0, 5.0, 2.0, *np.zeros(len(PHASED.options.cost) - 3)])
        ),
        BuildingLimit(
            "building|a|beds|q", 1, False, 73.0, 2.0, np.array([3.0, 5.0, 2.0, *np.zeros(len(PHASED.options.cost) - 3)])
        ),
    ),
)

#: half of the cases of card within 30 minutes, firmly; 99 gained of all at a price, where a case of card gains 2
#: treated and 1 sent away, one of icu 3 and 0, and 5 and 7 more within the standard
GAINING = replace(
    PROBLEM,
    promises=(
        GainTarget(
            "cases", 0, True, 0.0, 30.0, np.array([0, 1, 2]), np.array([0, 2, 3, 4]),
            np.zeros(2), np.zeros(2), np.array([1.0, 0.0]),
        ),
        GainTarget(
            "years", 0, False, 79.0, 99.0, np.array([0, 1, 2, 3]), np.array([0, 4, 5]),
            np.array([2.0, 3.0]), np.array([1.0, 0.0]), np.array([5.0, 7.0]),
        ),
    ),
)  # fmt: skip

#: at most 17 hours on the road, at a price, where a case of card takes 0.5 for each minute one way and one of icu 0.25
TRAVELLING = replace(
    PROBLEM,
    promises=(TravelLimit("hours", 0, False, 83.0, 17.0, np.array([0, 1, 2, 5]), np.array([0.5, 0.25])),),
)

#: two services at most in p, firmly; one of two in q, at a price
FEW = replace(
    PHASED,
    promises=(
        ServiceLimit("few|p", 0, True, 0.0, 2.0, np.arange(len(PHASED.services.site))),
        ServiceLimit("few|q", 1, False, 89.0, 1.0, np.array([0, 1])),
    ),
)

#: of works the state pays 40 % (72 and 144 of 180 and 360), of running cost 70 %, of which the consortium takes half
PAID = assemble(
    scenario(
        contracts=rows(
            {"contract_id": "both", "delivery_model": "consortium", "state_share": 0.5, "counts_as_personnel": 1}
        ),
        sizes=tables()["sizes"].assign(capex=[180, 360]),
        payers=rows(
            {"kind": "capital", "payer": "federal", "share": 0.6}, {"kind": "running", "payer": "federal", "share": 0.3}
        ),
        funding=rows(
            {"funding_id": "works", "kind": "capital", "payer": "state", "region_id": "west", "amount": 100},
            {"funding_id": "care", "kind": "running", "payer": "municipalities", "amount": 100},
        ),
        fiscal=rows({"fiscal_id": "pay", "kind": "personnel", "payer": "state", "base_amount": 100, "share": 0.5}),
    )
).problem

#: card at b must be open, and at a in size L
REQUIRED = replace(
    PROBLEM,
    services=replace(SERVICES, required=np.array([False, True, False])),
    options=replace(OPTIONS, required_size=np.array([0, 0, 1, 1, 0, 0, 0, 0], dtype=bool)),
)

#: the last journey of the first demand is pooled, and the pool leads to two services of its specialty
POOLED = replace(
    PROBLEM,
    pool=Pool(
        np.array([0, 1]), np.array([[7.0], [9.0]]), np.array([0, 1]), np.array([[30.0], [40.0]]), np.array([[0, 1]])
    ),
)

#: at b, S may be left for L in r while its term runs, and L may close: only once its term is over, in q or r
LAPSING = replace(
    PHASED,
    waits=replace(
        PHASED.waits,
        option=np.array([2, 2, 2, 2]),
        step=np.array([-1, 2, 2, -1]),
        begun=np.array([0, 1, 1, 0]),
        period=np.array([1, 1, 2, 2]),
        case_cost=np.array([61.0, 62.0, 63.0, 64.0]),
    ),
    lapses=Lapses(
        option=np.array([2, 3, 3, 3]),
        step=np.array([-1, -1, -1, 3]),
        begun=np.array([0, 0, 0, 1]),
        period=np.array([2, 1, 2, 2]),
        ended=np.array([False, False, True, True]),
        cost=np.array([-81.0, -82.0, -83.0, -84.0]),
        ending=np.array([5]),
    ),
)

#: of card at a: S runs today (24 cases), under ppp once signed; L treats 0.4 of its cases until it opens. Card at b
#: opens late; a room at b ends whatever is decided
TRANSITION = replace(
    PROBLEM,
    rooms=Rooms(
        specialty=np.array([0, 0]),
        period=np.array([0, 0]),
        worth=np.array([0.9, 0.8]),
        option=np.array([2, 3, 4, 5]),
        wait=np.array([-1, -1, -1, -1]),
        begun=np.array([0, 0, 0, 0]),
        late=np.array([1, 0, 1, 0]),
        waiting=np.array([0.6, 0.61, 0.95, 0.94]),
        as_today=np.array([True, True, False, False]),
        today=np.array([[24.0], [23.0], [22.0], [21.0], [0.0], [0.0], [0.0], [0.0]]),
        used=np.array([1.0, 1.0, 0.4, 0.4, 0.0, 0.0, 0.0, 0.0]),
        of=np.array([0, 0, 0]),
        site=np.array([0, 0, 1]),
        service=np.array([0, 0, -1]),
        kept=np.array([True, False, False]),
        size=np.array([[24.0], [23.5], [6.0]]),
        cost=np.array([[-7.0], [-5.0], [-3.0]]),
        most=np.array([[33.0], [np.inf]]),
    ),
)

#: card at a runs today, and may be enlarged in q. Three wait in q, for S at b begun in p or in q, and for L at a; in r
#: those of S at b. Nobody is treated in the room that ends whatever is decided but those who wait since p
TRANSITION_PHASED = replace(
    LAPSING,
    waits=replace(
        LAPSING.waits,
        option=np.array([2, 2, 2, 2, 1]),
        step=np.array([-1, 2, 2, -1, 0]),
        begun=np.array([0, 1, 1, 0, 1]),
        period=np.array([1, 1, 2, 2, 1]),
        case_cost=np.array([61.0, 62.0, 63.0, 64.0, 65.0]),
    ),
    rooms=Rooms(
        specialty=np.array([0, 0, 0, 0]),
        period=np.array([1, 1, 2, 2]),
        worth=np.array([0.9, 0.8, 0.7, 0.6]),
        option=np.array([2, 2, 1, 2, 2]),
        wait=np.array([0, 1, 4, 2, 3]),
        begun=np.array([0, 1, 1, 1, 0]),
        late=np.array([0, 1, 1, 2, 3]),
        waiting=np.array([0.91, 0.92, 0.5, 0.93, 0.94]),
        as_today=np.array([False, False, True, False, False]),
        today=np.array([[24.0, 25, 26], [21.0, 22, 23], [0.0, 0, 0], [0.0, 0, 0]]),
        used=np.array([1.0, 0.4, 0.0, 0.0]),
        of=np.array([0, 0, 0]),
        site=np.array([0, 0, 1]),
        service=np.array([0, 0, -1]),
        kept=np.array([True, False, False]),
        size=np.array([[24.0, 25, 26], [21.0, 22, 0], [6.0, 7, 8]]),
        cost=np.array([[-7.0, -7.1, -7.2], [-5.0, -5.1, -5.2], [-3.0, -3.1, -3.2]]),
        most=np.array([[33.0, 34, 35]]),
    ),
)

#: component of the model -> the problem in which it is written
COMPONENTS: dict[str, tuple[str, PlanningProblem]] = {
    "balance": ("balance", PROBLEM),
    "open_before_serving": ("open_before_serving", PROBLEM),
    "within_rank": ("within_rank", NEAREST),
    "nearest": ("nearest", NEAREST),
    "one_size": ("one_size", PROBLEM),
    "one_size_required": ("one_size", REQUIRED),
    "required_size": ("required_size", REQUIRED),
    "capacity": ("capacity", PROBLEM),
    "minimum_volume": ("minimum_volume", PROBLEM),
    "volume": ("volume", PROBLEM),
    "min_centres": ("min_centres", PROBLEM),
    "max_centres": ("max_centres", PROBLEM),
    "max_services": ("max_services", PROBLEM),
    "colocation": ("colocation", PROBLEM),
    "hosted": ("hosted", PROBLEM),
    "one_contract": ("one_contract", PROBLEM),
    "let_before_hosting": ("let_before_hosting", PROBLEM),
    "let_by_lot": ("let_before_hosting", TWO_LOTS),
    "max_contracts": ("max_contracts", TWO_LOTS),
    "works": ("works", PROBLEM),
    "min_value": ("min_value", PROBLEM),
    "access": ("access", PROBLEM),
    "money": ("money", PROBLEM),
    "cost": ("cost", PROBLEM),
    "pool": ("pool", POOLED),
    "pool_open": ("pool_open", POOLED),
    "pool_nearest": ("pool_nearest", POOLED),
    "balance_pooled": ("balance", POOLED),
    "volume_pooled": ("volume", POOLED),
    "cost_pooled": ("cost", POOLED),
    "follows": ("follows", PHASED),
    "leave": ("leave", PHASED),
    "start": ("start", PHASED),
    "lapses": ("lapses", LAPSING),
    "lapse_once": ("lapse_once", LAPSING),
    "waits_lapsing": ("waits", LAPSING),
    "open_cases_lapsing": ("open_cases", LAPSING),
    "cost_lapsing": ("cost", LAPSING),
    "waits": ("waits", PHASED),
    "open_cases": ("open_cases", PHASED),
    "signing": ("signing", PHASED),
    "in_use": ("in_use", PHASED),
    "max_starts": ("max_starts", PHASED),
    "precedence": ("precedence", PHASED),
    "money_by_payer": ("money", PAID),
    "money_phased": ("money", PHASED),
    "cost_phased": ("cost", PHASED),
    "load_ceiling": ("load_ceiling", RESOURCES),
    "count_limit": ("count_limit", RESOURCES),
    "site_limit": ("site_limit", PILOTED),
    "lot_limit": ("lot_limit", LOTTED),
    "building": ("building", ROOMY),
    "gain": ("gain", GAINING),
    "cost_of_gain": ("cost", GAINING),
    "travel_limit": ("travel_limit", TRAVELLING),
    "service_limit": ("service_limit", FEW),
    "workforce": ("workforce", RESOURCES),
    "least_ambulances": ("least_ambulances", RESOURCES),
    "most_ambulances": ("most_ambulances", RESOURCES),
    "station_opens": ("station_opens", RESOURCES),
    "reached": ("reached", RESOURCES),
    "reached_twice": ("reached_twice", RESOURCES),
    "twice_after_once": ("twice_after_once", RESOURCES),
    "timely_reached": ("timely_reached", RESOURCES),
    "timely_treated": ("timely_treated", RESOURCES),
    "emergency": ("emergency", RESOURCES),
    "cost_of_resources": ("cost", RESOURCES),
    "agreed": ("agreed", NETWORK),
    "lasting": ("lasting", NETWORK),
    "supported": ("supported", NETWORK),
    "hub_room": ("hub_room", NETWORK),
    "hub_open": ("hub_open", NETWORK),
    "first_contact": ("first_contact", NETWORK),
    "arrivals": ("arrivals", NETWORK),
    "skills": ("skills", NETWORK),
    "treated": ("treated", NETWORK),
    "sent_up": ("sent_up", NETWORK),
    "cases_received": ("cases_received", NETWORK),
    "sent_to_open": ("sent_to_open", NETWORK),
    "sent_to_partner": ("sent_to_partner", NETWORK),
    "load_ceiling_transfers": ("load_ceiling", NETWORK),
    "money_network": ("money", NETWORK),
    "money_resources": ("money", RESOURCES),
    "cost_of_network": ("cost", NETWORK),
    "late_cases": ("late_cases", TRANSITION),
    "late_cases_phased": ("late_cases", TRANSITION_PHASED),
    "who_waits": ("who_waits", TRANSITION),
    "who_waits_phased": ("who_waits", TRANSITION_PHASED),
    "most_today": ("most_today", TRANSITION),
    "most_today_phased": ("most_today", TRANSITION_PHASED),
    "free_room": ("free_room", TRANSITION),
    "free_room_phased": ("free_room", TRANSITION_PHASED),
    "room_in_use": ("room_in_use", TRANSITION),
    "room_in_use_phased": ("room_in_use", TRANSITION_PHASED),
    "room": ("room", TRANSITION),
    "room_phased": ("room", TRANSITION_PHASED),
    "cost_of_transition": ("cost", TRANSITION),
    "cost_of_transition_phased": ("cost", TRANSITION_PHASED),
}


def alone(component: str, problem: PlanningProblem) -> pyo.ConcreteModel:
    """The model with nothing but ``component`` active, and an objective that weighs nothing unless it is ``cost``."""
    model = build_model(problem)
    for constraint in model.component_objects(pyo.Constraint):
        if constraint.name != component:
            constraint.deactivate()
    if component != "cost":
        model.cost.deactivate()
        model.nothing = pyo.Objective(expr=0)
    return model


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_is_as_reviewed(name: str, tmp_path: Path) -> None:
    golden, written = HERE / f"{name}.lp", tmp_path / f"{name}.lp"
    alone(*COMPONENTS[name]).write(str(written), io_options={"symbolic_solver_labels": True})
    if os.environ.get("REDESAUDE_UPDATE_GOLDEN"):
        golden.write_bytes(written.read_bytes())
    assert load_and_compare_lp_baseline(str(golden), str(written)) == ([], [])


def test_every_constraint_has_a_golden_file() -> None:
    """A constraint added to the model without a golden file fails here."""
    problems = (
        *(PROBLEM, NEAREST, TWO_LOTS, REQUIRED, LAPSING, RESOURCES, NETWORK, TRANSITION),
        *(PILOTED, LOTTED, ROOMY, GAINING, TRAVELLING, FEW),
    )
    built = {c.name for problem in problems for c in _constraints(problem)}
    assert built == {component for component, _ in COMPONENTS.values()} - {"cost"}


def _constraints(problem: PlanningProblem) -> list[pyo.Constraint]:
    return list(build_model(problem).component_objects(pyo.Constraint))


def test_every_golden_file_is_used() -> None:
    assert {path.stem for path in HERE.glob("*.lp")} == set(COMPONENTS)


def test_every_component_says_what_it_means() -> None:
    model = build_model(NEAREST)
    silent = [
        c.name for kind in (pyo.Var, pyo.Constraint, pyo.Objective) for c in model.component_objects(kind) if not c.doc
    ]
    assert silent == []


def test_single_sourcing_makes_shares_binary() -> None:
    model = build_model(PROBLEM)
    assert model.x["t1", "a", "icu", "p"].is_binary()
    assert model.x["t1", "a", "card", "p"].is_continuous()


def test_what_is_decided_is_fixed() -> None:
    model = build_model(PHASED)
    fixed = {v.name: v.value for v in model.component_data_objects(pyo.Var) if v.fixed}
    assert fixed == {"open[b,card,q]": 1, "z[a,card,L,dir,p]": 0, "step[a,card,S,dir,,,r]": 0}


def test_required_service_is_fixed_open() -> None:
    model = build_model(REQUIRED)
    assert model.open["b", "card", "p"].fixed
    assert model.open["b", "card", "p"].value == 1
    assert not model.open["a", "card", "p"].fixed
