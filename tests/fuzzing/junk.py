"""What stands in cells where it should not, what breaks the text of a part, and objects of Python that are no cells."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions

import numpy as np
import pandas as pd

from fuzzing.bases import Raw

_NUMBERS = (0, -1, 1, 0.5, 1.2, 80, 1e-300, 1e15, 1e308, -1e308, 10**300, 2**53 + 1, 1e-9, 41234, 5102504, 2025.5)
_TEXTS = (
    *("", " ", "-", "x", "0", "007", "1.0", "1,5", "1.234", "1.234,56", "1 000", "80%", "R$ 12,5 mil", "1e400", "--1"),
    *("NaN", "nan", "inf", "-inf", "None", "null", "TRUE", "yes", "sim", "não", "có", "1/2", "2025-01-01", "١٢"),
    *(
        "all",
        "each",
        "*",
        "base",
        "compare",
        "history",
        "a|b",
        "a;b",
        "a,b",
        ";",
        ",",
        "|",
        "direct;direct",
        "t1",
        "h1",
    ),
    *("=1+1", "+1", "@x", "-1+1", "=cmd|' /C calc'!A0", "#REF!", "#N/A", "#DIV/0!", "[red]x[/red]", "[/]", "{0}", "%s"),
    *("../../x", "/etc/passwd", "C:\\x", "CON", "nul.txt", "a/b", "a\x00b", "a\nb", "\t", "\r\n", "_x0000_", "_xD800_"),
    *(
        "Cuiabá",
        "Cuiaba\u0301",
        "Sóc Trăng",
        "\u202eabc",
        "\u200b",
        "\ufeffx",
        "😀",
        "\ud800",
        "a\udfffb",
        "ß",
        "İ",
        "ﬁ",
    ),
    *("x" * 300, "x" * 40_000, "é" * 5000, "(" * 3000, "1" * 400, "1" * 5000, "," * 3000, ";" * 3000, "a " * 3000),
    *("opened", "existing", "forbidden", "required", "nearest", "project_company", "capital", "set", "multiply", "add"),
)
_RAW = (
    *(
        Raw("", "<f>1+1</f>"),
        Raw("", "<f>A1</f><v></v>"),
        Raw('t="str"', "<f>A1</f><v>x</v>"),
        Raw('t="e"', "<v>#REF!</v>"),
    ),
    *(
        Raw('t="s"', "<v>0</v>"),
        Raw('t="s"', "<v>-1</v>"),
        Raw('t="s"', "<v>99999999999</v>"),
        Raw('t="b"', "<v>2</v>"),
    ),
    *(
        Raw('t="d"', "<v>2025-01-01</v>"),
        Raw('t="d"', "<v>x</v>"),
        Raw('t="n"', "<v>1e999</v>"),
        Raw('t="n"', "<v>x</v>"),
    ),
    *(Raw('t="?"', "<v>1</v>"), Raw('s="9999"', "<v>1</v>"), Raw('s="-1"', "<v>1</v>"), Raw('s="x"', "<v>1</v>")),
    *(Raw('t="inlineStr"', ""), Raw('t="inlineStr"', "<is><r><t>a</t></r><r><t>b</t></r></is>"), Raw("", "<v> 1 </v>")),
    *(
        Raw("", "<v>0x10</v>"),
        Raw("", "<v>1_000</v>"),
        Raw("", "<v>١٢</v>"),
        Raw("", "<v>nan</v>"),
        Raw("", "<v>1</v><v>2</v>"),
    ),
    Raw("", f"<v>{'9' * 6000}</v>"),
)
#: values of cells
CELLS = (None, True, False, dt.datetime(2020, 1, 1), *_NUMBERS, *_TEXTS, *_RAW)

#: words of the text of parts
TOKENS = (
    *(b"<", b">", b"/>", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"&x;", b'"', b"'", b"]]>", b"<!--", b"-->", b"<?x?>"),
    *(b"<c", b"</c>", b"<row", b"</row>", b"<v>", b"</v>", b"<is>", b"</is>", b"<t>", b"<f>", b"</f>", b"<sheetData>"),
    *(b't="s"', b't="inlineStr"', b't="b"', b't="e"', b' r="A1"', b' r="XFD1048576"', b' r="A99999999999"', b' r="1"'),
    *(b' r="ZZZZ1"', b' r=""', b' r="-1"', b'r="2"', b"r='2'", b' spans="1:9"', b' s="1"', b' hidden="1"', b"sheetId"),
    *(
        b'<!DOCTYPE x [<!ENTITY y "z">]>',
        b"<![CDATA[x]]>",
        b"encoding='UTF-16'",
        b'standalone="no"',
        b"xmlns",
        b"xmlns:",
    ),
    *(b'Target="../../x"', b'Target="file:///etc/passwd"', b'TargetMode="External"', b"worksheets/", b"rId1", b"rId"),
    *(b"worksheet", b"sheet1.xml", b"sheet", b"<mergeCell ref='A1:XFD1048576'/>", b'<a xmlns="x">', b"0", b"9", b"1"),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\r\n", b"\r", b"\t", b" ", b";", b",", b"\n"),
    *(
        b"origin_id",
        b"minutes",
        b"sep=;\n",
        b'"unfinished',
        b"nan",
        b"-1",
        b"1e400",
        b"1,5",
        b"PK\x05\x06",
        b"PK\x03\x04",
    ),
)

#: objects that a caller may take for tables, names or cells
OBJECTS = (
    *(None, 3, 2.5, True, b"x", "a\ud800", ("a", 1), (), frozenset({"a"}), dt.date(2020, 1, 1), 10**5000, pd.NaT),
    *([], ["a"], [None], [["a"]], {"a"}, {"a": 1}, np.array([1, 2]), np.zeros((2, 2)), pd.DataFrame(), pd.Series([1])),
    *(
        1 + 2j,
        object(),
        object,
        range(3),
        pd.NA,
        pd.Period("2020"),
        pd.Interval(0, 1),
        np.datetime64("2020"),
        np.str_("t1"),
    ),
    *(np.float32(3), np.float64("nan"), np.int8(3), np.bool_(1), decimal.Decimal("nan"), decimal.Decimal("1e400")),
    *(
        fractions.Fraction(1, 3),
        pd.Timedelta(1, "D"),
        dt.time(12),
        dt.timedelta(1),
        ["a\udfff"],
        float("inf"),
        np.void(b"a"),
    ),
)
