"""What lies near a plan, column by column: the options of the size that is open, today's, and the minutes travelled."""

from __future__ import annotations

import numpy as np

from redesaude.assemble import Assembled
from redesaude.finance.phases import Phases
from redesaude.solving.core.incumbent import Incumbent
from redesaude.solving.layout import names_of
from redesaude_models.keys import keys_of, over_periods
from redesaude_models.standard_form import Flags, Floats, Ints, LinearModel
from redesaude_models.tiers import transfer_keys

#: what one period of a service counts: kept as it is today, of today's size under another contract, not there today
_AS_TODAY, _SIZE_OF_TODAY, _NEW = -1.0, -0.5, 1.0


class Near:
    """The columns of ``arrays`` as ways to keep or change a service.

    ``lost`` (columns,) says what a plan loses of today: its product with the values falls with each service that goes
    on as it is, and rises with each new one. ``unmet`` are the shares that are not treated.
    """

    def __init__(self, arrays: LinearModel, assembled: Assembled) -> None:
        names = names_of(arrays)
        options = [(n, index) for n, (name, index) in enumerate(names) if name == "z"]
        self.unmet: Flags = np.array([name == "u" for name, _ in names], dtype=bool)
        self._options: Ints = np.array([n for n, _ in options], dtype=np.int64)
        self._service = _numbered([(*index[:2], index[4]) for _, index in options])
        self._size = _numbered([index[2] for _, index in options])
        self._periods = len(assembled.problem.periods)
        today = {
            (row.site_id, row.specialty_id): (row.today_size, row.today_contract)
            for row in assembled.services[assembled.services["existing"]].itertuples(index=False)
        }
        self.lost: Floats = np.zeros(len(names))
        for n, (site, specialty, size, contract, _) in options if today else ():
            before = today.get((site, specialty))
            if before is None:
                self.lost[n] = _NEW
            elif before[0] == size:
                self.lost[n] = _AS_TODAY if before[1] == contract else _SIZE_OF_TODAY

    def same_size(self, values: Floats) -> Flags:
        """Return the options of the sizes that ``values`` open."""
        same, flags = self._same(values), np.zeros(len(values), dtype=bool)
        flags[self._options[same]] = True
        return flags

    def one_change(self, values: Floats, free: Flags) -> tuple[Floats, float]:
        """Return a row and its least value that lets one service of the ``free`` columns open, close or change size.

        As each period counts, several may change in one period instead of one in all.
        """
        same, inside = self._same(values), free[self._options]
        is_open = np.isin(self._service, self._service[values[self._options] > 0.5])
        row = np.zeros(len(values))
        row[self._options[same & inside]] = 1.0
        row[self._options[~is_open & inside]] = -1.0
        return row, float(row @ values) - self._periods

    def _same(self, values: Floats) -> Flags:
        """Which options are of the size that is open at their service."""
        opened = np.flatnonzero(values[self._options] > 0.5)
        size = np.full(int(self._service.max(initial=-1)) + 1, -1)
        size[self._service[opened]] = self._size[opened]
        return np.asarray(size[self._service] == self._size)


def _numbered(labels: list[object]) -> Ints:
    number: dict[object, int] = {}
    return np.array([number.setdefault(label, len(number)) for label in labels], dtype=np.int64)


def minutes_of(found: Incumbent, phases: Phases) -> Floats:
    """Return the minutes that patients travel for one of each column over the horizon, one way."""
    problem, keys = found.core.problem, keys_of(found.core.problem)
    years = phases.yearly.sum(axis=1)
    journeys, tiers = problem.journeys, problem.tiers
    share = journeys.minutes[:, None] * problem.demand.cases[journeys.demand] * years
    case = tiers.minutes[:, None] * years
    column = {(name, index): n for n, (name, index) in enumerate(names_of(found.arrays))}
    minutes = np.zeros(len(column))
    for name, rows, each in (("x", keys.journey, share), ("sent", transfer_keys(problem, keys), case)):
        for index, amount in zip(over_periods(rows, keys.periods), each.ravel().tolist(), strict=True):
            if (n := column.get((name, index))) is not None:
                minutes[n] = amount
    return minutes
