"""Questions asked of a plan in hand, answered by differences whose intervals are proven."""
