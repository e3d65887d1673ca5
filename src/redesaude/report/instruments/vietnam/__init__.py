"""Sheets of Ho Chi Minh City and its partner provinces, in Vietnamese whatever the language of the report."""
