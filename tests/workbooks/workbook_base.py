"""One small valid workbook, from which every broken one is made by one change."""

from __future__ import annotations

import openpyxl
from openpyxl.workbook import Workbook

#: sheet -> its column names, a layout of its own: addresses in the tests stay true when columns are added elsewhere
LAYOUT = {
    "settings": "name value unit note",
    "periods": "period_id first_year years",
    "territories": "territory_id name region_id region_name macroregion_id latitude longitude population growth_rate",
    "specialties": (
        "specialty_id name cases_per_100k case_unit assignment access_minutes access_share access_hard "
        "access_price ceiling_minutes trips_per_case unmet_cost dalys_in_time dalys_late single_source "
        "sites_allowed min_centres max_centres"
    ),
    "demand": "territory_id specialty_id period_id cases",
    "sites": "site_id name territory_id latitude longitude kind lot_id fixed_cost contracts_allowed max_services",
    "sizes": (
        "specialty_id size_id capacity min_cases min_cases_hard min_cases_price capex fixed_cost "
        "cost_per_case lifecycle_share build_months needs_support"
    ),
    "site_services": (
        "site_id specialty_id size_id status capacity min_cases capex fixed_cost cost_per_case closing_cost contract_id"
    ),
    "requires": "specialty_id required_specialty_id",
    "contracts": (
        "contract_id name delivery_model financing term_years capex_factor_low capex_factor capex_factor_high "
        "opex_factor_low opex_factor opex_factor_high case_cost_factor_low case_cost_factor "
        "case_cost_factor_high equity_return debt_rate gearing debt_years dscr tax_rate transaction_cost "
        "transaction_share oversight_cost procurement_months delay_factor counts_as_ppp counts_as_personnel "
        "min_value needs_works max_contracts site_kinds state_share"
    ),
    "lots": "lot_id name",
    "funding": "funding_id name period_id kind contracts specialties amount hard price",
    "fiscal": "fiscal_id name period_id kind base_amount share committed reading hard price",
    "access_targets": "specialty_id region_id period_id minutes share hard price",
    "roads": "from_id to_id km speed_kmh",
    "variants": "variant_id name sheet key column operation value",
    "sources": "sheet key column source year grade note",
}

#: equity_return, debt_rate, gearing, debt_years, tax_rate, transaction_cost, oversight_cost of the PPP
_FINANCE = (0.1, 0.06, 0.7, 18, 0.34, 5e6, 9e5)

#: sheet -> (columns that are filled, rows); data begin in row 3, below names and units
TABLES: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "settings": (
        "name value",
        [
            ("title", "Rede de teste"),
            ("currency", "BRL"),
            ("base_year", 2025),
            ("horizon_years", 20),
            ("discount_rate", 0.05),
            ("occupancy", 0.85),
            ("language", "pt-BR"),
        ],
    ),
    "periods": ("period_id first_year years", [("p1", 2026, 20)]),
    "territories": (
        "territory_id name region_id region_name latitude longitude population",
        [
            ("5103403", "Cuiabá", "R1", "Baixada Cuiabana", -15.60, -56.10, 650877),
            ("5108402", "Várzea Grande", "R1", "Baixada Cuiabana", -15.65, -56.13, 300078),
            ("5107602", "Rondonópolis", "R2", "Sul", -16.47, -54.64, 244911),
            ("5107909", "Sinop", "R3", "Norte", -11.86, -55.50, 196312),
            ("5107925", "Sorriso", "R3", "Norte", -12.54, -55.72, 110635),
            ("5102504", "Cáceres", "R4", "Oeste", -16.07, -57.68, 89681),
        ],
    ),
    "specialties": (
        (
            "specialty_id name cases_per_100k assignment access_minutes access_share access_hard access_price"
            " ceiling_minutes unmet_cost dalys_in_time dalys_late"
        ),
        [
            ("cardiology", "Cardiologia", 54, "nearest", 120, 0.8, "no", 20000, 600, 30000, 1.2, 0.4),
            ("dialysis", "Diálise", 60, "planned", 60, 0.9, "no", 9000, 480, 80000, 0.9, 0.2),
            ("surgery", "Cirurgia cardíaca", 12, "planned", 240, None, "yes", None, 900, 90000, 2.0, 1.0),
        ],
    ),
    "demand": ("territory_id specialty_id cases", [("5103403", "dialysis", 480)]),
    "sites": (
        "site_id name territory_id latitude longitude kind lot_id fixed_cost contracts_allowed max_services",
        [
            ("2655519", "Hospital Central", "5103403", -15.61, -56.09, "public", "centro", 1000000, None, 3),
            ("0012345", "Santa Casa", "5107602", None, None, "philanthropic", None, 0, "direct, purchase", None),
            ("2795655", "Hospital Regional", "5107909", None, None, "public", None, 0, None, None),
            ("NEW-CAC", "Novo em Cáceres", "5102504", None, None, "new", "oeste", 0, "direct; ppp", None),
        ],
    ),
    "sizes": (
        (
            "specialty_id size_id capacity min_cases min_cases_hard min_cases_price capex fixed_cost cost_per_case"
            " lifecycle_share build_months"
        ),
        [
            ("cardiology", "medium", 700, 200, "yes", None, 12000000, 6000000, 4000, 0.03, 12),
            ("cardiology", "large", 1400, 400, "yes", None, 20000000, 9000000, 3800, 0.03, 18),
            ("dialysis", "clinic", 200, 60, "no", 500, 3000000, 1200000, 30000, 0.04, 8),
            ("surgery", "unit", 300, 100, "yes", None, 25000000, 14000000, 15000, 0.03, 24),
        ],
    ),
    "site_services": (
        "site_id specialty_id size_id status capacity min_cases closing_cost contract_id",
        [
            ("2655519", "cardiology", "medium", "existing", 650, None, 500000, "direct"),
            ("0012345", "surgery", None, "forbidden", None, None, None, None),
            ("2795655", "dialysis", "clinic", "required", None, None, None, None),
        ],
    ),
    "requires": ("specialty_id required_specialty_id", [("surgery", "cardiology")]),
    "contracts": (
        (
            "contract_id name delivery_model financing term_years capex_factor_low capex_factor capex_factor_high"
            " equity_return debt_rate gearing debt_years tax_rate transaction_cost oversight_cost procurement_months"
            " delay_factor counts_as_ppp counts_as_personnel needs_works site_kinds"
        ),
        [
            ("direct", "Direta", "direct", "budget", None, 1.0, 1.2, 1.6, *[None] * 5, 0, 0, 12, 1.4, 0, 1, "no", None),
            (
                "ppp",
                "PPP",
                "ppp_white",
                "project_company",
                25,
                1,
                1,
                1.1,
                *_FINANCE,
                24,
                1.1,
                1,
                0,
                "yes",
                "public, new",
            ),
            ("purchase", "Compra", "purchase", "provider", 5, *[None] * 8, 1e5, 2e5, 6, 1, 0, 0, "no", "philanthropic"),
        ],
    ),
    "lots": ("lot_id name", [("centro", "Centro"), ("oeste", "Oeste")]),
    "funding": ("funding_id name kind amount hard price", [("state", "Tesouro", "capital", 90000000, "no", 1.5)]),
    "fiscal": (
        "fiscal_id name kind base_amount share committed hard",
        [("ppp5", "Limite de 5 %", "ppp", 30000000000, 0.05, 200000000, "yes")],
    ),
    "access_targets": (
        "specialty_id region_id minutes share hard price",
        [("cardiology", "each", 180, 0.5, "no", 9000), ("all", "R1", 240, 0.9, "yes", None)],
    ),
    "roads": (
        "from_id to_id km speed_kmh",
        [
            ("5103403", "5108402", 9, 40),
            ("5103403", "5107602", 215, 70),
            ("5103403", "5102504", 220, 70),
            ("5107909", "5107925", 83, 75),
            ("5103403", "5107925", 400, 70),
        ],
    ),
    "variants": (
        "variant_id name sheet key column operation value",
        [
            ("cut", "Menos capital", "funding", "state", "amount", "multiply", 0.5),
            ("cut", "Menos capital", "settings", "discount_rate", "value", "set", 0.08),
            ("costly", "Obras mais caras", "sizes", "*", "capex", "multiply", 1.3),
        ],
    ),
    "sources": (
        "sheet key column source year grade",
        [("territories", "*", "population", "IBGE, Censo", 2022, "A"), ("sizes", "*", "capex", "premissa", None, "C")],
    ),
}


def base_workbook() -> Workbook:
    """Return the valid workbook, each sheet with names in row 1, units in row 2 and its rows from row 3 on."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (filled, rows) in TABLES.items():
        sheet = book.create_sheet(name)
        columns = LAYOUT[name].split()
        sheet.append(columns)
        sheet.append(["[unit]"] * len(columns))
        for row in rows:
            values = dict(zip(filled.split(), row, strict=True))
            sheet.append([values.get(column) for column in columns])
    return book
