"""What the scenarios share beyond :mod:`redesaude.drafting`: networks, staff, stations, and what is of Mato Grosso."""
