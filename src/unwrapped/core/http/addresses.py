"""Where the parts of the service are, relative to its origin."""

API = "/api/v1"
"""The prefix of the endpoints of every domain; its pages have none."""
