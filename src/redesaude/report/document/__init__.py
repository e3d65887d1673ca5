"""Papers to be read and printed: their words and tables once (:mod:`.blocks`), and what puts them into a file."""
