"""Months for which the team of a new or larger service trains before it opens: dates of the training calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from redesaude.drafting.evidence import Tongue, assumed

#: range of the months, as parts of those stated
_RANGE = 0.5, 2.0


def with_training(sizes: pd.DataFrame, months: Mapping[str, int]) -> pd.DataFrame:
    """Return the ``sizes`` sheet with ``training_months`` by specialty; none for what treats by a visiting team."""
    return sizes.assign(training_months=[months[specialty] for specialty in sizes["specialty_id"]])


def evidence(tongue: Tongue, months: Mapping[str, int], note: str) -> Iterator[dict[str, str]]:
    """Yield the ``sources`` rows of the months."""
    for specialty, stated in months.items():
        low, high = (part * stated for part in _RANGE)
        yield from tongue.rows("sizes", f"{specialty}|*", {"training_months": assumed(stated, low, high, note)})
