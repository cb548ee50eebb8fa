"""A certificate authority of one's own, for HTTPS without another tool."""
