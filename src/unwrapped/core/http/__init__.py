"""The HTTP side that all domains share: middleware, problems, health."""
