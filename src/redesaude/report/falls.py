"""In words: the years in which the share of cases within the standard falls, who has farther to go then, and why."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.lasting import falls, lost
from redesaude.report.view import View
from redesaude.studies.today import today, today_access

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
_BELOW = N_(
    "In {ends} {after} of the cases are within the standard, fewer than the {before} whom today's services would treat "
    "within it: by what ends, or is sent elsewhere, at once {cases} cases a year are no longer within it, most of them "
    "{named}."
)


def fall_sentences(view: View) -> list[str]:
    """Return a sentence for each time in which the share of all cases within the standard falls, also below today's."""
    towns, t = view.studied.towns.dropna(subset=["share_within_standard"]), view.t
    whole = _whole(towns)
    told = _below_today(view, towns, whole)
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


def _whole(towns: pd.DataFrame) -> pd.Series:
    """The share of all cases within the standard by year."""
    near = (towns["cases"] * towns["share_within_standard"]).groupby(towns["year"]).sum()
    return near / towns.groupby("year")["cases"].sum()


def _below_today(view: View, towns: pd.DataFrame, whole: pd.Series) -> list[str]:
    """Say of the first year that fewer are within the standard than today's services would treat, where they are."""
    if whole.empty:
        return []
    first, scenario = int(whole.index[0]), view.scenario
    years = view.studied.years
    rows = years[(years["region_id"] == ALL) & (years["year"] == first)].dropna(subset=["share_as_today"])
    if not falls(pd.Series([_mean(rows), whole[first]], index=[first - 1, first])):
        return []
    alone = scenario.replace(territories=scenario.territories.assign(region_id=scenario.territories["territory_id"]))
    now = today_access(alone, today(scenario, 0), 0).rename(columns={"region_id": "territory_id"})
    now = now[now["territory_id"] != ALL].assign(year=first - 1)
    farther = lost(pd.concat([now, towns[towns["year"] == first]], ignore_index=True), first - 1, first)
    number = view.numbers
    return [
        view.t(
            _BELOW,
            before=number.percent(_mean(rows)),
            after=number.percent(float(whole[first])),
            ends=first,
            cases=number.decimal(float(farther["cases"].sum())),
            named=_named(view, farther.head(_NAMED)),
        )
    ]


def _mean(rows: pd.DataFrame) -> float:
    """Return the share of all cases of a year that today's services would treat within the standard; 0: of none."""
    cases = float(rows["cases"].sum())
    return float((rows["cases"] * rows["share_as_today"]).sum()) / cases if cases > 0 else 0.0


def _named(view: View, farther: pd.DataFrame) -> str:
    """Specialty, municipality and cases of each row."""
    specialty, town = (view.names.label(of, farther[key]) for of, key in _LABELS)
    rows = farther.assign(name=specialty + ", " + town)
    return "; ".join(f"{row.name} ({view.numbers.decimal(float(row.cases))})" for row in rows_of(rows))
