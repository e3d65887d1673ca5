"""What holds of every workbook that is written: a second reader opens it, it links to nothing outside, runs nothing."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
from defusedxml import ElementTree
from openxml_audit import OpenXmlValidator

HOSTILE = ('=HYPERLINK("http://evil.example";1)', "+evil|'/C calc'!A0", "@evil", "-evil", "http://evil.example/?a=1")
#: what may be pointed at from a cell: the workbook beside
BESIDE = {"audit.xlsx"}
#: limits of the format
LONGEST_TITLE, LONGEST_CELL, LONGEST_FOOT = 31, 32_767, 255


def hold_nothing_foreign(book: Path) -> None:
    """Assert that a package holds no macro, and links to nothing but the workbook beside."""
    with zipfile.ZipFile(book) as package:
        assert package.testzip() is None
        assert len(set(package.namelist())) == len(package.namelist())
        for part in package.namelist():
            assert not re.search(r"vba|macro|externalLink|customUI|embeddings|activeX|connections", part), part
            if part.endswith(".png"):
                continue
            tree = ElementTree.fromstring(package.read(part), forbid_dtd=True)
            assert "macroEnabled" not in ElementTree.tostring(tree, "unicode") or part != "[Content_Types].xml"
            outside = [link for link in tree.iter() if link.get("TargetMode") == "External"]
            assert {link.get("Type", "").rpartition("/")[2] for link in outside} <= {"hyperlink"}
            assert {link.get("Target", "") for link in outside} <= BESIDE, (book.name, part)


def read_again(path: Path) -> None:
    """Assert that openpyxl opens a workbook within the limits of the format, and that no formula is of the input."""
    book = openpyxl.load_workbook(path)
    assert book.sheetnames
    assert all(len(title) <= LONGEST_TITLE for title in book.sheetnames)
    for sheet in book:
        foot = sheet.oddFooter
        assert sum(len(part.text or "") for part in (foot.left, foot.center, foot.right)) <= LONGEST_FOOT
        for row in sheet.iter_rows():
            for cell in row:
                text = str(cell.value)
                assert len(text) <= LONGEST_CELL
                if cell.data_type == "f":
                    assert "evil" not in text, (path.name, cell.coordinate)
                    assert not re.search(r"\[|\bHYPERLINK\(|\bWEBSERVICE\(|\bINDIRECT\(|\|'", text)
                if cell.hyperlink and cell.hyperlink.target:
                    assert cell.hyperlink.target in BESIDE
        for rule in sheet.data_validations.dataValidation:
            assert "evil" not in f"{rule.formula1}{rule.formula2}"
    assert not any("[" in name.attr_text or "evil" in name.attr_text for name in book.defined_names.values())


def is_valid(path: Path) -> None:
    """Assert that a workbook or document keeps to the schema of its format (ECMA-376)."""
    found = OpenXmlValidator(max_errors=5).validate(path)
    assert found.is_valid, (path.name, [str(error) for error in found.errors])
