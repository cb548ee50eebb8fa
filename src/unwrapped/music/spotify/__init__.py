"""Periodic sync of the last plays from Spotify, for listeners who turn it on."""
