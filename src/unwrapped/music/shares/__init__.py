"""Shares: links under which anybody may see an analysis."""
