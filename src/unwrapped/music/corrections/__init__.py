"""Corrections of how listens are counted, which do not change the stored listens."""
