"""Sentences for planners in English, Portuguese and Vietnamese, from gettext catalogues.

Code marks a sentence with :func:`N_` (message id = the English sentence); a :class:`Translator` renders it.
The catalogues are ``pt_BR.po`` and ``vi.po`` beside this file, read as they are: nothing to compile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from numbers import Real

from babel import Locale
from babel.messages.pofile import read_po
from babel.numbers import NumberFormatError, parse_decimal

LANGUAGES = ("en", "pt-BR", "vi")

#: a noun in its two forms, of which the number of a placeholder chooses one: ``{count} {count:site|sites}``
FORMS = re.compile(r"\{(\w+):([^{}|]+)\|([^{}|]+)\}")


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark ``message`` for the catalogues without translating it yet."""
    return message


class Phrase(str):
    """A value of a placeholder that is a message id itself, and is translated with the sentence it stands in."""

    __slots__ = ()


@dataclass(frozen=True)
class Said:
    """A marked sentence and what fills its placeholders: data, until somebody tells it in a language.

    A value may be a :class:`Phrase` or a sentence itself.
    """

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


def said(message: str, /, **values: object) -> Said:
    """Return ``message`` with its ``values``, not told yet."""
    return Said(message, values)


@dataclass(frozen=True)
class _Number:
    """A number in a sentence of a language that writes ``1.234,5``, as Portuguese and Vietnamese do."""

    value: Real

    def __str__(self) -> str:
        return str(self.value).replace(".", ",")

    def __format__(self, spec: str) -> str:
        return format(self.value, spec).translate(_SIGNS) if spec else str(self)


_SIGNS = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Translator:
    """Renders marked sentences in one language; an untranslated sentence stays English.

    A number is written with the signs of the language, as a planner types it there; only its format groups digits.

    Where a sentence states two forms of a noun (:data:`FORMS`), the number that is told chooses one by the rules of
    Unicode's CLDR for the language: *1 site* but *0 sites*, *1,5 milhão* but *2 milhões*.
    """

    language: str
    catalogue: Mapping[str, str]

    def __call__(self, message: str, **values: object) -> str:
        """Return ``message`` in this language with its ``{placeholders}`` filled from ``values``."""
        text = self.catalogue.get(message, message)
        told = {name: self._told(value) for name, value in values.items()}
        agreed = FORMS.sub(lambda found: found[2 if self._is_one(told[found[1]]) else 3], text)
        return agreed.format_map(told) if told else text

    def tell(self, sentence: Said) -> str:
        """Return a sentence in this language."""
        return self(sentence.message, **sentence.values)

    def _is_one(self, number: object) -> bool:
        """Whether a number, or a text that tells one, takes the singular."""
        locale = Locale.parse(self.language, sep="-")
        if isinstance(number, _Number):
            number = number.value
        try:
            amount = number if isinstance(number, Real) else parse_decimal(str(number), locale=locale)
        except NumberFormatError:
            return False
        return str(locale.plural_form(abs(amount))) == "one"

    def _told(self, value: object) -> object:
        if isinstance(value, Said):
            return self.tell(value)
        if isinstance(value, Phrase):
            return self(value)
        return _Number(value) if self.language != "en" and isinstance(value, Real) else value


@lru_cache
def translator(language: str = "en") -> Translator:
    """Return the translator for ``language`` (one of :data:`LANGUAGES`); ValueError for another."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}; use one of {', '.join(LANGUAGES)}")
    return Translator(language, {} if language == "en" else read_catalogue(language))


def read_catalogue(language: str) -> dict[str, str]:
    """Read ``<language>.po`` into a mapping from message id to translation, leaving out empty ones."""
    file = resources.files(__package__) / f"{language.replace('-', '_')}.po"
    with file.open("rb") as stream:
        catalogue = read_po(stream)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}
