"""What is printed: names as they were typed, whatever the encoding, and nothing said ends a run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from redesaude.cli.terminal import console

VALID = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"


def test_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]):
    console.print("[/red] [bold]x[/bold] :smile:")
    assert capsys.readouterr().out == "[/red] [bold]x[/bold] :smile:\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_every_encoding_prints_something(encoding: str, monkeypatch: pytest.MonkeyPatch):
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding=encoding))
    console.print("Sóc Trăng → Đồng Tháp")
    sys.stdout.flush()
    shown = buffer.getvalue().decode(encoding)
    assert "Tr" in shown
    assert ("Sóc Trăng" in shown) == (encoding == "utf-8")


class _Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_stream_that_takes_nothing_more_ends_nothing(monkeypatch: pytest.MonkeyPatch):
    from redesaude.cli.terminal import _console  # one of its own: a stream stays silent once it failed

    monkeypatch.setattr(sys, "stdout", _Full())
    own = _console("stdout")
    own.print("x")
    own.print("y")


@pytest.mark.few(1)
@pytest.mark.parametrize("sink", ["closed pipe", "/dev/full"])
def test_the_command_ends_as_it_would_with_a_listener(sink: str, tmp_path: Path):
    book = openpyxl.load_workbook(VALID)
    book["settings"]["B3"] = "Rede [/red] de [teste]"
    book.save(tmp_path / "book.xlsx")
    command = [sys.executable, "-m", "redesaude", "check", str(tmp_path / "book.xlsx")]
    root = Path(__file__).parents[2]
    own = os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'models'}"}
    if sink == "closed pipe":
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=own)
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said, code = run.stderr.read(), run.wait()
    else:
        if not Path(sink).exists():
            pytest.skip("no such device here")
        with Path(sink).open("w") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=own, check=False)
        said, code = done.stderr, done.returncode
    assert (said, code) == (b"", 0)
