"""Pure tools that two or more domains share."""
