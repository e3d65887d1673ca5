"""Command history: a result and those that it took the place of."""

from __future__ import annotations

from os.path import relpath
from pathlib import Path

from rich.table import Table
from rich.text import Text

from redesaude.cli.common import language_of
from redesaude.cli.options import Lang, Result
from redesaude.cli.terminal import console
from redesaude.language import N_, translator
from redesaude.report.placing import results_at, reviews_beside, written_at

#: heading and justification of each column
_COLUMNS = (
    (N_("written"), "left"),
    (N_("status"), "left"),
    (N_("net present cost"), "right"),
    (N_("gap"), "right"),
    (N_("input"), "left"),
    (N_("folder"), "left"),
)


def history(result: Result, lang: Lang = None) -> None:
    """List a result and the earlier ones in its history, the latest first, and reviews and re-plans kept beside it."""
    say = translator(language_of(lang))
    table = Table(show_edge=False)
    for heading, side in _COLUMNS:
        table.add_column(say(heading), justify="right" if side == "right" else "left", overflow="fold")
    for folder, manifest in [*results_at(result), *reviews_beside(result)]:
        cost, gap = manifest.get("objective"), manifest.get("gap")
        cells = (
            written_at(folder, manifest)[:16].replace("T", " "),
            str(manifest.get("status", manifest.get("asked", "compare"))),
            "-" if cost is None else f"{cost:,.0f}",
            "-" if gap is None else f"{gap:z.2%}",
            str(manifest["input_sha256"])[:8],
            Path(relpath(folder, result)).as_posix(),
        )
        table.add_row(*map(Text, cells))
    console.print(table)
