"""The general problem by its specialties: a bound from each alone, and a search that betters a part at a time."""
