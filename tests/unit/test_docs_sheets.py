"""The data dictionary says what the declaration says, in any language."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from redesaude.inputs.tables import SETTINGS, TABLES
from redesaude.language import translator
from redesaude.reviewing.declared import ACTUALS

_SCRIPT = Path(__file__).parents[2] / "docs" / "build_sheets.py"
_spec = importlib.util.spec_from_file_location("build_sheets", _SCRIPT)
assert _spec is not None
assert _spec.loader is not None
sheets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sheets)


def test_the_dictionary_is_that_of_the_declaration() -> None:
    written = sheets.FILE.read_text(encoding="utf-8")
    assert written == sheets.dictionary(translator()), "run: python docs/build_sheets.py"
    written = sheets.ACTUALS_FILE.read_text(encoding="utf-8")
    assert written == sheets.dictionary(translator(), ACTUALS), "run: python docs/build_sheets.py"


def test_it_names_every_column_and_setting() -> None:
    text = sheets.FILE.read_text(encoding="utf-8")
    names = {c.name for table in TABLES if table.name != "settings" for c in table.columns} | {s.name for s in SETTINGS}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_headings_are_translated() -> None:
    for language, word in (("pt-BR", "Dicionário de dados"), ("vi", "Từ điển dữ liệu")):
        text = sheets.dictionary(translator(language))
        assert word in text
        assert "| Column |" not in text
