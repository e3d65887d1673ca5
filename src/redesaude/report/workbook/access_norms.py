"""Sheet ``access_norms``: each norm of access beside what the plan keeps of it and the most that any network could."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.areas import area_name
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.promises import WORDS
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.studies.access_norms import norms

_WIDTHS = (28, 26, 12, 10, 10, 10, 12, 24, 60)
#: territories named for each norm
_NAMED = 5
_STATIONS = N_(
    "Of the emergency network the most counts whom all stations that may open would reach, with all the ambulances "
    "that they may have."
)
_PLACE = N_("{place} ({cases} cases, {minutes} minutes)")
_NO_SITE = N_("{place} ({cases} cases, no site)")


def write(book: Book) -> None:
    """Write a row for each norm of the last period."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "The most that can be kept counts cases within the minutes of any site that may have the specialty, "
            "whatever it costs: no network reaches more. A norm above it is out of reach; what would take it "
            "there is a site, or a road, within the minutes of the places named, or a target of no more than the "
            "most. Which norms are firm stands on the input; the cost of firm norms is told by comparing variants"
            " with and without them."
        )
    )
    if len(view.scenario.emergency) and len(view.scenario.stations):
        note = f"{note} {t(_STATIONS)}"
    sheet = book.sheet("access_norms", _WIDTHS, note)
    rows = frame(view)
    block = sheet.table(rows, columns(view), freeze=1)
    words = {t(N_("kept")): "good", t(N_("within reach, not kept")): "caution", t(N_("out of reach")): "bad"}
    sheet.mark(block, "reading", words)


def frame(view: View) -> pd.DataFrame:
    """Return the norms of the last period, those out of reach first."""
    t, scenario = view.t, view.scenario
    found, outside = norms(scenario)
    found = found[found["period_id"] == scenario.periods["period_id"].iloc[-1]]
    kept = view.plan.promises.set_index("promise_id")["achieved"]
    short = found["share"] - found["most"] > 1e-9
    found = found.assign(
        specialty=[_norm(view, *row) for row in zip(found["kind"], found["specialty_id"], strict=True)],
        area=[t(N_("Whole area")) if r == ALL else area_name(scenario.territories, r) for r in found["region_id"]],
        kept=[float(kept.get(name, np.nan)) for name in found["promise_id"]] / found["cases"],
        out=short,
    )
    met = found["kept"] >= found["share"] - 1e-6
    reading = np.select([met, short], [t(N_("kept")), t(N_("out of reach"))], t(N_("within reach, not kept")))
    told = dict(iter(outside.groupby("promise_id")))
    found = found.assign(
        reading=reading,
        firm=[t(N_("yes")) if hard else t(N_("no")) for hard in found["hard"]],
        takes=[
            _takes(view, told.get(name)) if out else "" for name, out in zip(found["promise_id"], short, strict=True)
        ],
    )
    order = ["out", "specialty", "area"]
    return pd.DataFrame(found.sort_values(order, ascending=[False, True, True], ignore_index=True))


def _norm(view: View, kind: str, specialty: str) -> str:
    """What a norm is about: a specialty, what the emergency network is to reach, or both."""
    name = view.names.specialties.get(specialty, specialty)
    return name if kind == "access" else ": ".join(part for part in (view.t(WORDS[kind].name), name) if part)


def _takes(view: View, outside: pd.DataFrame | None) -> str:
    """Whom a norm out of reach leaves outside, those with most cases first, and how far their nearest site is."""
    if outside is None:
        return ""
    rows = outside.sort_values("cases", ascending=False)
    names = dict(zip(view.scenario.territories["territory_id"], view.scenario.territories["name"], strict=True))
    number, parts = view.numbers.decimal, []
    for territory, cases, far in rows[["territory_id", "cases", "nearest"]].head(_NAMED).itertuples(index=False):
        told = _PLACE if np.isfinite(far) else _NO_SITE
        minutes = number(far) if np.isfinite(far) else ""
        parts.append(view.t(told, place=names[territory], cases=number(cases), minutes=minutes))
    rest = len(rows) - _NAMED
    return "; ".join([*parts, view.t(N_("and {count} more"), count=rest)] if rest > 0 else parts)


def columns(view: View) -> list[Column]:
    """Return the columns of the sheet."""
    t = view.t
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("area", t(N_("Area"))),
        Column("minutes", t(N_("Standard")), t(N_("minutes of travel")), "number"),
        Column("share", t(N_("Norm")), t(N_("of the cases")), "percent"),
        Column("kept", t(N_("In the plan")), t(N_("of the cases")), "percent"),
        Column("most", t(N_("Most that can be kept")), t(N_("of the cases")), "percent"),
        Column("firm", t(N_("Firm"))),
        Column("reading", t(N_("Reading"))),
        Column("takes", t(N_("Who stays outside, and how far"))),
    ]
