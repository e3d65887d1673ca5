"""Lots: at which sites a contract is let together, and what a lot is called.

The sheet ``sites`` puts each site in a lot by name (``lot_id``). A contract may group its sites otherwise, by its
``lot_scope``: all that a plan runs under it in a health region, in a macro-region or anywhere are then one lot. Which
they are is left to the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from redesaude.inputs.areas import area_names
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario, homes, rows_of
from redesaude.language import N_, Phrase

_ALONE = "site:"
#: scope of a contract's lots -> what its codes of lots begin with, before the code of the area
_AREAS = {"region": "region:", "macroregion": "macroregion:"}
_EVERYWHERE = "everywhere:"


@dataclass(frozen=True)
class Lots:
    """The lot of each site under each contract: ``scopes`` by contract, ``codes`` by scope and site."""

    scopes: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]

    def of(self, site: str, contract: str) -> str:
        """Return the code of the lot in which ``site`` is let under ``contract``; one in no lot is a lot of its own."""
        return self.codes[self.scopes[contract]][site]


@once
def lots(scenario: Scenario) -> Lots:
    """Return the lots of ``scenario``; a site in no territory, or whose territory names no such area, is let alone."""
    sites, home = scenario.sites["site_id"].to_list(), homes(scenario)
    stated = zip(sites, scenario.sites["lot_id"], strict=True)
    codes = {
        "": {site: lot or f"{_ALONE}{site}" for site, lot in stated},
        "site": {site: f"{_ALONE}{site}" for site in sites},
        "all": dict.fromkeys(sites, _EVERYWHERE),
    }
    for scope, prefix in _AREAS.items():
        area = scenario.territories[f"{scope}_id"].to_numpy(str)
        here = np.where(home >= 0, area[home], "")
        codes[scope] = {
            site: f"{prefix}{code}" if code else f"{_ALONE}{site}" for site, code in zip(sites, here, strict=True)
        }
    return Lots(dict(zip(scenario.contracts["contract_id"], scenario.contracts["lot_scope"], strict=True)), codes)


def area_of_lot(lot: str) -> str:
    """Return the code of the health region or macro-region that a lot is; blank where it is none."""
    return next((lot.removeprefix(prefix) for prefix in _AREAS.values() if lot.startswith(prefix)), "")


def lot_name(scenario: Scenario, lot: str) -> str:
    """Return what a planner calls a lot: its name on the sheet ``lots``, its area, or the site that is let alone."""
    if lot == _EVERYWHERE:
        return Phrase(N_("whole area"))
    if lot.startswith(_ALONE):
        site = lot.removeprefix(_ALONE)
        return next((row.name or site for row in rows_of(scenario.sites) if row.site_id == site), site)
    if area := area_of_lot(lot):
        return area_names(scenario.territories).get(area, area)
    return next((row.name or lot for row in rows_of(scenario.lots) if row.lot_id == lot), lot)
