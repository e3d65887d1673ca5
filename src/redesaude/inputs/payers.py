r"""Who pays what services spend at their sites, by the sheet ``payers`` and the defaults of the country.

Of what a service spends on lines of one kind, payer :math:`p` pays the share :math:`\sigma_p` of the row that names
most of it (site before specialty, delivery model and owner); the rest, :math:`1 - \sum_p \sigma_p`, stays with whoever
pays anyway. Shares of one row's kind add up to no more than 1, so the parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.lines import SPENT, Source, line_of
from redesaude.payers import COUNTRIES, DEFAULTS, MUNICIPALITIES, STATE
from redesaude_models.arrays import Floats

_KEY = ["site_id", "specialty_id", "contract_id", "kind"]
#: what a row may name, from what matters least; a sheet's row stands before any default
_NAMED = ("kind", "owner", "delivery_model", "specialty_id", "site_id")
#: what is paid at a site, and not for the network between sites
_AT_SITES = (Source.SERVICE, Source.SITE, Source.CLOSING)


class _Row(NamedTuple):
    rank: int
    named: Mapping[str, str]
    payer: str
    share: float


class Spent(NamedTuple):
    """What is spent on lines of a ``kind`` by rows of services or sites (currency).

    ``municipal`` is the part of it that municipalities pay where no other payer is named, as their contract shares it.
    """

    kind: str
    amount: Floats
    municipal: Floats | float = 0.0


class PayerShares:
    """The shares of those who pay for the services of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._found: dict[tuple[str, str, str, str], dict[str, float]] = {}

    @cached_property
    def _rows(self) -> list[_Row]:
        sheet = (
            {name: getattr(row, name) for name in (*_NAMED, "payer", "share")} for row in rows_of(self._scenario.payers)
        )
        assumed = (
            {"owner": owner, "delivery_model": model, "kind": kind, "payer": payer, "share": share}
            for owner, model, kind, payer, share in DEFAULTS.get(self._scenario.settings.payer_defaults, ())
        )
        return [*_ranked(sheet, 1 << len(_NAMED)), *_ranked(assumed, 0)]

    @cached_property
    def _owner(self) -> dict[str, str]:
        """The owner of each site: as stated, else as its kind says."""
        public = COUNTRIES.get(self._scenario.settings.payer_defaults, "")
        sites = self._scenario.sites
        of_kind = sites["kind"].where(~sites["kind"].isin(["public", "new"]), public)
        return dict(zip(sites["site_id"], sites["owner"].where(sites["owner"] != "", of_kind), strict=True))

    @cached_property
    def _model(self) -> dict[str, str]:
        contracts = self._scenario.contracts
        return dict(zip(contracts["contract_id"], contracts["delivery_model"], strict=True))

    @property
    def stated(self) -> bool:
        """Whether anything is stated or assumed."""
        return bool(self._rows)

    def of(self, site: str, specialty: str, contract: str, kind: str) -> dict[str, float]:
        """Return the share of each payer in what is spent there on lines of a kind; the rest is not among them."""
        key = site, specialty, contract, kind
        if key not in self._found:
            about = dict(
                zip(
                    _NAMED,
                    (kind, self._owner.get(site, ""), self._model.get(contract, ""), specialty, site),
                    strict=True,
                )
            )
            mine = [row for row in self._rows if all(about[name] == value for name, value in row.named.items())]
            most = max((row.rank for row in mine), default=0)
            found: dict[str, float] = {}
            for row in mine:
                if row.rank == most:
                    found[row.payer] = found.get(row.payer, 0.0) + row.share
            self._found[key] = found
        return self._found[key]

    def counted(self, row: Any, places: pd.DataFrame, spent: Spent) -> Floats:
        """Return what a row of ``funding`` or ``fiscal`` counts of what is ``spent``, by rows of ``places``.

        ``places`` (columns site_id, specialty_id, contract_id) has the rows of ``spent``. A row that names no payer
        counts whoever pays, one of ``all`` regions every site.
        """
        amount = np.asarray(spent.amount, dtype=float)
        if row.region_id != ALL:
            amount = amount * places["site_id"].isin(self.sites_in(row.region_id)).to_numpy(float)
        if not row.payer:
            return amount
        keys = zip(places["site_id"], places["specialty_id"], places["contract_id"], strict=True)
        shares = [self.of(*key, spent.kind) for key in keys]
        own = np.array([found.get(row.payer, 0.0) for found in shares], dtype=float)
        left = np.array([1.0 - sum(found.values()) for found in shares], dtype=float)
        by_others = spent.municipal if row.payer == MUNICIPALITIES else 1.0 - spent.municipal
        return np.asarray(amount * (own + left * (by_others if row.payer in (STATE, MUNICIPALITIES) else 0.0)))

    def sites_in(self, region: str) -> frozenset[str]:
        """Return the sites that lie in a region or macro-region."""
        scenario = self._scenario
        here = scenario.territories["territory_id"][in_area(scenario.territories, region)]
        return frozenset(scenario.sites["site_id"][scenario.sites["territory_id"].isin(here)])

    def covers(self, row: Any, table: pd.DataFrame) -> np.ndarray:
        """Return which rows of ``table``, split by payer, a row of ``funding`` or ``fiscal`` counts by those two.

        What belongs to no site is the state's, and lies in no region.
        """
        mine = np.ones(len(table), dtype=bool)
        if row.payer:
            mine &= (table["payer"] == row.payer).to_numpy(bool)
        if row.region_id != ALL:
            mine &= at_site(table) & table["site_id"].isin(self.sites_in(row.region_id)).to_numpy(bool)
        return mine

    def split(self, table: pd.DataFrame, amounts: list[str]) -> pd.DataFrame:
        """Return ``table`` (columns site_id, specialty_id, contract_id, line, payer) with ``amounts`` by who pays them.

        What the state and the municipalities of a contract would pay of services, sites and closings is shared among
        those stated; everything else stays as it is.
        """
        mine = table["payer"].isin([STATE, MUNICIPALITIES]) & at_site(table)
        if not self.stated or not mine.any():
            return table
        own = table[mine].assign(kind=table.loc[mine, "line"].map(lambda line: line_of(line).kind.value))
        places = own[_KEY].drop_duplicates()
        shares = [(*key, *part) for key in places.itertuples(index=False, name=None) for part in self._parts(*key)]
        parts = own.merge(pd.DataFrame(shares, columns=[*_KEY, "other", "part"]), on=_KEY)
        parts["payer"] = parts["other"].where(parts["other"] != "", parts["payer"])
        for name in amounts:
            parts[name] = parts[name] * parts["part"]
        return pd.concat([table[~mine], parts[list(table.columns)]], ignore_index=True)

    def _parts(self, *key: str) -> Iterator[tuple[str, float]]:
        """The shares of those stated, then (blank) what is left."""
        shares = self.of(*key)
        yield from shares.items()
        if (rest := 1.0 - sum(shares.values())) > 1e-9:
            yield "", rest


def _ranked(rows: Iterator[dict[str, object]], above: int) -> Iterator[_Row]:
    for row in rows:
        named = {name: str(row[name]) for name in _NAMED if row.get(name)}
        rank = above + sum(1 << _NAMED.index(name) for name in named)
        yield _Row(rank + 1, named, str(row["payer"]), float(row["share"]))  # type: ignore[arg-type]


def at_site(table: pd.DataFrame) -> np.ndarray:
    """Return which rows of a table of money are spent on a service, on hosting at a site, or on closing one."""
    lines = {line: line_of(line) for line in table["line"].unique()}
    at_site = {name for name, line in lines.items() if line.kind in SPENT and set(line.sources) & set(_AT_SITES)}
    hosts = {name for name in at_site if Source.SITE in lines[name].sources}
    named = (table["specialty_id"] != "") | table["line"].isin(hosts)
    return (table["line"].isin(at_site) & (table["site_id"] != "") & named).to_numpy(bool)
