"""Sentences for planners in English, Portuguese and Vietnamese, from gettext catalogues.

Code marks a sentence with :func:`N_` (message id = the English sentence); a :class:`Translator` renders it.
The catalogues are ``pt_BR.po`` and ``vi.po`` beside this file, read as they are: nothing to compile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from babel.messages.pofile import read_po

LANGUAGES = ("en", "pt-BR", "vi")


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
class Translator:
    """Renders marked sentences in one language; an untranslated sentence stays English."""

    language: str
    catalogue: Mapping[str, str]

    def __call__(self, message: str, **values: object) -> str:
        """Return ``message`` in this language with its ``{placeholders}`` filled from ``values``."""
        text = self.catalogue.get(message, message)
        told = {name: self._told(value) for name, value in values.items()}
        return text.format_map(told) if told else text

    def tell(self, sentence: Said) -> str:
        """Return a sentence in this language."""
        return self(sentence.message, **sentence.values)

    def _told(self, value: object) -> object:
        if isinstance(value, Said):
            return self.tell(value)
        return self(value) if isinstance(value, Phrase) else value


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
