"""Write the data dictionary of the input workbook from its declaration.

Run ``python docs/build_sheets.py`` after a change of a sheet; a test tells when that was forgotten. ``make docs`` makes
pages of it in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from redesaude.inputs.tables import INPUT, SETTINGS, Column, Form, Table
from redesaude.language import N_, Translator, translator
from redesaude.lines import RISKY_LINES
from redesaude.reviewing.declared import ACTUALS

FILE, ACTUALS_FILE = (Path(__file__).parent / name for name in ("sheets.md", "actuals.md"))


def dictionary(t: Translator, form: Form = INPUT) -> str:
    """Return the dictionary in the language of ``t``: a heading for each sheet, a row for each column."""
    title = N_("Data dictionary of the workbook") if form is INPUT else N_("Data dictionary of the workbook of actuals")
    lines = [f"# {t(title)}", "", t(N_("Every sheet and column that a workbook may have.")), ""]
    for table in form.tables:
        need = t(N_("required")) if table.required else t(N_("optional"))
        lines += [f"## {table.name}", "", f"{t(table.row)} ({need}).", "", *_rows(table, t), ""]
    return "\n".join(lines)


def _rows(table: Table, t: Translator) -> Iterator[str]:
    entries = SETTINGS if table.name == "settings" else table.columns
    heads = (N_("Column"), N_("Meaning"), N_("Unit"), N_("What may stand there"), N_("Blank"))
    yield "| " + " | ".join(t(head) for head in heads) + " |"
    yield "|" + "---|" * len(heads)
    for entry in entries:
        cells = (
            f"`{entry.name}`",
            t(entry.meaning),
            t(entry.unit) if entry.unit else "",
            _allowed(entry),
            _blank(entry, t),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _allowed(entry: Column) -> str:
    """What may stand in a cell, in signs and codes that every language reads."""
    stated = (*entry.choices, *entry.words)
    words = [word for word in stated if word not in RISKY_LINES]  # every cost line has its own row in costs.csv
    refers = [entry.refers] * bool(entry.refers) + ["costs.line"] * (len(words) < len(stated))
    if entry.kind in ("number", "integer"):
        ends = [f"{sign} {limit:g}" for sign, limit in (("≥", entry.low), ("≤", entry.high)) if limit is not None]
        return ", ".join(ends)
    if entry.kind == "flag":
        return "yes, no"
    return ", ".join([*(f"→ {target}" for target in refers), *(f"`{word}`" for word in words)])


def _blank(entry: Column, t: Translator) -> str:
    """What a blank cell means."""
    if entry.required:
        return t(N_("must be filled in"))
    if entry.default is None or entry.default == "":
        return ""
    if isinstance(entry.default, bool):
        return "yes" if entry.default else "no"
    return f"{entry.default:g}" if isinstance(entry.default, float) else str(entry.default)


if __name__ == "__main__":
    FILE.write_text(dictionary(translator()), encoding="utf-8", newline="\n")
    ACTUALS_FILE.write_text(dictionary(translator(), ACTUALS), encoding="utf-8", newline="\n")
