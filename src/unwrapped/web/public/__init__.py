"""Shares, which anybody may open: as pages, as JSON and as pictures."""
