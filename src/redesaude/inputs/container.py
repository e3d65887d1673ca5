"""Whether a file can be trusted to be a workbook, before anything in it is parsed.

Every refusal says what the file is and how to make a workbook of it. Sizes are checked against the zip directory:
``zipfile`` never inflates a member beyond the size declared there, so a lying directory cannot get round the limits.
What the parts hold is guarded where they are parsed (:mod:`.package`).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from redesaude.errors import InputError, reason_of
from redesaude.inputs.faults import Fault
from redesaude.inputs.package import DAMAGES, PartLimits
from redesaude.inputs.sheet_reader import CellLimits
from redesaude.language import N_

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK"
#: bit of a member's flags that says it is encrypted
_LOCKED = 0x1

_A_WORKBOOK = N_("an Excel workbook (.xlsx)")
_SAVE_AS = N_("open it in a spreadsheet program and save it as Excel workbook (.xlsx)")
_ANOTHER_COPY = N_("open the original again and save a fresh copy as Excel workbook (.xlsx)")

MISSING = Fault(
    "file_missing",
    N_("there is no file {path}"),
    N_("the path of an Excel workbook"),
    N_("check the spelling of the path, or make a new workbook with: redesaude new FILE"),
)
FOLDER = Fault("file_is_folder", N_("{path} is a folder"), _A_WORKBOOK, N_("name the workbook inside it"))
UNREADABLE = Fault(
    "file_unreadable",
    N_("{path} cannot be opened ({reason})"),
    N_("a file you may read"),
    N_("close it in other programs, or ask for permission to read it"),
)
EMPTY = Fault(
    "file_empty", N_("the file is empty (0 bytes)"), _A_WORKBOOK, N_("copy or download it again: the last copy failed")
)
TOO_LARGE = Fault(
    "file_too_large",
    N_("the file has {megabytes} MB"),
    N_("at most {limit} MB"),
    N_("delete sheets, pictures and empty formatted rows that the plan does not need"),
)
OLD_XLS = Fault("old_xls", N_("the file is in an old Excel format (.xls)"), _A_WORKBOOK, _SAVE_AS)
ENCRYPTED = Fault(
    "password_protected",
    N_("the workbook is protected by a password"),
    N_("a workbook without password"),
    N_("in Excel: File, Info, Protect Workbook, Encrypt with Password, delete the password and save"),
)
TEXT = Fault("text_file", N_("the file is plain text (CSV or similar), not a workbook"), _A_WORKBOOK, _SAVE_AS)
OTHER = Fault("not_a_workbook", N_("the file is not a workbook"), _A_WORKBOOK, _SAVE_AS)
OPEN_DOCUMENT = Fault("open_document", N_("the file is an OpenDocument spreadsheet (.ods)"), _A_WORKBOOK, _SAVE_AS)
BINARY = Fault("binary_workbook", N_("the file is a binary workbook (.xlsb)"), _A_WORKBOOK, _SAVE_AS)
MACROS = Fault(
    "macro_workbook",
    N_("the workbook contains macros, which are not opened for safety"),
    N_("a workbook without macros (.xlsx)"),
    N_("save it as Excel workbook (.xlsx), which leaves the macros out"),
)
DAMAGED = Fault("damaged_workbook", N_("the workbook is damaged ({reason})"), _A_WORKBOOK, _ANOTHER_COPY)
MISSING_PART = Fault(
    "missing_part",
    N_("the workbook is damaged: the part {part}, which holds the sheet {name}, is missing"),
    _A_WORKBOOK,
    N_("open the original again and save a fresh copy; if the sheet is not needed, delete it there"),
)
TOO_MUCH = Fault(
    "too_much_inside",
    N_("the part {part} holds more than is read ({reason})"),
    N_("sheets of the size of a plan: at most {cells} filled cells each"),
    N_("delete what the plan does not need; put a large travel matrix in a CSV file named in travel_times_file"),
)
BOMB = Fault(
    "zip_bomb",
    N_("the file swells to {megabytes} MB when opened ({members} parts): it may be made to harm"),
    N_("at most {limit} MB, in at most {most} parts"),
    N_("do not open it; ask the sender for a fresh copy of the workbook"),
)


@dataclass(frozen=True)
class Limits:
    """How much of a file is accepted: bytes on disk and inflated, parts, compression, rows and columns of a sheet, and
    what one part and one sheet may hold.
    """

    file_bytes: int = 100_000_000
    inflated_bytes: int = 300_000_000
    members: int = 2_000
    ratio: float = 250.0
    ratio_from_bytes: int = 5_000_000
    rows: int = 500_000
    columns: int = 200
    parts: PartLimits = field(default_factory=PartLimits)
    cells: CellLimits = field(default_factory=CellLimits)


def trusted_bytes(path: Path, limits: Limits) -> bytes:
    """Return the bytes of the workbook at ``path``; InputError (one problem) if it is anything but a sane workbook."""
    content = _read(path, limits)
    if content.startswith(_OLE):
        raise refusal(ENCRYPTED if _ENCRYPTED in content else OLD_XLS)
    if not content.startswith(_ZIP):
        raise refusal(TEXT if _is_text(content) else OTHER)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive, limits)
    except (*DAMAGES, ValueError) as error:
        raise refusal(DAMAGED, reason=error) from error
    return content


def refusal(fault: Fault, **values: object) -> InputError:
    """Return the error with the one problem that the whole file is."""
    return InputError([fault.problem(**values)])


def _read(path: Path, limits: Limits) -> bytes:
    try:
        if not path.exists():
            raise refusal(MISSING, path=path)
        if path.is_dir():
            raise refusal(FOLDER, path=path)
        if not path.is_file():  # a device or pipe might never end
            raise refusal(UNREADABLE, path=path, reason=N_("not a file"))
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise refusal(TOO_LARGE, megabytes=size // 10**6, limit=limits.file_bytes // 10**6)
        content = path.read_bytes()
    except OSError as error:  # a name too long for the system too
        raise refusal(UNREADABLE, path=path, reason=reason_of(error)) from error
    if not content:
        raise refusal(EMPTY)
    return content


def _is_text(content: bytes) -> bool:
    """Text has no NUL and hardly any control characters, whatever its encoding."""
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return b"\0" not in head and control * 50 <= len(head)


def _check_members(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    _check_sizes(members, limits)
    if any(member.flag_bits & _LOCKED for member in members):
        raise refusal(ENCRYPTED)
    names = {member.filename for member in members}
    if any(name.endswith("vbaProject.bin") for name in names):
        raise refusal(MACROS)
    if "xl/workbook.bin" in names:
        raise refusal(BINARY)
    if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument"):
        raise refusal(OPEN_DOCUMENT)
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook") for name in names):
        raise refusal(OTHER)


def _check_sizes(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    inflated = sum(member.file_size for member in members)
    swollen = any(
        m.file_size > limits.ratio_from_bytes and m.file_size > limits.ratio * max(m.compress_size, 1) for m in members
    )
    if inflated > limits.inflated_bytes or swollen or len(members) > limits.members:
        limit = limits.inflated_bytes // 10**6
        raise refusal(BOMB, megabytes=inflated // 10**6, members=len(members), limit=limit, most=limits.members)
