"""What a plan means for each municipality: where its people go, what they lack today, and what they pay."""
