"""The indicators of the scenario in the words of a country: what is due and what the plan reaches in each year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.instruments.facts import Facts

PURPOSE = N_(
    "The indicators that the scenario follows, in each of the first years: what is due, what the plan reaches (blank: "
    "no plan says it), and what was reached, to be filled in by whoever reports it."
)


class Columns(NamedTuple):
    """What the columns that name things are called."""

    indicator: str
    area: str
    specialty: str
    unit: str
    better: str
    year: str
    reporter: str
    source: str


def named(facts: Facts, to: Columns, better: Mapping[str, str], whole: str) -> pd.DataFrame:
    """Return the indicators by year with names; ``whole`` is the area of what is about no region alone."""
    years, about = facts.studied.indicators, facts.scenario.indicators
    rows = years[years["year"].isin(facts.programmed)].merge(about, on="indicator_id", how="left")
    regions = [whole if code == ALL else facts.names.regions.get(code, code) for code in rows["region_id"]]
    found: dict[str, Any] = {
        to.indicator: facts.label("indicators", rows["indicator_id"]),
        to.area: regions,
        to.specialty: ["" if code == ALL else facts.names.specialties[code] for code in rows["specialty_id"]],
        to.unit: rows["unit"],
        to.better: [better[word] for word in rows["direction"]],
        to.year: rows["year"],
        to.reporter: rows["reports"],
        to.source: rows["source"],
    }
    return rows.assign(**found)
