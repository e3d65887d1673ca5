r"""How long the ways of patients are: kilometres as given, else along the quickest road, else straight times a detour.

Modelled kilometres follow the way whose minutes are modelled: with :math:`P` the quickest path over ``roads`` and
:math:`\delta` the setting ``road_detour``, :math:`\sum_{P} \text{km} + \delta\, d(\text{seat}, \text{site})`, and
:math:`\delta\, d` where no road leads. They are estimates, told as such; whom they carry costs nothing by them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redesaude.inputs.scenario import Scenario, positions
from redesaude.travel.matrix import modelled
from redesaude.travel.roads import road_km
from redesaude_models.arrays import Flags, Floats


@dataclass(frozen=True)
class Ways:
    """One-way ``km`` from territories (rows) to sites, NaN where unknown, and which of them are ``given``."""

    km: Floats
    given: Flags


def ways(scenario: Scenario) -> Ways:
    """Return the length of every way, shape ``(territories, sites)`` in the order of the tables."""
    km, rows = modelled(scenario, road_km, scenario.settings.road_detour), scenario.travel_times
    given = np.zeros(km.shape, dtype=bool)
    stated = rows[rows["km"].notna()]
    if len(stated):
        at = (
            positions(scenario.territories["territory_id"], stated["origin_id"]),
            positions(scenario.sites["site_id"], stated["destination_id"]),
        )
        km[at], given[at] = stated["km"], True
    return Ways(km, given)
