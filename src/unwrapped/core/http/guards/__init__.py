"""Checks of a connection and a request before a route is reached."""
