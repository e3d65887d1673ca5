"""The register of risks of a scenario, and its contracts with what they expect of a service: each worked out once."""

from __future__ import annotations

from redesaude.assemble.phases import phases_of
from redesaude.finance.contracts import terms_of
from redesaude.finance.risks import Register, ranges_of, risks_of
from redesaude.finance.succession import Contracts, contracts_of
from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario


@once
def _risks_in(scenario: Scenario) -> Register:
    """The rows of ``risks``, whatever contracts state."""
    return Register(risks_of(scenario.risks), {})


@once
def register_in(scenario: Scenario) -> Register:
    """Return the rows of ``risks`` and the ranges of the contracts' own factors."""
    return _risks_in(scenario).with_ranges(ranges_of(scenario.contracts))


@once
def contracts_in(scenario: Scenario) -> Contracts:
    """Return the contracts for services to run under, in the perspective of the scenario."""
    ahead = phases_of(scenario).calendar.years_from_base
    terms = terms_of(scenario.contracts, scenario.settings.perspective, ahead)
    return contracts_of(scenario.contracts, terms, _risks_in(scenario))
