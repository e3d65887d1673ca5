"""Command new: a blank workbook, one of a folder of facts, or a draft of any state of Brazil from shipped facts."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from redesaude.cli.common import fail, language_of
from redesaude.cli.new_file import new_workbook
from redesaude.cli.options import Wished
from redesaude.cli.terminal import console
from redesaude.drafting.parameters import usual_contract, usual_settings
from redesaude.errors import ToldError
from redesaude.language import N_, Translator, translator

#: language of a draft where none is asked for
_DRAFTED_IN = "pt-BR"


def run(file: Path, wished: Wished, facts: Path | None, lang: str | None) -> None:
    """Write the workbook; what is wrong with the wishes or the place ends the command."""
    language = language_of(lang, _DRAFTED_IN if wished.state else None)
    say = translator(language)
    if facts and wished.state:
        fail(say(N_("--state drafts from the facts that are shipped, --facts from yours: one of them")))
    try:
        with new_workbook(file, say):
            told = _draft(file, wished, say) if wished.state else _blank(file, wished, facts, say)
    except ToldError as error:
        error.language = language
        raise
    console.print(told, soft_wrap=True, highlight=False)


def _blank(file: Path, wished: Wished, facts: Path | None, say: Translator) -> str:
    """A workbook to fill in: blank but for what is usual in the country, and what a folder of facts says."""
    given = next((field.name for field in fields(wished) if getattr(wished, field.name)), None)
    if given:
        fail(say(N_("--{option} says what of a state is drafted: name the state, e.g. --state GO"),
                 option=given.replace("_", "-")))  # fmt: skip
    from redesaude.drafting.own_facts import own_facts
    from redesaude.inputs.template import write_workbook

    tables, own = own_facts(facts, say.language) if facts else ({}, {})
    settings = usual_settings(say.language) | {"language": say.language} | own
    write_workbook(file, {"contracts": usual_contract(say.language)} | tables, settings, say.language, blank=True)
    if not facts:
        return say(N_("Written: {file}. Its first sheet says how to fill it."), file=file)
    return say(
        N_("Written: {file}, with the facts of {sheets}. What else it needs is told by redesaude check."),
        file=file,
        sheets=", ".join(tables),
    )


def _draft(file: Path, wished: Wished, say: Translator) -> str:
    from redesaude.drafting.choosing import Wish
    from redesaude.drafting.state import draft
    from redesaude.inputs.template import write_workbook

    found = draft(
        Wish(
            wished.state,
            wished.macroregion,
            _listed(wished.health_regions),
            _listed(wished.specialties),
            _listed(wished.contracts),
        )
    )
    settings = dict(found.settings) | {"language": say.language}
    write_workbook(file, found.tables, settings, say.language, todo=found.todo)
    return say(
        N_(
            "Written: {file}, a draft (municipalities: {places}, hospitals: {sites}, specialties: {specialties}). "
            "Its facts are dated and many numbers are assumptions: the sheet _todo says what to look at first."
        ),
        file=file,
        places=len(found.tables["territories"]),
        sites=len(found.tables["sites"]),
        specialties=len(found.tables["specialties"]),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
