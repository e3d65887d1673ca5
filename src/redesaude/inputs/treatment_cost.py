"""What treating a case costs at least, as far as the sheets alone tell: to be held against the cost of an unmet one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.book import Book

_MONEY = ("capacity", "capex", "fixed_cost", "cost_per_case")
#: works are charged over this many years at least: longer than any term or horizon that is usual
_YEARS = 50


def least_treatment_cost(book: Book) -> pd.Series:
    """Return the least cost of a case (currency) by specialty: at the cheapest place and contract, always full.

    Running cost as the contract's factors have it, of which the state's share where that is the perspective, and
    works that are still to be built, repaid over 50 years less what they are worth at the end. What a site, letting
    or staff cost is left out.
    """
    places, contracts = _places(book), _contracts(book)
    pairs = places.merge(contracts, how="cross")
    used = pairs["capacity"].where(pairs["capacity"] > 0) * book.settings.occupancy
    running = pairs["per_case"] * pairs["cost_per_case"] + pairs["per_year"] * pairs["fixed_cost"] / used
    least = min([book.settings.discount_rate, *book["discount_rates"].frame["rate"].dropna()])
    cost = running + pairs["works"] * pairs["capex"] * _recovery(least) / used
    return pd.Series(cost.groupby(pairs["specialty_id"]).min())


def _places(book: Book) -> pd.DataFrame:
    """Each size of a specialty as stated, and as a site has it: columns of :data:`_MONEY`."""
    sizes = book["sizes"].frame[["specialty_id", "size_id", *_MONEY]]
    own = book["site_services"].frame[["specialty_id", "size_id", "status", *_MONEY]]
    here = own.merge(sizes, on="specialty_id", suffixes=("", "_of_size"))
    here = here[(here["size_id"] == "") | (here["size_id"] == here["size_id_of_size"])]
    stated = {name: here[name].fillna(here[f"{name}_of_size"]) for name in _MONEY}
    stated["capex"] = stated["capex"].where(here["status"] != "existing", 0.0)
    both = pd.concat([sizes, here[["specialty_id", "size_id"]].assign(**stated)], ignore_index=True)
    return both.fillna(dict.fromkeys(_MONEY[1:], 0.0))


def _contracts(book: Book) -> pd.DataFrame:
    """Factors of each contract: ``per_case``, ``per_year``, and ``works`` net of what they are worth at the end."""
    frame = book["contracts"].frame
    paid = frame["state_share"].fillna(1.0) if book.settings.perspective == "state" else 1.0
    return pd.DataFrame(
        {
            "per_case": _least(frame, "case_cost_factor") * paid,
            "per_year": _least(frame, "opex_factor") * paid,
            "works": _least(frame, "capex_factor") * (1.0 - frame["residual_share"].fillna(0.0)),
        }
    )


def _least(frame: pd.DataFrame, factor: str) -> pd.Series:
    """The lowest that the expected factor can be: its mode, or the middle of its range where that is lower."""
    mode = frame[factor].fillna(1.0)
    parts = [mode, *(frame[f"{factor}_{end}"].fillna(mode) for end in ("low", "high"))]
    return pd.Series(np.minimum(mode, sum(parts) / 3.0))


def _recovery(rate: float) -> float:
    """Equal yearly payment that repays 1 over :data:`_YEARS` years."""
    return rate / (1.0 - (1.0 + rate) ** -_YEARS) if rate > 0 else 1.0 / _YEARS
