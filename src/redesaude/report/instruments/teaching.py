"""The training calendar in the words of a country: who is trained where in which year, at what cost and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.training import Kind
from redesaude.report.instruments.facts import Facts

PURPOSE = N_(
    "Who is to be trained or recruited where in which year, at what cost and by whom. What those recruited cost "
    "goes on each year; staff trained before an opening, and in techniques, cost nothing beyond the rows of roles "
    "and the agreements."
)


class Columns(NamedTuple):
    """What the columns that name things are called."""

    year: str
    region: str
    action: str
    people: str
    hospital: str
    specialty: str
    trainer: str


def named(facts: Facts, rows: pd.DataFrame, to: Columns, actions: Mapping[Kind, str], whole: str) -> pd.DataFrame:
    """Return rows of the training calendar with names; ``whole`` is the area of what is for no region alone."""
    names = facts.names
    people = [
        names.techniques.get(code, code) if kind == Kind.TECHNIQUE else names.roles.get(code, code)
        for kind, code in zip(rows["kind"], rows["code"], strict=True)
    ]
    found: dict[str, Any] = {
        to.year: rows["year"],
        to.region: [whole if code == ALL else names.regions.get(code, code) for code in rows["region_id"]],
        to.action: [actions[Kind(kind)] if kind else "" for kind in rows["kind"]],
        to.people: people,
        to.hospital: facts.label("sites", rows["site_id"]),
        to.specialty: facts.label("specialties", rows["specialty_id"]),
        to.trainer: facts.label("sites", rows["trainer_site_id"]),
    }
    return rows.assign(**found)
