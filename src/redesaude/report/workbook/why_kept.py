"""Why a contract that is not the cheapest of its site stays, in words, for the sheets that name contracts."""

from __future__ import annotations

from redesaude.inputs.scenario import rows_of
from redesaude.report.studies import Studies
from redesaude.report.view import View
from redesaude.studies.kept import KEPT_REASONS


def why_kept(view: View, studies: Studies | None) -> dict[tuple[str, str], str]:
    """Return a sentence for each site and contract that stays; nothing without studies."""
    if studies is None:
        return {}
    t, names = view.t, view.names.contracts
    return {
        (row.site_id, row.contract_id): t(
            KEPT_REASONS[row.reason],
            rival=names.get(row.rival_id, row.rival_id),
            named="; ".join(t(name) for name in row.named),
        )
        for row in rows_of(studies.kept)
    }
