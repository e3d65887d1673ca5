"""Papers and pictures of a plan as files: those of the extra ``pack`` where it is installed, HTML everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from redesaude.inputs.folder_names import as_folder_name
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.brief import brief
from redesaude.report.decision.pack import Pack
from redesaude.report.document import extra
from redesaude.report.document.blocks import Block, Document, Paragraph
from redesaude.report.document.html import html
from redesaude.report.document.tables import table_of
from redesaude.report.drawing.shapes import Drawing
from redesaude.report.drawing.svg import svg
from redesaude.report.map.layers import TODAY
from redesaude.report.map.picture import Pictures
from redesaude.report.map.scales import LAYERS
from redesaude.report.view import View
from redesaude.report.workbook.term_sheets import DRAFT, TermSheet, contracts_to_draft, drafts_note

#: folders of the drafts and of the pictures, in that of a result
TERM_SHEETS, PICTURES = "term_sheets", "pictures"
#: what is told where the extra is not installed
NO_PACK = N_(
    "brief.pdf and the term sheets as text documents were left out (HTML is there instead): they need libraries that "
    "are not installed here: pip install 'redesaude[pack]'"
)
_SIZE = (460.0, 510.0)  # points of a picture by itself


def write_papers(pack: Pack, folder: Path) -> None:
    """Write the brief, and with studies a term sheet for each contract that is not direct administration."""
    paper = brief(pack)
    _write_html(paper, folder / "brief.html")
    if extra.installed():
        from redesaude.report.document.pdf import pdf

        (folder / "brief.pdf").write_bytes(pdf(paper))
    if pack.view.studies is not None:
        for name, draft in term_sheets(pack.view):
            (folder / TERM_SHEETS).mkdir(exist_ok=True)
            _write_draft(draft, folder / TERM_SHEETS / name)


def term_sheets(view: View) -> Iterator[tuple[str, Document]]:
    """Yield for each contract to be drafted the name of its file, without an ending, and its paper."""
    t, taken = view.t, set[str]()
    for site, contract in contracts_to_draft(view):
        draft = TermSheet(view, view.known, site, contract)
        blocks: list[Block] = [Paragraph(t(DRAFT), kind="warning"), Paragraph(drafts_note(view), kind="note")]
        blocks += [table_of(view, frame, columns) for frame, columns in draft.tables()]
        plain = as_folder_name(f"{site}-{contract}") or "contract"
        name = next(
            name for n in range(len(taken) + 1) if (name := f"{plain}-{n}" if n else plain).lower() not in taken
        )
        taken.add(name.lower())
        yield name, Document(draft.title, f"{view.title} · {view.variant}", t.language, tuple(blocks))


def write_pictures(view: View, folder: Path) -> None:
    """Write each layer of the map as a picture: of all specialties together and of each, today and in each period."""
    (folder / PICTURES).mkdir(exist_ok=True)
    drawn, scenario = Pictures(view), view.scenario
    for s, specialty in enumerate((ALL, *scenario.specialties["specialty_id"])):
        for p, period in enumerate((TODAY, *scenario.periods["period_id"])):
            for layer in LAYERS:
                when = "today" if period == TODAY else "plan" if len(scenario.periods) == 1 else f"plan-{p}"
                name = "-".join([layer, *([as_folder_name(specialty) or str(s)] if specialty != ALL else []), when])
                if layer != "change" or period != TODAY:
                    _write_picture(drawn.drawing(layer, specialty, period, _SIZE), folder / PICTURES / name)


def _write_html(paper: Document, path: Path) -> None:
    path.write_text(html(paper), encoding="utf-8", newline="\n")


def _write_draft(draft: Document, path: Path) -> None:
    if extra.installed():
        from redesaude.report.document.docx import docx

        path.with_name(f"{path.name}.docx").write_bytes(docx(draft))
    else:
        _write_html(draft, path.with_name(f"{path.name}.html"))


def _write_picture(drawing: Drawing, path: Path) -> None:
    path.with_name(f"{path.name}.svg").write_text(svg(drawing), encoding="utf-8", newline="\n")
    if extra.installed():
        from redesaude.report.drawing.png import png

        path.with_name(f"{path.name}.png").write_bytes(png(drawing))
