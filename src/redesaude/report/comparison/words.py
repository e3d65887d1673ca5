"""Words of a comparison: strategies, verdicts, benefits, changes, and the steps from comparator to option."""

from __future__ import annotations

import math
from collections.abc import Mapping

from redesaude.financing import BUILDERS
from redesaude.language import N_
from redesaude.payers import SERVICE_PAYERS
from redesaude.report.terms import Term
from redesaude.report.view import View
from redesaude.studies.compare import VARIANT
from redesaude.studies.same_network import SAME
from redesaude.studies.strategies import DIRECT, MIX, PPP, STATUS_QUO

STRATEGIES: Mapping[str, Term] = {
    STATUS_QUO: Term(
        N_("Today"),
        N_(
            "services that exist, as they are; decisions, rules and promises do not bind, what is missed is charged at "
            "its price; cases without room or price at that of the dearest case"
        ),
    ),
    DIRECT + SAME: Term(
        N_("All direct, same network"),
        N_(
            "the best mix's centres, sizes, patients and dates of decisions, run directly wherever a direct contract "
            "is eligible"
        ),
    ),
    DIRECT: Term(
        N_("All direct, re-optimised"),
        N_(
            "solved again: works and new services directly wherever a direct contract is eligible, elsewhere as allowed"
        ),
    ),
    PPP + SAME: Term(
        N_("PPP, same network"),
        N_(
            "the best mix's centres, sizes, patients and dates of decisions, under the cheapest eligible PPP, direct "
            "where there is none"
        ),
    ),
    PPP: Term(
        N_("PPP, re-optimised"),
        N_("solved again: works by project companies wherever the site suits, direct elsewhere"),
    ),
    MIX: Term(N_("Best mix"), N_("solved with every contract the input allows")),
}

VERDICTS: Mapping[str, str] = {
    "reference": N_("reference"),
    "dearer": N_("proven dearer"),
    "cheaper": N_("proven cheaper"),
    "not_distinguishable": N_("not distinguishable"),
    "": N_("not compared"),
}
UNPROVEN = N_("nothing proven")
VERDICT_STYLES = {"dearer": "bad", "cheaper": "good", "not_distinguishable": "caution"}

WORTH: Mapping[str, Term] = {
    "sent_away_saved": Term(N_("Cases no longer sent away"), N_("their stated cost, saved")),
    "waiting_saved": Term(N_("Waiting saved"), N_("negative: cases wait while services are let and built")),
    "elsewhere_saved": Term(N_("Care elsewhere saved"), N_("negative: others treat people until services open")),
    "travel_saved": Term(N_("Travel saved"), N_("negative: cases once sent away now travel to the network")),
    "health_value": Term(N_("Healthy years valued"), N_("at the value stated in the settings; 0: not valued")),
    "total": Term(N_("Benefits"), N_("the five above")),
    "public_cost": Term(N_("Additional public spending"), N_("against today")),
    "net": Term(N_("Net benefit"), N_("benefits less additional public spending")),
}

AGAINST: Mapping[str, str] = {"today": N_("today"), MIX: N_("the best mix")}

PAYERS: Mapping[str, Term] = {
    **{code: Term(payer.title, payer.meaning) for code, payer in SERVICE_PAYERS.items()},
    "government": Term(N_("Taxes that return"), N_("contractors' taxes that come back, as a credit")),
    "asset": Term(N_("Value handed back"), N_("what works are still worth at the end, no cash")),
    "society": Term(N_("Cases sent away and waiting"), N_("at their stated cost; with care elsewhere")),
    "patients": Term(N_("Patients"), N_("travel, at its weight in the objective")),
    **{code: Term(builder.title, builder.meaning) for code, builder in BUILDERS.items()},
}

READINGS: Mapping[str, str] = {
    "": "",
    "all": N_("all payments"),
    "capital": N_("capital part only"),
    "net": N_("net of spending replaced"),
}


def verdict_name(verdict: str, low: float) -> str:
    """Return the words of a verdict; without a bound (``low`` minus infinity) none can be told from the search."""
    return UNPROVEN if verdict == "not_distinguishable" and not math.isfinite(low) else VERDICTS[verdict]


def strategy_name(view: View, strategy: str) -> str:
    """Return the name of a strategy; a variant's is that of the workbook."""
    if not strategy.startswith(VARIANT):
        return view.t(STRATEGIES[strategy].name)
    rows = view.scenario.variants
    rows = rows[VARIANT + rows["variant_id"] == strategy]
    return next((str(name) for name in rows["name"] if name), str(rows["variant_id"].iloc[0]))


def strategy_meaning(view: View, strategy: str) -> str:
    """Return what a strategy is, in a sentence."""
    if strategy.startswith(VARIANT):
        return view.t(N_("variant of the workbook, solved with every contract the input allows"))
    return view.t(STRATEGIES[strategy].meaning)
