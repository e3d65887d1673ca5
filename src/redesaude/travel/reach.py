"""Which territories can reach which specialties: problems to tell the planner before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.errors import Problem, Severity
from redesaude.inputs.faults import shorten
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude_models.arrays import Flags

_ISOLATED = N_("{territory} reaches no site for any specialty")
_BEYOND = N_("territories that reach no site for {specialty}: {count} ({territories})")
_EXPECTED = N_("at least one site within the ceiling of each specialty whose cases must all be treated")
_PRICED = N_("their cases will be counted as sent away, at the unmet cost")
_REMEDY_TERRITORY = N_("check its coordinates and road links, add a site, raise ceiling_minutes, or give an unmet_cost")
_REMEDY_SPECIALTY = N_("raise ceiling_minutes, allow nearer sites, or give an unmet_cost")

#: names listed before the rest is only counted
_NAMES = 8


def reach_problems(scenario: Scenario, needed: Flags, reached: Flags) -> Iterator[Problem]:
    """Yield a problem for each territory that reaches nothing, and for each specialty that some others cannot reach.

    Beyond the first few, territories of the same severity are told together.

    ``needed`` and ``reached`` are ``(territories, specialties)``: the territory has cases; an allowed site lies within
    the ceiling. It is an error where the cases must be treated (no unmet cost), and a warning otherwise.
    """
    must = scenario.specialties["unmet_cost"].isna().to_numpy(bool)
    missing = needed & ~reached
    isolated = needed.any(axis=1) & ~(needed & reached).any(axis=1)
    strict = np.asarray((needed & must).any(axis=1))
    for alike in (isolated & strict, isolated & ~strict):
        yield from shorten(np.flatnonzero(alike).tolist(), lambda i: _isolated(scenario, i, strict=bool(strict[i])))
    names = scenario.territories["name"].to_numpy(str)
    for s in np.flatnonzero(missing[~isolated].any(axis=0)).tolist():
        beyond = names[missing[:, s] & ~isolated]
        shown = ", ".join(beyond[:_NAMES]) + (", ..." if len(beyond) > _NAMES else "")
        values = {"count": len(beyond), "specialty": scenario.specialties["name"].iloc[s], "territories": shown}
        cell = _cell(scenario, "specialties", s, "ceiling_minutes")
        yield _problem("specialties", cell, (_BEYOND, _REMEDY_SPECIALTY), values, _severity(bool(must[s])))


def _isolated(scenario: Scenario, i: int, *, strict: bool) -> Problem:
    values = {"territory": scenario.territories["name"].iloc[i]}
    cell = _cell(scenario, "territories", i, "territory_id")
    return _problem("territories", cell, (_ISOLATED, _REMEDY_TERRITORY), values, _severity(strict))


def _severity(strict: bool) -> Severity:
    return "error" if strict else "warning"


def _problem(sheet: str, cell: str, texts: tuple[str, str], values: dict[str, object], severity: Severity) -> Problem:
    expected = _EXPECTED if severity == "error" else _PRICED
    return Problem("unreachable", sheet, cell, texts[0], expected, texts[1], values, severity)


def _cell(scenario: Scenario, sheet: str, row: int, column: str) -> str:
    """Address of the cell in its sheet, or the key of the row where no sheet is known."""
    place = scenario.places.get(sheet)
    return place.cell(row, column) if place else str(getattr(scenario, sheet).iloc[row, 0])
