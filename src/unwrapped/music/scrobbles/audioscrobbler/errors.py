"""The errors of Audioscrobbler 2.0, with their codes."""

from enum import Enum
from http import HTTPStatus

from unwrapped.music.scrobbles.audioscrobbler.rendering import Answer


class Fault(Enum):
    """A kind of error: its code and its message."""

    METHOD = 3, "Invalid Method - No method with that name in this package"
    AUTHENTICATION = (
        4,
        "Authentication Failed - You do not have permissions to access the service",
    )
    PARAMETERS = 6, "Invalid parameters - Your request is missing a required parameter"
    RESOURCE = 7, "Invalid resource specified"
    OPERATION = (
        8,
        "Operation failed - Something went wrong on our side. Please try again",
    )
    SESSION = 9, "Invalid session key - Please re-authenticate"
    NOT_CONFIRMED = 14, "Unauthorized Token - This token has not been authorized"
    EXPIRED = 15, "This token has expired"
    UNAVAILABLE = 16, "The service is temporarily unavailable, please try again."
    RATE = 29, "Rate limit exceeded - Too many requests in a short time"

    @property
    def code(self) -> int:
        """The number that clients read."""
        return self.value[0]

    @property
    def words(self) -> str:
        """The message for people."""
        return self.value[1]


RETRIED = (Fault.OPERATION, Fault.UNAVAILABLE, Fault.RATE)
"""The faults after which clients send the same request again.

For all other faults they read the code in the body; some do so only if the status is 200.
"""


class Refusal(Exception):
    """A method refuses a request; the answer is a fault."""

    def __init__(self, fault: Fault, words: str = "") -> None:
        self.fault = fault
        self.words = words or fault.words
        super().__init__(self.words)


def status_of(fault: Fault) -> HTTPStatus:
    """The HTTP status of the answer to a fault."""
    return HTTPStatus.SERVICE_UNAVAILABLE if fault in RETRIED else HTTPStatus.OK


def failure(fault: Fault, words: str = "") -> Answer:
    """The answer to a fault, for JSON."""
    return {"error": fault.code, "message": words or fault.words}


def failure_in_xml(fault: Fault, words: str = "") -> Answer:
    """The answer to a fault, for XML."""
    return {"error": {"code": fault.code, "#text": words or fault.words}}
