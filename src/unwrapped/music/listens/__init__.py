"""The listening history: identity, dedupe, and books that balance."""
