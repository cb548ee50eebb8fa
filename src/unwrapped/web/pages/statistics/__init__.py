"""Screens that show what somebody listens to: figures, charts, lists and search."""
