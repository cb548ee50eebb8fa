"""Screens of scrobblers: their tokens, the settings of clients, and apps that ask for access."""
