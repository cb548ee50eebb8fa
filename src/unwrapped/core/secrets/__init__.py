"""Encryption at rest, generated keys, opaque tokens."""
