"""Ways to break the valid workbook, each in one place, with the problem that must be told and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl.workbook import Workbook

#: code, sheet, cell
Expected = tuple[str, str, str]


@dataclass(frozen=True)
class Breakage:
    """``change`` is done to the valid workbook; then exactly the problems ``expected`` are found."""

    change: Callable[[Workbook], None]
    expected: tuple[Expected, ...]
    severity: str = "error"


BREAKAGES: dict[str, Breakage] = {}
Change = Callable[[Workbook], None]
#: workbooks in which nothing is wrong -> what is done to the first of them
VALID: dict[str, Change] = {"valid": lambda book: None}


def broken(name: str, *expected: Expected, severity: str = "error") -> Callable[[Change], Change]:
    """Register a change under ``name``."""

    def register(change: Change) -> Change:
        assert name not in BREAKAGES
        BREAKAGES[name] = Breakage(change, expected, severity)
        return change

    return register


def cell(name: str, sheet: str, address: str, value: object, code: str, *, severity: str = "error") -> None:
    """Register the commonest breakage: one cell gets another value and is told at that cell."""

    def change(book: Workbook) -> None:
        book[sheet][address] = value

    broken(name, (code, sheet, address), severity=severity)(change)


# --- sheets and columns ---------------------------------------------------------------------------------------


@broken("sheet missing", ("missing_sheet", "sizes", ""))
def _(book: Workbook) -> None:
    del book["sizes"]


@broken("sheet misspelt", ("misspelt_sheet", "specialities", ""))
def _(book: Workbook) -> None:
    book["specialties"].title = "specialities"


@broken("sheet unknown", ("unknown_sheet", "orçamento", ""), severity="warning")
def _(book: Workbook) -> None:
    book.create_sheet("orçamento")["A1"] = "rascunho"


@broken("sheet without rows", ("empty_sheet", "periods", "A3"))
def _(book: Workbook) -> None:
    book["periods"].delete_rows(3)


@broken("sheet twice", ("duplicate_sheet", "Sites ", ""))
def _(book: Workbook) -> None:
    book.copy_worksheet(book["sites"]).title = "Sites "


@broken("column missing", ("missing_column", "territories", "1:1"))
def _(book: Workbook) -> None:
    book["territories"].delete_cols(8)


@broken("column misspelt", ("misspelt_column", "territories", "H1"))
def _(book: Workbook) -> None:
    book["territories"]["H1"] = "populaton"


@broken("optional column misspelt", ("misspelt_column", "specialties", "L1"))
def _(book: Workbook) -> None:
    book["specialties"]["L1"] = "unmet cost"


@broken("column unknown", ("unknown_column", "sites", "K1"), severity="warning")
def _(book: Workbook) -> None:
    book["sites"]["K1"] = "telefone"


@broken("column twice", ("duplicate_column", "sizes", "M1"))
def _(book: Workbook) -> None:
    book["sizes"]["M1"] = "Capacity"


@broken("column without a name", ("nameless_column", "sizes", "M:M"), severity="warning")
def _(book: Workbook) -> None:
    book["sizes"]["M4"] = "conferir"


@broken("headers merged", ("merged_cells", "territories", "F1:H1"))
def _(book: Workbook) -> None:
    book["territories"].merge_cells("F1:H1")


@broken("title above the headers", ("header_not_first", "sites", "3:3"))
def _(book: Workbook) -> None:
    book["sites"].insert_rows(1, 2)
    book["sites"]["A1"] = "Hospitais da rede"


@broken("headers missing", ("no_header", "sites", "1:1"))
def _(book: Workbook) -> None:
    book["sites"].delete_rows(1, 2)


# --- single cells ---------------------------------------------------------------------------------------------

cell("population blank", "territories", "H4", None, "blank_population")
cell("population NaN", "territories", "H4", "NaN", "not_finite")
cell("population zero", "territories", "H8", 0, "zero_population", severity="warning")
cell("population with thousands dots", "territories", "H3", "650.877", "ambiguous_number")
cell("number with decimal comma", "sizes", "G3", "1.234.567,89", "decimal_comma")
cell("number with a suffix", "sizes", "G3", "12.5k", "not_a_number")
cell("words for a number", "sizes", "C3", "a definir", "not_a_number")
cell("infinite number", "specialties", "L3", "inf", "not_finite")
cell("negative cost", "sizes", "H4", -100, "out_of_range")
cell("share of 1.2", "specialties", "G3", 1.2, "out_of_range")
cell("share of 80", "specialties", "G4", 80, "out_of_range")
cell("half a centre", "specialties", "Q3", 1.5, "not_an_integer")
cell("neither yes nor no", "specialties", "H3", "maybe", "not_yes_no")
cell("word not offered", "sites", "F3", "filatelia", "not_a_choice")
cell("kind of site not offered", "contracts", "AE4", "public, filatelia", "not_a_choice")
cell("required cell blank", "sizes", "C4", None, "blank")
cell("date as an id", "site_services", "B3", dt.datetime(2025, 2, 1), "date_for_id")
cell("date as a number", "sizes", "K3", dt.datetime(2025, 2, 1), "date_for_number")
cell("formula without its value", "sizes", "G3", "=SUM(1,2)", "formula_without_value")
cell("formula with an error", "sizes", "I3", "#REF!", "error_value")
cell("id with a separator", "lots", "A3", "centro|norte", "bad_id")

# --- ids and references ---------------------------------------------------------------------------------------

cell("id twice", "territories", "A8", "5103403", "duplicate_id")
cell("CNES code without zeros", "sites", "A4", 12345, "lost_zeros")
cell("reference without zeros", "site_services", "A4", 12345, "unknown_reference")
cell("reference unknown", "sites", "C5", "5107999", "unknown_reference")
cell("reference misspelt", "demand", "B3", "dialisys", "unknown_reference")
cell("contract unknown in a list", "sites", "I4", "direct, purchas", "unknown_reference")
cell("lot unknown", "sites", "G6", "leste", "unknown_reference")
cell("size unknown", "site_services", "C3", "huge", "unknown_size")
cell("region unknown", "access_targets", "B4", "R9", "unknown_reference")
cell("macro-regions never named", "access_targets", "B3", "each_macroregion", "no_macroregion")


@broken("row twice", ("duplicate_row", "demand", "A4"))
def _(book: Workbook) -> None:
    book["demand"].append(["5103403", "dialysis", None, 300])


@broken("region with two names", ("region_two_names", "territories", "D7"), severity="warning")
def _(book: Workbook) -> None:
    book["territories"]["D7"] = "Nortão"


@broken("region name with two ids", ("region_two_ids", "territories", "C8"), severity="warning")
def _(book: Workbook) -> None:
    book["territories"]["D8"] = "Sul"


@broken("macro-region with two names", ("macroregion_two_names", "territories", "K4"), severity="warning")
def _(book: Workbook) -> None:
    sheet = book["territories"]
    sheet["E1"], sheet["K1"] = "macroregion_id", "macroregion_name"
    for row in range(3, sheet.max_row + 1):
        sheet[f"E{row}"], sheet[f"K{row}"] = "M", "Norte" if row == 3 else "Sul" if row == 4 else None


# --- coordinates ----------------------------------------------------------------------------------------------


@broken("coordinates swapped", ("coordinates_swapped", "territories", "F5"))
def _(book: Workbook) -> None:
    book["territories"]["F5"], book["territories"]["G5"] = -54.64, -16.47


@broken("coordinates swapped and out of range", ("coordinates_swapped", "sites", "D3"))
def _(book: Workbook) -> None:
    seats = [(10.8, 106.7), (10.0, 105.8), (10.4, 106.4), (9.6, 105.9), (10.5, 105.2), (9.9, 106.3)]
    for row, (latitude, longitude) in enumerate(seats, 3):
        book["territories"][f"F{row}"], book["territories"][f"G{row}"] = latitude, longitude
    book.remove(book["roads"])
    book["sites"]["D3"], book["sites"]["E3"] = 106.7, 10.8


@broken("coordinates at zero", ("coordinates_zero", "territories", "F6"))
def _(book: Workbook) -> None:
    book["territories"]["F6"], book["territories"]["G6"] = 0, 0


@broken("coordinates missing", ("no_coordinates", "territories", "F7"))
def _(book: Workbook) -> None:
    book["territories"]["F7"], book["territories"]["G7"] = None, None
    book["roads"].delete_rows(6, 2)


cell("latitude impossible", "territories", "F8", -160.7, "out_of_range")
cell("longitude missing", "sites", "E3", None, "half_coordinates")
cell("territory far from all others", "territories", "G8", -5.77, "far_from_others", severity="warning")
BREAKAGES["longitude missing"] = Breakage(BREAKAGES["longitude missing"].change, (("half_coordinates", "sites", "D3"),))
BREAKAGES["territory far from all others"] = Breakage(
    BREAKAGES["territory far from all others"].change, (("far_from_others", "territories", "F8"),), "warning"
)

# --- services and promises ------------------------------------------------------------------------------------

cell("capacity below minimum volume", "sizes", "C3", 210, "capacity_below_minimum")
cell("own capacity below minimum volume", "site_services", "E3", 100, "capacity_below_minimum")
cell("standard above the ceiling", "specialties", "F3", 700, "standard_above_ceiling")
cell("promise neither hard nor priced", "specialties", "I3", None, "elastic_without_price")
cell("existing service without size", "site_services", "C3", None, "existing_without_size")
cell("existing service without contract", "site_services", "K3", None, "existing_without_contract")
cell("existing service under another's contract", "site_services", "K3", "purchase", "contract_not_eligible")
cell("limit used up", "fiscal", "G3", 2000000000, "limit_used_up")
cell("specialty requires itself", "requires", "B3", "surgery", "requires_itself")


@broken("specialty without size", ("specialty_without_size", "specialties", "A5"))
def _(book: Workbook) -> None:
    book["sizes"].delete_rows(6)


@broken("specialty without site", ("specialty_without_site", "specialties", "A4"))
def _(book: Workbook) -> None:
    book["site_services"].delete_rows(5)
    for site in ("2655519", "0012345", "2795655", "NEW-CAC"):
        book["site_services"].append([site, "dialysis", None, "forbidden"])


@broken("specialty listed nowhere", ("specialty_without_site", "specialties", "A5"))
def _(book: Workbook) -> None:
    book["specialties"]["P5"] = "listed"


@broken("share without standard", ("share_without_standard", "specialties", "G4"))
def _(book: Workbook) -> None:
    book["specialties"]["F4"] = None


@broken("more centres asked than sites", ("too_few_sites", "specialties", "Q5"))
def _(book: Workbook) -> None:
    book["specialties"]["Q5"] = 4


@broken("centres out of order", ("centres_out_of_order", "specialties", "Q3"))
def _(book: Workbook) -> None:
    book["specialties"]["Q3"], book["specialties"]["R3"] = 3, 2


@broken("required and forbidden", ("required_and_forbidden", "site_services", "D6"))
def _(book: Workbook) -> None:
    book["site_services"].append(["0012345", "surgery", "unit", "required"])


@broken("requirements in a circle", ("requires_cycle", "requires", "B4"))
def _(book: Workbook) -> None:
    book["requires"].append(["cardiology", "surgery"])


@broken("required specialty never at the same site", ("required_never_allowed", "requires", "B3"))
def _(book: Workbook) -> None:
    for site in ("2655519", "2795655", "NEW-CAC"):
        book["site_services"].append([site, "surgery", None, "forbidden"])
    book["site_services"]["B4"] = "cardiology"


# --- contracts ------------------------------------------------------------------------------------------------

cell("project company without its return", "contracts", "O4", None, "financing_incomplete")
cell("gearing above one", "contracts", "Q4", 70, "out_of_range")
cell("loan longer than the term", "contracts", "R4", 30, "debt_longer_than_term")


@broken("factors out of order", ("factors_out_of_order", "contracts", "G3"))
def _(book: Workbook) -> None:
    book["contracts"]["H3"] = 1.1


@broken("term shorter than the works", ("term_too_short", "contracts", "E5"))
def _(book: Workbook) -> None:
    book["contracts"]["E5"] = 1


@broken("site without a contract", ("site_without_contract", "sites", "I4"))
def _(book: Workbook) -> None:
    book["sites"]["I4"] = "ppp"


# --- periods, settings, roads, variants, sources --------------------------------------------------------------


def followed(book: Workbook, *others: list[object]) -> None:
    """Other periods after a first one of four years."""
    book["periods"]["C3"] = 4
    for row in others:
        book["periods"].append(row)


@broken("periods that overlap", ("periods_overlap", "periods", "B4"))
def _(book: Workbook) -> None:
    followed(book, ["p2", 2028, 18])


@broken("periods with a gap", ("periods_gap", "periods", "B4"))
def _(book: Workbook) -> None:
    followed(book, ["p2", 2032, 14])


@broken("seven periods", ("too_many_periods", "periods", "A9"))
def _(book: Workbook) -> None:
    followed(book, *([f"p{n}", 2028 + n, 1 if n < 7 else 11] for n in range(2, 8)))


@broken("period beyond the horizon", ("period_beyond_horizon", "periods", "B5"))
def _(book: Workbook) -> None:
    followed(book, ["p2", 2030, 16], ["p3", 2046, 4])


@broken("last period short of the horizon", ("last_period_runs_on", "periods", "C3"), severity="warning")
def _(book: Workbook) -> None:
    book["periods"]["C3"] = 4


def phased(book: Workbook, sheet: str, columns: str, *rows: dict[str, object]) -> None:
    """A second period, and a sheet that is not in the valid workbook."""
    followed(book, ["p2", 2030, 16])
    new = book.create_sheet(sheet)
    new.append(columns.split())
    for row in rows:
        new.append([row.get(column) for column in columns.split()])


def decided(name: str, code: str, address: str, *rows: dict[str, object]) -> None:
    """Register decisions that are wrong in one cell."""
    columns = "site_id specialty_id size_id contract_id period_id decision"
    broken(name, (code, "decisions", address))(lambda book: phased(book, "decisions", columns, *rows))


def two_periods(book: Workbook) -> None:
    """Today's cardiology is frozen at first, signed to be enlarged in the second period; Sinop comes with it.

    That it closes instead waits for a variant, so it contradicts nothing.
    """
    signed = {"size_id": "large", "contract_id": "direct", "period_id": "p2", "decision": "start"}
    columns = "site_id specialty_id size_id contract_id period_id decision active"
    today = {"site_id": "2655519", "specialty_id": "cardiology"}
    closed = {**today, "period_id": "p2", "decision": "close", "active": "no"}
    phased(book, "decisions", columns, {**today, **signed}, {**today, "period_id": "p1", "decision": "freeze"}, closed)
    order = book.create_sheet("precedence")
    order.append(["site_id", "specialty_id", "after_site_id", "after_specialty_id"])
    order.append(["2795655", "cardiology", "2655519", "cardiology"])
    book["funding"].append(["state", "Tesouro", "p2", "capital", None, None, 30_000_000, "no", 1.5])


VALID["two periods"] = two_periods
TODAY, SINOP = ({"site_id": site, "specialty_id": "cardiology", "period_id": "p2"} for site in ("2655519", "2795655"))
decided("decision about all", "decision_needs_one_service", "A2", {**SINOP, "site_id": "all", "decision": "open"})
decided("decision without its period", "decision_needs_period", "E2", {**SINOP, "period_id": None, "decision": "start"})
decided(
    "decision to close a size", "decision_of_whole_service", "C2", {**TODAY, "size_id": "large", "decision": "close"}
)
decided("decision to start what runs", "decision_runs_today", "F2", TODAY | {"size_id": "medium", "decision": "start"})
decided("decision of an unknown size", "unknown_size", "C2", {**SINOP, "size_id": "huge", "decision": "open"})
decided("decision of an unknown period", "unknown_reference", "E2", {**SINOP, "period_id": "p3", "decision": "open"})
decided(
    "decision for what is forbidden", "decision_contradicted", "F2",
    {"site_id": "0012345", "specialty_id": "surgery", "decision": "open"},
)  # fmt: skip
decided(
    "decisions that contradict", "decision_contradicted", "F2",
    {**SINOP, "decision": "start"}, {"site_id": "all", "specialty_id": "cardiology", "decision": "forbid"},
)  # fmt: skip


def ordered(name: str, code: str, address: str, *rows: tuple[str, str, str, str]) -> None:
    """Register an order of services that cannot be kept."""
    columns = "site_id specialty_id after_site_id after_specialty_id"
    records = [dict(zip(columns.split(), row, strict=True)) for row in rows]
    broken(name, (code, "precedence", address))(lambda book: phased(book, "precedence", columns, *records))


_FIRST, _SECOND = ("2795655", "cardiology"), ("2795655", "surgery")
ordered("service before itself", "precedes_itself", "C2", (*_FIRST, *_FIRST))
ordered("services before each other", "precedence_circle", "C3", (*_FIRST, *_SECOND), (*_SECOND, *_FIRST))
ordered("service of today after another", "preceded_runs_today", "A2", ("2655519", "cardiology", *_FIRST))


cell("period before the base year", "periods", "B3", 2020, "period_before_base_year")
cell("setting unknown", "settings", "A7", "discount_rat", "unknown_setting")
cell("setting of the wrong type", "settings", "B7", "cinco por cento", "not_a_number")
cell("setting out of range", "settings", "B7", 5, "out_of_range")
cell("currency without a code", "settings", "B4", "reais", "bad_currency")
cell("road to itself", "roads", "B3", "5103403", "self_link")
cell("variant of an unknown sheet", "variants", "C3", "fundings", "variant_unknown_sheet", severity="variant")
cell("variant of an unknown row", "variants", "D3", "estate", "variant_unknown_row", severity="variant")
cell("variant of an unknown column", "variants", "E3", "ammount", "variant_unknown_column", severity="variant")
cell("variant value that does not fit", "variants", "G4", "muito", "not_a_number", severity="variant")
cell("source of an unknown sheet", "sources", "A3", "territory", "source_unknown_sheet", severity="warning")


@broken("setting missing", ("missing_setting", "settings", "A:A"))
def _(book: Workbook) -> None:
    book["settings"].delete_rows(7)


@broken("travel file outside the folder", ("travel_file_outside", "settings", "B10"))
def _(book: Workbook) -> None:
    book["settings"].append(["travel_times_file", "../matrix.csv"])


@broken("travel file missing", ("travel_file_missing", "settings", "B10"))
def _(book: Workbook) -> None:
    book["settings"].append(["travel_times_file", "matrix.csv"])


@broken("travel time to an unknown place", ("unknown_reference", "travel_times", "B3"))
def _(book: Workbook) -> None:
    sheet = book.create_sheet("travel_times")
    for row in (["origin_id", "destination_id", "minutes"], ["5103403", "2655519", 10], ["5103403", "2655591", 20]):
        sheet.append(row)
