"""The file ``planning.xlsx``: a guide, and a sheet for each planning instrument; and the same rows as tables."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from redesaude.language import N_
from redesaude.report.instruments.country import Told, country_of
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import Field, Instrument
from redesaude.report.instruments.registry import INSTRUMENTS
from redesaude.report.tables import write_csv
from redesaude.report.view import View
from redesaude.report.workbook.book import Book, Look
from redesaude.report.workbook.grid import absent
from redesaude.report.workbook.sheet import Block, Column, Sheet

_GUIDE = "guide"
_TITLE = N_("Rows for the planning instruments")
_NO_COUNTRY = N_(
    "The input does not say of which country's planning instruments rows are to be written: type brazil or vietnam in "
    "payer_defaults on the sheet settings."
)
_PART = N_(
    "Regions are many: sheets with rows of each municipality or region hold those that redesaude report RESULT "
    "--regions asks for."
)
_WIDTHS = (22, 56, 58)
#: of a code, which is not printed
_CODE = 26


def write_planning(view: View, folder: Path, regions: Collection[str] | None = None) -> None:
    """Write ``planning.xlsx`` of a plan with decisions into ``folder``, and its rows as ``tables/planning_*.csv``.

    ``regions``: of which there are rows each, see :class:`redesaude.report.instruments.facts.Facts`.
    Where the settings tell no country there is only the guide, which says so.
    """
    told = country_of(view.scenario)
    country = INSTRUMENTS.get(told.country) if told else None
    instruments = country.instruments if country else ()
    titles = {_GUIDE: _TITLE} | {each.name: each.title for each in instruments}
    seen = {each.name for each in instruments if each.on_screen}
    book = Book(folder / "planning.xlsx", view, titles, look=Look(on_screen=seen))
    facts = Facts(view, country.language if country else view.t.language, regions)
    _write_guide(book, told, instruments, whole=facts.all_asked)
    if country:
        for instrument in country.instruments:
            rows = instrument.filled(facts)
            _write_sheet(book, instrument, rows)
            fields = [field.key for field in instrument.fields]
            write_csv(rows.astype(object), fields, folder / "tables" / f"{instrument.table}.csv")
    book.close()


def _write_guide(book: Book, told: Told | None, instruments: tuple[Instrument, ...], *, whole: bool) -> None:
    """What each sheet is, of which country, and how blanks are to be filled in."""
    t = book.view.t
    sheet = book.sheet(_GUIDE, _WIDTHS)
    if told is None:
        sheet.text(t(_NO_COUNTRY), "sentence")
        return
    sentences = (
        t(
            N_("These are the instruments of the country that the setting {setting} tells: {value}."),
            setting=told.setting,
            value=told.value,
        ),
        t(
            N_(
                "Names of fields and what is to be typed are in the language of the instrument. Below each field "
                "stands the table or sheet that its figures are from; the same rows with codes are in the folder "
                "tables, as planning_*.csv."
            )
        ),
        t(
            N_(
                "Yellow cells are what the plan does not know: they are left blank, and below the name of the field "
                "stands who fills them in."
            )
        ),
    )
    for sentence in sentences:
        sheet.text(sentence, "sentence")
    if not whole:
        sheet.text(t(_PART), "sentence")
    sheet.row += 1
    frame = pd.DataFrame({"name": [i.name for i in instruments], "title": [i.title for i in instruments]})
    frame["about"] = [t(instrument.about) for instrument in instruments]
    columns = [
        Column("name", t(N_("Sheet"))),
        Column("title", t(N_("Instrument"))),
        Column("about", t(N_("How to read it"))),
    ]
    sheet.filter(sheet.table(frame, columns, freeze=1))


def _write_sheet(book: Book, instrument: Instrument, rows: pd.DataFrame) -> None:
    """One table: official names, below them where figures are from or who fills blanks in, and the rows."""
    t = book.view.t
    first = book.view.t(N_("On paper only the first page of this sheet is printed; the rest is for the screen."))
    note = f"{t(instrument.about)} {first if instrument.on_screen else ''}".strip()
    printed = [field.width for field in instrument.fields if field.kind != "id"]
    sheet = book.sheet(instrument.name, printed, note)
    sheet.set_widths(len(printed), [_CODE] * (len(instrument.fields) - len(printed)))
    looks = {
        f"look {field.key}": ["fill" if absent(value) or value == "" else field.kind for value in rows[field.key]]
        for field in instrument.fields
        if field.fills
    }
    frame = pd.concat([rows, pd.DataFrame(looks, index=rows.index)], axis=1)
    columns = [
        Column(
            field.key,
            field.label,
            _below(book.view, field),
            f"@look {field.key}" if field.fills else field.kind,
            total=field.total,
        )
        for field in instrument.fields
    ]
    block = sheet.table(frame, columns, freeze=instrument.frozen, total=_total(book.view, instrument))
    sheet.filter(block)
    if len(rows):
        _offer(sheet, block, instrument)


def _total(view: View, instrument: Instrument) -> str:
    return view.t(N_("Total")) if any(field.total for field in instrument.fields) else ""


def _below(view: View, field: Field) -> str:
    """Where its figures are from, and who fills in what is blank."""
    return "; ".join(part for part in (field.source, view.t(field.fills) if field.fills else "") if part)


def _offer(sheet: Sheet, block: Block, instrument: Instrument) -> None:
    """Offer what may be chosen where there is a choice."""
    for field in instrument.fields:
        if field.choices:
            column = block.columns[field.key]
            sheet.worksheet.data_validation(
                block.first, column, block.last, column, {"validate": "list", "source": list(field.choices)}
            )
