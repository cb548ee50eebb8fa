"""The address of a database, in the form that each client library needs.

`DATABASE_URL` is `postgresql://user:password@host:5432/name`. asyncpg and libpq
disagree about what may follow the `?`, and Atlas keeps its revisions elsewhere unless
it gets the schema. SQLAlchemy is given connections of asyncpg (`connecting.py`).
"""

import re
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from unwrapped.core.exceptions import Invalid

DEFAULT_PORT = 5432
SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
EXAMPLE = "postgresql://user:password@host:5432/name"
UNREADABLE = (
    f"The database address cannot be read; write it as {EXAMPLE}, with special "
    "characters in the password percent-encoded (%40 for @)."
)

LIBPQ_ONLY = frozenset({"connect_timeout"})
"""Parameters that asyncpg would pass to the server, which does not know them."""

PARAMETERS = LIBPQ_ONLY | {
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
    "target_session_attrs",
}
"""Parameters that may follow the `?`, besides those that name the database."""

OF_SEVERAL = {"target_session_attrs": "read-write", "connect_timeout": "5"}
"""Defaults if several servers are named: the one that accepts writes is wanted, and
libpq tries them one after the other."""

_HOST_AND_PORT = re.compile(r"(?:\[([^\]]*)\]|([^:\[\]]*))(?::(\d*))?")


class InvalidAddress(Invalid):
    """The address of the database cannot be used."""

    code = "invalid_database_address"


@dataclass(frozen=True)
class DatabaseAddress:
    """The place of a database, and its user. The text form omits the password."""

    user: str
    host: str
    """A name, an IP address, or the absolute folder of a unix socket."""
    database: str
    port: int = DEFAULT_PORT
    password: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = ()
    """What follows the `?`, such as `sslmode`."""

    others: tuple[tuple[str, int], ...] = ()
    """Hosts and ports of the other servers that may have the database: its standbys."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse an address. Raises `InvalidAddress`, whose message never shows `text`.

        Special characters are percent-encoded; a `+` is a plus sign, as in libpq.
        A unix socket is `postgresql://user@/name?host=/folder`; several servers are
        `postgresql://user@host:port,host:port/name`.
        """
        parts = _parts(text)
        first, *others = _places(parts)
        if others:
            parts = OF_SEVERAL | parts
        address = cls(
            user=parts.pop("user"),
            password=parts.pop("password"),
            host=first[0],
            port=first[1],
            database=parts.pop("dbname"),
            others=tuple(others),
            parameters=tuple(
                (name, value)
                for name, value in parts.items()
                if value or name not in PARAMETERS
            ),
        )
        address._check()
        return address

    def _check(self) -> None:
        named = {"user": self.user, "host": self.host, "database": self.database}
        for name, value in named.items():
            if not value:
                raise InvalidAddress(
                    f"The database address names no {name}; write it as {EXAMPLE}."
                )
        if not all(host for host, _ in self.others):
            raise InvalidAddress("The database address names an empty host.")
        if "\0" in "".join((*named.values(), self.password)):
            raise InvalidAddress("The database address holds a zero byte.")
        for name, value in self.parameters:
            if name not in PARAMETERS:
                # Anything else may be the end of a password with an unescaped `?`.
                shown = name if name.isidentifier() else "that"
                raise InvalidAddress(
                    f"The database address has a parameter, {shown}, that is not "
                    f"understood here: remove it (known: {', '.join(sorted(PARAMETERS))})."
                )
            if name == "sslmode" and value not in SSL_MODES:
                raise InvalidAddress(
                    f"The database address has an unknown sslmode; use one of {', '.join(SSL_MODES)}."
                )
            if name == "target_session_attrs" and value != OF_SEVERAL[name]:
                raise InvalidAddress(
                    "The database address asks for sessions that cannot write; its"
                    " target_session_attrs can only be read-write."
                )

    @property
    def is_socket(self) -> bool:
        """Whether the server is reached through a unix socket."""
        return self.host.startswith("/")

    @property
    def servers(self) -> "tuple[DatabaseAddress, ...]":
        """The addresses of its servers, one by one."""
        places = ((self.host, self.port), *self.others)
        return tuple(replace(self, host=h, port=p, others=()) for h, p in places)

    @property
    def redacted(self) -> str:
        """The address without its password, for messages and logs."""
        return replace(self, password="")._uri("postgresql", dict(self.parameters))

    def __str__(self) -> str:
        return self.redacted

    def with_database(self, name: str) -> Self:
        """Another database on the same server."""
        return replace(self, database=name)

    def for_asyncpg(self) -> str:
        """The `dsn` of `asyncpg.connect` and `asyncpg.create_pool`."""
        parameters = {
            name: value for name, value in self.parameters if name not in LIBPQ_ONLY
        }
        return self._uri("postgresql", parameters)

    def for_adbc(self) -> str:
        """The URI for ADBC's PostgreSQL driver, and anything else that uses libpq."""
        return self._uri("postgresql", dict(self.parameters))

    def for_atlas(self) -> str:
        """The `--url` of Atlas, for a Go driver, with the schema of the revisions.

        The driver insists on TLS unless it gets libpq's default. Only the first server
        is named.
        """
        parameters = {"sslmode": "prefer"} | dict(self.parameters)
        parameters.pop("target_session_attrs", None)
        if self.is_socket:
            parameters["sslmode"] = "disable"
        first = self.servers[0]
        return first._uri("postgres", parameters | {"search_path": "public"})

    def _uri(self, scheme: str, parameters: dict[str, str]) -> str:
        credentials = quote(self.user, safe="")
        if self.password:
            credentials += ":" + quote(self.password, safe="")
        if self.is_socket:
            place = ""
            port = {} if self.port == DEFAULT_PORT else {"port": str(self.port)}
            parameters = {"host": self.host} | port | parameters
        else:
            places = ((self.host, self.port), *self.others)
            place = ",".join(f"{_bracketed(host)}:{port}" for host, port in places)
        query = "&".join(f"{k}={quote(v, safe='/')}" for k, v in parameters.items())
        uri = f"{scheme}://{credentials}@{place}/{quote(self.database, safe='')}"
        return f"{uri}?{query}" if query else uri


def _parts(text: str) -> dict[str, str]:
    """The parts of an address under libpq's names; those after the `?` win."""
    try:
        split = urlsplit(text.strip())
        credentials, _, place = split.netloc.rpartition("@")
        matches = [_HOST_AND_PORT.fullmatch(one) for one in place.split(",")]
        if not all(matches) or split.fragment or split.scheme not in SCHEMES:
            raise InvalidAddress(UNREADABLE)
        user, _, password = credentials.partition(":")
        found = {
            "user": user,
            "password": password,
            "host": ",".join(one[1] or one[2] or "" for one in matches if one),
            "port": ",".join(one[3] or "" for one in matches if one),
            "dbname": split.path.removeprefix("/"),
        }
        for pair in filter(None, split.query.split("&")):
            name, _, value = pair.partition("=")
            # SQLAlchemy's asyncpg dialect knows the mode under this name.
            found["sslmode" if name == "ssl" else name] = value
        return {name: unquote(value, errors="strict") for name, value in found.items()}
    except ValueError:
        # The original error may show the address, and so the password.
        raise InvalidAddress(UNREADABLE) from None


def _places(parts: dict[str, str]) -> list[tuple[str, int]]:
    """Pop hosts and ports from the parts; as in libpq, one port may be for all hosts."""
    hosts, ports = parts.pop("host").split(","), parts.pop("port").split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    if len(ports) != len(hosts):
        raise InvalidAddress(
            "The database address names more ports than hosts, or fewer."
        )
    return [(host, _port(port)) for host, port in zip(hosts, ports, strict=True)]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else quote(host, safe="")


def _port(text: str) -> int:
    if not text:
        return DEFAULT_PORT
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise InvalidAddress("The database address has a port that is not a number.")
    return int(text)
