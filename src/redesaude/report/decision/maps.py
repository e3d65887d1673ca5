"""Sheet ``map``: layers of the map as pictures, those of the brief and of ``--pictures``."""

from __future__ import annotations

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, Pack
from redesaude.report.map.picture import Pictures

#: two beside each other fill an upright page, two rows of them its height
_WIDTHS, _SIZE = (49, 49), (258.0, 305.0)
_SHOWN = ("within", "change", "room", "load")


def write(pack: Pack) -> None:
    """Write the sheet."""
    from redesaude.report.drawing.png import png

    view, t = pack.view, pack.view.t
    note = t(
        N_(
            "All specialties together, once all is open. Each specialty and period: map.html. The numbers: {file}, "
            "sheets access and needs; tables/assignments.csv."
        ),
        file=AUDIT,
    )
    sheet = pack.upright("map", _WIDTHS, note)
    drawn, last = Pictures(view), view.scenario.periods["period_id"].iloc[-1]
    drawings = [drawn.drawing(layer, ALL, last, _SIZE) for layer in _SHOWN]
    for first in range(0, len(drawings), len(_WIDTHS)):
        beside = drawings[first : first + len(_WIDTHS)]
        sheet.pictures([(png(drawing), drawing.title) for drawing in beside], _SIZE)
