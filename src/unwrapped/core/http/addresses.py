"""The paths of the parts of the service."""

API = "/api/v1"
"""The prefix of the endpoints of every domain; pages have none."""
