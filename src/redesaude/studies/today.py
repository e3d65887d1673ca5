"""Who is treated today, modelled: the services that exist, at their capacities, and the people whom they can reach.

Of each specialty as many cases as find room are treated, and of all ways to do so the one with the shortest journeys
(:func:`redesaude.studies.transport.most_treated`), whatever is decided or forbidden. Cases are those of the people of
the base year, or as stated for the first period. Nobody is sent on from one hospital to another, and whom others treat
that the data do not list is not known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.inputs.scenario import Scenario, positions
from redesaude.inputs.tables import ALL
from redesaude.plan.numbers import ServiceNumbers
from redesaude.plan.paths import today_of
from redesaude.studies.transport import most_treated
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude_models.problem import Floats

TODAY = ("territory_id", "specialty_id", "site_id", "cases", "minutes")
TODAY_ACCESS = ("specialty_id", "region_id", "cases", "treated", "share_within_standard")
_AREA = list(TODAY_ACCESS[:2])


def today(scenario: Scenario) -> pd.DataFrame:
    """Return who is treated where today, columns :data:`TODAY` (cases a year, minutes one way).

    SolverError where a transport problem is not solved.
    """
    minutes, cases = travel_minutes(scenario), _cases(scenario)
    parts = [_flows(scenario, s, minutes, cases[:, s]) for s in range(len(scenario.specialties))]
    return pd.concat(parts, ignore_index=True)


def _cases(scenario: Scenario) -> Floats:
    """Yearly cases of today's people, ``(territories, specialties)``."""
    return case_matrix(scenario, inhabitants=scenario.territories["population"].to_numpy(float))


def _flows(scenario: Scenario, specialty: int, minutes: Minutes, cases: Floats) -> pd.DataFrame:
    """The rows of one specialty."""
    stated, numbers = scenario.specialties.iloc[specialty], ServiceNumbers(scenario)
    name = str(stated["specialty_id"])
    sites = [(site, size) for (site, own), (size, _) in today_of(scenario).items() if own == name]
    room = np.array([numbers.of(site, name, size)["capacity"] for site, size in sites], dtype=float)
    places = positions(scenario.sites["site_id"], pd.Series([site for site, _ in sites], dtype=str))
    far = minutes[:, places]
    ceiling = np.inf if np.isnan(stated["ceiling_minutes"]) else stated["ceiling_minutes"]
    pairs = np.nonzero(np.isfinite(far) & (far <= ceiling + 1e-9) & (cases > 0)[:, None])
    sent = np.zeros(0)
    if len(pairs[0]):
        usable = room * scenario.settings.occupancy
        sent = most_treated(cases, usable, (pairs[0], pairs[1]), far[pairs], np.eye(len(room)))
    table = pd.DataFrame(
        {
            "territory_id": scenario.territories["territory_id"].to_numpy(str)[pairs[0]],
            "specialty_id": name,
            "site_id": scenario.sites["site_id"].to_numpy(str)[places[pairs[1]]],
            "cases": sent,
            "minutes": far[pairs],
        }
    )
    return table[table["cases"] > 1e-9]


def today_access(scenario: Scenario, treated: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return who is treated today by specialty and region of the people (``all``: the whole area).

    Columns :data:`TODAY_ACCESS`: cases a year, those treated, and the share of cases treated within the standard (NaN:
    the specialty has none, or nobody needs it there). ``treated`` is what :func:`today` returned, where it is at hand.
    """
    ids = scenario.territories["territory_id"], scenario.specialties["specialty_id"]
    people = pd.MultiIndex.from_product(ids).to_frame(index=False).assign(cases=_cases(scenario).ravel())
    treated = today(scenario) if treated is None else treated
    standard = treated["specialty_id"].map(scenario.specialties.set_index("specialty_id")["access_minutes"])
    within = treated["minutes"] <= standard.astype(float) + 1e-9
    sums = pd.DataFrame(
        {
            "cases": _by_area(scenario, people),
            "treated": _by_area(scenario, treated),
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
