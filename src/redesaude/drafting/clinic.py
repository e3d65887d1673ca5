"""The specialties of the library: each number of theirs is made in steps that stand in ``library/figures.csv``.

The first step takes a parameter, states an assumption or counts people; the next ones scale it, choose within it or
apply a rule that specialties share (:mod:`.clinic_rules`). So another value, another source or another specialty is a
row of the table and no code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from redesaude.drafting import clinic_rules as rules
from redesaude.drafting.evidence import Figure, assumed, ruled
from redesaude.drafting.pack import Pack
from redesaude.drafting.parameters import library
from redesaude.drafting.specialties import Module, Need, Specialty


def specialties(pack: Pack) -> tuple[Specialty, ...]:
    """Return the specialties of the library, rates by the census population and the age table of ``pack``.

    Raises
    ------
    KeyError
        for a step, a parameter or a figure that is not known.

    """
    texts = ("of", "over", "grade", "note")
    steps = library("figures").astype(dict.fromkeys(texts, object)).fillna(dict.fromkeys(texts, ""))
    table = library("specialties").fillna({"ages": ""}).set_index("specialty_id")
    return tuple(
        _specialty(str(name), entry, _Figures(pack, tuple(entry["ages"].split())), steps[steps["specialty_id"] == name])
        for name, entry in table.iterrows()
    )


@dataclass(frozen=True)
class _Figures:
    """The figures of one specialty as they are made: facts of the area, the specialty's ages, and those made so far."""

    pack: Pack
    ages: tuple[str, ...]
    made: dict[str, Figure] = field(default_factory=dict)

    def make(self, steps: pd.DataFrame) -> dict[str, Figure]:
        """Return the figures that ``steps`` make, by name; a figure may build on those before it."""
        for name, rows in steps.groupby("figure", sort=False):
            first, *others = (row for _, row in rows.iterrows())
            figure = _FIRST[first["step"]](self, first)
            for row in others:
                figure = _NEXT[row["step"]](self, row, figure)
            self.made[str(name)] = figure
        return self.made

    def named(self, name: str, note: str = "") -> Figure:
        """Return a figure made before, or a parameter of the facts by ``specialty.parameter``."""
        specialty, _, parameter = name.partition(".")
        return self.made[name] if name in self.made else self.pack.figure(specialty, parameter, note)

    def factor(self, row: pd.Series) -> float:
        """Return what a step multiplies by: a number or what is named, over a number or what is named."""
        return self._number(row["of"] or row["value"]) / self._number(row["over"] or 1.0)

    def _number(self, value: object) -> float:
        try:
            return float(value)  # type: ignore[arg-type]  # text of a table
        except ValueError:
            return self.named(str(value)).value

    def new_cancers(self, row: pd.Series) -> Figure:
        """Return new cancers for 100,000 people of the area, a part of them."""
        people = self.pack.municipalities["pop_census_2022"].sum()
        return self.pack.new_cancers.times(row["value"] / people * 1e5, row["note"])


#: how a figure begins
_FIRST: Mapping[str, Callable[[_Figures, pd.Series], Figure]] = {
    "parameter": lambda figures, row: figures.named(row["of"], row["note"]),
    "figure": lambda figures, row: figures.made[row["of"]],
    "assumed": lambda _, row: assumed(row["value"], row["low"], row["high"], row["note"]),
    "ruled": lambda _, row: ruled(row["value"], row["note"]),
    "ceiling": lambda _, row: rules.ceiling(row["value"]),
    "new_cancers": _Figures.new_cancers,
}
#: and how it goes on
_NEXT: Mapping[str, Callable[[_Figures, pd.Series, Figure], Figure]] = {
    "times": lambda figures, row, figure: figure.times(figures.factor(row), row["note"], row["grade"] or "B"),
    "at": lambda _, row, figure: figure.at(row["value"], row["note"], *_range(row)),
    "nominal": lambda _, row, figure: rules.nominal(figure, row["value"]),
    "target": lambda _, row, figure: rules.target(figure, row["value"], row["reach"]),
    "running": lambda figures, _, figure: rules.running(figures.pack, figure),
    "twice_payment": lambda _, row, figure: rules.twice_payment(figure, int(row["value"])),
    "area_rate": lambda figures, _, figure: rules.area_rate(figures.pack, figures.ages, figure),
}


def _range(row: pd.Series) -> tuple[float | None, float | None]:
    low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("low", "high"))
    return low, high


def _specialty(name: str, entry: pd.Series, figures: _Figures, steps: pd.DataFrame) -> Specialty:
    """Return a specialty of its row and its figures."""
    made = figures.make(steps)
    need = Need(figures.ages, made.pop("need")) if figures.ages else None
    cases, capex, fixed_cost = (made.pop(f"module_{part}") for part in ("cases", "capex", "fixed_cost"))
    small, middle, large = map(float, entry["modules"].split())
    months = tuple(map(int, entry["build_months"].split()))
    return Specialty(
        id=name,
        name=entry["name"],
        case_unit=entry["case_unit"],
        assignment=entry["assignment"],
        module=Module(cases, capex, fixed_cost, float(entry["module_beds"])),
        modules=(small, middle, large),
        min_cases=int(entry["min_cases"]),
        min_price=None if pd.isna(entry["min_price"]) else float(entry["min_price"]),
        late_share=float(entry["late_share"]),
        lifecycle_share=float(entry["lifecycle_share"]),
        build_months=(months[0], months[1], months[2]),
        need=need,
        **made,
    )
