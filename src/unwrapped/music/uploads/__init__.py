"""Uploaded files that wait for their import."""
