"""Tiers: what share of the severities each option treats in each period, and where the others may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.assemble.demand import travel_cost
from redesaude.assemble.support import Agreed, between_sites
from redesaude.assemble.techniques import Skills, least_share
from redesaude.finance.phases import Phases
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario
from redesaude.travel.matrix import Minutes
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Services
from redesaude_models.referral import Tiers


@once
def tiered(scenario: Scenario) -> list[str]:
    """Return the ids of the specialties with a size, or a technique still to come, that leaves something untreated."""
    least = scenario.sizes.groupby("specialty_id")["treats_share"].min()
    taught = scenario.taught.groupby("specialty_id")["case_share"].max()
    return [s for s in scenario.specialties["specialty_id"] if least.get(s, 1.0) < 1.0 or taught.get(s, 0.0) > 0]


def severities(scenario: Scenario, specialty: str) -> list[float]:
    """Return where the bands of severity of a specialty begin and end: the shares that its sizes are said to treat.

    The least is what a hospital treats that waits for all its techniques, if that is less.
    """
    sizes = scenario.sizes[scenario.sizes["specialty_id"] == specialty]
    stated = np.concatenate([sizes["treats_share"], sizes["treats_share_mature"].dropna()])
    least = least_share(scenario, specialty)
    return [float(share) for share in np.unique(np.round([*stated, min(least, stated.min())], 9))]


def transfer_cost(scenario: Scenario) -> Floats:
    """Return the public cost of a transfer in each specialty (currency/case)."""
    return scenario.specialties["transfer_cost"].to_numpy(float)


def tier_rows(
    scenario: Scenario,
    services: Services,
    options: pd.DataFrame,
    agreed: Agreed,
    *,
    within_reach: Floats,
    minutes: Minutes,
    phases: Phases,
) -> Tiers:
    """Return tiers over the rows of ``services`` and ``options``.

    ``within_reach`` are the yearly cases that can reach each service at first contact. Without tiers there are no rows.
    """
    names = tiered(scenario)
    known = {name: s for s, name in enumerate(scenario.specialties["specialty_id"])}
    specialty, above, upto = _bands(scenario, [(name, known[name]) for name in names])
    mine = np.isin(services.specialty, [known[name] for name in names])
    arrivals = _arrivals(scenario, options, mine, agreed, phases)
    rows = pd.DataFrame(arrivals, columns=["option", "period", "share", "agreements"])
    option, share = rows["option"].to_numpy(np.int64), rows["share"].to_numpy(float)
    service = options["service"].to_numpy(np.int64)[option]
    occupied = options["capacity"].to_numpy(float)[option] * scenario.settings.occupancy
    bands = Tiers(specialty=specialty, above=above, upto=upto)
    source, target, band, far = _transfers(scenario, services, bands, (service, share), minutes)
    kind = services.specialty[source]
    yearly = {
        "ambulance": transfer_cost(scenario)[kind],
        "travel": travel_cost(scenario)[kind] * far,
    }
    return Tiers(
        service=mine,
        specialty=specialty,
        above=above,
        upto=upto,
        option=option,
        period=rows["period"].to_numpy(np.int64),
        share=share,
        most=np.minimum(within_reach[service], occupied / share),
        held=np.array([(r, a) for r, agreed in enumerate(rows["agreements"]) for a in agreed], dtype=np.int64).reshape(
            -1, 2
        ),
        source=source,
        target=target,
        band=band,
        minutes=far,
        **{name: cost[:, None] * phases.annuities for name, cost in yearly.items()},
    )


def _bands(scenario: Scenario, names: list[tuple[str, int]]) -> tuple[Ints, Floats, Floats]:
    """Specialty, lower and upper severity of each band."""
    cuts = [(s, low, high) for name, s in names for low, high in pairwise(severities(scenario, name))]
    table = np.array(cuts, dtype=float).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1], table[:, 2]


def _arrivals(
    scenario: Scenario, options: pd.DataFrame, mine: Flags, agreed: Agreed, phases: Phases
) -> Iterator[tuple[int, int, float, list[int]]]:
    """Yield (option, period, share treated, agreements of which one gives that share: none where all do)."""
    skills, agreements, ends = Skills(scenario), agreed.support, agreed.ends
    service, existing = options["service"].to_numpy(np.int64), options["existing"].to_numpy(bool)
    places = list(zip(options["site_id"], options["specialty_id"], strict=True))
    young = options["treats_share"].to_numpy(float)
    mature = np.where(options["treats_share_mature"].isna(), young, options["treats_share_mature"].to_numpy(float))
    begun, opened = agreements.begun[agreements.start], agreements.opened[agreements.start]
    of_service = {k: np.flatnonzero(agreements.satellite == k) for k in np.unique(agreements.satellite).tolist()}
    for o in np.flatnonzero(mine[service]).tolist():
        alone = float(mature[o] if existing[o] else young[o])
        for t, span in enumerate(zip(phases.begins, phases.ends, strict=True)):
            if existing[o] or not agreements.needs[o]:
                yield o, t, skills.share(places[o], (alone, alone), (-np.inf, np.inf), span), []
                continue
            levels: dict[float, list[int]] = {}
            for a in of_service.get(int(service[o]), np.zeros(0, dtype=np.int64)).tolist():
                if begun[a] <= t:
                    dates = float(opened[a]), float(ends[a])
                    share = skills.share(places[o], (float(young[o]), float(mature[o])), dates, span)
                    levels.setdefault(share, []).append(a)
            for share, giving in sorted(levels.items()) or [(round(float(young[o]), 9), [])]:
                yield o, t, share, giving if len(levels) > 1 else []


def _transfers(
    scenario: Scenario, services: Services, bands: Tiers, arrivals: tuple[Ints, Floats], minutes: Minutes
) -> tuple[Ints, Ints, Ints, Floats]:
    """Return (from, to, band, minutes) of every transfer that may be: from a service that may not treat all of a band
    to one that may, near enough. ``arrivals`` are the service and the share of each row.
    """
    apart, ceiling = between_sites(scenario, minutes), scenario.specialties["transfer_minutes"].to_numpy(float)
    service, share = arrivals
    none = np.zeros(0, dtype=np.int64)
    found = [(none, none, none, np.zeros(0))]
    for b, s in enumerate(bands.specialty.tolist()):
        of_specialty = services.specialty[service] == s
        treats = bands.treats(share, b)
        sources, targets = (np.unique(service[of_specialty & which]) for which in (~treats, treats))
        far = apart[np.ix_(services.site[sources], services.site[targets])]
        near = np.isfinite(far) & (far <= np.nan_to_num(ceiling[s], nan=np.inf) + 1e-9)
        near &= sources[:, None] != targets
        j, k = np.nonzero(near)
        found.append((sources[j], targets[k], np.full(len(j), b), far[j, k]))
    j, k, band = (np.concatenate([part[n] for part in found]).astype(np.int64) for n in range(3))
    return j, k, band, np.concatenate([part[3] for part in found])


def reach_with_transfers(tiers: Tiers, options: Ints, within_reach: Floats) -> Floats:
    """Return the yearly cases that can reach each service at all, at first contact or sent from another.

    ``options`` is the service of each option.
    """
    found = within_reach.copy()
    if len(tiers.source):
        lowest = np.ones(len(within_reach))
        np.minimum.at(lowest, options[tiers.option], tiers.share)
        pairs = np.unique(np.column_stack([tiers.source, tiers.target]), axis=0)
        np.add.at(found, pairs[:, 1], ((1.0 - lowest) * within_reach)[pairs[:, 0]])
    return found
