"""A workbook that a command writes anew is refused in words where it may not be."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from redesaude.cli.new_file import new_workbook
from redesaude.language import translator


@pytest.mark.parametrize(
    ("name", "says"),
    [("there.xlsx", "exists already"), ("bare", "ends in .xlsx"), ("there.xlsx/below.xlsx", "cannot be written")],
)
def test_a_place_that_will_not_do_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    (tmp_path / "there.xlsx").touch()
    with pytest.raises(typer.Exit) as ended, new_workbook(tmp_path / name, translator("en")):
        pytest.fail("nothing is written there")
    assert ended.value.exit_code == 1
    assert says in capsys.readouterr().err.replace("\n", " ")


def test_a_folder_is_made_for_a_new_file(tmp_path: Path) -> None:
    with new_workbook(tmp_path / "new" / "a.xlsx", translator("en")):
        (tmp_path / "new" / "a.xlsx").touch()
