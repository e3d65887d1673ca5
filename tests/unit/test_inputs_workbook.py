"""Reading files: limits, workbooks of other programs, formulas, a travel matrix beside the workbook."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs import travel_file
from redesaude.inputs.checks import check_workbook, read_scenario
from redesaude.inputs.container import Limits
from redesaude.inputs.travel_file import read_travel_file
from redesaude.inputs.workbook import read_tables

TESTS = Path(__file__).parents[1]
VALID = TESTS / "workbooks" / "valid.xlsx"
MATO_GROSSO = TESTS.parent / "scenarios" / "mato-grosso.xlsx"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copy(VALID, tmp_path / "book.xlsx"))


def edit(path: Path, cells: dict[str, object]) -> None:
    workbook = openpyxl.load_workbook(path)
    for place, value in cells.items():
        sheet, address = place.split("!")
        workbook[sheet][address] = value
    workbook.save(path)


def found(path: Path) -> list[tuple[str, str, str]]:
    return [(p.code, p.sheet, p.cell) for p in check_workbook(path).problems]


def test_a_workbook_written_by_pandas_without_unit_row_reads_as_well(tmp_path: Path):
    path = tmp_path / "pandas.xlsx"
    with pd.ExcelWriter(path) as writer:
        for title, frame in pd.read_excel(VALID, sheet_name=None, dtype=object).items():
            frame.drop(index=0).to_excel(writer, sheet_name=title, index=False)
    expected = read_scenario(VALID).tables()
    for name, frame in read_scenario(path).tables().items():
        pd.testing.assert_frame_equal(frame, expected[name])


def test_names_of_sheets_and_columns_ignore_case_and_spaces(book: Path):
    workbook = openpyxl.load_workbook(book)
    workbook["sites"].title = " Sites"
    workbook["sizes"]["C1"] = " Capacity "
    workbook.save(book)
    assert found(book) == []


def test_blank_rows_are_skipped_and_addresses_stay_true(book: Path):
    workbook = openpyxl.load_workbook(book)
    workbook["sizes"].insert_rows(4, 3)
    workbook["sizes"]["A5"] = "  "
    workbook["sizes"]["H9"] = -1
    workbook.save(book)
    assert found(book) == [("out_of_range", "sizes", "H9")]


def test_sheets_for_the_reader_alone_are_ignored(book: Path):
    workbook = openpyxl.load_workbook(book)
    for title in ("guide", "README", "lists", "_minhas contas"):
        workbook.create_sheet(title)["A1"] = "x"
    workbook.save(book)
    assert found(book) == []


def test_limits_on_rows_and_columns(book: Path):
    raw = read_tables(book, Limits(rows=7, columns=21))
    assert [(p.code, p.sheet, p.cell) for p in raw.problems] == [
        ("too_many_rows", "settings", "8:8"),
        ("too_many_rows", "territories", "8:8"),
        ("too_many_columns", "contracts", "1:1"),
    ]


def test_limit_on_the_size_of_the_file(book: Path):
    with pytest.raises(InputError) as caught:
        read_tables(book, Limits(file_bytes=1000))
    assert [p.code for p in caught.value.problems] == ["file_too_large"]


def test_a_cell_far_away_is_told_and_does_not_make_the_sheet_endless(book: Path):
    edit(book, {"sites!XFD1048576": "x"})
    assert found(book) == [("stray_cell", "sites", "XFD1048576")]


def test_a_name_in_brackets_in_the_second_row_is_no_row_of_explanations(book: Path):
    """Of a workbook without explanations the first row stays, whichever column stands first."""
    made = openpyxl.load_workbook(book)
    for sheet in made:
        if sheet.title != "guide":
            sheet.delete_rows(2)
    sites = made["sites"]
    names = {sites.cell(1, c).value: c for c in range(1, sites.max_column + 1)}
    sites.cell(2, names["name"]).value = "[closed] Hospital [/red]"
    made.save(book)
    before = read_tables(book)
    assert before.tables["sites"].cells.iloc[0].tolist().count("[closed] Hospital [/red]") == 1
    assert len(before.tables["sites"].cells) == sites.max_row - 1
    for row in range(1, sites.max_row + 1):  # the name first
        a, b = sites.cell(row, 1), sites.cell(row, names["name"])
        a.value, b.value = b.value, a.value
    made.save(book)
    assert len(read_tables(book).tables["sites"].cells) == sites.max_row - 1


def test_many_merged_cells_are_told_in_a_few_lines(book: Path):
    made = openpyxl.load_workbook(book)
    for row in range(20, 320):
        made["sites"].merge_cells(f"A{row}:B{row}")
    made.save(book)
    told = found(book)
    assert 1 < len(told) < 30
    assert {code for code, *_ in told} == {"merged_cells"}


def test_a_code_over_the_row_of_explanations_is_one_problem(book: Path):
    edit(book, {"sites!A2": "HC1", "specialties!A2": 7})
    assert found(book) == [("typed_over", sheet, "A2") for sheet in ("specialties", "sites")]
    assert "row of its own below" in str(check_workbook(book).problems[0])


def test_a_workbook_of_the_size_of_a_state_has_nothing_to_mend():
    assert check_workbook(MATO_GROSSO).errors == ()


@pytest.mark.parametrize("corner", ["territory", None, "origin_id"])
def test_a_matrix_in_hours_is_the_table_it_means(book: Path, corner: str | None):
    workbook = openpyxl.load_workbook(book)
    workbook["settings"].append(["travel_unit", "hours"])
    sheet = workbook.create_sheet("travel_times")
    for row in ([corner, "0012345", "2655519"], ["5103403", 1.5, None], ["5107602", 0.5, 3]):
        sheet.append(row)
    workbook.save(book)
    scenario = read_scenario(book)
    assert scenario.travel_times.drop(columns="km").to_numpy().tolist() == [
        ["5103403", "0012345", 90.0],
        ["5107602", "0012345", 30.0],
        ["5107602", "2655519", 180.0],
    ]
    assert scenario.settings.travel_unit == "minutes"


class TestTravelFile:
    @pytest.fixture
    def with_file(self, book: Path) -> Path:
        edit(book, {"settings!A10": "travel_times_file", "settings!B10": "times.csv"})
        return book

    def test_is_read(self, with_file: Path):
        csv = with_file.with_name("times.csv")
        csv.write_text("origin_id,destination_id,minutes\n5103403,0012345,170\n5107602,0012345,5\n")
        scenario = read_scenario(with_file)
        assert list(scenario.travel_times["destination_id"]) == ["0012345", "0012345"]

    def test_may_have_semicolons_and_a_byte_order_mark(self, with_file: Path):
        with_file.with_name("times.csv").write_text("\ufefforigin_id;destination_id;minutes\n5103403;0012345;170\n")
        assert list(read_scenario(with_file).travel_times["minutes"]) == [170]

    @pytest.mark.parametrize(
        "content",
        [
            "origin_id;destination_id;minutes\r\n5103403;0012345;37,5\r\n".encode("utf-8-sig"),
            "origin_id\tdestination_id\tminutes\n5103403\t0012345\t37,5\n".encode("utf-16"),
            b'"origin_id","destination_id","minutes"\n"5103403","0012345","37.5"\n',
            "origin_id;name;destination_id;minutes\n5103403;Cuiabá;0012345;37,5\n".encode("cp1252"),
            b"origem;0012345;2655519\n5103403;37,5;\n",
            b"destino;5103403;5107602\n0012345;37,5;\n",
            b'origin_id,destination_id,minutes\n5103403,0012345,"37,5"\n',
            b"sep=;\r\norigin_id;destination_id;minutes\r\n5103403;0012345;37,5\r\n",
            b'"sep=|"\norigin_id|destination_id|minutes\n5103403|0012345|37,5\n',
            b"origin_id;destination_id;minutes\r5103403;0012345;37,5\r",
            b"\n\norigin_id;destination_id;minutes\n5103403;0012345;37,5\n",
            b"origin_id;destination_id;minutes;;\n5103403;0012345;37,5;;\n\x1a",
            b"origin_id;destination_id;minutes\n5103403;0012345;3,75E+01\n",
        ],
        ids=[
            "Portuguese Excel",
            "tabs",
            "quoted",
            "older code page",
            "matrix",
            "matrix on its side",
            "decimal commas in quotation marks",
            "separator told",
            "separator told in quotes",
            "line ends of old Macs",
            "blank lines above",
            "separators at the end",
            "powers of ten",
        ],
    )
    def test_is_read_as_spreadsheets_save_it(self, with_file: Path, content: bytes):
        with_file.with_name("times.csv").write_bytes(content)
        times = read_scenario(with_file).travel_times
        assert times.drop(columns="km").to_numpy().tolist() == [["5103403", "0012345", 37.5]]

    def test_commas_in_quotation_marks_that_may_part_thousands_are_told(self, with_file: Path):
        with_file.with_name("times.csv").write_text('origin_id,destination_id,minutes\n5103403,0012345,"1,170"\n')
        assert found(with_file) == [("ambiguous_number", "times.csv", "C2")]

    def test_in_the_code_page_of_vietnamese_excel_is_read_where_that_is_the_language(self, tmp_path: Path):
        row = b"C\xe2\xccn Th\xf5;0012345;37,5\n"  # tones are letters of their own there
        (tmp_path / "times.csv").write_bytes(b"origin_id;destination_id;minutes\n" + row)
        place = read_travel_file(tmp_path, "times.csv", "vi").cells.iloc[0, 0]
        assert unicodedata.normalize("NFC", place) == "Cần Thơ"

    def test_points_part_thousands_where_the_decimal_sign_is_a_comma(self, with_file: Path):
        rows = "5103403;0012345;1.237,5\n5103403;2655519;1.100\n5107602;0012345;1.000\n"
        with_file.with_name("times.csv").write_text("origin_id;destination_id;minutes\n" + rows)
        assert list(read_scenario(with_file).travel_times["minutes"]) == [1237.5, 1100.0, 1000.0]

    def test_a_line_above_the_header_is_told(self, with_file: Path):
        with_file.with_name("times.csv").write_text(
            "from OSRM\norigin_id;destination_id;minutes\n5103403;0012345;37,5\n"
        )
        assert found(with_file) == [("travel_file_ragged", "settings", "B10")]

    def test_without_a_row_is_told(self, with_file: Path):
        with_file.with_name("times.csv").write_text("origin_id,destination_id,minutes\n")
        assert found(with_file) == [("travel_file_empty", "settings", "B10")]

    def test_faults_of_a_matrix_are_told_at_its_cells(self, with_file: Path):
        with_file.with_name("times.csv").write_text("x,0012345,2655519\n5103403,170,-5\n51,x,10\n")
        assert found(with_file) == [
            ("out_of_range", "times.csv", "C2"),
            ("not_a_number", "times.csv", "B3"),
            ("unknown_reference", "times.csv", "B3"),
            ("unknown_reference", "times.csv", "C3"),
        ]

    def test_is_checked_like_a_sheet(self, with_file: Path):
        text = "origin_id,destination_id,minutes\n5103403,12345,170\n5103403,2655519,-1\n5103403,2795655,x\n"
        with_file.with_name("times.csv").write_text(text)
        assert found(with_file) == [
            ("unknown_reference", "times.csv", "B2"),
            ("out_of_range", "times.csv", "C3"),
            ("not_a_number", "times.csv", "C4"),
        ]

    def test_must_not_lead_out_of_the_folder(self, with_file: Path, tmp_path: Path):
        secret = tmp_path / "secret.csv"
        secret.write_text("origin_id,destination_id,minutes\n")
        inner = tmp_path / "inner"
        inner.mkdir()
        moved = Path(shutil.move(with_file, inner / "book.xlsx"))
        (inner / "times.csv").symlink_to(secret)
        assert found(moved) == [("travel_file_outside", "settings", "B10")]
        for name in ("../secret.csv", str(secret), "C:\\secret.csv", "a/../../secret.csv", "..\\secret.csv"):
            edit(moved, {"settings!B10": name})
            assert found(moved) == [("travel_file_outside", "settings", "B10")]

    @pytest.mark.parametrize("name", ["9" * 300, "folder/" * 2_000 + "x.csv", "loop/times.csv"])
    def test_must_have_a_name_that_the_system_allows(self, with_file: Path, name: str):
        (with_file.parent / "loop").symlink_to("loop")
        edit(with_file, {"settings!B10": name})
        (code, *place), *others = found(with_file)
        assert code in ("travel_file_unreadable", "travel_file_missing")
        assert (place, others) == (["settings", "B10"], [])

    @pytest.mark.parametrize("columns", [travel_file.MOST_COLUMNS + 1, 20_000])
    def test_must_not_have_more_columns_than_a_country_has_places(self, with_file: Path, columns: int):
        (with_file.parent / "times.csv").write_text("," * (columns - 1) + "\nt1,5\n", encoding="utf-8")
        assert found(with_file) == [("travel_file_too_wide", "settings", "B10")]

    @pytest.mark.parametrize("row", ["t1,h1,30,", "t1,h1,30,40"])
    def test_must_name_every_column(self, with_file: Path, row: str):
        """The first cells were taken for names of rows, and the others for what the header calls the first."""
        content = f"origin_id,destination_id,minutes\n{row}\n"
        (with_file.parent / "times.csv").write_text(content, encoding="utf-8")
        assert found(with_file) == [("travel_file_ragged", "settings", "B10")]

    def test_must_not_be_too_large(self, with_file: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(travel_file, "MOST_BYTES", 10)
        with_file.with_name("times.csv").write_text("origin_id,destination_id,minutes\n")
        assert found(with_file) == [("travel_file_too_large", "settings", "B10")]

    def test_must_be_text(self, with_file: Path):
        with_file.with_name("times.csv").write_bytes(b"\x00\x81\xff\x00")
        assert found(with_file) == [("travel_file_unreadable", "settings", "B10")]

    def test_parquet_without_its_package_is_told(self, with_file: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(travel_file, "find_spec", lambda _: None)
        edit(with_file, {"settings!B10": "times.parquet"})
        with_file.with_name("times.parquet").write_bytes(b"PAR1")
        assert found(with_file) == [("parquet_unavailable", "settings", "B10")]

    def test_and_the_sheet_together_are_one_too_many(self, with_file: Path):
        workbook = openpyxl.load_workbook(with_file)
        sheet = workbook.create_sheet("travel_times")
        sheet.append(["origin_id", "destination_id", "minutes"])
        sheet.append(["5103403", "2655519", 5])
        workbook.save(with_file)
        assert found(with_file) == [("travel_times_twice", "settings", "B10")]
