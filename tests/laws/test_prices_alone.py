"""What a service costs does not depend on which others are priced beside it."""

from __future__ import annotations

import numpy as np
import pytest
from test_tiers import in_tiers

from redesaude.assemble import assemble
from redesaude.assemble.phases import phases_of
from redesaude.finance.pricing import price_by_period
from tiny import scenario


@pytest.mark.parametrize("seed", range(6))
def test_every_option_costs_alone_what_it_costs_among_the_others(seed: int) -> None:
    case = scenario(**in_tiers(seed))
    options, phases = assemble(case).options, phases_of(case)
    for row in range(len(options.services)):
        services, terms = options.services.take(np.array([row])), options.terms.take(np.array([row]))
        alone = price_by_period(services, terms, phases.calendar, phases.begins, case.settings.perspective)
        for part, beside in ((alone.fixed, options.prices.fixed), (alone.per_case, options.prices.per_case)):
            for line, npv in part.items():
                np.testing.assert_allclose(npv[0], beside[line][row], rtol=1e-12, atol=1e-9, err_msg=line)
