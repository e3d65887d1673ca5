"""What lies near a plan, column by column: the options of the size that is open, today's, and the minutes travelled."""

from __future__ import annotations

import numpy as np

from redesaude.assemble import Assembled
from redesaude.finance.phases import Phases
from redesaude.solving.layout import Layout
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.columns import NONE, columns_of
from redesaude_models.keys import keys_of
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel

#: what one period of a service counts: kept as it is today, of today's size under another contract, not there today
_AS_TODAY, _SIZE_OF_TODAY, _NEW = -1.0, -0.5, 1.0

#: above it an option counts as open
_HALF = 0.5


class Near:
    """The columns of ``arrays`` as ways to keep or change a service.

    ``lost`` (columns,) says what a plan loses of today: its product with the values falls with each service that goes
    on as it is, and rises with each new one. ``unmet`` are the shares that are not treated.
    """

    def __init__(self, arrays: LinearModel, assembled: Assembled, layout: Layout) -> None:
        problem, columns = assembled.problem, columns_of(arrays)
        self._whole, self._layout = arrays.integer, layout
        grid, count = columns["z"], len(arrays.cost)
        option, period = np.nonzero(grid != NONE)
        service = problem.options.service[option]
        self.unmet: Flags = np.zeros(count, dtype=bool)
        columns.put("u", np.ones_like(columns["u"], dtype=bool), self.unmet)
        self._options: Ints = grid[option, period]
        self._option = option
        self._service: Ints = service * len(problem.periods) + period
        self._size = np.unique(np.array(problem.options.size, dtype=str), return_inverse=True)[1][option]
        self._periods = len(problem.periods)
        self.lost: Floats = np.zeros(count)
        self.lost[self._options] = _lost(assembled)[option]

    def other_contracts(self, values: Floats) -> Flags:
        """Return the options of the sizes that ``values`` open, the integers of sites and lots, and what follows."""
        follows = ~self._whole & (self._layout.demand == NONE)
        flags = np.asarray((self._whole & (self._layout.specialty == NONE)) | follows)
        flags[self._options[self._same(values)]] = True
        return flags

    def neither_open_nor_today(self, values: Floats) -> Flags:
        """Return the options that ``values`` do not open in any period and that nothing of today is of."""
        opened = np.isin(self._option, self._option[values[self._options] > _HALF])
        flags = np.zeros(len(values), dtype=bool)
        flags[self._options[~opened & (self.lost[self._options] >= 0)]] = True
        return flags

    def one_change(self, values: Floats, free: Flags) -> tuple[Floats, float]:
        """Return a row and its least value that lets one service of the ``free`` columns open, close or change size.

        As each period counts, several may change in one period instead of one in all.
        """
        same, inside = self._same(values), free[self._options]
        is_open = np.isin(self._service, self._service[values[self._options] > _HALF])
        row = np.zeros(len(values))
        row[self._options[same & inside]] = 1.0
        row[self._options[~is_open & inside]] = -1.0
        return row, float(row @ values) - self._periods

    def _same(self, values: Floats) -> Flags:
        """Which options are of the size that is open at their service."""
        opened = np.flatnonzero(values[self._options] > _HALF)
        size = np.full(int(self._service.max(initial=-1)) + 1, -1)
        size[self._service[opened]] = self._size[opened]
        return np.asarray(size[self._service] == self._size)


def _lost(assembled: Assembled) -> Floats:
    """What each option loses of today, 0 for all where nothing is there today."""
    problem, services = assembled.problem, assembled.services
    today = {
        (row.site_id, row.specialty_id): (row.today_size, row.today_contract)
        for row in services[services["existing"]].itertuples(index=False)
    }
    if not today:
        return np.zeros(len(problem.options.service))
    lost = np.full(len(problem.options.service), _NEW)
    for o, (site, specialty, size, contract) in enumerate(keys_of(problem).option):
        if (before := today.get((site, specialty))) is None:
            continue
        kept = _AS_TODAY if before[1] == contract else _SIZE_OF_TODAY
        lost[o] = kept if before[0] == size else 0.0
    return lost


def minutes_of(arrays: LinearModel, problem: PlanningProblem, phases: Phases) -> Floats:
    """Return the minutes that patients travel for one of each column over the horizon, one way."""
    years = phases.yearly.sum(axis=1)
    journeys, tiers = problem.journeys, problem.tiers
    share = journeys.minutes[:, None] * problem.demand.cases[journeys.demand] * years
    case = tiers.minutes[:, None] * years
    columns, minutes = columns_of(arrays), np.zeros(len(arrays.cost))
    columns.put("x", share, minutes)
    columns.put("sent", case, minutes)
    return minutes
