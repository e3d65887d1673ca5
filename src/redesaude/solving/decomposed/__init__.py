"""The decomposed engine: a bound from the specialties apart, a plan from searching around the best one."""
