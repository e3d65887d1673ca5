"""Does a result hold? Everything in its folder that can be recomputed is, without a solver.

The plan is read back and audited again; the tables and the manifest must be what the plan makes them; the scenario must
be the one that the plan was made for, and its workbook say the same; the certificate must prove, for the model built
again from that scenario, the bound that the plan states (:mod:`redesaude.plan.certified`).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble import assemble
from redesaude.errors import InputError, ResultError
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.audit import audit
from redesaude.plan.certificate import NAME as CERTIFICATE
from redesaude.plan.certificate import CertificateError
from redesaude.plan.certified import lower_bound, model_of
from redesaude.plan.plan import Plan
from redesaude.plan.proof import contradicts
from redesaude.plan.storage import read_plan
from redesaude.report.manifest import manifest_of
from redesaude.report.placing import MANIFEST, fingerprint_of
from redesaude.report.tables import write_tables
from redesaude.report.view import view_of

#: parts of a manifest that tell of the machine, or that are put to it as the folder is written
_OF_THE_RUN = frozenset({"seconds", "peak_memory_mb", "versions"})
_OF_THE_FOLDER = frozenset({"format", "written", "files"})

#: what a plan that somebody has written into may do to whoever reads it
_BROKEN = (LookupError, ValueError, TypeError, ArithmeticError, AttributeError, InputError)

#: cells of a workbook have fifteen digits
_DIGITS = 1e-14


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``name`` and ``detail`` are sentences of the catalogues, ``values`` fill the second."""

    name: str
    holds: bool
    detail: str = ""
    values: dict[str, object] | None = None


@dataclass(frozen=True)
class Verification:
    """What was found of a result. ``certified`` is the bound recomputed (NPV; None: it has no certificate)."""

    plan: Plan
    findings: tuple[Finding, ...]
    certified: float | None = None

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return all(finding.holds for finding in self.findings)


def verify(folder: Path | str) -> Verification:
    """Return what is found of the result in ``folder``; ResultError if it is none, or cannot be read."""
    folder = Path(folder)
    plan, manifest = read_plan(folder), _manifest(folder)
    findings = [
        _input(plan, manifest),
        _found(N_("the files"), lambda: _files(folder, manifest)),
        _found(N_("the workbook of the scenario"), lambda: _workbook(plan.scenario, folder / "scenario.xlsx")),
        _found(N_("the manifest"), lambda: _as_written(plan, manifest)),
        _found(N_("the tables"), lambda: _tables(plan, folder / "tables")),
        _found(N_("the audit"), lambda: _audit(plan)),
        _found(N_("the proven bound"), lambda: _proven(plan)),
    ]
    bounds: list[float] = []
    findings.append(_found(N_("the certificate"), lambda: _certificate(plan, folder / CERTIFICATE, bounds)))
    return Verification(plan, tuple(findings), bounds[0] if bounds else None)


#: what is wrong: a sentence and the values of its placeholders
Wrong = tuple[str, dict[str, object]]


def _found(name: str, look: Callable[[], Iterator[Wrong]]) -> Finding:
    """Look at one thing; the first that is wrong is told."""
    try:
        wrong = next(look(), None)
    except CertificateError as error:
        wrong = error.reason, error.values
    except _BROKEN as error:
        wrong = N_("it cannot be recomputed from the plan that is kept ({reason})"), {"reason": repr(error)}
    return Finding(name, wrong is None, *(wrong or ()))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(N_("{path} cannot be read ({reason})"), path=path, reason=error) from error
    if not isinstance(manifest, dict):
        raise ResultError(N_("{path} cannot be read ({reason})"), path=path, reason="{}")
    return manifest


def _input(plan: Plan, manifest: dict[str, Any]) -> Finding:
    name = N_("the fingerprint of the input")
    holds = manifest.get("input_sha256") == plan.scenario.input_sha256
    return Finding(name, holds, "" if holds else N_("the plan is of another scenario than the manifest states"))


def _files(folder: Path, manifest: dict[str, Any]) -> Iterator[Wrong]:
    """Every file that the result registers is there as it was written."""
    for name, due in manifest["files"].items():
        file = folder / name
        if not file.is_file():
            yield N_("{file} is missing"), {"file": name}
        elif fingerprint_of(file) != due:
            yield N_("{file} is not as it was written"), {"file": name}


def _workbook(scenario: Scenario, path: Path) -> Iterator[Wrong]:
    """The workbook of the result says what the scenario of the plan says."""
    read = check_workbook(path).scenario if path.is_file() else None
    if read is None:
        yield N_("{file} is missing or has errors"), {"file": path.name}
        return
    settings = replace(read.settings, language=scenario.settings.language)
    if settings != scenario.settings:
        yield N_("sheet {sheet} of {file} says something else"), {"sheet": "settings", "file": path.name}
    found = read.tables()
    for name, table in scenario.tables().items():
        if not _same(table, found[name]):
            yield N_("sheet {sheet} of {file} says something else"), {"sheet": name, "file": path.name}


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    if len(one) != len(other) or list(one.columns) != list(other.columns):
        return False
    return all(_same_cells(one[name], other[name]) for name in one.columns)


def _same_cells(one: pd.Series, other: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other):
        return bool(np.allclose(one.to_numpy(float), other.to_numpy(float), rtol=_DIGITS, atol=0.0, equal_nan=True))
    return one.fillna("").astype(str).tolist() == other.fillna("").astype(str).tolist()


def _as_written(plan: Plan, manifest: dict[str, Any]) -> Iterator[Wrong]:
    """The manifest states what the plan makes it state, and nothing else."""
    due = json.loads(json.dumps(manifest_of(plan, report_seconds=0.0)))
    for name in sorted((due.keys() | manifest.keys()) - _OF_THE_FOLDER):
        if name not in manifest or name not in due or (name not in _OF_THE_RUN and manifest[name] != due[name]):
            yield N_("{name} is not what the plan makes it"), {"name": name}


def _tables(plan: Plan, folder: Path) -> Iterator[Wrong]:
    """Every table of the plan is there, byte for byte."""
    with tempfile.TemporaryDirectory() as scratch:
        write_tables(view_of(plan), Path(scratch))
        for due in sorted(Path(scratch).iterdir()):
            written = folder / due.name
            if not written.is_file() or written.read_bytes() != due.read_bytes():
                yield N_("{name} is not what the plan makes it"), {"name": f"tables/{due.name}"}


def _audit(plan: Plan) -> Iterator[Wrong]:
    """The plan passes its audit, made again."""
    if plan.has_decisions:
        for check in audit(plan).checks:
            if not check.passed:
                yield N_("it fails: {check}"), {"check": check.name}


def _proven(plan: Plan) -> Iterator[Wrong]:
    """No plan costs less than its own bound."""
    if plan.objective is not None and plan.bound is not None and contradicts(plan.bound, plan.objective, plan.turnover):
        yield N_("it lies above the cost of the plan"), {}


def _certificate(plan: Plan, file: Path, bounds: list[float]) -> Iterator[Wrong]:
    """The certificate proves the bound that the plan states; what it proves is appended to ``bounds``."""
    stated = plan.certified
    if stated.bound is None:
        if file.exists():
            yield N_("there is one, but the plan states none"), {}
        return
    certificate = plan.certificate
    if certificate is None:
        yield N_("{file} is missing"), {"file": file.name}
        return
    if certificate.bound != stated.bound or certificate.leaves != stated.leaves:
        yield N_("it is not the one that the plan states"), {}
    bound = lower_bound(model_of(assemble(plan.scenario).problem, certificate), certificate)
    bounds.append(bound)
    if not bound >= stated.bound:
        yield N_("it does not reach the value that is stated"), {}
    if plan.objective is None or contradicts(bound, plan.objective, plan.turnover):
        yield N_("it lies above the cost of the plan"), {}
