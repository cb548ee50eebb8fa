"""Signing in with a provider, and the tokens for its API."""
