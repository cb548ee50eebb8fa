"""Sync from Spotify: the last plays of listeners who want it, from time to time."""
