"""Ways to spoil a result that is written: each a function of its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from redesaude.plan.certificate import LEAF
from redesaude.plan.storage import read_plan
from redesaude.report.placing import MANIFEST as MANIFEST_FILE
from redesaude.report.placing import fingerprint_of

Arrays = dict[str, np.ndarray]
Change = Callable[[Path], object]


def signed(folder: Path) -> None:
    """Register all files anew, as whoever knows of the register would."""

    def sign(manifest: dict[str, Any]) -> None:
        names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        manifest["files"] = {name: fingerprint_of(folder / name) for name in names if name != MANIFEST_FILE}

    try:
        edited(sign)(folder)
    except (OSError, ValueError):  # it is the manifest that is spoilt
        return


def archive(name: str, change: Callable[[Arrays], object]) -> Change:
    def spoil(folder: Path) -> None:
        with np.load(folder / name) as kept:
            arrays = {key: kept[key].copy() for key in kept.files}
        change(arrays)
        with (folder / name).open("wb") as stream:
            np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]

    return spoil


def column(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Change an array of the plan that is kept; it has rows."""

    def put(arrays: Arrays) -> None:
        assert len(arrays[f"plan.{name}"])
        arrays[f"plan.{name}"] = change(arrays[f"plan.{name}"])

    return archive("plan.npz", put)


def content(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change what the plan keeps beside its tables."""

    def put(arrays: Arrays) -> None:
        kept = json.loads(arrays["plan"].tobytes().decode())
        change(kept)
        arrays["plan"] = np.frombuffer(json.dumps(kept).encode(), np.uint8)

    return archive("plan.npz", put)


def stated(name: str, value: object) -> Change:
    return content(lambda kept: kept["plan"].update({name: value}))


def edited(change: Callable[[dict[str, Any]], object]) -> Change:
    def spoil(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        change(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    return spoil


def manifest_entry(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    def put(manifest: dict[str, Any]) -> None:
        assert manifest[name] != value
        manifest[name] = value

    return put


def cell(sheet: str, name: str, change: Callable[[Any], Any]) -> Change:
    """Change the first cell of a column of the scenario's workbook."""

    def spoil(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "scenario.xlsx")
        header = next(n for n, c in enumerate(book[sheet][1], 1) if str(c.value).rstrip("* ") == name)
        place = book[sheet].cell(row=3, column=header)
        place.value = change(place.value)
        book.save(folder / "scenario.xlsx")

    return spoil


def setting(name: str, value: object) -> Change:
    def spoil(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "scenario.xlsx")
        row = next(r for r in book["settings"].iter_rows() if r[0].value == name)
        row[1].value = value
        book.save(folder / "scenario.xlsx")

    return spoil


def lines(name: str, change: Callable[[list[str]], list[str]]) -> Change:
    def spoil(folder: Path) -> None:
        file = folder / "tables" / name
        before = file.read_text(encoding="utf-8").splitlines()
        after = change(list(before))
        assert after != before
        file.write_text("".join(f"{line}\n" for line in after), encoding="utf-8", newline="\n")

    return spoil


def gone(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def cut(name: str, part: float) -> Change:
    def spoil(folder: Path) -> None:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: int(part * len(whole))])

    return spoil


def text(name: str) -> Change:
    return lambda folder: (folder / name).write_text("nothing", encoding="utf-8")


def proof(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Change one array of the certificate."""
    return archive("certificate.npz", lambda arrays: arrays.update({name: change(arrays[name])}))


def with_cut(rows: list[int], start: list[int]) -> Change:
    """Add a cut of ``rows``, counted from behind below 0, which begins where ``start`` says."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        beyond = len(arrays["prices"]) + 1
        arrays.update(
            cut_start=np.array(start),
            cut_row=np.array([row + beyond if row < 0 else row for row in rows], dtype=np.int64),
            cut_weight=np.ones(len(rows)),
            flipped_start=np.zeros(len(start), dtype=np.int64),
            flipped=np.zeros(0, dtype=np.int64),
        )

    return archive("certificate.npz", change)


def put(at: int, value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(values: np.ndarray) -> np.ndarray:
        values = values.copy()
        values[at] = value
        return values

    return change


def claim(folder: Path) -> None:
    """State a higher bound wherever it is stated."""
    kept = read_plan(folder)
    assert kept.certified.bound is not None
    assert kept.objective is not None
    more = kept.certified.bound + 1e-3 * abs(kept.certified.bound)
    proof("bound", lambda values: np.array(more))(folder)
    content(lambda c: c["plan"]["certified"].update(bound=more))(folder)
    edited(lambda m: m["certified"].update(bound=more, gap=(kept.objective - more) / abs(kept.objective)))(folder)


def leaf_dropped(arrays: Arrays) -> None:
    """Drop the last leaf, with its multipliers, and keep all arrays equally long."""
    last, begin = int(np.flatnonzero(arrays["split"] == LEAF)[-1]), int(arrays["start"][-2])
    arrays["split"], arrays["floor"] = (np.delete(arrays[name], last) for name in ("split", "floor"))
    arrays["ray"], arrays["start"] = arrays["ray"][:-1], arrays["start"][:-1]
    arrays["row"], arrays["dual"] = arrays["row"][:begin], arrays["dual"][:begin]


def split_made_leaf(arrays: Arrays) -> None:
    """Make the first split a leaf, without the leaves that were below it: another leaf is then over."""
    first = int(np.flatnonzero(arrays["split"] != LEAF)[0])
    arrays["split"][first] = LEAF
    arrays["ray"] = np.append(arrays["ray"], False)
    arrays["start"] = np.append(arrays["start"], arrays["start"][-1])


def split_elsewhere(arrays: Arrays) -> None:
    """Split a column of another block."""
    first = int(np.flatnonzero(arrays["split"] != LEAF)[0])
    block = arrays["block"]
    arrays["split"][first] = np.flatnonzero(block != block[arrays["split"][first]])[0]


def blocks_apart(arrays: Arrays) -> None:
    """Put columns of one block into another, so that rows are no block's own any more."""
    block = arrays["block"]
    names, counts = np.unique(block, return_counts=True)
    inside = np.flatnonzero(block == names[counts.argmax()])
    block[inside[::2]] = names[counts.argmin()]


def ray_everywhere(arrays: Arrays) -> None:
    arrays["ray"][:] = True


PLAN = {
    "cases of a service": column("openings.cases", lambda v: v * 1.01),
    "capacity of a service": column("openings.capacity", lambda v: v + 1.0),
    "cost of a service": column("openings.npv", lambda v: v * 0.9),
    "site of a service": column("openings.site_id", lambda v: np.roll(v, 1) + (v == np.roll(v, 1)).all()),
    "contract of a service": column("openings.contract_id", lambda v: v - 1),
    "share of a journey": column("assignments.share", lambda v: v * 0.99),
    "cases of a journey": column("assignments.cases", lambda v: v + 0.1),
    "minutes of a journey": column("assignments.minutes", lambda v: v - 1.0),
    "share within the standard": column("access.share_within_standard", lambda v: np.where(np.isnan(v), 0.5, v / 2)),
    "people of a region": column("access.population", lambda v: v + 1.0),
    "a cost line": column("costs.npv", put(0, 0.0)),
    "a cost line that is no number": column("costs.npv", put(0, np.nan)),
    "a cost line without end": column("costs.npv", put(0, np.inf)),
    "the limit of a promise": column("promises.limit", lambda v: v + 1.0),
    "what a promise achieves": column("promises.achieved", lambda v: v + 1.0),
    "a column cut short": column("costs.npv", lambda v: v[:-1]),
    "a column of another kind": column("costs.npv", lambda v: v.astype("U8")),
    "codes out of range": column("openings.site_id", lambda v: v + 99),
    "cost of the plan": stated("objective", 1.0),
    "cost of the plan, not stated": stated("objective", None),
    "a bound above the plan": stated("bound", 1e15),
    "gap": stated("gap", 0.5),
    "status": stated("status", "infeasible"),
    "engine": stated("engine", "oracle"),
    "audit": content(lambda kept: kept["plan"]["audit"]["checks"].pop()),
    "leaves": content(lambda kept: kept["plan"]["certified"].update(leaves=1)),
    "certified": content(lambda kept: kept["plan"]["certified"].update(bound=0.0)),
    "certified denied": content(lambda kept: kept["plan"]["certified"].update(bound=None)),
    "a newer format": content(lambda kept: kept.update(format=99)),
    "plan cut short": cut("plan.npz", 0.7),
    "no archive": text("plan.npz"),
    "no plan": gone("plan.npz"),
    "array missing": archive("plan.npz", lambda arrays: arrays.pop("plan.costs.npv")),
}

SCENARIO = {
    "people, as kept": column("scenario.territories.population", lambda v: v * 0.9),
    "capacity, as kept": column("scenario.sizes.capacity", lambda v: v * 2.0),
    "works, as kept": column("scenario.sizes.capex", lambda v: v * 0.5),
    "a setting, as kept": content(lambda kept: kept["plan"]["scenario"]["settings"].update(discount_rate=0.2)),
    "people": cell("territories", "population", lambda v: v + 1),
    "capacity": cell("sizes", "capacity", lambda v: v * 2),
    "works": cell("sizes", "capex", lambda v: v * 1.0001 + 1.0),
    "a name": cell("sites", "site_id", lambda v: "elsewhere"),
    "a setting": setting("discount_rate", 0.2),
    "no workbook": gone("scenario.xlsx"),
    "workbook cut short": cut("scenario.xlsx", 0.5),
}

TABLES = {
    "a digit of costs": lines("costs.csv", lambda rows: [*rows[:-1], rows[-1] + "1"]),
    "a row of costs less": lines("costs.csv", lambda rows: rows[:-1]),
    "a service more": lines("openings.csv", lambda rows: [*rows, rows[-1]]),
    "a journey less": lines("assignments.csv", lambda rows: rows[:-1]),
    "access told better": lines("access.csv", lambda rows: [row.replace("no", "yes") + " " for row in rows]),
    "promises in another order": lines("promises.csv", lambda rows: [rows[0], *rows[:0:-1]] if rows[2:] else rows[:1]),
    "milestones": lines("milestones.csv", lambda rows: rows[:1]),
    "no access": gone("tables/access.csv"),
}

MANIFEST = {
    "objective": edited(manifest_entry("objective", 1.0)),
    "bound": edited(manifest_entry("bound", 2.0)),
    "gap": edited(manifest_entry("gap", 0.5)),
    "status": edited(manifest_entry("status", "infeasible")),
    "termination": edited(manifest_entry("termination", "interrupted")),
    "fingerprint": edited(manifest_entry("input_sha256", "0" * 64)),
    "certified": edited(lambda manifest: manifest["certified"].update(bound=3.0)),
    "audit": edited(lambda manifest: manifest["audit"]["checks"].pop(0)),
    "seed": edited(manifest_entry("seed", 17)),
    "engine": edited(manifest_entry("engine", "oracle")),
    "an entry more": edited(lambda manifest: manifest.update(approved="yes")),
    "an entry less": edited(lambda manifest: manifest.pop("variant")),
    "no object": text("manifest.json"),
    "no manifest": gone("manifest.json"),
}

CERTIFICATE = {
    "a higher claim": claim,
    "a higher claim here alone": proof("bound", lambda v: v + 1.0),
    "weaker multipliers": proof("dual", lambda v: v * 0.5),
    "stronger multipliers": proof("dual", lambda v: v * 2.0),
    "multipliers the other way": proof("dual", lambda v: -v),
    "no prices": proof("prices", np.zeros_like),
    "no number": proof("dual", put(0, np.nan)),
    "a number without end": proof("prices", put(0, np.inf)),
    "two dimensions": proof("dual", lambda v: v[None, :]),
    "whole multipliers": proof("dual", lambda v: v.astype(np.int64)),
    "prices of fewer rows": proof("prices", lambda v: v[:-1]),
    "blocks of more columns": proof("block", lambda v: np.append(v, 0)),
    "a row that is not there": proof("row", put(0, 10**9)),
    "journeys that are not there": proof("journeys", lambda _: np.array([10**9])),
    "another model": proof("journeys", lambda _: np.array([0])),
    "a row below the first": proof("row", put(0, -1)),
    "a column that is not there": proof("split", put(0, 10**9)),
    "half a floor": proof("floor", lambda v: v + 0.5),
    "an enormous floor": proof("floor", lambda v: v + 1e17),
    "floors cut short": proof("floor", lambda v: v[:-1]),
    "beginnings in disorder": proof("start", lambda v: np.append(v[::-1][:-1], v[-1])),
    "beginnings cut short": proof("start", lambda v: v[:-1]),
    "a leaf dropped": archive("certificate.npz", leaf_dropped),
    "a split dropped": archive("certificate.npz", split_made_leaf),
    "a tree dropped": archive(
        "certificate.npz", lambda arrays: arrays.update(block=np.append(arrays["block"][1:], 99))
    ),
    "a split elsewhere": archive("certificate.npz", split_elsewhere),
    "blocks taken apart": archive("certificate.npz", blocks_apart),
    "one block": proof("block", np.zeros_like),
    "all empty": archive("certificate.npz", ray_everywhere),
    "a cut of rows that are not there": with_cut([10**9], [0, 1]),
    "a cut of itself": with_cut([-1], [0, 1]),
    "a cut of nothing": with_cut([], [0, 0]),
    "cuts without end": with_cut([0] * 20_001, list(range(20_002))),
    "cuts in disorder": with_cut([0], [1, 0]),
    "cuts cut short": with_cut([0, 0], [0, 1]),
    "columns of no cut": proof("flipped", lambda v: np.append(v, 0)),
    "cuts left out": archive("certificate.npz", lambda arrays: arrays.pop("cut_start")),
    "a later format": proof("format", lambda v: v + 1),
    "array missing": archive("certificate.npz", lambda arrays: arrays.pop("ray")),
    "array too many": archive("certificate.npz", lambda arrays: arrays.update(more=np.zeros(1))),
    "cut short": cut("certificate.npz", 0.6),
    "no archive": text("certificate.npz"),
    "no certificate": gone("certificate.npz"),
}

KINDS = [
    pytest.param(part, change, id=f"{part}: {name}")
    for part, changes in {
        "plan": PLAN,
        "scenario": SCENARIO,
        "tables": TABLES,
        "manifest": MANIFEST,
        "certificate": CERTIFICATE,
    }.items()
    for name, change in changes.items()
]
