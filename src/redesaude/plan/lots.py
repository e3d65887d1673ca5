"""The lots of a plan: what each contract lets together, period by period, and what letting it costs."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from redesaude.plan.appraisal import Appraisal

#: of a contract in a lot and period: its ``sites`` and ``services`` (numbers), whose they are (``site_ids``), and the
#: NPV of letting it (``transaction``) and of overseeing it (``oversight``) in the period
LOTS = ("contract_id", "lot_id", "period_id", "sites", "services", "site_ids", "transaction", "oversight")


def lots_of(appraisal: Appraisal) -> pd.DataFrame:
    """Return the lots let, columns :data:`LOTS`; a site that is let alone is one too."""
    periods, phases = list(appraisal.periods), appraisal.phases
    openings = appraisal.plan.openings
    services = openings.groupby(["site_id", "contract_id", "period_id"]).size()
    found: defaultdict[tuple[str, str, int], list[str]] = defaultdict(list)
    paid: dict[tuple[str, str, int], tuple[float, float]] = {}
    for let in appraisal.lets():
        key = let.contract, appraisal.lot_of(let.site, let.contract), let.period
        found[key].append(let.site)
        flows = appraisal.letting(let)
        transaction, oversight = (float(phases.worth(flows[line])) for line in ("transaction", "oversight"))
        paid[key] = transaction, oversight
    rows = [
        (
            contract,
            lot,
            periods[t],
            len(sites),
            int(sum(services[site, contract, periods[t]] for site in sites)),
            "; ".join(sorted(sites)),
            *paid[contract, lot, t],
        )
        for (contract, lot, t), sites in found.items()
    ]
    return pd.DataFrame(rows, columns=list(LOTS))
