"""Screens that show what a person listens to: figures, charts, rankings and search."""
