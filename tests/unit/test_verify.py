"""A result holds as it was written, and whoever changes anything in it is found out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from spoiling import KINDS, Change, claim, edited, manifest_entry, signed
from typer.testing import CliRunner

from random_networks import random_network
from redesaude.cli.app import app
from redesaude.errors import ResultError
from redesaude.plan.storage import read_plan
from redesaude.report.folder import write_report
from redesaude.report.verify import verify
from redesaude.solving.parameters import Certifying, Core, Large, SearchParameters
from redesaude.solving.solve import solve
from sparing import kept_only
from tiny import EXACT, scenario


def _written(seed: int, folder: Path) -> Path:
    """The result of a small network, with a certificate of several blocks."""
    in_blocks = replace(EXACT, search=SearchParameters(certificate=Certifying(columns=0)))
    plan = solve(scenario(**random_network(seed)), in_blocks)
    with kept_only():
        return write_report(plan, folder, studies=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result to be looked at; who spoils it takes a copy."""
    return _written(2, tmp_path_factory.mktemp("results") / "2")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of another network."""
    return _written(1, tmp_path_factory.mktemp("results") / "1")


@pytest.fixture
def result(whole: Path, tmp_path: Path) -> Path:
    """A result that may be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "result"))


def test_a_result_holds(whole: Path, another: Path) -> None:
    for folder in (whole, another):
        found = verify(folder)
        assert [finding for finding in found.findings if not finding.holds] == []
        assert found.certified is not None
        assert found.plan.objective is not None
        assert found.plan.certified.bound is not None
        assert found.plan.certified.bound <= found.certified <= found.plan.objective * (1 + 1e-9)


@pytest.mark.long
def test_a_plan_found_in_a_core_of_journeys_has_a_certificate_of_the_whole(
    tmp_path: Path,
) -> None:
    cores = SearchParameters(large=Large(journeys=1), core=Core(kept=1))
    plan = solve(scenario(**random_network(2)), replace(EXACT, engine="decomposed", search=cores))
    assert plan.certificate is not None
    assert len(plan.certificate.journeys)
    found = verify(write_report(plan, tmp_path / "core", studies=False))
    assert found.holds
    assert found.certified is not None
    assert 0.5 * found.plan.objective < found.certified <= found.plan.objective


@pytest.mark.long
def test_written_again_from_what_is_kept_it_still_holds(whole: Path, tmp_path: Path) -> None:
    assert verify(write_report(read_plan(whole), tmp_path / "again", studies=False)).holds


@pytest.mark.long
def test_a_plan_without_a_certificate_holds_and_says_why(tmp_path: Path) -> None:
    plan = solve(scenario(**random_network(1)), replace(EXACT, certificate=False))
    assert plan.certificate is None
    assert verify(write_report(plan, tmp_path / "none", studies=False)).holds


@pytest.mark.long
def test_the_command_tells_both_bounds_and_its_verdict(result: Path) -> None:
    told = CliRunner().invoke(app, ["verify", str(result), "--lang", "en"])
    assert told.exit_code == 0
    assert "Certified without a solver" in told.output
    assert "Proven by the search" in told.output
    edited(manifest_entry("objective", 1.0))(result)
    told = CliRunner().invoke(app, ["verify", str(result), "--lang", "pt-BR"])
    assert told.exit_code == 1
    assert "objective" in told.output


@pytest.mark.few(3)
@pytest.mark.parametrize(("part", "spoil"), KINDS)
def test_whoever_changes_anything_is_found_out(part: str, spoil: Change, result: Path) -> None:
    spoil(result)
    signed(result)
    told = found_wrong(result)
    assert told, f"nothing was found wrong with the {part}"
    assert all(sentence.strip() for sentence in told)


def found_wrong(folder: Path) -> list[str]:
    """What is told to be wrong, with its name."""
    try:
        found = verify(folder)
    except ResultError as error:
        return [str(error)]
    return [f"{f.name}: {f.detail}" for f in found.findings if not f.holds and f.detail]


def test_the_certificate_of_another_result_is_found_out(result: Path, another: Path) -> None:
    shutil.copy(another / "certificate.npz", result / "certificate.npz")
    signed(result)
    assert any("certificate" in told for told in found_wrong(result))


def test_a_higher_claim_is_not_reached(result: Path) -> None:
    claim(result)
    signed(result)
    assert found_wrong(result) == ["the certificate: it does not reach the value that is stated"]


def test_a_workbook_for_people_is_registered_too(result: Path) -> None:
    with (result / "plan.xlsx").open("ab") as stream:
        stream.write(b" ")
    assert found_wrong(result) == ["the files: {file} is not as it was written"]


def test_there_are_at_least_fifty_kinds() -> None:
    assert len(KINDS) >= 50
