"""Where sites lie."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.scenario import Scenario


def site_points(scenario: Scenario) -> pd.DataFrame:
    """Return longitude and latitude of each site, row by row: its own coordinates, else its territory's seat."""
    seats = scenario.territories.set_index("territory_id")[["longitude", "latitude"]]
    own, seat = scenario.sites[["longitude", "latitude"]], seats.reindex(scenario.sites["territory_id"])
    return own.fillna(seat.set_index(own.index))
