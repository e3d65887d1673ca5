"""What a planner must look at first in a draft: its assumptions, by the money a year that hangs on each.

The money of a part of the network (buildings, staff, treatment, journeys, lateness) is what the whole need of a
specialty would cost in services of the middle size at the planning occupancy. On an assumption hangs that of the parts
it moves, times how far apart its ends are; where no range is stated, ends a quarter below and above are taken. It
orders, it does not price: only a solve can say what another value would change.
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

#: what an assumption moves, by sheet and column, and who knows better
_MOVES: Mapping[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("demand", "cases"): (("capital", "fixed", "treatment", "travel"), _CLINICAL),
    ("specialties", "cases_per_100k"): (("capital", "fixed", "treatment", "travel"), _CLINICAL),
    ("specialties", "treated_elsewhere_share"): (("fixed", "treatment"), _CLINICAL),
    ("specialties", "trips_per_case"): (("travel",), _CLINICAL),
    ("specialties", "access_minutes"): (("late",), _CLINICAL),
    ("specialties", "access_share"): (("late",), _CLINICAL),
    ("specialties", "ceiling_minutes"): (("travel",), _CLINICAL),
    ("specialties", "dalys_in_time"): (("late",), _CLINICAL),
    ("sizes", "capacity"): (("capital", "fixed"), _CLINICAL),
    ("sizes", "min_cases"): (("fixed",), _CLINICAL),
    ("sizes", "capex"): (("capital",), _PRICES),
    ("sizes", "fixed_cost"): (("fixed",), _PRICES),
    ("sizes", "cost_per_case"): (("treatment",), _PRICES),
    ("settings", "road_speed_kmh"): (("travel", "late"), _ROADS),
    ("settings", "road_detour"): (("travel", "late"), _ROADS),
    ("settings", "local_minutes"): (("travel",), _ROADS),
    ("settings", "occupancy"): (("capital", "fixed"), _CLINICAL),
    ("settings", "payer_defaults"): (("fixed", "treatment"), _MONEY),
    ("roads", "speed_kmh"): (("travel", "late"), _ROADS),
    ("site_services", "capacity"): (("today",), _REGISTER),
    ("site_services", "size_id"): (("today",), _REGISTER),
    ("sites", "kind"): (("today",), _REGISTER),
    ("sites", "owner"): (("today",), _REGISTER),
    ("sites", "max_services"): (("capital",), _REGISTER),
    ("today", "share"): (("away",), _DESTINATIONS),
    ("contracts", "capex_factor"): (("capital",), _CONTRACTS),
    ("contracts", "opex_factor"): (("fixed",), _CONTRACTS),
    ("contracts", "bidders"): (("capital",), _CONTRACTS),
    ("contracts", "transaction_cost"): (("capital",), _CONTRACTS),
    ("contracts", "payment_tax_rate"): (("capital",), _CONTRACTS),
    ("funding", "amount"): (("capital",), _MONEY),
    ("fiscal", "base_amount"): (("capital",), _MONEY),
    ("fiscal", "committed"): (("fixed",), _MONEY),
}


@dataclass(frozen=True)
class _Stakes:
    """Yearly money by specialty (row) and part (column), currency."""

    money: pd.DataFrame

    def of(self, entry: Mapping[str, str]) -> float:
        """Return the money a year that hangs on an assumption."""
        parts, _ = _MOVES[entry["sheet"], entry["column"]]
        subject = entry["key"].split("|")[0]
        rows = self.money.loc[[subject]] if subject in self.money.index else self.money
        value, low, high = (float(entry.get(name, "nan")) for name in SPREAD)
        spread = (high - low) / value if value and high > low else _UNKNOWN_SPREAD
        return float(rows[list(parts)].to_numpy().sum() * spread)


def todo(scenario: Scenario, evidence: Iterable[Mapping[str, str]]) -> list[Todo]:
    """Return the assumptions (grade C) of a draft, that on which most money hangs first."""
    stakes = _Stakes(_money(scenario))
    found = [entry for entry in evidence if entry["grade"] == "C" and (entry["sheet"], entry["column"]) in _MOVES]
    lines = [
        Todo(
            sheet=entry["sheet"],
            key=entry["key"],
            column=entry["column"],
            stake=stakes.of(entry),
            note=entry["note"],
            ask=_MOVES[entry["sheet"], entry["column"]][1],
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
