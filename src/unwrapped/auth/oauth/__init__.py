"""Signing in with a provider, and the tokens that its API is used with."""
