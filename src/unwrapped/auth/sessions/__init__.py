"""Signing in, and what keeps people signed in."""
