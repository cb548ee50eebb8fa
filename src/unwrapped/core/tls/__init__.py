"""A local certificate authority, for HTTPS without another tool."""
