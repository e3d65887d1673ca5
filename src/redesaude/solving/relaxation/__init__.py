"""What the linear relaxation of a model tells: rows that sharpen it, integers that it settles or that are too dear."""
