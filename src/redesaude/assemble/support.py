"""Agreements between hubs and satellites: who needs one, who may be the partner, for how long and at which cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.options import PricedOptions
from redesaude.assemble.steps import PricedSteps, begun_in
from redesaude.assemble.waiting import unpriced
from redesaude.finance.phases import Phases
from redesaude.finance.services import share_of_years, timing_of
from redesaude.inputs.scenario import Scenario, homes, rows_of
from redesaude.travel.matrix import Minutes
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Steps
from redesaude_models.referral import Support


class Agreements:
    """The rows of ``support``, looked up by the names of specialty, hub and satellite."""

    def __init__(self, scenario: Scenario) -> None:
        table = scenario.support
        keys = zip(table["specialty_id"], table["hub_site_id"], table["satellite_site_id"], strict=True)
        self._rows = dict(zip(keys, rows_of(table), strict=True))
        given = table[table["status"] == "given"]
        self._given: dict[tuple[str, str], set[str]] = {}
        for specialty, hub, satellite in (
            given[["specialty_id", "hub_site_id", "satellite_site_id"]].to_numpy().tolist()
        ):
            self._given.setdefault((specialty, satellite), set()).add(hub)

    def between(self, specialty: str, hub: str, satellite: str, minutes: float) -> Any:
        """Return the most specific row that is about the pair; None where they may have no agreement.

        A row that names the satellite stands before one that names the hub. ``minutes`` are those between them.
        """
        if hub not in self._given.get((specialty, satellite), {hub}):
            return None
        for pair in ((hub, satellite), ("", satellite), (hub, ""), ("", "")):
            row = self._rows.get((specialty, *pair))
            if row is not None:
                near = np.isnan(row.max_minutes) or minutes <= row.max_minutes + 1e-9
                return row if near and row.status != "forbidden" else None
        return None


@dataclass(frozen=True)
class Starts:
    """Starts of satellites, as in :class:`~redesaude_models.referral.Support`, and which options need support."""

    needs: Flags
    service: Ints
    begun: Ints
    opened: Floats
    of_option: Ints
    of_step: Ints


def starts_of(options: PricedOptions, steps: PricedSteps, rows: Steps, phases: Phases) -> Starts:
    """Return the starts: every choice and every step by which a new service comes to a size that needs support.

    Those of a service that begin and open together are one.
    """
    table = options.table
    needs = (table["needs_support"] & ~table["existing"]).to_numpy(bool)
    of_option = np.full(len(table), -1, dtype=np.int64)
    of_step = np.full((len(steps.service), len(phases)), -1, dtype=np.int64)
    found: dict[tuple[int, int, float], int] = {}

    def number(service: Ints, period: int, opened: Floats) -> list[int]:
        whens = zip(service.tolist(), np.round(opened, 9).tolist(), strict=True)
        return [found.setdefault((k, period, when), len(found)) for k, when in whens]

    first = np.flatnonzero(needs)
    opened = timing_of(options.services, options.terms).opened
    of_option[first] = number(table["service"].to_numpy(np.int64)[first], 0, opened[first])
    comes = needs[steps.target] & (steps.target >= 0) & ~(needs[steps.source] & (steps.source >= 0))
    for t in range(1, len(phases)):
        taken = np.flatnonzero(comes & rows.allowed[:, t])
        opened = timing_of(begun_in(steps.services, phases, t), steps.terms).opened
        of_step[taken, t] = number(steps.service[taken], t, opened[taken])
    starts = np.array(list(found), dtype=float).reshape(-1, 3)
    return Starts(needs, starts[:, 0].astype(np.int64), starts[:, 1].astype(np.int64), starts[:, 2], of_option, of_step)


@dataclass(frozen=True)
class Agreed:
    """The agreements that may be made, the year from the first in which each ends, and what both sides pay a year.

    ``ends`` is infinite where the sheet names no years. ``yearly`` (agreements, periods) is 0 where none is active.
    """

    support: Support
    ends: Floats
    yearly: Floats


def support_rows(
    scenario: Scenario,
    services: pd.DataFrame,
    options: pd.DataFrame,
    starts: Starts,
    *,
    minutes: Minutes,
    phases: Phases,
) -> Agreed:
    """Return the agreements over the rows of ``services`` and ``options``."""
    room = np.where(starts.needs, 0, options["supports_max"].to_numpy(float)).astype(np.int64)
    found = list(_partners(scenario, services, options["service"].to_numpy(np.int64)[room > 0], starts, minutes))
    start, hub = (np.array([pair[n] for pair in found], dtype=np.int64) for n in (0, 1))
    years = np.array([pair[2].support_years for pair in found], dtype=float)
    opened = starts.opened[start]
    ends = np.where(np.isnan(years), np.inf, opened + years)
    specialty = services["specialty_id"].iloc[starts.service[start]]
    begun = np.array(phases.begins)[starts.begun[start]]
    paid_from = paid_from_decision(scenario, specialty, begun, opened)
    paid, lasting = (
        share_of_years(since, ends, phases.calendar.horizon_years)[:, None, :] * phases.yearly
        for since in (paid_from, opened)
    )
    worth, active = phases.worth(paid), lasting.sum(axis=-1) > 1e-9
    sides = [
        np.array([getattr(row, name) for _, _, row in found], dtype=float) for name in ("hub_cost", "satellite_cost")
    ]
    support = Support(
        needs=starts.needs,
        room=room,
        service=starts.service,
        begun=starts.begun,
        opened=starts.opened,
        of_option=starts.of_option,
        of_step=starts.of_step,
        start=start,
        hub=hub,
        hub_cost=sides[0][:, None] * worth,
        satellite_cost=sides[1][:, None] * worth,
        active=active,
    )
    return Agreed(support, ends, (sides[0] + sides[1])[:, None] * active)


def paid_from_decision(scenario: Scenario, specialty: pd.Series, begun: Floats, opened: Floats) -> Floats:
    """Return from when agreements are paid (years from the first): the opening of the satellite.

    Of a specialty without a price of waiting, its decision: otherwise a later opening would spare support.
    """
    priced = dict(zip(scenario.specialties["specialty_id"], ~unpriced(scenario), strict=True))
    return np.where(specialty.map(priced).to_numpy(bool), opened, begun)


def _partners(
    scenario: Scenario, services: pd.DataFrame, hubs: Ints, starts: Starts, minutes: Minutes
) -> Iterator[tuple[int, int, Any]]:
    """Yield (start, hub, row of ``support``) for every partner that a start may have."""
    agreements, apart = Agreements(scenario), between_sites(scenario, minutes)
    places = pd.Index(scenario.sites["site_id"]).get_indexer(pd.Index(services["site_id"]))
    sites, specialties = services["site_id"].to_list(), services["specialty_id"].to_list()
    for e, j in enumerate(starts.service.tolist()):
        for k in sorted(set(hubs.tolist())):
            if specialties[k] == specialties[j] and k != j:
                row = agreements.between(specialties[j], sites[k], sites[j], float(apart[places[j], places[k]]))
                if row is not None:
                    yield e, k, row


def between_sites(scenario: Scenario, minutes: Minutes) -> Floats:
    """Return the minutes from each site to each other, ``(sites, sites)``: those from the territory of the first."""
    return np.asarray(minutes[homes(scenario)])
