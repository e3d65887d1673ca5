"""Mutants: an input made from a base by a few changes, all of it drawn from one seed.

Kinds: ``cells`` (values that stand where they should not), ``sheets`` (rows, columns and sheets moved, doubled, left
out), ``xml`` (the text of a part), ``package`` (the archive and how its parts name each other), ``bytes`` (the file),
``beside`` (the travel file), ``frames`` (tables from Python).
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from fuzzing.bases import Base, Parts, base, parts_of, zipped
from fuzzing.junk import CELLS, OBJECTS, TOKENS

#: kinds and how often they are drawn
KINDS = {"cells": 14, "sheets": 7, "xml": 26, "package": 14, "bytes": 29, "beside": 3, "frames": 7}


@dataclass
class Mutant:
    """An input to be tried: a workbook and the files beside it, or tables.

    ``same``: what it states must be what its base states, or be refused: only its wrapping was changed.
    """

    seed: int
    kind: str
    workbook: bytes = b""
    beside: dict[str, bytes] = field(default_factory=dict)
    tables: dict[object, object] | None = None
    origin: bytes = b""
    same: bool = False


def mutant(seed: int) -> Mutant:
    """Return the mutant of a seed, always the same."""
    chance = random.Random(seed)  # noqa: S311 - no secrets
    (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
    made = base(6 if kind == "beside" else chance.randrange(7))
    return _MAKERS[kind](chance, seed, made)


def _some(chance: random.Random) -> range:
    return range(chance.choice((1, 1, 1, 2, 3)))


# --- cells and sheets --------------------------------------------------------------------------------------------


def _cells(chance: random.Random, seed: int, made: Base) -> Mutant:
    for _ in _some(chance):
        rows = chance.choice([rows for rows in made.sheets.values() if rows and rows[0]])
        row = chance.choice(rows)
        row += [None] * (len(rows[0]) - len(row))
        row[chance.randrange(len(row))] = _junk(chance, made)
    return Mutant(seed, "cells", zipped(parts_of(made)), made.beside)


def _junk(chance: random.Random, made: Base) -> object:
    """Junk, a number, or what stands in another cell of the input."""
    if chance.random() < 0.6:
        return chance.choice(CELLS)
    if chance.random() < 0.4:
        return chance.choice((-1, 1)) * 10.0 ** chance.uniform(-320, 308)
    return chance.choice(chance.choice([row for rows in made.sheets.values() for row in rows if row]))


Change = Callable[[random.Random, Base, str], object]


def _sheets(chance: random.Random, seed: int, made: Base) -> Mutant:
    for _ in _some(chance):
        chance.choice(_SHEET_CHANGES)(chance, made, chance.choice(list(made.sheets)))
    return Mutant(seed, "sheets", zipped(parts_of(made)), made.beside)


def _drop_sheet(_: random.Random, made: Base, title: str) -> None:
    if len(made.sheets) > 1:
        del made.sheets[title]


def _rename_sheet(chance: random.Random, made: Base, title: str) -> None:
    names = [title.upper(), f" {title}", f"{title}s", "_own", "guide", title[:-1], "x" * 400, "a/b", "[red]", "'", ""]
    made.sheets[chance.choice([*names, chance.choice(list(made.sheets))])] = made.sheets.pop(title)


def _double_sheet(chance: random.Random, made: Base, title: str) -> None:
    made.sheets[chance.choice([title.upper(), f"{title} ", f"{title} (2)"])] = made.sheets[title]


def _rows(change: Callable[[random.Random, list[list[object]]], object]) -> Change:
    return lambda chance, made, title: change(chance, made.sheets[title]) if made.sheets[title] else None


def _columns(change: Callable[[random.Random, list[list[object]]], object]) -> Change:
    def both(chance: random.Random, made: Base, title: str) -> None:
        turned = [list(column) for column in zip(*_even(made.sheets[title]), strict=True)]
        if turned:
            change(chance, turned)
            made.sheets[title][:] = [list(row) for row in zip(*turned, strict=True)]

    return both


def _transpose(_: random.Random, made: Base, title: str) -> None:
    made.sheets[title] = [list(row) for row in zip(*_even(made.sheets[title]), strict=True)]


def _even(rows: list[list[object]]) -> list[list[object]]:
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def _extra(chance: random.Random, made: Base, title: str) -> None:
    """What stands after the cells of a sheet."""
    areas = ("A1:B2", "A1:A1", "A1:XFD1048576", "B3:A1", "A1", "", "A0:B1", "sites!A1:B2", "A1:B99999999999")
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in chance.sample(areas, chance.randint(1, 3)))
    made.extra[title] = f"<mergeCells>{merged}</mergeCells>"


_LINES: tuple[Callable[[random.Random, list[list[object]]], object], ...] = (
    lambda chance, lines: lines.pop(chance.randrange(len(lines))),
    lambda chance, lines: lines.insert(chance.randrange(len(lines) + 1), list(chance.choice(lines))),
    lambda chance, lines: lines.insert(chance.randrange(len(lines) + 1), [None] * len(lines[0])),
    lambda chance, lines: chance.shuffle(lines),
    lambda chance, lines: lines.insert(0, lines.pop(chance.randrange(len(lines)))),
    lambda chance, lines: lines.extend(list(chance.choice(lines)) for _ in range(chance.choice((3, 30, 300)))),
    lambda _, lines: lines.clear(),
)
_SHEET_CHANGES: tuple[Change, ...] = (
    *(_drop_sheet, _rename_sheet, _double_sheet, _transpose, _extra),
    *map(_rows, _LINES),
    *map(_columns, _LINES[:-2]),
)


# --- the package -------------------------------------------------------------------------------------------------


def _xml(chance: random.Random, seed: int, made: Base) -> Mutant:
    parts = parts_of(made)
    for _ in _some(chance):
        name = chance.choice(list(parts))
        parts[name] = _garbled(chance, parts[name])
    return Mutant(seed, "xml", zipped(parts), made.beside)


def _garbled(chance: random.Random, content: bytes) -> bytes:
    """The bytes with a slice left out, doubled or replaced, a token put in once or often, or in another encoding."""
    start = chance.randrange(len(content) + 1)
    end = min(len(content), start + int(10 ** chance.uniform(0, 2.5)))
    token, before, after = chance.choice(TOKENS), content[:start], content[end:]
    way = chance.randrange(9)
    if way == 0:
        known = [word for word in TOKENS if word in content] or [b"<"]
        return content.replace(chance.choice(known), token, chance.choice((1, 1, 1000)))
    if way == 1:
        encoding = chance.choice(("utf-16", "utf-16-le", "utf-8-sig", "latin-1", "utf-32"))
        text = content.decode(errors="replace")
        return text.replace("UTF-8", chance.choice(("UTF-16", "latin-1", "utf-7", "x"))).encode(encoding, "replace")
    within = {
        2: b"",
        3: content[start:end] * 2,
        4: token + content[start:end],
        5: token,
        6: bytes(chance.randrange(256) for _ in range(end - start)),
        7: token * chance.choice((10, 1000, 20_000)),
    }
    return before + within[way] + after if way in within else before


Repack = Callable[[random.Random, Parts, str], bytes]


def _package(chance: random.Random, seed: int, made: Base) -> Mutant:
    parts = parts_of(made)
    way = chance.choice((*_WRAPPINGS, *_OTHERS))
    content = way(chance, parts, chance.choice(list(parts)))
    return Mutant(seed, "package", content, made.beside, origin=zipped(parts), same=way in _WRAPPINGS)


def _noise(chance: random.Random) -> bytes:
    return bytes(chance.randrange(256) for _ in range(chance.randrange(300)))


_METHODS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_STRANGERS = ("xl/x.xml", "../up", "/etc/passwd", "C:\\x", "a" * 60_000)
_WRAPPINGS: tuple[Repack, ...] = (
    lambda chance, parts, _: zipped(parts, chance.choice(_METHODS)),
    lambda chance, parts, _: zipped({name: parts[name] for name in chance.sample(list(parts), len(parts))}),
    lambda chance, parts, _: zipped(parts | {chance.choice(_STRANGERS): b"<x/>"}),
    lambda chance, parts, _: _noise(chance) + zipped(parts),
    lambda chance, parts, _: zipped(parts) + _noise(chance),
)
_OTHERS: tuple[Repack, ...] = (
    lambda _, parts, name: zipped({key: value for key, value in parts.items() if key != name}),
    lambda chance, parts, name: zipped(
        {chance.choice(_other_names(name)) if key == name else key: value for key, value in parts.items()}
    ),
    lambda chance, parts, name: zipped(parts | {name: parts[chance.choice(list(parts))]}),
    lambda chance, parts, name: zipped(
        parts | {name: parts[name] + b" " * chance.choice((10, 10**6, 4 * 10**7))}, zipfile.ZIP_DEFLATED
    ),
)


def _other_names(name: str) -> tuple[str, ...]:
    return (
        *(name.upper(), f"/{name}", name.replace("/", "\\"), f"{name}x"),
        *("xl/vbaProject.bin", "EncryptedPackage"),
    )


def _bytes(chance: random.Random, seed: int, made: Base) -> Mutant:
    origin = content = zipped(parts_of(made), chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    for _ in _some(chance):
        way, at = chance.randrange(6), chance.randrange(len(content) or 1)
        if chance.random() < 0.5:  # the directory of the archive, at its end
            at = max(0, len(content) - chance.randrange(1, 3000))
        if way < 3:
            content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
        elif way == 3:
            content = content[:at]
        else:
            content = _garbled(chance, content)
    return Mutant(seed, "bytes", content, made.beside, origin=origin, same=True)


def _beside(chance: random.Random, seed: int, made: Base) -> Mutant:
    for name in made.beside:
        for _ in _some(chance):
            made.beside[name] = _garbled(chance, made.beside[name])
    return Mutant(seed, "beside", zipped(parts_of(made)), made.beside)


# --- tables from Python ------------------------------------------------------------------------------------------


def _frames(chance: random.Random, seed: int, made: Base) -> Mutant:
    tables: dict[object, object] = {}
    for title, rows in made.sheets.items():
        columns = {n: pd.Series([row[n] for row in rows[1:]], dtype=object) for n in range(len(rows[0]))}
        tables[title] = pd.DataFrame(columns).set_axis(rows[0], axis=1)
    for _ in _some(chance):
        title = chance.choice(list(tables))
        frame = tables[title]
        if not isinstance(frame, pd.DataFrame) or not frame.size or chance.random() < 0.1:
            tables[title] = chance.choice(OBJECTS)
        elif chance.random() < 0.1:
            names = list(frame.columns)
            names[chance.randrange(len(names))] = chance.choice(OBJECTS[:12])
            tables[title] = frame.set_axis(pd.Index(names, dtype=object), axis=1)
        else:
            place = chance.randrange(frame.shape[1])
            cells = list(frame.iloc[:, place])
            cells[chance.randrange(len(cells))] = chance.choice((*OBJECTS, *CELLS[:60]))
            column = pd.Series(pd.array(cells, dtype=object), frame.index)
            tables[title] = pd.DataFrame(
                {n: column if n == place else frame.iloc[:, n] for n in range(frame.shape[1])}
            ).set_axis(frame.columns, axis=1)
    return Mutant(seed, "frames", tables=tables)


_MAKERS: dict[str, Callable[[random.Random, int, Base], Mutant]] = {
    "cells": _cells,
    "sheets": _sheets,
    "xml": _xml,
    "package": _package,
    "bytes": _bytes,
    "beside": _beside,
    "frames": _frames,
}
