"""Screens of the stored history: plays, imports, corrections and deletions."""
