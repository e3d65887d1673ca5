"""The package that a workbook is: its parts, streamed through a guarded parser, and how they name each other.

Nothing is expanded in memory: a part is inflated and parsed piece by piece (defusedxml: no document type, no entity, no
outside reference), its bytes, elements and seconds are counted, and what goes beyond :class:`PartLimits` is refused. A
part that is damaged in any way, at any place, refuses the workbook: half a sheet is never taken for a sheet.
"""

from __future__ import annotations

import lzma
import time
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import unquote
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parse

#: what the standard library raises for a member that cannot be inflated
DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError)

_LOOK_AT_THE_CLOCK = 10_000


class PackageError(Exception):
    """A part cannot be read; ``part`` and ``reason`` say which and why."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part, self.reason = part, reason


class MissingPartError(PackageError):
    """A part that another one names is not in the package."""


class PartLimitError(PackageError):
    """A part holds more than is accepted."""


@dataclass(frozen=True)
class PartLimits:
    """How much of one part is accepted: elements, and seconds of parsing."""

    elements: int = 20_000_000
    seconds: float = 120.0


@dataclass(frozen=True)
class Relation:
    """What a part names: the ``kind`` (last word of the relationship's type) and the ``part`` meant."""

    kind: str
    part: str


class Handler(ContentHandler):
    """Tells elements by their local names, whatever their prefix; :meth:`begin` and :meth:`end` are to be given.

    ``text`` collects what stands between the tags while ``listening``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.listening = False
        self.text: list[str] = []
        self._left, self._deadline = 0, 0.0
        self._limits = PartLimits()

    def limited(self, limits: PartLimits) -> Handler:
        """Return this handler, held to ``limits`` from now on."""
        self._limits, self._left = limits, limits.elements
        self._deadline = time.monotonic() + limits.seconds
        return self

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the name SAX calls
        """Count the element and begin it."""
        self._left -= 1
        if self._left < 0:
            raise PartLimitError("", f"> {self._limits.elements:,} XML elements")
        if self._left % _LOOK_AT_THE_CLOCK == 0 and time.monotonic() > self._deadline:
            raise PartLimitError("", f"> {self._limits.seconds:g} s")
        self.begin(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 - the name SAX calls
        """End the element."""
        self.end(name.rpartition(":")[2])

    def characters(self, content: str) -> None:
        """Keep the text of what is listened to."""
        if self.listening:
            self.text.append(content)

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        """Take an element that opens."""

    def end(self, name: str) -> None:
        """Take an element that closes."""

    def listen(self) -> None:
        """Begin to collect text."""
        self.listening = True
        self.text.clear()

    def heard(self) -> str:
        """Return the text collected, and stop collecting."""
        self.listening = False
        return "".join(self.text)


class Package:
    """The parts of an open ``archive``. Names are matched as the standard says: whatever their case and slashes."""

    def __init__(self, archive: zipfile.ZipFile, limits: PartLimits | None = None) -> None:
        self._archive = archive
        self._limits = limits or PartLimits()
        self._members = {_plain(member.filename): member for member in archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return _plain(part) in self._members

    def parse(self, part: str, handler: Handler) -> None:
        """Stream ``part`` through ``handler``.

        Raises
        ------
        PackageError
            when the part is missing, damaged, larger than the limits, or no plain XML.

        """
        member = self._members.get(_plain(part))
        if member is None:
            raise MissingPartError(part, "no such part")
        try:
            with self._archive.open(member) as stream:
                _parse(stream, handler.limited(self._limits))
        except PartLimitError as error:
            raise PartLimitError(part, error.reason) from error
        except DefusedXmlException as error:
            raise PackageError(part, "DOCTYPE") from error
        except SAXException as error:
            raise PackageError(part, error.getMessage()) from error
        except (*DAMAGES, ArithmeticError, LookupError, ValueError) as error:
            raise PackageError(part, str(error) or type(error).__name__) from error

    def relations(self, part: str) -> Mapping[str, Relation]:
        """Return what ``part`` ("": the package itself) names, by the id it uses; empty if it names nothing."""
        at = PurePosixPath(part)
        listed = str(at.parent / "_rels" / f"{at.name}.rels")
        if listed not in self:
            return {}
        handler = _Relations(at.parent)
        self.parse(listed, handler)
        return handler.found


class _Relations(Handler):
    def __init__(self, folder: PurePosixPath) -> None:
        super().__init__()
        self.found: dict[str, Relation] = {}
        self._folder = folder

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "Relationship" and attrs.get("TargetMode", "Internal") != "External":
            kind = attrs.get("Type", "").rpartition("/")[2]
            self.found[attrs.get("Id", "")] = Relation(kind, _resolved(self._folder, attrs.get("Target", "")))


def _parse(stream: IO[bytes], handler: Handler) -> None:
    parse(stream, handler, forbid_dtd=True)


def _resolved(folder: PurePosixPath, target: str) -> str:
    """Return the part that ``target`` means beside a part in ``folder``: absolute, or relative with dots."""
    steps: list[str] = []
    for step in (folder / unquote(target.replace("\\", "/"))).parts:
        if step == "..":
            steps = steps[:-1]
        elif step not in {"/", "."}:
            steps.append(step)
    return "/".join(steps)


def _plain(part: str) -> str:
    return unquote(part.replace("\\", "/")).removeprefix("/").casefold()
