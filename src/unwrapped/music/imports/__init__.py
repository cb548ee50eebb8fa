"""Imports uploaded files into the stored history, in the background."""
