"""Who is treated today: as stated on the sheet ``today``, else modelled from the services that exist.

Of a municipality and specialty with rows there, those are treated whom the rows say, where they say; a place outside
the area has no minutes, so its patients are treated but not within any standard. Where the rows name more cases than
there are, all are treated, in the proportions of the rows.

Of everybody else as many as find the room that is left are treated at the services that exist, and of all ways to do so
the one with the shortest journeys (:func:`redesaude.studies.transport.most_treated`), whatever is decided or forbidden.
Cases are those of the people of the base year, or as stated for the first period. Nobody is sent on from one hospital
to another, and whom others treat that the data do not list is not known.

Held against the years of a plan, today is told of the same people too: as if today's services went on for those of a
``period`` (:func:`as_today`).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.phases import phases_of
from redesaude.inputs.scenario import Scenario, positions
from redesaude.inputs.tables import ALL
from redesaude.plan.numbers import numbers_of, today_of
from redesaude.studies.transport import most_treated
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude_models.arrays import Flags, Floats, Ints

TODAY = ("territory_id", "specialty_id", "site_id", "outside", "cases", "minutes")
TODAY_ACCESS = ("specialty_id", "region_id", "cases", "treated", "outside", "share_within_standard")
_AREA = list(TODAY_ACCESS[:2])


class Origin(StrEnum):
    """How it is known who is treated today."""

    STATED = "stated"
    MODELLED = "modelled"
    BOTH = "both"


def origin(scenario: Scenario) -> Origin:
    """Return whether today is stated of everybody who needs care, of nobody, or of some."""
    needing = _cases(scenario) > 0
    stated = _has_rows(scenario) & needing
    if not stated.any():
        return Origin.MODELLED
    return Origin.STATED if (stated == needing).all() else Origin.BOTH


def today(scenario: Scenario, period: int | None = None) -> pd.DataFrame:
    """Return who is treated where today, columns :data:`TODAY`: cases a year, and minutes one way.

    Of the people of the base year, or of those of a ``period`` (position), whom the same services would treat. Outside
    the area ``site_id`` is blank and ``outside`` names the place; minutes are NaN there and where no way leads.
    SolverError where a transport problem is not solved.
    """
    minutes, cases = travel_minutes(scenario), _cases(scenario, period)
    stated = _stated(scenario, minutes, cases)
    others = np.where(_has_rows(scenario), 0.0, cases)
    taken = stated.groupby(["site_id", "specialty_id"])["cases"].sum()
    parts = [_modelled(scenario, s, minutes, others[:, s], taken) for s in range(len(scenario.specialties))]
    table = pd.concat([stated, *parts] if len(stated) else parts, ignore_index=True)
    return table[table["cases"] > 1e-9].reset_index(drop=True)


def _cases(scenario: Scenario, period: int | None = None) -> Floats:
    """Yearly cases of today's people, or of those of a period, ``(territories, specialties)``."""
    now = scenario.territories["population"].to_numpy(float)
    return case_matrix(scenario, inhabitants=now) if period is None else case_matrix(scenario, period)


def _stated_of(scenario: Scenario) -> tuple[Ints, Ints]:
    """Positions of territory and specialty of each row of the sheet."""
    rows = scenario.today
    territory = positions(scenario.territories["territory_id"], rows["territory_id"])
    return territory, positions(scenario.specialties["specialty_id"], rows["specialty_id"])


def _has_rows(scenario: Scenario) -> Flags:
    """Of whom the sheet has rows, ``(territories, specialties)``."""
    found = np.zeros((len(scenario.territories), len(scenario.specialties)), dtype=bool)
    found[_stated_of(scenario)] = True
    return found


def _stated(scenario: Scenario, minutes: Minutes, cases: Floats) -> pd.DataFrame:
    """The rows of the sheet as flows."""
    rows, who = scenario.today, _stated_of(scenario)
    need = cases[who]
    told = rows["cases"].fillna(rows["share"] * need).to_numpy(float)
    total = np.zeros_like(cases)
    np.add.at(total, who, told)
    site = pd.Index(scenario.sites["site_id"]).get_indexer(pd.Index(rows["site_id"]))
    far = np.where(site >= 0, minutes[who[0], site], np.inf)
    return rows[list(TODAY[:4])].assign(
        cases=told * np.minimum(1.0, need / np.maximum(total[who], 1e-300)),
        minutes=np.where(np.isfinite(far), far, np.nan),
    )


def _modelled(scenario: Scenario, specialty: int, minutes: Minutes, cases: Floats, taken: pd.Series) -> pd.DataFrame:
    """The flows of ``cases`` of one specialty, in the room that is not ``taken`` (cases by site and specialty)."""
    row, numbers = scenario.specialties.iloc[specialty], numbers_of(scenario)
    name = str(row["specialty_id"])
    sites = [(site, size) for (site, own), (size, _) in today_of(scenario).items() if own == name]
    room = np.array([numbers.of(site, name, size)["capacity"] for site, size in sites], dtype=float)
    left = room * scenario.settings.occupancy - [float(taken.get((site, name), 0.0)) for site, _ in sites]
    places = positions(scenario.sites["site_id"], pd.Series([site for site, _ in sites], dtype=str))
    far = minutes[:, places]
    ceiling = np.inf if np.isnan(row["ceiling_minutes"]) else row["ceiling_minutes"]
    pairs = np.nonzero(np.isfinite(far) & (far <= ceiling + 1e-9) & (cases > 0)[:, None])
    sent = np.zeros(0)
    if len(pairs[0]):
        sent = most_treated(cases, np.maximum(left, 0.0), (pairs[0], pairs[1]), far[pairs], np.eye(len(room)))
    return pd.DataFrame(
        {
            "territory_id": scenario.territories["territory_id"].to_numpy(str)[pairs[0]],
            "specialty_id": name,
            "site_id": scenario.sites["site_id"].to_numpy(str)[places[pairs[1]]],
            "outside": "",
            "cases": sent,
            "minutes": far[pairs],
        }
    )


def cases_today(scenario: Scenario, period: int | None = None) -> pd.DataFrame:
    """Return the yearly cases of today's people, or of a period's: columns territory_id, specialty_id and cases."""
    ids = scenario.territories["territory_id"], scenario.specialties["specialty_id"]
    return pd.MultiIndex.from_product(ids).to_frame(index=False).assign(cases=_cases(scenario, period).ravel())


def as_today(scenario: Scenario) -> pd.DataFrame:
    """Return what share of the people of each year today's services would treat within the standard, going on.

    Columns year, specialty_id, region_id (``all``: the whole area) and ``share_as_today`` (NaN: no standard), to be
    held against :func:`redesaude.plan.by_year.by_year`, whose people these are.
    """
    phases = phases_of(scenario)
    parts = []
    for t, (begin, end) in enumerate(zip(phases.begins, phases.ends, strict=True)):
        access = today_access(scenario, today(scenario, t), t)[[*_AREA, "share_within_standard"]]
        years = pd.DataFrame({"year": phases.calendar.first_year + np.arange(begin, end)})
        parts.append(years.merge(access, how="cross"))
    return pd.concat(parts, ignore_index=True).rename(columns={"share_within_standard": "share_as_today"})


def today_access(scenario: Scenario, treated: pd.DataFrame | None = None, period: int | None = None) -> pd.DataFrame:
    """Return who is treated today by specialty and region of the people (``all``: the whole area).

    Columns :data:`TODAY_ACCESS`: cases a year, those treated at sites of the area, those treated outside it, and the
    share of cases treated within the standard (NaN: the specialty has none, or nobody needs it there). ``treated`` is
    what :func:`today` returned, where it is at hand, of the people of the base year or of a ``period``.
    """
    people = cases_today(scenario, period)
    treated = today(scenario, period) if treated is None else treated
    standard = treated["specialty_id"].map(scenario.specialties.set_index("specialty_id")["access_minutes"])
    within = treated["minutes"] <= standard.astype(float) + 1e-9
    sums = pd.DataFrame(
        {
            "cases": _by_area(scenario, people),
            "treated": _by_area(scenario, treated[treated["outside"] == ""]),
            "outside": _by_area(scenario, treated[treated["outside"] != ""]),
            "within": _by_area(scenario, treated[within]),
        }
    ).fillna(0.0)
    table = sums[sums["cases"] > 0].rename_axis(_AREA).reset_index()
    judged = table["specialty_id"].map(scenario.specialties.set_index("specialty_id")["access_minutes"]).notna()
    return table.assign(share_within_standard=(table["within"] / table["cases"]).where(judged))[list(TODAY_ACCESS)]


def _by_area(scenario: Scenario, rows: pd.DataFrame) -> pd.Series:
    """The cases of ``rows`` by specialty and region of their people, and by specialty in the whole area."""
    region = rows["territory_id"].map(scenario.territories.set_index("territory_id")["region_id"])
    both = pd.concat([rows.assign(region_id=region), rows.assign(region_id=ALL)])
    return pd.Series(both.groupby(_AREA)["cases"].sum())
