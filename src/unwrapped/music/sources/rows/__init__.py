"""Readers that formats share: JSON arrays, cleaning of members, frames."""
