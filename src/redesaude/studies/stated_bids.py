"""Stated payments of the sheet ``bids``, a reference contraprestação or a bid, against direct administration.

Each is laid out at its site beside the comparator, year by year as the appraisal of the site has them; the stated
payment takes the place of what the engine would pay the project company, in the same parts of the same years. A row
may state rates of its own: another for the bid than for the comparator, and another from a later year on
(:mod:`redesaude.finance.bids`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from redesaude.finance.bids import BidAppraisal, Comparison, appraise_bid
from redesaude.finance.cashflow import lay_out
from redesaude.finance.discounting import Calendar
from redesaude.finance.services import tail_years, timing_of
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.studies.alternatives import Alternatives
from redesaude.studies.repricing import Repricing
from redesaude_models.arrays import Floats

BIDS = (
    "bid_id",
    "site_id",
    "contract_id",
    "psc_contract_id",
    "payment",
    "engine_payment",
    "psc_npv",
    "cost_npv",
    "vfm",
    "vfm_share",
    "break_even_payment",
    "break_even_overrun",
    "break_even_rates",
    "reason",
)

NOT_OPEN = N_("the plan opens nothing at this site")
NO_COMPARATOR = N_("no direct administration suits this site")
NOT_PAID = N_("no project company is paid under this contract at this site")

Lines = dict[str, Floats]
"""line -> currency by year"""


def stated_bids(known: Alternatives) -> pd.DataFrame:
    """Return each row of the sheet ``bids``, columns :data:`BIDS`; money as its column says, a year or net present.

    ``engine_payment`` is what the engine would pay in a full year, ``vfm_share`` is of the comparator's cost. Rates are
    all at which both cost the same, one for both sides. Where ``reason`` is not blank nothing is compared.
    """
    rows = [_row(known, stated) for stated in rows_of(known.repricing.scenario.bids)]
    return pd.DataFrame(rows, columns=list(BIDS))


def _row(known: Alternatives, stated: Any) -> dict[str, Any]:
    row = {"bid_id": stated.bid_id, "site_id": stated.site_id, "contract_id": stated.contract_id, "reason": ""}
    row |= {"payment": stated.payment, "break_even_rates": ()}
    prices = known.repricing
    if stated.site_id not in prices.sites:
        return row | {"reason": NOT_OPEN}
    direct = known.comparator.get(stated.site_id, "")
    if not direct:
        return row | {"reason": NO_COMPARATOR}
    calendar = _long(prices, stated.site_id, (direct, stated.contract_id))
    own, psc = (by_year(prices, stated.site_id, contract, calendar) for contract in (stated.contract_id, direct))
    most = float(own["unitary_payment"].max())
    if most <= 0:
        return row | {"reason": NOT_PAID}
    found = appraise_bid(stated.payment, _comparison(own, psc, calendar, stated))
    return row | {"psc_contract_id": direct, "engine_payment": most} | _figures(found)


def _figures(found: BidAppraisal) -> dict[str, Any]:
    return {
        "psc_npv": float(found.value.comparator),
        "cost_npv": float(found.value.option),
        "vfm": float(found.value.value),
        "vfm_share": float(found.value.share),
        "break_even_payment": found.break_even_payment,
        "break_even_overrun": found.break_even_overrun,
        "break_even_rates": tuple(found.break_even_rates.tolist()),
    }


def _comparison(own: Lines, psc: Lines, calendar: Calendar, stated: Any) -> Comparison:
    """Both sides on one calendar, at the rates of the row or else those of the plan."""
    works, overrun, paid = psc["works"], psc["overrun"], own["unitary_payment"]
    planned = calendar.rates(calendar.first_year, calendar.years)
    rate = planned if np.isnan(stated.discount_rate) else stated.discount_rate
    bid_rate = rate + calendar.bid_margin if np.isnan(stated.bid_discount_rate) else stated.bid_discount_rate
    rates, bid_rates = (_by_year(first, stated, calendar) for first in (rate, bid_rate))
    return Comparison(
        works=works,
        overrun_share=float(overrun.sum() / works.sum()) if works.sum() > 0 else 0.0,
        running=_sum(psc, calendar) - works - overrun,
        paid=paid / paid.max(),
        other=_sum(own, calendar) - paid,
        discount_rate_per_year=rates,
        bid_rate_per_year=bid_rates,
        first_time=calendar.first_year - calendar.base_year + (0.5 if calendar.mid_year else 1.0),
    )


def _by_year(rate: float | Floats, stated: Any, calendar: Calendar) -> Floats:
    """One rate for each year: ``later_rate`` from ``later_from`` on, where they are stated."""
    years = calendar.first_year + np.arange(calendar.years)
    changes = not np.isnan(stated.later_rate) and not np.isnan(stated.later_from)
    return np.where(changes & (years >= stated.later_from), stated.later_rate, rate).astype(float)


def _sum(lines: Lines, calendar: Calendar) -> Floats:
    return np.asarray(sum(lines.values(), np.zeros(calendar.years)))


def _long(prices: Repricing, site: str, contracts: tuple[str, ...]) -> Calendar:
    """The calendar with the years after its horizon in which anything at the site still falls due."""
    calendar, rows = prices.appraisal.calendar, np.flatnonzero(prices.site_of_service == site)
    services, tails = prices.services.take(rows), []
    for contract in contracts:
        terms = prices.terms(prices.everywhere(contract)).take(rows)
        tails.append(tail_years(timing_of(services, terms), terms, calendar.horizon_years))
    return replace(calendar, tail_years=max(tails))


def by_year(prices: Repricing, site: str, contract: str, calendar: Calendar) -> Lines:
    """Return what a site costs each year under ``contract``, by line; it alone changes, lots stay as decided."""
    rows = np.flatnonzero(prices.site_of_service == site)
    terms = prices.terms(prices.everywhere(contract)).take(rows)
    flows = lay_out(prices.services.take(rows), terms, calendar, prices.scenario.settings.perspective)
    cases = prices.cases[rows][:, None]
    found = {line: (fixed + per_case * cases).sum(axis=0) for line, (fixed, per_case) in flows.items()}
    for line, flow in _letting(prices, site, contract):
        found[line] = found.get(line, 0.0) + np.append(flow, np.zeros(calendar.tail_years))
    return found


def _letting(prices: Repricing, site: str, contract: str) -> Iterator[tuple[str, Floats]]:
    """Hosting, and the site's part of letting and overseeing the contract for its lot, over the horizon."""
    appraisal, lot = prices.appraisal, prices.lot(site, contract)
    sharers = sum(own == contract and prices.lot(s, own) == lot for s, own in prices.decided.items())
    sharers += prices.decided[site] != contract
    today = appraisal.let_today(contract, lot)
    for n, period in enumerate(sorted(set(appraisal.period[prices.site_of_service == site].tolist()))):
        already = n > 0 or (period == 0 and today)
        yield "hosting", appraisal.hosting(site, contract, period)
        for line, flow in appraisal.letting(appraisal.let(site, contract, period, already=already)).items():
            yield line, flow / sharers
