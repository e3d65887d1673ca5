r"""The money of a plan year by year: who pays what, from which source, and how much of each fiscal limit it uses.

Amounts are those that :func:`redesaude.finance.pricing.price` discounts, before discounting: the real amounts of the
public payers times the discount factors add up to the plan's cost lines. Years after the horizon hold only payments
still owed for works delivered before. Prices of missed promises are not money and do not appear.

Nominal amounts are :math:`real \cdot (1 + \pi)^{year - base year}` with the setting ``inflation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from redesaude.finance.cashflow import lay_out, lay_out_in_turn
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal_years import (
    guarantees,
    personnel_by_year,
    personnel_level,
    ppp_by_year,
    ppp_payments,
    termination_payments,
)
from redesaude.finance.services import Services, tail_years, timing_of
from redesaude.financing import BUILDERS
from redesaude.inputs.payers import Spent
from redesaude.inputs.scenario import Scenario, rows_of, years_in_force
from redesaude.lines import WORKS_LINES, Kind, declared, line_of, of_kind
from redesaude.payers import SERVICE_PAYERS
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.resource_flows import resource_flows
from redesaude.promises.money import limits_of
from redesaude_models.arrays import Floats, Ints

CASH_FLOW = ("year", "site_id", "specialty_id", "contract_id", "line", "payer", "source", "real", "nominal", "npv")
FISCAL = (
    "year",
    "limit_id",
    "kind",
    "reading",
    "applies",
    "used",
    "limit",
    "share",
    "base_share",
    "met",
    "hard",
    "level",
)
#: what a row of money is spent at
_PLACE = ("site_id", "specialty_id", "contract_id")
CONTINGENT = ("year", "site_id", "contract_id", "termination_payment", "guarantee")

#: whose money pays for services, taxes that return included; the others are society, patients who travel, and those who
#: finance works themselves
PUBLIC_PAYERS = (*SERVICE_PAYERS, "government")
#: the three readings of the PPP limit in use
READINGS = ("all", "capital", "net")

#: lines that capital sources pay, and that running envelopes pay
CAPITAL_LINES, ENVELOPE_LINES = of_kind(Kind.CAPITAL), of_kind(Kind.RUNNING)

Amounts = tuple[pd.DataFrame, str, str, Floats]
"""(rows with site_id, specialty_id, contract_id; line; payer; currency by row and year)"""


def cash_flow(appraisal: Appraisal) -> pd.DataFrame:
    """Return what the plan costs each year, columns :data:`CASH_FLOW`; ``real`` in prices of the base year, ``npv``
    what that is worth in it: of the payers that count, it adds up to the plan's cost lines.

    ``payer`` is one of :data:`redesaude.payers.SERVICE_PAYERS` (``state``, ``municipalities`` for their share of a
    consortium, and those whom the sheet ``payers`` or the defaults name), ``society`` (cases that wait or are sent
    away, at their stated cost, and care elsewhere meanwhile), ``patients`` (travel, at its stated weight),
    ``government`` (contractors' taxes that return, whichever level they return to in the perspective chosen),
    ``asset`` (value of works handed back, no cash),
    or whoever else finances works (``project_company``, ``provider``; repaid through ``unitary_payment`` and
    ``provider_payment``, so never add them to the public payers). ``source`` is the
    first row of ``funding`` that covers the spending: ``capital`` for works, ``running`` for yearly cost; blank when
    none is named, ``private`` for works that others finance.
    """
    table = appraisal.payers.split(_long(_amounts(appraisal), appraisal.calendar.first_year), ["real"])
    table["source"] = _sources(appraisal, table)
    s = appraisal.scenario.settings
    table["nominal"] = table["real"] * (1.0 + s.inflation) ** (table["year"] - s.base_year)
    table["npv"] = present_worth(table, appraisal.calendar)
    summed = table.groupby(list(CASH_FLOW[:7]), as_index=False)[list(CASH_FLOW[7:])].sum()
    return pd.DataFrame(summed)


def present_worth(table: pd.DataFrame, calendar: Calendar) -> Floats:
    """Return the present value of each row of ``table`` (year, line, real), currency of the base year."""
    year = table["year"].to_numpy(int) - calendar.first_year
    long = replace(calendar, tail_years=max(0, int(year.max(initial=0)) + 1 - calendar.horizon_years))
    line, names = pd.factorize(table["line"])
    factors = np.array([long.factors_of(name) for name in names]).reshape(-1, long.years)
    return np.asarray(table["real"].to_numpy(float) * factors[line, year])


def long_calendar(calendar: Calendar, services: Services, terms: Terms) -> Calendar:
    """Return ``calendar`` with the years after its horizon in which works or their payment still fall due."""
    return replace(calendar, tail_years=tail_years(timing_of(services, terms), terms, calendar.horizon_years))


def _amounts(appraisal: Appraisal) -> Iterator[Amounts]:
    yield from _service_amounts(appraisal)
    yield from _site_amounts(appraisal)
    yield from _other_amounts(appraisal)
    yield from _meanwhile_amounts(appraisal)


def _service_amounts(appraisal: Appraisal) -> Iterator[Amounts]:
    """Each line of each service by payer, then the works that others than the budget finance.

    What a contribution brings at its milestones beyond its part of the works of a year spares them works.
    """
    services, terms, openings = appraisal.services(), appraisal.terms(), appraisal.plan.openings
    calendar = long_calendar(appraisal.calendar, services, terms)
    cases = openings["cases"].to_numpy(float)[:, None]
    whole, of_state = (lay_out_in_turn(services, terms, calendar, whose) for whose in ("government", "state"))
    paid_under = {
        "before": openings.assign(
            contract_id=[c or own for c, own in zip(appraisal.contracts_before, openings["contract_id"], strict=True)]
        ),
        "own": openings,
        "after": openings.assign(contract_id=appraisal.contract_after or openings["contract_id"]),
    }
    for turn, rows in paid_under.items():
        for line, (fixed, per_case) in whole[turn].items():
            state = of_state[turn][line][0] + of_state[turn][line][1] * cases
            yield rows, line, line_of(line).payer, state
            yield rows, line, "municipalities", fixed + per_case * cases - state
    privately = lay_out(services, terms.by_budget, calendar)
    builder = terms.says(lambda way: way.builder.code if way.builder else "")
    works = np.sum([privately[line][0] for line in WORKS_LINES], axis=0)
    ahead = whole["own"]["public_contribution"][0] - terms.contributed_share[:, None] * works
    for payer in BUILDERS:
        mine = (builder == payer)[:, None]
        for line in WORKS_LINES:
            paid = privately[line][0] * terms.financed_share[:, None]
            yield openings, line, payer, mine * (paid - ahead if line == "works" else paid)


def _site_amounts(appraisal: Appraisal) -> Iterator[Amounts]:
    for site, contract, line, flow in appraisal.site_flows():
        yield _place(site, "", contract), line, line_of(line).payer, flow[None, :]


def _other_amounts(appraisal: Appraisal) -> Iterator[Amounts]:
    """Closings in the first year of their period; travel and cases sent away every year of theirs.

    They are the plan's cost lines, not yet discounted. Then what people, stations, agreements and transfers
    cost.
    """
    phases, costs, years = appraisal.phases, appraisal.plan.costs, appraisal.calendar.horizon_years
    for period, t in appraisal.periods.items():
        every_year = (phases.of_years(years) == t) / phases.annuities[t]
        at_once = (np.arange(years) == phases.begins[t]) / phases.firsts[t]
        for line, profile in (("closing", at_once), ("travel", every_year), ("unmet", every_year)):
            rows = costs[(costs["line"] == line) & (costs["period_id"] == period)]
            yield rows, line, line_of(line).payer, rows["npv"].to_numpy(float)[:, None] * profile
    for line, flow in resource_flows(appraisal.plan, phases):
        yield _place("", "", ""), line, line_of(line).payer, flow[None, :]
    for site, specialty, line, flow in appraisal.network().flows():
        yield _place(site, specialty, ""), line, line_of(line).payer, flow[None, :]


def _meanwhile_amounts(appraisal: Appraisal) -> Iterator[Amounts]:
    """What running services of today on takes by payer, and what is charged or saved beyond it, at no place."""
    found = appraisal.meanwhile()
    years = appraisal.calendar.horizon_years
    table, cases, period = found.rooms.table, found.by_year(years), appraisal.phases.of_years(years)
    nowhere = table.assign(site_id="", contract_id="")
    for line, rate in found.rooms.lines.items():
        rows = nowhere if line_of(line).kind is Kind.BORNE else table
        yield rows, line, line_of(line).payer, cases * rate[:, period]
        if line in found.rooms.whole:
            yield rows, line, "municipalities", cases * (found.rooms.whole[line] - rate)[:, period]


def _place(site: str, specialty: str, contract: str) -> pd.DataFrame:
    return pd.DataFrame({"site_id": [site], "specialty_id": [specialty], "contract_id": [contract]})


def _long(parts: Iterable[Amounts], first_year: int) -> pd.DataFrame:
    """One row for each row and year with money."""
    found: dict[str, list[NDArray[Any]]] = {name: [] for name in ("year", *_PLACE, "line", "payer", "real")}
    for rows, line, payer, money in parts:
        declared([line])
        row, year = np.nonzero(np.abs(money) > 1e-9)
        if len(row):
            ids = {name: rows[name].to_numpy(object)[row] for name in _PLACE}
            told = {name: np.full(len(row), word, dtype=object) for name, word in (("line", line), ("payer", payer))}
            for name, values in {"year": first_year + year, **ids, **told, "real": money[row, year]}.items():
                found[name].append(values)
    table = pd.DataFrame({name: np.concatenate(values) if values else [] for name, values in found.items()})
    return table.astype({"year": int, "real": float} | dict.fromkeys((*_PLACE, "line", "payer"), "str"))


def _sources(appraisal: Appraisal, table: pd.DataFrame) -> Any:
    """The first row of ``funding`` that covers each amount."""
    source = np.full(len(table), "", dtype=object)
    source[table["payer"].isin(list(BUILDERS))] = "private"
    for row in reversed(list(rows_of(appraisal.scenario.funding))):
        lines = CAPITAL_LINES if row.kind == "capital" else ENVELOPE_LINES
        paid = table["line"].isin(lines) & table["payer"].isin(PUBLIC_PAYERS)
        paid &= years_in_force(row, table["year"].to_numpy(np.int64))
        source[paid & covered(table, row) & appraisal.payers.covers(row, table)] = row.funding_id
    return source


def fiscal_by_year(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return the use of each fiscal limit and running envelope in each year of the horizon, columns :data:`FISCAL`.

    ``flows`` is the result of :func:`cash_flow`. ``used`` and ``limit`` are real currency/year; ``share`` is used /
    limit and ``base_share`` what is used, with what was committed before, over the base (e.g. net current revenue; NaN
    for an envelope). A PPP limit has one row for each of its three readings; ``applies`` marks the reading the scenario
    holds it to. ``level`` is that of the personnel limit exceeded by all pay, committed before included: ``alert``,
    ``prudential``, ``legal``, or blank.
    """
    calendar = appraisal.calendar
    years = np.arange(calendar.horizon_years) + calendar.first_year
    of_years = appraisal.phases.of_years(calendar.horizon_years)
    parts = [
        pd.DataFrame({"year": years, "used": used})[(of_years == period) & years_in_force(limit, years)].assign(
            **limit._asdict()
        )
        for limit, period, used in [*_fiscal_uses(appraisal), *_envelope_uses(appraisal, flows, years)]
    ]
    if not parts:
        return pd.DataFrame(columns=list(FISCAL))
    table = pd.concat(parts, ignore_index=True)
    table["share"] = table["used"] / table["limit"].where(table["limit"] > 0)
    table["base_share"] = (table["used"] + table["committed"]) / table["base"]
    table["met"] = table["used"] <= table["limit"] + 1e-6 * table["limit"].abs().clip(lower=1.0)
    table["level"] = _levels(appraisal.scenario, table)
    return pd.DataFrame(table[list(FISCAL)])


def _levels(scenario: Scenario, table: pd.DataFrame) -> NDArray[np.str_]:
    """The level of the legal limit exceeded; the greatest of the personnel limits stated is the legal one."""
    legal = scenario.fiscal.loc[scenario.fiscal["kind"] == "personnel", "share"].max()
    of_pay = table["base_share"].where(table["kind"] == "personnel", 0.0).fillna(0.0)
    return personnel_level(of_pay, 1.0, legal if legal > 0 else 1.0)


def contingent_by_year(appraisal: Appraisal) -> pd.DataFrame:
    """Return what may fall on the public side beside the cash flow, columns :data:`CONTINGENT`, real currency.

    ``termination_payment`` is the debt of the project company at the end of the year, owed if its contract ended then
    (zero where the contract states no loan); ``guarantee`` what is held for the year's payments to it. Neither is
    spent as long as all goes well. Years and sites with nothing to tell are left out.
    """
    services, terms, openings = appraisal.services(), appraisal.terms(), appraisal.plan.openings
    calendar = long_calendar(appraisal.calendar, services, terms)
    paid = ppp_payments(services, terms, calendar, openings["cases"].to_numpy(float))
    months = appraisal.contracts["guarantee_months"].loc[openings["contract_id"]].to_numpy(float)
    owed, held = termination_payments(services, terms, calendar), guarantees(paid, months[:, None])
    row, year = np.nonzero(np.maximum(owed, held) > 1e-9)
    found = openings[["site_id", "contract_id"]].iloc[row]
    found = found.assign(
        year=calendar.first_year + year, termination_payment=owed[row, year], guarantee=held[row, year]
    )
    return found.groupby(list(CONTINGENT[:3]), as_index=False)[list(CONTINGENT[3:])].sum()


class _Limit(NamedTuple):
    """A limit as its rows repeat it; money in currency/year."""

    limit_id: str
    kind: str
    reading: str
    applies: bool
    hard: bool
    limit: float
    committed: float
    base: float
    valid_from: float
    valid_until: float


def _fiscal_uses(appraisal: Appraisal) -> Iterator[tuple[_Limit, int, Floats]]:
    """Each fiscal limit, the period (position) in which it holds, and its use in every year."""
    cases = appraisal.plan.openings["cases"].to_numpy(float)
    open_services = appraisal.services(), appraisal.terms(), appraisal.calendar, cases
    for each in limits_of(appraisal.scenario, "fiscal"):
        row = each.row
        limit = row.base_amount * row.share - row.committed
        money = limit, row.committed, row.base_amount or np.nan
        stated = _Limit(row.fiscal_id, row.kind, "", True, bool(row.hard), *money, row.valid_from, row.valid_until)
        if row.kind != "ppp":
            part = _part(appraisal, row, 1.0 - appraisal.terms().state_share)
            used = personnel_by_year(*open_services, appraisal.scenario.settings.personnel_share, part=part)
            yield stated, each.period, used
            continue
        part = _part(appraisal, row, 0.0)
        for reading in READINGS:
            applied = stated._replace(reading=reading, applies=reading == row.reading)
            yield applied, each.period, ppp_by_year(*open_services, reading, part=part)


def _part(appraisal: Appraisal, row: Any, municipal: Floats | float) -> Floats:
    """The part of the running cost of each opening that a row of ``fiscal`` counts, by its payer and region."""
    whole = Spent(Kind.RUNNING, np.ones(len(appraisal.plan.openings)), municipal)
    return np.asarray(appraisal.payers.counted(row, appraisal.plan.openings, whole))


def _envelope_uses(appraisal: Appraisal, flows: pd.DataFrame, years: Ints) -> Iterator[tuple[_Limit, int, Floats]]:
    """Running envelopes of ``funding``: all yearly public payments that each covers."""
    paid = flows[flows["line"].isin(ENVELOPE_LINES) & flows["payer"].isin(PUBLIC_PAYERS)]
    for each in limits_of(appraisal.scenario, "funding"):
        row = each.row
        if row.kind != "running":
            continue
        mine = paid[covered(paid, row) & appraisal.payers.covers(row, paid)]
        used = mine.groupby("year")["real"].sum().reindex(years, fill_value=0.0).to_numpy(float)
        money = row.amount, 0.0, np.nan
        limit = _Limit(row.funding_id, "running", "", True, bool(row.hard), *money, row.valid_from, row.valid_until)
        yield limit, each.period, used


def covered(table: pd.DataFrame, row: Any) -> pd.Series:
    """Which rows of ``table`` a row of ``funding`` covers: its contracts and specialties, all where it names none."""
    named = table["contract_id"].isin(row.contracts) | (not row.contracts)
    return named & (table["specialty_id"].isin(row.specialties) | (not row.specialties))
