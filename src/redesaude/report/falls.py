"""In words: the years in which the share of cases within the standard falls, who has farther to go then, and why."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.lasting import falls, lost
from redesaude.report.view import View

_NAMED = 3
_LABELS = (("specialties", "specialty_id"), ("territories", "territory_id"))
_SENTENCE = N_(
    "Within the standard falls from {before} in {begins} to {after} in {ends}: services end that ran on until others "
    "were open, and {cases} cases a year are no longer within it, most of them {named}. The share that stays in every "
    "later year (sheet years of audit.xlsx) does not fall."
)
_PEOPLE = N_(
    "Within the standard falls from {before} in {begins} to {after} in {ends}: no municipality loses it, but from one "
    "period to the next there are more people where it is not kept. The share that stays in every later year (sheet "
    "years of audit.xlsx) does not fall."
)


def fall_sentences(view: View) -> list[str]:
    """Return a sentence for each time in which the share of all cases within the standard falls."""
    towns, t = view.studied.towns.dropna(subset=["share_within_standard"]), view.t
    near = (towns["cases"] * towns["share_within_standard"]).groupby(towns["year"]).sum()
    whole = near / towns.groupby("year")["cases"].sum()
    told = []
    for begins, ends in falls(whole):
        farther = lost(towns, begins, ends)
        words = {"begins": begins, "ends": ends} | {
            name: view.numbers.percent(float(whole[year])) for name, year in (("before", begins), ("after", ends))
        }
        if farther.empty:
            told.append(t(_PEOPLE, **words))
        else:
            cases = view.numbers.decimal(float(farther["cases"].sum()))
            told.append(t(_SENTENCE, **words, cases=cases, named=_named(view, farther.head(_NAMED))))
    return told


def _named(view: View, farther: pd.DataFrame) -> str:
    """Specialty, municipality and cases of each row."""
    specialty, town = (view.names.label(of, farther[key]) for of, key in _LABELS)
    rows = farther.assign(name=specialty + ", " + town)
    return "; ".join(f"{row.name} ({view.numbers.decimal(float(row.cases))})" for row in rows_of(rows))
