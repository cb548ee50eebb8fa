"""Screens of scrobblers: their tokens, what to enter where, and what an app asks for."""
