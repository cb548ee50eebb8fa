"""A stand-in for Spotify on loopback: for tests, and to try things without an account."""
