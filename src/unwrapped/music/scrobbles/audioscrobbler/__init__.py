"""Audioscrobbler, the protocol of Last.fm, in both of its dialects.

Version 1.2 has a handshake and submissions, answered as text; version 2.0 has methods.
"""
