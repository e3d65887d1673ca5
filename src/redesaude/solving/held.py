"""A network held fast in a scenario, as a plan with its audit: what it costs there, whom it reaches, or what breaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from redesaude.assemble import Assembled, assemble
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.core.incumbent import Incumbent, whole
from redesaude.solving.elastic import Elastic, elastic_model
from redesaude.solving.infeasible import smallest_change
from redesaude.solving.one_network import Network, of_arrays
from redesaude.solving.options import Limits
from redesaude.solving.relay import audited
from redesaude.solving.solve import plan_of
from redesaude.status import Status, Termination
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model


def held(scenario: Scenario, network: Network, limits: Limits) -> Plan:
    """Return the cheapest plan of ``scenario`` with just this ``network``, audited; nothing is proven of others.

    What is built stays and is paid for, though nobody should come. Where the network breaks a rule or a firm promise
    the plan has no decisions, and its causes say by how much which of them would have to give way. Raises InputError as
    :func:`redesaude.assemble.assemble`.
    """
    assembled = assemble(scenario)
    model = build_model(assembled.problem)
    arrays = linear_model(model)
    block = of_arrays(arrays, assembled)
    found = block.hold(network, limits)
    if found.values is not None:
        decisions = Incumbent(model, arrays, whole(assembled.problem), found.values).decisions()
        return audited(plan_of(assembled, decisions, found.termination, idle=True))
    if found.termination != Termination.PROVEN_INFEASIBLE:
        return Plan(scenario, Status.NO_PLAN, found.termination)
    causes = smallest_change(assembled, limits, _still(assembled, network))
    return Plan(scenario, Status.INFEASIBLE, found.termination, causes=causes)


def _still(assembled: Assembled, network: Network) -> Elastic:
    """The model in which rules may give way and the network may not."""
    elastic = elastic_model(assembled)
    block = of_arrays(elastic.plain, assembled)
    values = np.array([network.get(name, 0.0) for name in block.here])
    return replace(elastic, form=elastic.form.fixed(block.columns, values))
