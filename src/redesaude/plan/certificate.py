"""The certificate of a bound: what :mod:`.certified` recomputes it from, and the file that holds it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile

import numpy as np

from redesaude.language import N_

if TYPE_CHECKING:  # a plan is read and shown without the modeller
    from redesaude_models.arrays import Flags, Floats, Ints

#: before format 3 there were no cuts
NAME, FORMAT, _WITHOUT_CUTS = "certificate.npz", 3, 2

#: split of a node that has none
LEAF = -1


class CertificateError(Exception):
    """A certificate is not one, or not of this model; ``reason`` is a sentence of the catalogues."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(reason.format_map(values))


class Recipe(NamedTuple):
    """How a cut is made (:mod:`.cuts`): ``weights`` of ``rows``; columns ``flipped`` count from their upper end."""

    rows: Ints
    weights: Floats
    flipped: Ints


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _first() -> Ints:
    return np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Certificate:
    """What :func:`.certified.lower_bound` needs beside the model, and the ``bound`` (NPV) that it is said to give.

    ``block`` is the number of the block of each column, ``prices`` the multiplier :math:`y` of each row. ``split`` and
    ``floor`` are the nodes of the trees of the blocks, one tree after the other, each in preorder (a node, all that is
    below its floor, all that is above): the column that is split, :data:`LEAF` for none, and the floor. The leaves in
    that order: ``ray`` if it is shown to be empty, and its multipliers ``dual`` of the rows ``row``, from one entry of
    ``start`` to the next. Rows beyond those of the model are cuts of its blocks, from one entry of ``cut_start`` to the
    next made of ``cut_weight`` times the rows ``cut_row`` before them, the columns ``flipped`` from one entry of
    ``flipped_start`` to the next. ``journeys`` are those that the model tells apart, the others being pooled
    (:mod:`redesaude_models.pool`); empty: all.
    """

    bound: float
    block: Ints
    prices: Floats
    split: Ints
    floor: Floats
    ray: Flags
    start: Ints
    row: Ints
    dual: Floats
    journeys: Ints = field(default_factory=_none)
    cut_start: Ints = field(default_factory=_first)
    cut_row: Ints = field(default_factory=_none)
    cut_weight: Floats = field(default_factory=lambda: np.zeros(0))
    flipped_start: Ints = field(default_factory=_first)
    flipped: Ints = field(default_factory=_none)

    def write(self, file: Path) -> None:
        """Write the certificate as a compressed NumPy archive."""
        with file.open("wb") as stream:
            np.savez_compressed(stream, format=np.array(FORMAT), **vars(self))

    @property
    def leaves(self) -> int:
        """Number of leaves of all trees."""
        return len(self.ray)

    @property
    def cuts(self) -> int:
        """Number of cuts of all blocks."""
        return len(self.cut_start) - 1

    def recipes(self) -> Iterator[Recipe]:
        """Yield how each cut is made."""
        for n in range(self.cuts):
            at = slice(self.cut_start[n], self.cut_start[n + 1])
            flipped = self.flipped[self.flipped_start[n] : self.flipped_start[n + 1]]
            yield Recipe(self.cut_row[at], self.cut_weight[at], flipped)


#: arrays that say how cuts are made
_OF_CUTS = {"cut_start", "cut_row", "cut_weight", "flipped_start", "flipped"}

#: kinds of the arrays that are not whole numbers, and what they are widened to
_KINDS = {"bound": "f", "prices": "f", "floor": "f", "dual": "f", "cut_weight": "f", "ray": "b"}
_WIDE = {"f": np.float64, "i": np.int64, "b": np.bool_}


def read_certificate(file: Path) -> Certificate:
    """Return the certificate in ``file``; CertificateError if that is none or of a format we do not know."""
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile, KeyError, NotImplementedError) as error:
        raise CertificateError(N_("the certificate cannot be read")) from error
    number = found.pop("format", np.array(-1))
    if number.shape or number not in (FORMAT, _WITHOUT_CUTS):
        raise CertificateError(N_("the certificate is of a format that this version does not know"))
    names = {f.name for f in fields(Certificate)}
    if set(found) != (names if number == FORMAT else names - _OF_CUTS):
        raise CertificateError(N_("the certificate lacks arrays, or has too many"))
    for name, values in found.items():
        if values.dtype.kind != _KINDS.get(name, "i") or values.ndim != (name != "bound"):
            raise CertificateError(N_("{array} of the certificate is of another kind or shape"), array=name)
        if not np.isfinite(values).all():
            raise CertificateError(N_("{array} of the certificate holds numbers that are none"), array=name)
    wide = {name: values.astype(_WIDE[values.dtype.kind]) for name, values in found.items()}
    return Certificate(**wide | {"bound": float(wide["bound"])})


#: splits on the way to a leaf: column, floor, and whether the leaf lies above the floor
Splits = list[tuple[int, float, bool]]


def trees_of(c: Certificate) -> Iterator[list[tuple[int, Splits]]]:
    """Yield the leaves of each tree, with the way to them; CertificateError for a tree that does not end."""
    leaf = 0
    tree: list[tuple[int, Splits]] = []
    path: Splits = []
    for column, floor in zip(c.split.tolist(), c.floor.tolist(), strict=True):
        if column != LEAF:
            path.append((column, floor, False))
            continue
        tree.append((leaf, list(path)))
        leaf += 1
        while path and path[-1][2]:
            path.pop()
        if path:
            path[-1] = (*path[-1][:2], True)
        else:
            yield tree
            tree = []
    if tree or path:
        raise CertificateError(N_("a tree of the certificate does not cover all plans"))
