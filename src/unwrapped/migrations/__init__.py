"""Versioned SQL and `atlas.sum`, in the format of Atlas."""
