"""From a workbook (or data frames) to a checked, frozen scenario."""
