"""Tokens of providers: encrypted at rest, refreshed by one process at a time."""
