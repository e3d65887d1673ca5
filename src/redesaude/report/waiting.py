"""In words: how the choice of contracts changes where waiting weighs nothing."""

from __future__ import annotations

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.report.figures import key_figures
from redesaude.report.view import View

_NAMED = 3
_SAME = N_(
    "Without the price of waiting ({part} of the cost) no site would be cheapest under another contract. Which "
    "services open can change too: solve with waiting_weight 0 to see it."
)
_OTHER = N_(
    "Without the price of waiting ({part} of the cost) {count} of {sites} {sites:site|sites} would be cheapest under "
    "another contract, each by itself, for {saved} less in all: {named}. Which services open can change too: solve "
    "with waiting_weight 0 to see it."
)
_PAIR = N_("{other} instead of {contract} ({count})")


def waiting_sentences(view: View) -> list[str]:
    """Return what changes without waiting; nothing where it costs nothing, or where the studies were left out."""
    figures, t = key_figures(view.plan), view.t
    if view.studies is None or figures.waiting <= 0:
        return []
    changed, sites = view.studies.unweighed, view.plan.openings["site_id"].nunique()
    part = view.numbers.percent(figures.waiting / figures.total)
    if changed.empty:
        return [t(_SAME, part=part)]
    pairs = changed.groupby(["contract_id", "other_id"], sort=False).size().sort_values(ascending=False, kind="stable")
    names = view.names.contracts
    named = [
        t(_PAIR, contract=names[row.contract_id], other=names[row.other_id], count=int(row.sites))
        for row in rows_of(pairs.head(_NAMED).rename("sites").reset_index())
    ]
    saved = view.numbers.money(float(changed["saved"].sum()))
    return [t(_OTHER, part=part, count=len(changed), sites=sites, saved=saved, named="; ".join(named))]
