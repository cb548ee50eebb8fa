"""Stores the history of a listener: tables, merge, reading, removal."""
