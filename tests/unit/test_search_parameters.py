"""What may be tuned of a search: read from a file, refused in words, printed with the run."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pytest

import tiny
from redesaude.cli.app import main
from redesaude.errors import InputError
from redesaude.language import translator
from redesaude.plan.storage import read_plan
from redesaude.report.folder import write_report
from redesaude.report.view import view_of
from redesaude.report.workbook.checks import run_frame
from redesaude.solving.options import SolveOptions
from redesaude.solving.parameters import (
    DEFAULTS,
    Location,
    SearchParameters,
    Specialties,
    changed,
    parameters_of,
    read_parameters,
)
from redesaude.solving.solve import solve


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "search.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _all() -> Iterator[tuple[str, str]]:
    for room in fields(SearchParameters):
        for parameter in fields(getattr(DEFAULTS, room.name)):
            yield room.name, parameter.name


def test_what_a_file_states_takes_the_place_of_the_usual(tmp_path: Path) -> None:
    found = read_parameters(written(tmp_path, "[location]\nsteps = 7\nlength = 1\n[specialties]\npart_share = 0.5\n"))
    assert found == SearchParameters(location=Location(steps=7, length=1.0), specialties=Specialties(part_share=0.5))
    assert isinstance(found.location.length, float)
    assert changed(asdict(found)) == {"location.steps": 7, "location.length": 1.0, "specialties.part_share": 0.5}
    assert read_parameters(written(tmp_path, "")) == DEFAULTS
    assert parameters_of(asdict(DEFAULTS)) == DEFAULTS


@pytest.mark.parametrize(("room", "name"), list(_all()))
def test_each_is_held_to_its_kind_and_range(room: str, name: str) -> None:
    parameter = next(f for f in fields(getattr(DEFAULTS, room)) if f.name == name)
    least, most = parameter.metadata["least"], parameter.metadata["most"]
    assert least <= parameter.default <= most
    assert parameter.metadata["unit"]
    assert parameter.metadata["meaning"]
    wrong: list[object] = ["1", True, float("nan"), float("inf"), least - 1, [1]]
    wrong += [0.5 + int(parameter.default)] if isinstance(parameter.default, int) else []
    wrong += [most + 1] if most < float("inf") else []
    for value in wrong:
        with pytest.raises(InputError) as told:
            parameters_of({room: {name: value}})
        assert told.value.problems[0].cell == f"{room}.{name}"
    kept = parameters_of({room: {name: type(parameter.default)(least)}})
    assert getattr(getattr(kept, room), name) == least


def test_all_that_is_wrong_is_told_at_once_in_every_language(tmp_path: Path) -> None:
    text = "[locations]\nsteps = 1\n[location]\nstep = 1\nsteps = 0.5\n[start]\nshare = 2\n[large]\nbuilt = 0\n"
    with pytest.raises(InputError) as told:
        read_parameters(written(tmp_path, text))
    assert [problem.cell for problem in told.value.problems] == [
        "locations", "location.step", "location.steps", "start.share", "large.built",
    ]  # fmt: skip
    for language in ("en", "pt-BR", "vi"):
        say = translator(language)
        for problem in told.value.problems:
            for sentence in (problem.found, problem.expected, problem.remedy):
                assert "{" not in say(sentence, **problem.values)


@pytest.mark.parametrize("content", [b"[location", b"steps = 1", b"\xff\xfe", None])
def test_a_file_that_is_none_is_refused_in_words(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "search.toml"
    if content is not None:
        path.write_bytes(content)
    workbook = "never-read.xlsx"
    monkeypatch.setattr("sys.argv", ["redesaude", "solve", workbook, "--search", str(path), "--lang", "pt-BR"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert "search.toml" in said.err
    assert workbook not in said.err
    assert "Traceback" not in said.err


def test_the_page_of_parameters_is_as_they_are() -> None:
    script = Path(__file__).parents[2] / "docs" / "build_search.py"
    page = runpy.run_path(str(script))["page"]()
    assert script.with_name("search.md").read_text(encoding="utf-8") == page, "run: python docs/build_search.py"


@pytest.mark.long
def test_they_are_printed_with_the_run_and_kept_with_the_plan(tmp_path: Path) -> None:
    tuned = SearchParameters(location=Location(steps=7))
    plan = solve(tiny.scenario(), SolveOptions(gap=0.0, time_limit=20.0, certificate=False, search=tuned))
    folder = write_report(plan, tmp_path / "result", studies=False)
    stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["options"]["search"]
    assert parameters_of(stated) == tuned
    assert read_plan(folder).options["search"] == asdict(tuned)
    frame = run_frame(view_of(plan))
    told = dict(zip(frame["fact"], frame["value"], strict=True))
    assert told["Option location.steps"] == "7"
    assert not any("specialties." in fact for fact in told)
