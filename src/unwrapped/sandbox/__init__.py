"""A stand-in for Spotify on loopback, for tests and for trying things out."""
