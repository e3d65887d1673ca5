r"""Lapses: a service leaves an option earlier than the option was priced for.

The price of a choice, or of a step :math:`s` taken in period :math:`q`, is that of a service that stays as it is to the
end of the horizon: under its contract until the term ends, and under direct administration from then on. Where that is
not the price of any later year alike, what becomes of it when the service is left in period :math:`t` is told by
:math:`k_{sqt}`, with what is then not paid as its cost. A step that only follows the end of a term (:math:`a^e_o`: to
another contract, or closing what a contractor financed) needs one whose term is over (:math:`E`), an enlargement under
the contract (:math:`a^t_o`) one whose term still runs:

.. math::
    \sum_{s \in a^-_o} a_{sp} &= \sum_{s \in a^+_o, q} k_{sqp}                       & \text{lapses}\\
    \sum_{s \in a^e_o} a_{sp} &\le \sum_{(s, q) \in E} k_{sqp}                       & \text{term over}\\
    \sum_{s \in a^t_o} a_{sp} &\le \sum_{(s, q) \notin E} k_{sqp}                    & \text{term runs}\\
    \sum_p k_{sqp}            &\le a_{sq}                                            & \text{once}

Given integer steps they are integer by themselves. A contract comes to an option again only by another step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Flags
from redesaude_models.keys import Key, Keys, rows_by
from redesaude_models.places import Place, Time, placed
from redesaude_models.problem import Lapses, PlanningProblem


def step_key(keys: Keys, option: int, step: int) -> Key:
    """Return the ids of the step by which an option is reached, of its choice in the first period where it is -1."""
    if step >= 0:
        return keys.step[step]
    site, specialty, size, contract = keys.option[option]
    return site, specialty, "today", "today", size, contract


def taken(m: pyo.ConcreteModel, keys: Keys, option: int, step: int, begun: int) -> Any:
    """Return the variable that says whether ``option`` was reached by ``step`` in period ``begun``."""
    return m.z[(*keys.option[option], keys.periods[0])] if step < 0 else m.step[(*keys.step[step], keys.periods[begun])]


def add_lapses(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add ``m.lapse`` and its rows. Needs ``m.z`` and ``m.step``."""
    names = lapse_keys(problem, keys)
    m.lapse = placed(
        pyo.Var(names, bounds=(0, 1), doc="an option reached in a period is left in another, 0/1"),
        Place(1, 0, time=Time.CHANGES),
    )
    m.lapses = pyo.Constraint(pyo.Any, doc="what is left was reached somehow, and goes as its term allows")
    m.lapse_once = pyo.Constraint(pyo.Any, doc="what was reached once is left once")
    lapses, steps = problem.lapses, problem.steps
    of_way: dict[tuple[int, int, int], list[Key]] = {}
    of_option: dict[tuple[int, int], list[tuple[Key, bool]]] = {}
    rows = zip(names, lapse_rows(lapses), lapses.ended.tolist(), strict=True)
    for name, (o, s, q, t), ended in rows:
        of_way.setdefault((o, s, q), []).append(name)
        of_option.setdefault((o, t), []).append((name, ended))
    for way, leaves in of_way.items():
        m.lapse_once[leaves[0]] = sum(m.lapse[name] for name in leaves) - taken(m, keys, *way) <= 0
    ending = np.zeros(len(steps.service), dtype=bool)
    ending[lapses.ending] = True
    out = rows_by(steps.source, len(keys.option), steps.source >= 0)
    for o in sorted({o for o, _ in of_option}):
        for t, p in enumerate(keys.periods[1:], start=1):
            ways, key = of_option.get((o, t), []), (*keys.option[o], p)
            going = {s: m.step[(*keys.step[s], p)] for s in out[o]}
            m.lapses[(*key, "all")] = sum(going.values()) - sum(m.lapse[name] for name, _ in ways) == 0
            grown = [a for s, a in going.items() if not ending[s] and steps.target[s] >= 0]
            after = [a for s, a in going.items() if ending[s]]
            for label, part, over in (("runs", grown, False), ("over", after, True)):
                if part:
                    m.lapses[(*key, label)] = sum(part) - sum(m.lapse[name] for name, e in ways if e == over) <= 0


def lapse_keys(problem: PlanningProblem, keys: Keys) -> list[Key]:
    """Return for each lapse the ids of the step, the period in which it was taken, and the one in which it is left."""
    return [(*step_key(keys, o, s), keys.periods[q], keys.periods[t]) for o, s, q, t in lapse_rows(problem.lapses)]


def left_until(problem: PlanningProblem, names: list[Key]) -> dict[tuple[int, int, int], list[tuple[int, Key]]]:
    """Return (option, step, period begun) -> the periods in which it may be left, each with its lapse."""
    found: dict[tuple[int, int, int], list[tuple[int, Key]]] = {}
    for name, (o, s, q, t) in zip(names, lapse_rows(problem.lapses), strict=True):
        found.setdefault((o, s, q), []).append((t, name))
    return found


def lapses_taken(problem: PlanningProblem, options: Flags, steps: Flags) -> Flags:
    """Return which lapses the open ``options`` (options, periods) make, ``(lapses,)``; ``steps`` are those taken."""
    found = [
        bool(options[o, 0] if s < 0 else steps[s, q]) and bool(options[o, q:t].all()) and not options[o, t]
        for o, s, q, t in lapse_rows(problem.lapses)
    ]
    return np.array(found, dtype=bool)


def lapse_rows(lapses: Lapses) -> Iterator[tuple[int, int, int, int]]:
    """Yield option, step, period begun and period left of each row."""
    rows = (lapses.option, lapses.step, lapses.begun, lapses.period)
    return zip(*(row.tolist() for row in rows), strict=True)
