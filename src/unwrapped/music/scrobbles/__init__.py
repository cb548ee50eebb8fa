"""Scrobbles: listens that players report in the protocols of other services.

They are stored at once, and merged into the history by a worker soon after.
"""
