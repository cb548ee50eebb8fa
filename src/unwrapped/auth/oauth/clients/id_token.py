"""The id_token of OpenID Connect: who signed in, signed by the provider (Core, 3.1.3.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey

from unwrapped.auth.oauth.errors import SignInRefused
from unwrapped.shared.api_client import UnexpectedAnswer

LEEWAY_SECONDS = 30
MOST_KEYS = 100
ALGORITHMS: dict[str, type[RSAKey | ECKey | OKPKey]] = {
    "RS256": RSAKey,
    "RS384": RSAKey,
    "RS512": RSAKey,
    "PS256": RSAKey,
    "PS384": RSAKey,
    "PS512": RSAKey,
    "ES256": ECKey,
    "ES384": ECKey,
    "ES512": ECKey,
    "EdDSA": OKPKey,
    "Ed25519": OKPKey,
}
"""What a signature may be made with, and the key for it: nothing that a secret shared with
others makes."""

PLAIN_TYPES = (None, "JWT", "jwt")
LONGEST_HEADER = 16_384
"""Bytes: some providers put a chain of certificates there, which is not looked at."""

SMALLEST_RSA_MODULUS = 342
"""Characters by base64url, of 2048 bits (RFC 7518, 3.3)."""

_KINDS: dict[object, type[RSAKey | ECKey | OKPKey]] = {
    "RSA": RSAKey,
    "EC": ECKey,
    "OKP": OKPKey,
}


class _Signatures(jws.JWSRegistry):
    """Knows `ALGORITHMS`, the old name `EdDSA` among them without a warning."""

    max_header_length = LONGEST_HEADER

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


# Members of a header that nobody knows are ignored (RFC 7515, 4).
_SIGNATURES = _Signatures(strict_check_header=False)


class KeyNotFound(SignInRefused):
    """The token is signed with a key that the provider has not shown."""


type PublicKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a provider signs with."""

    keys: tuple[PublicKey, ...]

    @classmethod
    def of(cls, told: dict[str, object]) -> Self:
        """The keys of a JWK set (RFC 7517); those of other kinds are ignored.

        Raises `UnexpectedAnswer` for what is no such set.
        """
        listed = told.get("keys")
        if not isinstance(listed, list):
            raise UnexpectedAnswer("A provider's keys are no JWK set.")
        return cls(tuple(_readable(listed[:MOST_KEYS])))

    def find(self, algorithm: str, kid: object) -> PublicKey:
        """The key for a signature. Raises `KeyNotFound`.

        A token that does not name its key is taken where there is only one of its kind.
        """
        found = [
            key
            for key in self.keys
            if isinstance(key, ALGORITHMS[algorithm])
            and key.get("alg") in (None, algorithm)
            and kid in (None, key.kid)
        ]
        if not found or (kid is None and len(found) > 1):
            raise KeyNotFound("The sign-in is signed with a key that is not known.")
        return found[0]


def verified_claims(
    id_token: str, keys: Keys, *, issuer: str, client_id: str, nonce: str
) -> dict[str, object]:
    """The claims of a token that is meant for us and for this very sign-in.

    Raises `KeyNotFound`, or `SignInRefused` for whatever else is wrong with it.
    """
    try:
        signed = jws.extract_compact(id_token.encode(), registry=_SIGNATURES)
        header = signed.headers()
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS or header.get("typ") not in PLAIN_TYPES:
            raise _refused()
        if "crit" in header:
            # It names what must be understood (RFC 7515, 4.1.11): we understand nothing more.
            raise _refused()
        key = keys.find(algorithm, header.get("kid"))
        claims = jwt.decode(id_token, key, registry=_SIGNATURES).claims
        _expected(issuer, client_id, nonce).validate(claims)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise _refused() from error
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if is_shared else client_id) != client_id:
        raise _refused()
    return claims


def _expected(issuer: str, client_id: str, nonce: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _readable(listed: Iterable[object]) -> Iterable[PublicKey]:
    for told in listed:
        if not isinstance(told, dict) or told.get("use", "sig") != "sig":
            continue
        try:
            if told["kty"] == "RSA" and len(told["n"]) < SMALLEST_RSA_MODULUS:
                continue
            yield _KINDS[told["kty"]].import_key(told)
        except (JoseError, LookupError, ValueError, TypeError):
            # One that is broken is no reason not to use the others.
            continue


def _refused() -> SignInRefused:
    # One text for all: which check failed helps only those who forge.
    return SignInRefused("The provider's word on who signed in cannot be believed.")
