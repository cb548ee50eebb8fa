"""Composes the text of a verdict: a thesis, beats that serve it, an ending that returns to
it."""
