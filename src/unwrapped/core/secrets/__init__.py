"""The ring of SECRET_KEY, encryption at rest, opaque tokens."""
