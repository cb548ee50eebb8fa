"""People, sign-in, sessions and tokens."""
