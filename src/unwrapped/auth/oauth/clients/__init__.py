"""Clients for providers: any OpenID provider, and Spotify."""
