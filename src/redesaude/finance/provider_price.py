r"""What a provider is paid: the whole cost at a stated volume, a part of it fixed and a part for each case.

With :math:`F` what a year costs whatever the volume, :math:`v` the cost of a case and :math:`V` the stated volume, the
provider is paid :math:`\sigma (F + vV)` a year and :math:`(1 - \sigma)(F + vV)/V` a case: at the stated volume always
:math:`F + vV`. Where no share :math:`\sigma` is stated the parts follow what the cost is made of: :math:`F` a year and
:math:`v` a case, as in contracts of philanthropic hospitals with the SUS.

Works are repaid within the term, by equal payments from the opening on that are worth as much, at the provider's
return, as what it spends on them. All money of a year moves at one moment of it.
"""

from __future__ import annotations

import numpy as np

from redesaude_models.arrays import Floats


def fixed_part(share: Floats, yearly: Floats, per_case: Floats, volume: Floats) -> Floats:
    """Return what is paid a year whatever the volume (currency/year).

    ``yearly`` is the cost whatever the volume, ``per_case`` that of a case, ``volume`` the stated cases a year; a NaN
    ``share`` leaves the yearly cost as it is. Arrays broadcast.
    """
    return np.where(np.isnan(share), yearly, share * (yearly + per_case * volume))


def case_part(share: Floats, yearly: Floats, per_case: Floats, volume: Floats) -> Floats:
    """Return what is paid for each case (currency/case); arguments as of :func:`fixed_part`."""
    return np.where(np.isnan(share), per_case, (1.0 - share) * (yearly / volume + per_case))


def repayment(rate: Floats, spent: Floats, paid: Floats) -> Floats:
    """Return the yearly payment that repays 1 of works at ``rate`` a year, ``(rows,)``.

    ``spent`` and ``paid`` (rows, years) are the parts of the works and of a year's payment that fall in each year.
    """
    worth = (1.0 + rate[:, None]) ** -np.arange(spent.shape[1])
    return np.asarray((spent * worth).sum(axis=1) / (paid * worth).sum(axis=1))
