"""Shares: links to an analysis. Anyone who has the link can see it."""
