"""Contracts one after the other: today's until the signature of the next, and what follows the end of a term.

A contract is paid from its signature until its term ends. Before, the service runs on as it does today, or not at all;
afterwards as the column ``after_term`` says: **renewed** (paid on as before, works excepted), **relet** (the same after
another tender) or **direct** (direct administration takes over, at the factors of the first such contract of the sheet,
at those of the sizes sheet if there is none). Where nothing is stated, direct administration takes over from a
project company, which hands its works back, and other contracts are renewed. A contract that runs today and is kept was
signed before the plan: its term does not end in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from redesaude.finance.arguments import unchecked
from redesaude.finance.contracts import Terms, publicly_run
from redesaude.finance.risks import Register


@dataclass(frozen=True)
class Succession(Terms):
    """Terms of services with those of the contract before (until the signature) and after (from the term's end)."""

    before: Terms | None = None
    after: Terms | None = None

    @property
    def before_signature(self) -> Terms:
        """The terms until the signature."""
        return self if self.before is None else self.before

    @property
    def after_term(self) -> Terms:
        """The terms from the end of the term, where direct administration takes over."""
        return super().after_term if self.after is None else self.after

    def take(self, rows: np.ndarray) -> Succession:
        """Return the terms of the given rows."""
        before, after = (None if nested is None else nested.take(rows) for nested in (self.before, self.after))
        own = {name: getattr(self, name)[rows] for name in _PLAIN}
        return unchecked(Succession, {**own, "before": before, "after": after})

    def going_on(self, rows: np.ndarray) -> Succession:
        """Return the terms, of ``rows`` with the contract itself before: they are enlarged under it."""
        before = self.before_signature
        own = {name: np.where(rows, getattr(self, name), getattr(before, name)) for name in _PLAIN}
        return replace(self, before=Terms(**own), signs=np.where(rows, 0.0, self.signs))

    def following(self, rows: np.ndarray, direct: np.ndarray) -> Succession:
        """Return the terms, of ``rows`` with direct administration before: they follow the end of a term.

        ``direct`` are those that are direct administration themselves, and sign nothing.
        """
        before, ended = self.before_signature, self.after_term
        own = {name: np.where(rows, getattr(ended, name), getattr(before, name)) for name in _PLAIN}
        return replace(self, before=Terms(**own), signs=np.where(rows, np.where(direct, 0.0, 1.0), self.signs))


_PLAIN = tuple(f.name for f in fields(Terms))


@dataclass(frozen=True)
class Contracts:
    """The contracts of a scenario: their ``ids`` and ``terms``, which of them is ``direct`` (blank: none).

    Of the ``register`` only the risks are asked, for what they expect: the ranges of the contracts are in the terms.
    """

    ids: tuple[str, ...]
    terms: Terms
    register: Register
    direct: str

    def of(self, ids: Sequence[str], specialties: Sequence[str]) -> Terms:
        """Return the terms of services, with the expected outcomes of the risk register."""
        place = {contract: n for n, contract in enumerate(self.ids)}
        return self.register.expected_terms(
            self.terms.take(np.array([place[c] for c in ids], dtype=int)), ids, specialties
        )

    def succeeding(self, ids: Sequence[str], today: Sequence[str], specialties: Sequence[str]) -> Succession:
        """Return the terms of services under ``ids``; ``today`` runs each until the signature, blank: nothing does."""
        own = self.of(ids, specialties)
        before = self.of([now or then for now, then in zip(today, ids, strict=True)], specialties)
        after = self.of([self.direct] * len(ids), specialties) if self.direct else None
        signs = np.array([now != then for now, then in zip(today, ids, strict=True)], dtype=float)
        plain = {name: getattr(own, name) for name in _PLAIN}
        return unchecked(Succession, plain | {"signs": signs, "before": before, "after": after})


def contracts_of(contracts: pd.DataFrame, terms: Terms, register: Register) -> Contracts:
    """Return the rows of the ``contracts`` table, whose ``terms`` are known, for services to run under."""
    public = contracts[publicly_run(contracts)]
    direct = str(public["contract_id"].iloc[0]) if len(public) else ""
    return Contracts(tuple(contracts["contract_id"].astype(str)), terms, register, direct)
