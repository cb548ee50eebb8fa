"""Parameters of a query or a form: in UTF-8, each only once (RFC 6749, 3.1)."""

from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST_FORM = 64 * 1024
MOST_PARAMETERS = 50

type Parameters = dict[str, str]


class BadParameters(Exception):
    """The parameters cannot be read; the message says why."""


def query_of(request: Request) -> Parameters:
    """The parameters in the address. Raises `BadParameters`."""
    return _parsed(request.scope["query_string"])


async def form_of(request: Request) -> Parameters:
    """The parameters in the body. Raises `BadParameters`."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            raise BadParameters("The form is too large")
    return _parsed(body)


def _parsed(encoded: bytes) -> Parameters:
    try:
        pairs = parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError as error:  # includes UnicodeError
        raise BadParameters("The parameters are not percent-encoded UTF-8") from error
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        raise BadParameters("A parameter is repeated")
    return parameters
