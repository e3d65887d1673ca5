"""Pure location problems: which services open and who goes where, with nothing else to decide."""
