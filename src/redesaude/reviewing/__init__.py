"""The review of a plan: what was to be done by a date, what was done, and the next plan from there."""
