"""The best of all networks that do what a question asks for."""

from __future__ import annotations

from enumeration import Enumeration, Network

from redesaude.asking.questions import Question
from redesaude.inputs.scenario import Scenario


class Asked(Enumeration):
    """The networks of a scenario that do what a question asks for."""

    def __init__(self, case: Scenario, question: Question) -> None:
        super().__init__(case)
        self._change = question.changes[0]

    def allowed(self, network: Network) -> bool:
        """Also whether the network does what is asked for."""
        change = self._change
        here = {s: contract for (j, s), (_, contract) in network.items() if j == change.site_id}
        does = {
            "open": change.specialty_id in here,
            "close": not here if change.specialty_id == "all" else change.specialty_id not in here,
            "contract": set(here.values()) <= {change.contract_id},
        }
        return does[change.kind] and super().allowed(network)
