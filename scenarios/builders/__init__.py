"""What the scenario scripts share: the data pack read, figures with their evidence, and the sheets made of them."""
