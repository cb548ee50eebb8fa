"""Scrobbles from players in foreign protocols, stored at once and merged soon."""
