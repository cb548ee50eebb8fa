"""Errors are kinds: what happened, told in words that a user can act on.

Code below the interfaces raises a kind; the command line and the service each map
kinds to their own language (an exit code, a status).
"""


class AppException(Exception):
    """Base of every error that is meant to be read by a user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(AppException):
    """What the user gave cannot be used; the message says why and what to do."""


class NotFound(AppException):
    """What the user named is not there."""


class Unavailable(AppException):
    """Something that this program needs did not serve it: a disk, a network."""
