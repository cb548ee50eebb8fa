"""Signing in, sessions and their cookies and tokens."""
