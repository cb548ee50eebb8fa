"""Screens of the stored history: its plays, and what is imported, corrected and deleted."""
