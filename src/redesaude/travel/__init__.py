"""How long it takes from every territory to every site."""
