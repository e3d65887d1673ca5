"""The one declaration of every sheet and column of the input workbook.

The reader, the blank template, the checks, the drop-downs and the data dictionary all follow from it:
to add a column, add a line to its table. Meanings are message ids of the catalogues in ``redesaude.language``.
"""

from __future__ import annotations

from redesaude.inputs.tables import (
    commitments,
    contracts,
    emergency,
    indicators,
    money,
    need,
    promises,
    services,
    settings,
    surroundings,
)
from redesaude.inputs.tables.declaration import Column, Form, Kind, Table
from redesaude.inputs.tables.settings import SETTINGS
from redesaude.inputs.tables.vocabulary import (
    ALL,
    EACH,
    EACH_MACROREGION,
    EMERGENCY_PROMISES,
    MINUTES_EACH,
    RISK_TARGETS,
)

__all__ = [
    "ALL",
    "BY_NAME",
    "EACH",
    "EACH_MACROREGION",
    "EMERGENCY_PROMISES",
    "FORMAT",
    "FORMAT_PROPERTY",
    "INPUT",
    "MINUTES_EACH",
    "RISK_TARGETS",
    "SETTINGS",
    "SETTINGS_BY_NAME",
    "TABLES",
    "UNIT_ROW_MARK",
    "Column",
    "Form",
    "Kind",
    "Table",
]

#: format of the input workbook, and the property of the file that tells it; 1 had none, as workbooks made by hand have
FORMAT, FORMAT_PROPERTY = 2, "redesaude_format"

#: marks a cell of the second header row (unit and meaning), e.g. ``[people] inhabitants in the base year``
UNIT_ROW_MARK = "["

#: every sheet, in the order of the workbook
TABLES = (
    settings.SETTINGS_TABLE,
    need.PERIODS,
    need.TERRITORIES,
    need.SPECIALTIES,
    need.DEMAND,
    services.SITES,
    services.SIZES,
    services.SITE_SERVICES,
    services.LICENCES,
    services.QUALITY_GRADES,
    need.TODAY,
    commitments.DECISIONS,
    commitments.PRECEDENCE,
    commitments.SUPPORT,
    commitments.TECHNIQUES,
    services.REQUIRES,
    contracts.CONTRACTS,
    contracts.QUALITY_INDICATORS,
    contracts.KNOWN_CONTRACTS,
    money.DISCOUNT_RATES,
    money.LOTS,
    money.FUNDING,
    money.FISCAL,
    money.LAWS,
    money.PAYERS,
    money.LOANS,
    money.DEBT_LIMITS,
    money.BIDS,
    money.RISKS,
    *promises.TABLES,
    emergency.STATIONS,
    emergency.STATION_TIMES,
    emergency.EMERGENCY,
    emergency.SURGE,
    emergency.SURGE_LOANS,
    indicators.INDICATORS,
    indicators.INDICATOR_TARGETS,
    surroundings.TRAVEL_TIMES,
    surroundings.ROADS,
    surroundings.VARIANTS,
    surroundings.SOURCES,
)

#: the input workbook as a kind of workbook
INPUT = Form(TABLES, FORMAT_PROPERTY, FORMAT)
BY_NAME = {table.name: table for table in TABLES}
SETTINGS_BY_NAME = {setting.name: setting for setting in SETTINGS}
