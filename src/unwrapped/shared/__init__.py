"""Tools that two or more domains share."""
