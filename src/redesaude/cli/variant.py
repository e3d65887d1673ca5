"""Command variant: a what-if variant from a few words, written to a copy of the workbook and solved if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.table import Table

from redesaude.cli.common import fail, read
from redesaude.cli.new_file import new_workbook
from redesaude.cli.terminal import console
from redesaude.inputs.drafted_variant import DraftedVariant, draft_variant
from redesaude.inputs.faults import show
from redesaude.inputs.template import write_scenario
from redesaude.language import N_, Translator, translator

#: cells shown of those that a variant changes
_SHOWN = 12

_PAIRS = N_(
    'each --set needs one value, as in --set "capital ceiling" -20%: there are {sets} of them and {values} values'
)
_NOTHING = N_("Nothing is changed: --set WORDS VALUE, or --inherits with codes of variants")
_WRITTEN = N_("Written: {file}, a copy of what was read with the variant {variant}.")
_MORE = N_("and {count} more {count:cell|cells}")


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line: words, as many values, and what the variant is called and inherits."""

    sets: Sequence[str]
    values: Sequence[str]
    code: str = ""
    title: str = ""
    inherits: str = ""

    def pairs(self, say: Translator) -> list[tuple[str, str]]:
        """Return what is set to what; the command ends where the values do not go with the words."""
        bare = [text for text in self.sets if "=" not in text]
        if len(bare) != len(self.values):
            fail(say(_PAIRS, sets=len(bare), values=len(self.values)))
        values = iter(self.values)
        return [_split(text) if "=" in text else (text, next(values)) for text in self.sets]


def run(file: Path, wanted: Wanted, *, out: Path | None, lang: str | None) -> tuple[Path, str]:
    """Write the copy and return it with the code of its variant."""
    scenario = read(file, lang)
    say = translator(scenario.settings.language)
    inherits = tuple(code.strip() for code in wanted.inherits.split(",") if code.strip())
    pairs = wanted.pairs(say)
    if not pairs and not inherits:
        fail(say(_NOTHING))
    made = draft_variant(scenario, pairs, variant_id=wanted.code, name=wanted.title, inherits=inherits)
    target = out or file.with_name(f"{file.stem}-{made.variant_id}.xlsx")
    with new_workbook(target, say):
        show_changed(made, say)
        write_scenario(target, made.scenario)
    console.print(say(_WRITTEN, file=target, variant=made.variant_id), soft_wrap=True, highlight=False)
    console.print(f'redesaude solve "{target}" --variant "{made.variant_id}"', soft_wrap=True, highlight=False)
    return target, made.variant_id


def show_changed(made: DraftedVariant, say: Translator) -> None:
    """Print the cells that the variant changes, as they were and as they become."""
    table = Table(show_edge=False)
    for heading in (N_("sheet"), N_("row"), N_("column"), N_("before"), N_("after")):
        table.add_column(say(heading))
    for row in made.changed.head(_SHOWN).itertuples(index=False):
        table.add_row(*("" if pd.isna(value) else show(value) for value in row))
    console.print(table)
    if len(made.changed) > _SHOWN:
        console.print(say(_MORE, count=len(made.changed) - _SHOWN), highlight=False)


def _split(text: str) -> tuple[str, str]:
    """Words and value of one text, ``WORDS=VALUE``, ``WORDS+=VALUE`` or ``WORDS*=VALUE``."""
    words, _, value = text.partition("=")
    operation = words[-1:] if words[-1:] in {"+", "*"} else ""
    return words.removesuffix(operation).strip(), (f"{operation}=" if operation else "") + value.strip()
