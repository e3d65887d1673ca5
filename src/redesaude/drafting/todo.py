"""What a planner must look at first in a draft: its assumptions, by the money a year that hangs on each.

The money of a part of the network (buildings, staff, treatment, journeys, lateness) is what the whole need of a
specialty would cost in services of the middle size at the planning occupancy. On an assumption hangs that of the parts
it moves, times how far apart its ends are and how much of those parts it is about; where no range is stated, ends a
quarter below and above are taken. It orders, it does not price: only a solve can say what another value would change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from redesaude.drafting.evidence import SPREAD
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.todo_sheet import Todo
from redesaude.language import N_

_UNKNOWN_SPREAD = 0.5
#: years over which works are paid back to compare them with yearly money
_LIFE = 20

_CLINICAL = N_("clinical leads; SIH and SIA of the state by municipality")
_PRICES = N_("recent tenders, contracts and cost reports of the state's hospitals")
_REGISTER = N_("CNES of today: habilitations, beds and owner of each hospital; health regions")
_ROADS = N_("measured travel times on the sheet travel_times, or road distances and seasons")
_MONEY = N_("finance department: RREO, RGF, budget and PPA")
_CONTRACTS = N_("contracts and legal departments; contracts of this kind in the state")
_DESTINATIONS = N_("regulation centre: who is referred where")

_NEED = ("capital", "fixed", "treatment", "travel")


@dataclass(frozen=True)
class _Move:
    """The parts of the network that an assumption moves, who knows better, and how much of those parts it is about."""

    parts: tuple[str, ...]
    ask: str
    share: float = 1.0


#: about a third of the cases come late; a contract runs a sixth of the network; a tenth of the money of a service
#: hangs on its least volume, and of works on bids, studies and taxes
_LATE, _CONTRACT, _TENTH = 0.3, 1.0 / 6.0, 0.1
_MOVES: Mapping[tuple[str, str], _Move] = {
    ("demand", "cases"): _Move(_NEED, _CLINICAL),
    ("specialties", "cases_per_100k"): _Move(_NEED, _CLINICAL),
    ("specialties", "treated_elsewhere_share"): _Move(("fixed", "treatment"), _CLINICAL),
    ("specialties", "trips_per_case"): _Move(("travel",), _CLINICAL),
    ("specialties", "access_minutes"): _Move(("late",), _CLINICAL, _LATE),
    ("specialties", "access_share"): _Move(("late",), _CLINICAL, _LATE),
    ("specialties", "ceiling_minutes"): _Move(("travel",), _CLINICAL, _LATE),
    ("specialties", "dalys_in_time"): _Move(("late",), _CLINICAL, _LATE),
    ("sizes", "capacity"): _Move(("capital", "fixed"), _CLINICAL),
    ("sizes", "min_cases"): _Move(("fixed",), _CLINICAL, _TENTH),
    ("sizes", "capex"): _Move(("capital",), _PRICES),
    ("sizes", "fixed_cost"): _Move(("fixed",), _PRICES),
    ("sizes", "cost_per_case"): _Move(("treatment",), _PRICES),
    ("settings", "road_speed_kmh"): _Move(("travel",), _ROADS),
    ("settings", "road_detour"): _Move(("travel",), _ROADS),
    ("settings", "local_minutes"): _Move(("travel",), _ROADS, _TENTH),
    ("settings", "occupancy"): _Move(("capital", "fixed"), _CLINICAL),
    ("settings", "payer_defaults"): _Move(("today",), _MONEY),
    ("roads", "speed_kmh"): _Move(("travel",), _ROADS),
    ("site_services", "capacity"): _Move(("today",), _REGISTER),
    ("sites", "kind"): _Move(("today",), _REGISTER),
    ("sites", "owner"): _Move(("today",), _REGISTER),
    ("sites", "max_services"): _Move(("capital",), _REGISTER),
    ("today", "share"): _Move(("away",), _DESTINATIONS),
    ("contracts", "opex_factor"): _Move(("fixed",), _CONTRACTS, _CONTRACT),
    ("contracts", "bidders"): _Move(("capital",), _CONTRACTS, _TENTH),
    ("contracts", "transaction_cost"): _Move(("capital",), _CONTRACTS, _TENTH),
    ("contracts", "payment_tax_rate"): _Move(("capital",), _CONTRACTS, _TENTH),
    ("funding", "amount"): _Move(("capital",), _MONEY),
    ("fiscal", "base_amount"): _Move(("capital",), _MONEY),
    ("fiscal", "committed"): _Move(("capital",), _MONEY),
}


@dataclass(frozen=True)
class _Stakes:
    """Yearly money by specialty (row) and part (column), currency."""

    money: pd.DataFrame

    def of(self, entry: Mapping[str, str]) -> float:
        """Return the money a year that hangs on an assumption."""
        move = _MOVES[entry["sheet"], entry["column"]]
        subject = entry["key"].split("|")[0]
        rows = self.money.loc[[subject]] if subject in self.money.index else self.money
        value, low, high = (float(entry.get(name, "nan")) for name in SPREAD)
        spread = (high - low) / value if value and high > low else _UNKNOWN_SPREAD
        return float(rows[list(move.parts)].to_numpy().sum() * spread * move.share)


def todo(scenario: Scenario, evidence: Iterable[Mapping[str, str]]) -> list[Todo]:
    """Return the assumptions (grade C) of a draft, that on which most money hangs first."""
    stakes = _Stakes(_money(scenario))
    entries = {(e["sheet"], e["column"], e["key"]): e for e in evidence if (e["sheet"], e["column"]) in _MOVES}
    for _, _, key in [place for place in entries if place[0] == "demand"]:  # the same figure as the rate it replaces
        entries.pop(("specialties", "cases_per_100k", key), None)
    found = [entry for entry in entries.values() if entry["grade"] == "C"]
    lines = [
        Todo(
            sheet=entry["sheet"],
            key=entry["key"],
            column=entry["column"],
            stake=stakes.of(entry),
            note=entry["note"],
            ask=_MOVES[entry["sheet"], entry["column"]].ask,
        )
        for entry in found
    ]
    return sorted(lines, key=lambda line: -line.stake)


def _money(scenario: Scenario) -> pd.DataFrame:
    """What the whole need of each specialty would cost a year, by part."""
    settings, table = scenario.settings, scenario.specialties.set_index("specialty_id")
    cases = _cases(scenario)
    middle = scenario.sizes.groupby("specialty_id").nth(1).set_index("specialty_id").loc[table.index]
    units = cases / (middle["capacity"] * settings.occupancy)
    rate = settings.discount_rate
    paid_back = rate / (1.0 - (1.0 + rate) ** -_LIFE) if rate else 1.0 / _LIFE
    minute = settings.companions * settings.patient_time_value / 60.0 + settings.patient_minute_cost
    running = scenario.site_services[scenario.site_services["status"] == "existing"]
    return pd.DataFrame(
        {
            "capital": units * middle["capex"] * (paid_back + middle["lifecycle_share"]),
            "fixed": units * middle["fixed_cost"],
            "treatment": cases * middle["cost_per_case"],
            "travel": cases * table["trips_per_case"] * 2.0 * table["access_minutes"] * minute,
            "late": cases * table["access_price"],
            "today": running.groupby("specialty_id")["fixed_cost"].sum().reindex(table.index, fill_value=0.0),
            "away": _leaving(scenario).reindex(table.index, fill_value=0.0) * table["unmet_cost"],
        }
    ).fillna(0.0)


def _cases(scenario: Scenario) -> pd.Series:
    """Cases a year by specialty, of the base year."""
    table = scenario.specialties.set_index("specialty_id")
    by_rate = table["cases_per_100k"] * scenario.territories["population"].sum() / 1e5
    known = scenario.demand.groupby("specialty_id")["cases"].sum()
    return known.reindex(table.index).fillna(by_rate)


def _leaving(scenario: Scenario) -> pd.Series:
    """Cases a year by specialty of those who are said to be treated elsewhere today."""
    stated = scenario.today[scenario.today["outside"].notna()]
    people = scenario.territories.set_index("territory_id")["population"]
    part = stated["share"] * stated["territory_id"].map(people) / people.sum()
    return part.groupby(stated["specialty_id"]).sum() * _cases(scenario)
