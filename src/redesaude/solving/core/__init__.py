"""Smaller models of very many journeys: those that may matter, all others pooled so that bounds stay valid."""
