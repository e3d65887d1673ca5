r"""A model in which every kind of rule may give way, kind by kind, at a price that is its change as a share of itself.

To each row of a rule a column :math:`s \ge 0` is added that takes up what the rule lacks, at the price of one over the
number of the rule. Whole numbers stay whole, and what defines the network (balance, open before serving, one size)
stays as it is. This is the elastic filter of Chinneck and Dravnieks (1991), over kinds of rules in place of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from redesaude.assemble import Assembled
from redesaude.promises.rules import RULES, Amount, Rule
from redesaude_models.arrays import Floats
from redesaude_models.keys import keys_of
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model

#: how many times its own number a tied rule may be exceeded
_MOST = 100.0

#: kind whose rows are whole numbers: shares that may not be divided
SINGLE = "x"


@dataclass(frozen=True)
class Elastic:
    """``form`` has the columns of ``plain`` and then one for each of ``slacks`` (rule, row of it, its number).

    ``kinds`` is the kind of each column: the component of a rule or of a promise's shortfall, blank for others.
    """

    model: pyo.ConcreteModel
    plain: LinearModel
    form: LinearModel
    slacks: tuple[tuple[Rule, int, Amount], ...]
    kinds: np.ndarray

    def present(self) -> list[str]:
        """Return the kinds of rules and promises that there are."""
        single = [SINGLE] if self._single().any() else []
        return [*dict.fromkeys(kind for kind in self.kinds.tolist() if kind), *single]

    def alone(self, kind: str) -> LinearModel:
        """Return the form in which one kind may give way and all others hold."""
        held = (self.kinds != "") & (self.kinds != kind)
        return self.of_kind(replace(self.form, column_upper=np.where(held, 0.0, self.form.column_upper)), kind)

    def of_kind(self, form: LinearModel, kind: str) -> LinearModel:
        """Return ``form`` (or ``plain``) with the whole numbers that it has while ``kind`` gives way."""
        return form.relaxed(self._single()[: len(form.cost)]) if kind == SINGLE else form

    def changes(self, values: Floats) -> dict[str, list[tuple[tuple[Any, ...], Amount, float]]]:
        """Return for each kind of rule the index, the number and the change of every row that gives way."""
        own = values[: len(self.plain.cost)]
        rows = self.plain.matrix @ np.where(self.plain.integer, np.round(own), own)
        found: dict[str, list[tuple[tuple[Any, ...], Amount, float]]] = {}
        for rule, row, amount in self.slacks:
            above, below = rows[row] - self.plain.row_upper[row], self.plain.row_lower[row] - rows[row]
            if max(above, below) > 1e-6 * amount.size:
                found.setdefault(rule.component, []).append((self._index(row), amount, above if above > 0 else -below))
        return found

    def _single(self) -> np.ndarray:
        names = [variable.parent_component().local_name for variable in self.plain.variables]
        shares = np.array([name == SINGLE for name in names], dtype=bool)
        return np.append(shares & self.plain.integer, np.zeros(len(self.slacks), dtype=bool))

    def _index(self, row: int) -> tuple[Any, ...]:
        return _tuple(self.plain.rows[row][1])


def elastic_model(assembled: Assembled) -> Elastic:
    """Return the model of ``assembled`` with its promises elastic, and a column for every row of a rule."""
    free = replace(assembled, problem=assembled.problem.promises_alone())
    model = build_model(free.problem)
    _decisions_as_rows(model)
    plain = linear_model(model)
    rules, keys = {rule.component: rule for rule in RULES}, keys_of(free.problem)
    slacks = tuple(
        (rules[name], n, rules[name].amount_of(free, keys, _tuple(index), _bound(plain, n)))
        for n, (name, index) in enumerate(plain.rows)
        if name in rules
    )
    pairs = zip(plain.variables, plain.cost, strict=True)
    priced = [variable.parent_component().local_name if cost > 0 else "" for variable, cost in pairs]
    kinds = np.array([*priced, *(rule.component for rule, *_ in slacks)], dtype=object)
    return Elastic(model, plain, _with_slacks(plain, slacks), slacks, kinds)


def _tuple(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def _decisions_as_rows(model: pyo.ConcreteModel) -> None:
    """Free the services and options that are decided, and state the decisions as rows that may give way."""
    model.must_open = pyo.Constraint(pyo.Any, doc="a service that is required or decided is open")
    model.barred = pyo.Constraint(pyo.Any, doc="what is decided against is not open")
    for variables in (model.open, model.z):
        for index, variable in variables.items():
            if variable.fixed and variable.value > 0.5:
                variable.unfix()
                model.must_open[index] = variable >= 1
            elif variable.fixed:
                variable.unfix()
                model.barred[index] = variable <= 0


def _bound(plain: LinearModel, row: int) -> float:
    upper = float(plain.row_upper[row])
    return upper if np.isfinite(upper) else float(plain.row_lower[row])


def _with_slacks(plain: LinearModel, slacks: tuple[tuple[Rule, int, Amount], ...]) -> LinearModel:
    rows = np.array([row for _, row, _ in slacks], dtype=np.int64)
    sign = np.where(np.isfinite(plain.row_lower[rows]), 1.0, -1.0)
    count, new = len(plain.cost), np.arange(len(slacks))
    column = coo_array((sign, (rows, new)), shape=(len(plain.row_lower), len(slacks)))
    form = replace(
        plain,
        matrix=csc_array(hstack([plain.matrix, column])),
        column_lower=np.append(plain.column_lower, np.zeros(len(slacks))),
        column_upper=np.append(plain.column_upper, np.full(len(slacks), np.inf)),
        cost=np.append(plain.cost, [1.0 / amount.size for *_, amount in slacks]),
        integer=np.append(plain.integer, np.zeros(len(slacks), dtype=bool)),
        variables=(),
        source=None,
    )
    tied = [(n, row, amount) for n, (rule, row, amount) in enumerate(slacks) if rule.tied]
    return form.with_rows(_ties(plain, tied, count, count + len(slacks)), np.zeros(len(tied)))


def _ties(plain: LinearModel, tied: list[tuple[int, int, Amount]], count: int, columns: int) -> csr_array:
    """Rows in which what a tied rule is about, if open, is worth more than the rule may give way."""
    matrix = plain.matrix.tocsr()
    entries: list[tuple[int, int, float]] = []
    for n, (slack, row, amount) in enumerate(tied):
        entries.append((n, count + slack, -1.0))
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        held = matrix.data[here] < 0
        entries.extend((n, int(c), _MOST * amount.size) for c in matrix.indices[here][held])
    at, of, value = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array(coo_array((value, (at, of)), shape=(len(tied), columns), dtype=float))
