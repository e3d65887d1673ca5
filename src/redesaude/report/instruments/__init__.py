"""Rows for the planning instruments of a country, with their official field names, out of a plan."""
