"""Backups: one file with everything that cannot be derived again, and its restore."""
