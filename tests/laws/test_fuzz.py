"""Every input is read or refused in words: the first mutants of the fuzzer, and those that once were not."""

from __future__ import annotations

import sys

import pytest

import fuzz
from fuzz import verdicts
from fuzzing.judge import Verdict
from seeds import a_few

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its processes are forked")

#: seeds of mutants that were findings, and what came of them then
FINDS: dict[int, str] = {
    6460: "the code of a region is a character of control, which ends a text elsewhere",
    10204: "the travel file is a line of 20,000 commas, more columns than have letters",
    22677: "the same, and its columns took more than ten seconds",
    6029: "a column of tables from Python is called by a number of 6,000 digits",
    53744: "the travel file has a name longer than the system allows",
    74160: "a place of 10^-293 people: their journey is the longest, and was left out of the access table",
}


@pytest.mark.few(1)
@pytest.mark.parametrize("first", a_few(range(0, 300, 50), 2))
def test_a_mutant_is_read_or_refused_in_words(first: int):
    found = list(verdicts(first, first + 50))
    assert [v for v in found if v.ended == "wrong"] == []
    assert {v.ended for v in found} >= {"read", "refused"}


@pytest.mark.parametrize("seed", FINDS)
def test_what_was_found_once_is_mended(seed: int):
    (verdict,) = verdicts(seed, seed + 1)
    assert verdict.ended != "wrong", verdict


@pytest.mark.long
def test_what_hangs_takes_all_memory_or_raises_is_found(monkeypatch: pytest.MonkeyPatch):
    def hostile(seed: int) -> Verdict:
        while seed == 1:
            pass
        return Verdict(seed, "bytes", "read" if seed != 2 else str(len(bytearray(2 * fuzz.BYTES))))

    monkeypatch.setattr(fuzz, "tried", hostile)
    monkeypatch.setattr(fuzz, "SECONDS", 1)
    assert [v.ended for v in verdicts(0, 4)] == ["read", "wrong", "wrong", "read"]
