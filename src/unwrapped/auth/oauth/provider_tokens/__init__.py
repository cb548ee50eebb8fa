"""Tokens of providers: encrypted at rest, refreshed in one place at a time."""
