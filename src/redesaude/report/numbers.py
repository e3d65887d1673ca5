"""Numbers and money as people write them in each language."""

from __future__ import annotations

import math
from dataclasses import dataclass

from babel import Locale
from babel import numbers as babel_numbers

from redesaude.language import N_, Translator

#: smallest largest-amount for which a unit is used, its size, and how a table header and a sentence say it
_UNITS = (
    (1e12, 1e9, N_("{symbol} billion"), N_("{symbol} {amount} billion")),
    (1e6, 1e6, N_("{symbol} million"), N_("{symbol} {amount} million")),
    (0.0, 1.0, "{symbol}", N_("{symbol} {amount}")),
)

#: how number formats name the separators of a language (numbers of locales of Windows)
_LOCALES = {"pt-BR": "[$-416]", "vi": "[$-42A]"}

#: signs of currencies that a language writes as a word
_SIGNS = {"VND": N_("₫")}


@dataclass(frozen=True)
class Numbers:
    """Formats numbers in the language of ``t``; money is told in ``unit`` currency units (1, a million, a billion)."""

    t: Translator
    locale: Locale
    symbol: str
    unit: float
    header: str
    sentence: str

    def money(self, amount: float) -> str:
        """Return ``amount`` in words for a sentence, e.g. ``R$ 1.234,5 milhões``."""
        digits = self.decimal(amount / self.unit, 1 if self.unit > 1 else 0)
        return self.t(self.sentence, symbol=self.symbol, amount=digits)

    def money_header(self) -> str:
        """Return the unit of money for a table header, e.g. ``R$ million``."""
        return self.t(self.header, symbol=self.symbol)

    def money_format(self, digits: int = 1) -> str:
        """Return the Excel number format that shows full amounts in the unit; whole amounts when the unit is 1."""
        thousands = round(math.log(self.unit, 1000))
        decimals = "." + "0" * digits if digits and thousands else ""
        return in_language("#,##0" + decimals + "," * thousands, self.t.language)

    def decimal(self, value: float, digits: int = 0) -> str:
        """Return ``value`` with ``digits`` decimals and the separators of the language."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(babel_numbers.format_decimal(_unsigned(value, digits), format=pattern, locale=self.locale))

    def percent(self, share: float, digits: int = 1) -> str:
        """Return a share of 0-1 as a percentage."""
        pattern = "#,##0." + "0" * digits + "%" if digits else "#,##0%"
        return str(babel_numbers.format_percent(_unsigned(share, digits + 2), format=pattern, locale=self.locale))


def in_language(pattern: str, language: str) -> str:
    """Return an Excel number format whose separators are those of the language, where the program allows it.

    LibreOffice then writes numbers of cells as sentences do, on whatever machine; Excel follows the machine's settings.
    """
    mark, parts = _LOCALES.get(language, ""), pattern.split(";")
    return ";".join(colour + bracket + mark + rest for colour, bracket, rest in (p.rpartition("]") for p in parts))


def _unsigned(value: float, digits: int) -> float:
    """Return ``value``, or zero without a sign where it is written as zero."""
    return 0.0 if abs(value) < 0.5 * 10.0**-digits else value


def numbers_for(t: Translator, currency: str, largest: float) -> Numbers:
    """Choose the unit of money that suits amounts up to ``largest`` and the symbol of ``currency`` (ISO code)."""
    locale = Locale.parse(t.language.replace("-", "_"))
    symbol = t(_SIGNS.get(currency, str(babel_numbers.get_currency_symbol(currency, locale=locale))))
    _, unit, header, sentence = next(row for row in _UNITS if abs(largest) >= row[0])
    return Numbers(t, locale, symbol, unit, header, sentence)
