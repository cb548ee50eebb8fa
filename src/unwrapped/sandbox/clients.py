"""The registered clients: each client id selects a fault."""

from dataclasses import dataclass
from enum import StrEnum

from unwrapped.sandbox.faults import API_FAULTS, TOKEN_FAULTS, Fault


class Place(StrEnum):
    """Where a fault occurs."""

    API = "api"
    CODE = "code"
    REFRESH = "refresh"


class Issuer(StrEnum):
    """The `iss` of a callback (RFC 9207)."""

    LEFT_OUT = "left_out"
    OWN = "own"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. All have the same secret and the same redirect URIs."""

    id: str
    description: str
    """The description of its fault, for people."""

    place: Place = Place.API
    fault: Fault | None = None
    times: int | None = None
    """How often the fault occurs after each sign-in; None for always."""

    rotates: bool = False
    is_revoked: bool = False
    narrows_scopes: bool = False
    issuer: Issuer = Issuer.LEFT_OUT


_MANNERED = (
    Client("sandbox", "All goes well. A refresh brings no new refresh token."),
    Client(
        "sandbox-pkce-rotates",
        "Each refresh brings a new refresh token, and ends the old one.",
        rotates=True,
    ),
    Client(
        "sandbox-revoked",
        "The listener revokes access right after the sign-in: the API answers 401, a"
        " refresh 400 invalid_grant.",
        is_revoked=True,
    ),
    Client(
        "sandbox-scopes",
        "Only half of the scopes are granted: the API answers 403 for the others.",
        narrows_scopes=True,
    ),
    Client("sandbox-iss", "The callback names its issuer in iss.", issuer=Issuer.OWN),
    Client(
        "sandbox-iss-wrong",
        "The callback has the iss of another provider.",
        issuer=Issuer.ANOTHER,
    ),
)
_PREFIXES = {
    Place.API: ("sandbox", "At the API"),
    Place.CODE: ("sandbox-code", "When a code is exchanged"),
    Place.REFRESH: ("sandbox-refresh", "At a refresh"),
}
_ENDINGS: dict[str, tuple[int | None, str]] = {
    "": (None, ""),
    "-once": (1, " Once after each sign-in."),
    "-twice": (2, " Twice after each sign-in."),
}


def _faulty(place: Place, faults: dict[str, Fault]) -> list[Client]:
    prefix, where = _PREFIXES[place]
    return [
        Client(
            id=f"{prefix}-{name}{ending}",
            description=f"{where}: {fault.description}{how_often}",
            place=place,
            fault=fault,
            times=times,
        )
        for name, fault in faults.items()
        for ending, (times, how_often) in _ENDINGS.items()
    ]


CLIENTS = {
    client.id: client
    for client in (
        *_MANNERED,
        *_faulty(Place.API, API_FAULTS),
        *_faulty(Place.CODE, TOKEN_FAULTS),
        *_faulty(Place.REFRESH, TOKEN_FAULTS),
    )
}
"""Every client by its id."""
