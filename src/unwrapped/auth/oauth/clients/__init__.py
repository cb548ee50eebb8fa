"""Providers as this service talks to them: any OpenID provider, and Spotify."""
