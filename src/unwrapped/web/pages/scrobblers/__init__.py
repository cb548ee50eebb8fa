"""Screens of scrobblers: tokens, client settings, and granting access to apps."""
