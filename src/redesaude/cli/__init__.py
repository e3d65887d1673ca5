"""The command line."""

from redesaude.cli.app import main

__all__ = ["main"]
