"""From a planning problem to a plan."""
