"""Corrections of how listens are counted; the stored listens do not change."""
