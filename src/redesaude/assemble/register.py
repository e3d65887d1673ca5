"""The register of risks of a scenario: what it expects of a service is worked out once."""

from __future__ import annotations

from redesaude.finance.risks import Register, register_of
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario


@once
def register_in(scenario: Scenario) -> Register:
    """Return the rows of ``risks`` and the ranges of the contracts' own factors."""
    return register_of(scenario.risks, scenario.contracts)
