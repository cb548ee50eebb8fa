"""Readers of shapes that formats share: JSON arrays, cleaning of members, frames."""
