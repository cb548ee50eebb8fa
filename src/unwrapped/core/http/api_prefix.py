"""The prefix of the API in paths, written once."""

API = "/api/v1"
"""The prefix of the endpoints of every domain; pages have none."""
