"""Scenarios drafted from facts and a library of defaults: any state of Brazil, and the scenarios that are shipped."""
