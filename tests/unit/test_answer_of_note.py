"""The answer in the note of Mato Grosso is written from the tables of a result."""

import re
import sys
from pathlib import Path

import pandas as pd

SCENARIOS = Path(__file__).parents[2] / "scenarios"
sys.path.insert(0, str(SCENARIOS))
import build_answer  # noqa: E402  # the kit of the scenarios is no package


def test_the_note_has_its_marks_once_and_numbers_between_them() -> None:
    note = build_answer.NOTE.read_text(encoding="utf-8")
    begin, end = build_answer.BEGIN, build_answer.END
    assert note.count(begin) == note.count(end) == 1
    told = note.split(begin)[1].split(end)[0]
    assert re.search(r"Plan of 20\d\d-\d\d-\d\d", told)
    assert re.search(r"proven within \d+\.\d\d %", told)


def test_what_turns_is_the_nearest_first_and_a_result_without_studies_tells_none(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    rows = [
        (None, "volume", None, 1.0, 0.8, 1.2, 0.9, "inside", "no"),
        (None, "opex_factor", "direto", 1.0, 0.8, 1.2, 0.98, "inside", "no"),
        (None, "equity_return", "compra", 0.1, 0.08, 0.12, 0.3, "beyond", "yes"),
        ("A", "opex_factor", "direto", 1.0, 0.8, 1.2, 0.98, "inside", "no"),
        ("B", "opex_factor", "direto", 1.0, 0.8, 1.2, 3.0, "beyond", "no"),
    ]
    columns = ["site_id", "assumption_id", "contract_id", "value", "low", "high", "break_even", "found",
               "range_stated"]  # fmt: skip
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "tables" / "flips.csv", index=False)
    (told,) = build_answer.turns(build_answer.Result(tmp_path, tmp_path))
    assert told.index("running cost under direct administration at 0.98") < told.index("cases against those planned")
    assert "Of 2 sites with a choice, the contract of 1 turns" in told
    assert "fixed running cost under direct administration 1 *" in told
    assert "return" not in told
    bare = build_answer.Result(tmp_path / "none", tmp_path / "none")
    assert list(build_answer.turns(bare)) == list(build_answer.ppp(bare)) == []
