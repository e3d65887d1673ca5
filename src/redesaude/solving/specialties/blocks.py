r"""The blocks of a model: the columns of specialties touch those of others only through a few coupling rows.

With the columns split into the blocks :math:`s` of specialties, one or those that belong together, and what they share
(contracts, money; block :data:`~redesaude_models.columns.NONE`), every row either lies inside one block or couples
several. Money ceilings, hosting and the number of services at a site are coupling rows; all the rest, the assignment
rules, sizes, capacities and promises of a specialty, are its block's own.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.standard_form import LinearModel


class Blocks:
    """The partition of the columns of a model by ``owner`` (block of each column), and of its rows that follows."""

    def __init__(self, arrays: LinearModel, owner: Ints) -> None:
        self.arrays = arrays
        self.owner = owner
        self.names = sorted(set(owner.tolist()))

    @cached_property
    def _touch(self) -> Flags:
        """Which blocks have a column in each row, shape ``(rows, blocks)`` in the order of ``names``."""
        form = self.arrays.matrix.tocoo()
        touch = np.zeros((self.arrays.matrix.shape[0], len(self.names)), dtype=bool)
        touch[form.row, np.searchsorted(self.names, self.owner[form.col])] = True
        return touch

    @cached_property
    def coupling(self) -> Flags:
        """Rows that touch more than one block."""
        return np.asarray(self._touch.sum(axis=1) > 1)

    def columns(self, name: int) -> Ints:
        """Columns of a block."""
        return np.flatnonzero(self.owner == name)

    def rows(self, name: int) -> Ints:
        """Rows that touch this block only."""
        return np.flatnonzero(self._touch[:, np.array(self.names) == name].any(axis=1) & ~self.coupling)

    def alone(self, name: int, cost: Floats) -> tuple[LinearModel, Ints]:
        """Return the model of one block in its own rows at ``cost`` (of all columns), and its columns."""
        columns = self.columns(name)
        return self.arrays.part(self.rows(name), columns, cost[columns]), columns
