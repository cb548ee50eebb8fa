"""A columnar copy of a stored history, for statistics and the profile."""
