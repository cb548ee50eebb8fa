"""Shares: links with which anybody may see an analysis."""
