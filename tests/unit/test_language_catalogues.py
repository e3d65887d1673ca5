"""The catalogues: every sentence planners see is translated, with the same placeholders."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

from redesaude.language import FORMS, LANGUAGES, Phrase, read_catalogue, said, translator
from redesaude.report.numbers import numbers_for

SOURCES = Path(__file__).parents[2] / "src" / "redesaude"
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@cache
def _marked(folder: Path = SOURCES) -> list[str]:
    found = extract_from_dir(str(folder), method_map=[("**.py", "python")], keywords={"N_": None})
    return sorted({str(message) for _, _, message, _, _ in found})


def _placeholders(text: str) -> set[tuple[str, str]]:
    """Names and formats; the forms of a noun are each language's own affair."""
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(FORMS.sub("", text)) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_marked_sentence_is_translated(language: str) -> None:
    catalogue = read_catalogue(language)
    assert [message for message in _marked() if message not in catalogue] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_their_formats_are_those_of_the_english_sentence(language: str) -> None:
    catalogue = read_catalogue(language)
    assert {m: t for m, t in catalogue.items() if _placeholders(m) != _placeholders(t)} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_names_of_columns_settings_and_files_stay_as_they_are_typed(language: str) -> None:
    names = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\.(?:xlsx|xls|csv)\b|--[a-z-]+")
    lost = {
        message: set(names.findall(message)) - set(names.findall(text))
        for message, text in read_catalogue(language).items()
    }
    assert {message: missing for message, missing in lost.items() if missing} == {}


def test_a_sentence_is_told_in_portuguese_and_vietnamese() -> None:
    assert translator("pt-BR")("Health region") == "Região de saúde"
    assert translator("vi")("Health region") == "Vùng y tế"
    assert translator("pt-BR")("{file} exists already; name a new file", file="x") == "x já existe; informe outro nome"


def test_an_unknown_sentence_stays_english() -> None:
    assert translator("vi")("not in any catalogue") == "not in any catalogue"


def test_the_search_hands_on_causes_and_words_none() -> None:
    assert _marked(SOURCES / "solving") == []
    assert len(_marked(SOURCES / "promises")) > 20


def test_what_is_said_is_told_with_the_sentences_in_it() -> None:
    area = said("In {periods}: {sentence}", sentence=Phrase("whole area"), periods="2030")
    assert translator().tell(said("or: {change}", change=area)) == "or: In 2030: whole area"
    assert translator("pt-BR").tell(said("or: {change}", change=area)) == "ou: Em 2030: área toda"


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        ("en", 1, "at 1 site"),
        ("en", 0, "at 0 sites"),
        ("en", "1,234", "at 1,234 sites"),
        ("pt-BR", 1, "em 1 local"),
        ("pt-BR", "1.234", "em 1.234 locais"),
        ("vi", 1, "tại 1 cơ sở"),
    ],
)
def test_a_noun_agrees_with_its_number(language: str, count: object, told: str) -> None:
    assert translator(language)("at {count} {count:site|sites}", count=count) == told


def test_amounts_below_two_are_singular_in_portuguese() -> None:
    say = translator("pt-BR")
    assert say("{symbol} {amount} million", symbol="R$", amount="1,5") == "R$ 1,5 milhão"
    assert say("{symbol} {amount} million", symbol="R$", amount="-1,5") == "R$ -1,5 milhão"
    assert say("{symbol} {amount} million", symbol="R$", amount="1.234,5") == "R$ 1.234,5 milhões"


@pytest.mark.parametrize("language", TRANSLATED)
def test_forms_stand_beside_a_number_that_is_told_and_no_plural_is_in_brackets(language: str) -> None:
    texts = [text for pair in read_catalogue(language).items() for text in pair]
    assert [text for text in texts if re.search(r"\w\((?:s|es|is)\)", text)] == []
    alone = [text for text in texts for found in FORMS.findall(text) if f"{{{found[0]}}}" not in text]
    assert alone == []


def test_dong_is_a_word_in_vietnamese_and_follows_its_amount() -> None:
    assert numbers_for(translator("vi"), "VND", 5e12).money(2.5e12) == "2.500,0 tỷ đồng"
    assert numbers_for(translator("vi"), "VND", 5e3).money(2500.0) == "2.500 đồng"
    assert numbers_for(translator("en"), "VND", 5e3).money(2500.0) == "₫ 2,500"


def test_numbers_have_the_signs_of_the_language() -> None:
    message, cost = "Net present cost: {currency} {cost:,.0f}", 1234567.8
    assert translator()(message, currency="BRL", cost=cost).endswith("BRL 1,234,568")
    assert translator("pt-BR")(message, currency="BRL", cost=cost).endswith("BRL 1.234.568")
    assert translator("vi")("{contract}: {share} public", contract="ppp", share=1).endswith(" 1")
    assert (
        translator("pt-BR")("a public share of {share:.0%} of the works", share=0.5)
        == "uma parte pública de 50% das obras"
    )


@pytest.mark.parametrize(("language", "typed"), [("en", "0.2"), ("pt-BR", "0,2"), ("vi", "0,2")])
def test_a_number_to_be_typed_has_the_decimal_sign_of_the_language(language: str, typed: str) -> None:
    say = translator(language)
    assert say("type {suggestion}", suggestion=0.2).endswith(typed)
    assert say("type {suggestion}", suggestion=2025).endswith("2025")
