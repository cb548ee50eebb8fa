"""A columnar copy of a stored history, from which statistics and the profile are read."""
