"""A page from its template, in the language of its reader."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined

from redesaude.language import LANGUAGES, translator
from redesaude.serving.desk import Desk
from redesaude.serving.words import OF_SCRIPTS, WORDS

_NAMES = {"en": "English", "pt-BR": "Português", "vi": "Tiếng Việt"}
#: the cookie that holds the language chosen
CHOSEN = "redesaude-language"


def page(desk: Desk, request: Request, template: str, **values: Any) -> str:
    """Return a page in the language of its reader."""
    language = language_for(desk, request)
    say = translator(language)
    return (
        _templates()
        .get_template(template)
        .render(
            language=language,
            languages=_NAMES,
            here=request.url.path,
            w={name: say(text) for name, text in WORDS.items()},
            say=lambda name, **filled: say(WORDS[name], **filled),
            of_scripts={name.replace("_", "-"): say(WORDS[name]) for name in OF_SCRIPTS},
            when=_minute,
            **values,
        )
    )


def language_for(desk: Desk, request: Request) -> str:
    """Return the language chosen, or else the first of the browser's that we speak, or else that of the server."""
    chosen = request.cookies.get(CHOSEN, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        wanted = part.partition(";")[0].strip().lower()
        for language in LANGUAGES:
            if wanted and wanted.split("-")[0] == language.split("-")[0].lower():
                return language
    return desk.language


@cache
def _templates() -> Environment:
    loader = PackageLoader("redesaude.serving", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _minute(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone().strftime("%Y-%m-%d %H:%M")
