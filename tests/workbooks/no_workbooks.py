"""Files that are no workbooks, or no sane ones, whatever their names say, each with the problem that must be told."""

from __future__ import annotations

import io
import zipfile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_SKELETON = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}

#: name -> (content, code)
FILES: dict[str, tuple[bytes, str]] = {
    "zero bytes": (b"", "file_empty"),
    "old xls": (_OLE + "Workbook".encode("utf-16-le") + bytes(64), "old_xls"),
    "password": (_OLE + "EncryptedPackage".encode("utf-16-le") + bytes(64), "password_protected"),
    "text renamed": ("território;população\nCuiabá;650877\n".encode(), "text_file"),
    "picture renamed": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_workbook"),
    "zip of something else": (_zip({"leia-me.txt": b"nada"}), "not_a_workbook"),
    "OpenDocument": (_zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "open_document"),
    "binary workbook": (_zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\0"}), "binary_workbook"),
    "macros": (_zip({**_SKELETON, "xl/vbaProject.bin": b"\0"}), "macro_workbook"),
    "zip bomb": (_zip({**_SKELETON, "xl/worksheets/sheet1.xml": bytes(8_000_000)}), "zip_bomb"),
    "too many parts": (_zip({**_SKELETON, **{f"xl/{i}.xml": b"" for i in range(2001)}}), "zip_bomb"),
    "entities": (_zip({**_SKELETON, "xl/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "damaged_workbook"),
    "cut short": (_zip(_SKELETON)[:-30], "damaged_workbook"),
    "parts missing": (_zip(_SKELETON), "damaged_workbook"),
}
