r"""What a plan gives people in each calendar year, from the dates on which its services open.

A period of the optimiser counts the network it decides as a whole; while works last, the cases assigned to a service
are treated only as far as it ran before. With :math:`a_y` the part of year :math:`y` after a service opens and
:math:`b_y` the part before, both within its period, and :math:`s` the share of its cases that it treats before,

.. math:: \text{treated}_y = \text{cases} \cdot (a_y + s\, b_y)

less what a service loses while its cases rise (:mod:`redesaude.plan.ramp_up`),
which are the very parts of years by which :func:`redesaude.finance.cashflow.lay_out` charges running cost and waiting;
to these come those whom services of today treat until theirs open (:mod:`redesaude.plan.transition`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from redesaude.finance.services import running_years, share_of_years, timing_of
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.ramp_up import lost_to_ramp_up
from redesaude.promises.access import targets_by_period
from redesaude_models.arrays import Floats

BY_YEAR = ("year", "specialty_id", "region_id", "cases", "treated", "share_within_standard", "target", "met")

MUNICIPAL_YEARS = ("year", "specialty_id", "territory_id", "cases", "treated", "share_within_standard")

_GROUP = ["specialty_id", "region_id"]

Placing = Callable[[Appraisal, pd.DataFrame], pd.DataFrame]
"""Gives rows of people the area (``region_id``) in which they count; one in several areas has a row for each"""


def by_year(appraisal: Appraisal) -> pd.DataFrame:
    """Return one row for each year of the horizon, specialty and region of the people (``all``: the whole area).

    Columns :data:`BY_YEAR`: ``cases`` of the year, those ``treated`` in the network, and the share of cases treated
    within the specialty's standard, one way (NaN: no standard). Cases are those of the middle of their period.
    ``target`` is the greatest share promised at that standard that is due in the year (NaN: none), ``met`` whether the
    year reaches it.
    """
    return _promised(appraisal, _by_area(appraisal, _regions))[list(BY_YEAR)]


def by_year_and_municipality(appraisal: Appraisal) -> pd.DataFrame:
    """Return the same for the people of each municipality, without targets: columns :data:`MUNICIPAL_YEARS`."""
    table = _by_area(appraisal, lambda appraisal, rows: rows.assign(region_id=rows["territory_id"]))
    return table.rename(columns={"region_id": "territory_id"})[list(MUNICIPAL_YEARS)]


def _by_area(appraisal: Appraisal, placed: Placing) -> pd.DataFrame:
    """Cases, those treated, and the share within the standard by year, specialty and area of the people."""
    people, treated = placed(appraisal, _people(appraisal)), placed(appraisal, _treated(appraisal))
    years = appraisal.calendar.horizon_years
    in_period = np.stack([appraisal.phases.of_years(years) == t for t in range(len(appraisal.periods))]).astype(float)
    keys = pd.MultiIndex.from_frame(people[_GROUP].drop_duplicates()).sort_values()
    row = pd.Series(np.arange(len(keys)), index=keys)
    cases = _spread(row, people, people["cases"], in_period[people["period_id"].map(appraisal.periods).to_numpy(int)])
    open_then = treated_by_year(appraisal)[treated["opening"].to_numpy(int)]
    seen = _spread(row, treated, treated["cases"], open_then)
    near = _spread(row, treated, treated["cases"] * treated["near"], open_then)
    guests, stays = _guests(appraisal, placed)
    seen += _spread(row, guests, guests["one"], stays)
    near += _spread(row, guests, guests["near"], stays)
    judged = np.isfinite(keys.get_level_values(0).map(_standards(appraisal)).to_numpy(float))
    share = np.where(judged[:, None] & (cases > 0), near / np.where(cases > 0, cases, 1.0), np.nan)
    return pd.DataFrame(
        {
            "year": np.repeat(appraisal.calendar.first_year + np.arange(years), len(keys)),
            **{name: np.tile(keys.get_level_values(name), years) for name in _GROUP},
            "cases": cases.T.ravel(),
            "treated": seen.T.ravel(),
            "share_within_standard": share.T.ravel(),
        }
    )


def _promised(appraisal: Appraisal, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with what is due in each year, and whether the year reaches it (yes, no, or blank: nothing due)."""
    specialties = appraisal.scenario.specialties
    standards = specialties["access_minutes"].to_numpy(float)
    position = appraisal.phases.of_years(appraisal.calendar.horizon_years)
    found: dict[tuple[int, str, str], float] = {}
    for target in targets_by_period(appraisal.scenario):
        if target.minutes == standards[target.specialty]:
            years = appraisal.calendar.first_year + np.flatnonzero(position == target.period)
            due = years if np.isnan(target.from_year) else years[years >= target.from_year]
            for year in due.tolist():
                key = year, str(specialties["specialty_id"].iloc[target.specialty]), target.region
                found[key] = max(found.get(key, 0.0), target.share)
    keys = zip(table["year"], table["specialty_id"], table["region_id"], strict=True)
    target_of = pd.Series([found.get(key, np.nan) for key in keys], index=table.index, dtype=float)
    reached = np.where(table["share_within_standard"] >= target_of - 1e-6, "yes", "no")
    return table.assign(target=target_of, met=np.where(target_of.isna(), "", reached))


def _spread(row: pd.Series, table: pd.DataFrame, amounts: pd.Series, years: Floats) -> Floats:
    """Add ``amounts``, each over its row of ``years``, by group: shape ``(groups, years)``."""
    found = np.zeros((len(row), years.shape[1]))
    at = row.reindex(pd.MultiIndex.from_frame(table[_GROUP])).to_numpy(int)
    np.add.at(found, at, amounts.to_numpy(float)[:, None] * years)
    return found


def treated_by_year(appraisal: Appraisal) -> Floats:
    """Return the part of its cases that each opening treats by year, ``(openings, years)``; 0 outside its period."""
    services, calendar = appraisal.services(), appraisal.calendar
    before, after = running_years(services, timing_of(services, appraisal.terms()), calendar)
    share, years = services.before_share[:, None], calendar.horizon_years
    treated = (after + share * before)[:, :years]
    return np.asarray(treated - (1.0 - share) * lost_to_ramp_up(appraisal))


def _regions(appraisal: Appraisal, table: pd.DataFrame) -> pd.DataFrame:
    """The rows by region of their people, then all of them for the whole area."""
    territories = appraisal.scenario.territories
    region = dict(zip(territories["territory_id"], territories["region_id"], strict=True))
    return pd.concat(
        [table.assign(region_id=table["territory_id"].map(region)), table.assign(region_id=ALL)], ignore_index=True
    )


def _people(appraisal: Appraisal) -> pd.DataFrame:
    """Cases by people, treated or not."""
    columns = ["territory_id", "specialty_id", "period_id", "cases"]
    parts = [part[columns] for part in (appraisal.plan.assignments, appraisal.plan.unmet) if len(part)]
    table = pd.concat(parts or [appraisal.plan.assignments[columns]], ignore_index=True)
    return table.astype({"cases": float})


def _treated(appraisal: Appraisal) -> pd.DataFrame:
    """Assignments with the row of the opening that treats them, and whether they are within the standard."""
    keys = ["site_id", "specialty_id", "period_id"]
    openings = appraisal.plan.openings
    row = pd.Series(np.arange(len(openings)), index=pd.MultiIndex.from_frame(openings[keys]))
    table = appraisal.plan.assignments
    limit = table["specialty_id"].map(_standards(appraisal)).to_numpy(float)
    return table.assign(
        opening=row.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy(int),
        near=table["minutes"].to_numpy(float) <= np.nan_to_num(limit, nan=-1.0) + 1e-9,
    )


def guests_by_year(appraisal: Appraisal) -> tuple[pd.DataFrame, Floats]:
    """Return who is treated in services of today until theirs open, and the cases by year, ``(rows, years)``.

    Rows have territory_id, specialty_id, period_id, ``minutes`` and the position of their ``site``; cases are negative
    of those whose place they take (:func:`redesaude.plan.transition.guests`).
    """
    guests, people = appraisal.guests(appraisal.meanwhile()), appraisal.plan.assignments
    who = people[["territory_id", "specialty_id", "period_id"]].iloc[guests["assignment"].to_numpy(int)]
    begins, ends, cases = (guests[name].to_numpy(float) for name in ("begins", "ends", "cases"))
    stays = share_of_years(begins, ends, appraisal.calendar.horizon_years)
    return who.reset_index(drop=True).join(guests[["minutes", "site"]]), cases[:, None] * stays


def _guests(appraisal: Appraisal, placed: Placing) -> tuple[pd.DataFrame, Floats]:
    """Guests by area, whether within the standard, and their cases by year."""
    table, cases = guests_by_year(appraisal)
    limit = table["specialty_id"].map(_standards(appraisal)).to_numpy(float)
    near = table["minutes"].to_numpy(float) <= np.nan_to_num(limit, nan=-1.0) + 1e-9
    table = placed(appraisal, table.assign(near=near, guest=range(len(table)), one=1.0))
    return table, cases[table["guest"].to_numpy(int)]


def _standards(appraisal: Appraisal) -> dict[str, float]:
    specialties = appraisal.scenario.specialties
    return dict(zip(specialties["specialty_id"], specialties["access_minutes"].astype(float), strict=True))
