"""``python -m redesaude``."""

from redesaude.cli import main

main()
