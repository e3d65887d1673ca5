"""Volume: the least yearly cases of each open service, for quality."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_, Said, said
from redesaude.promises.advice import advised, cells_in
from redesaude.promises.kind import Draft, Line, Parts, PromiseKind, Put, Row, Word, names_of
from redesaude_models.problem import Decisions, PlanningProblem


def volume_id(scenario: Scenario, site: str, specialty: str, period: str) -> str:
    """Return the id of the promise of a minimum volume."""
    return f"volume|{site}|{specialty}" + (f"|{period}" if len(scenario.periods) > 1 else "")


class Volume(PromiseKind):
    """Minimum volumes: a row of the model for each option, see :mod:`redesaude_models.siting`."""

    words: ClassVar = {
        "volume": Word(N_("Minimum volume"), N_("at least this many cases a year, for quality"), "number")
    }
    heading, always = N_("Minimum volumes"), True
    line = "shortfall_volume"

    def state(self, problem: PlanningProblem, draft: Draft) -> PlanningProblem:
        """Return ``problem`` with the least cases of each option."""
        table = draft.options
        price = table["min_cases_price"].fillna(0.0).to_numpy(float)[:, None] * draft.phases.annuities
        options = replace(
            problem.options,
            min_cases=table["min_cases"].to_numpy(float),
            volume_hard=table["min_cases_hard"].to_numpy(bool),
            volume_price=price,
        )
        return replace(problem, options=options)

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the site of each open service."""
        for row in rows_of(openings):
            yield volume_id(scenario, row.site_id, row.specialty_id, row.period_id), Parts(site_id=row.site_id)

    def settled(self, problem: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return ``decisions`` with the cases that elastic minima lack."""
        options = problem.options
        short = np.maximum(options.min_cases[:, None] - decisions.cases, 0.0) * decisions.options
        return replace(decisions, volume_short=np.asarray(np.where(options.volume_hard[:, None], 0.0, short)))

    def rows(self, put: Put, decisions: Decisions) -> Iterator[Row]:
        """Yield a row for each open service with a minimum."""
        options, table, periods = put.problem.options, put.options.table, put.problem.periods
        for o, t in zip(*np.nonzero(decisions.options & (options.min_cases > 0)[:, None]), strict=True):
            least, cases, hard = float(options.min_cases[o]), float(decisions.cases[o, t]), bool(options.volume_hard[o])
            short = max(0.0, least - cases)
            site, specialty, period = table["site_id"][o], table["specialty_id"][o], periods[t]
            npv = 0.0 if hard else float(options.volume_price[o, t]) * short
            name, kept = volume_id(put.scenario, site, specialty, period), short <= 1e-6 * least
            yield name, "volume", specialty, "", period, least, cases, short, hard, kept, npv

    def lines(self, put: Put, decisions: Decisions) -> Iterator[Line]:
        """Yield the price of the missing cases of each service."""
        table, priced = put.options.table, put.problem.options.volume_price * decisions.volume_short
        for o, t in zip(*np.nonzero(priced), strict=True):
            place = (str(table[name][o]) for name in ("site_id", "specialty_id", "contract_id"))
            site, specialty, contract = place
            yield site, specialty, contract, self.line, put.problem.periods[t], float(priced[o, t])

    def sentences(self, put: Put, decisions: Decisions) -> Iterator[Said]:
        """Say which least volume is possible, as it is typed: before what the grade of the site asks for."""
        problem, scenario, table = put.problem, put.scenario, put.options.table
        specialties, sites = names_of(scenario.specialties, "specialty"), names_of(scenario.sites, "site")
        missing = (decisions.volume_short * (problem.options.volume_price > 0)).max(axis=1)
        for o in np.flatnonzero(missing > 1e-6).tolist():
            possible = float(problem.options.min_cases[o] - missing[o]) / float(table["volume_factor"][o])
            sentence = said(
                N_(
                    "{specialty} at {site}: the least volume of {least:,.0f} cases a year cannot be reached; "
                    "{short:,.0f} are missing. Type {possible:,.0f} in min_cases or let it be elastic."
                ),
                specialty=specialties[table["specialty_id"][o]],
                site=sites[table["site_id"][o]],
                least=float(problem.options.min_cases[o]),
                short=float(missing[o]),
                possible=math.floor(possible + 1e-6),
            )
            about = {"specialty_id": table["specialty_id"][o], "size_id": table["size_id"][o]}
            about["min_cases"] = float(problem.options.min_cases[o]) / float(table["volume_factor"][o])
            typed = (math.floor(possible + 1e-6), False)
            yield advised(sentence, cells_in(scenario, "sizes", "min_cases", typed, **about))
