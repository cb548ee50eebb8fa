"""Verification of the id_token of OpenID Connect (Core, 3.1.3.7)."""

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
"""Allowed signature algorithms and the types of their keys; none uses a shared secret.
"""

PLAIN_TYPES = (None, "JWT", "jwt")
LONGEST_HEADER = 16_384
"""Bytes: some providers include a chain of certificates, which is ignored."""

SMALLEST_RSA_MODULUS = 342
"""The characters of 2048 bits in base64url (RFC 7518, 3.3)."""

_KINDS: dict[object, type[RSAKey | ECKey | OKPKey]] = {
    "RSA": RSAKey,
    "EC": ECKey,
    "OKP": OKPKey,
}


class _Signatures(jws.JWSRegistry):
    """Accepts `ALGORITHMS`; it does not warn about the deprecated name `EdDSA`."""

    max_header_length = LONGEST_HEADER

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


# Unknown members of a header are ignored (RFC 7515, 4).
_SIGNATURES = _Signatures(strict_check_header=False)


class KeyNotFound(SignInRefused):
    """The token is signed with a key that is not in the provider's key set."""


type PublicKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a provider signs with."""

    keys: tuple[PublicKey, ...]

    @classmethod
    def of(cls, key_set: dict[str, object]) -> Self:
        """Return the usable keys of a JWK set (RFC 7517); others are ignored.

        Raises `UnexpectedAnswer` if it is not a JWK set.
        """
        listed = key_set.get("keys")
        if not isinstance(listed, list):
            raise UnexpectedAnswer("A provider's keys are not a JWK set.")
        return cls(tuple(_readable(listed[:MOST_KEYS])))

    def find(self, algorithm: str, kid: object) -> PublicKey:
        """Return the key for a signature. Raises `KeyNotFound`.

        A token that does not name its key is accepted if only one key fits.
        """
        found = [
            key
            for key in self.keys
            if isinstance(key, ALGORITHMS[algorithm])
            and key.get("alg") in (None, algorithm)
            and kid in (None, key.kid)
        ]
        if not found or (kid is None and len(found) > 1):
            raise KeyNotFound("The sign-in is signed with an unknown key.")
        return found[0]


def verified_claims(
    id_token: str, keys: Keys, *, issuer: str, client_id: str, nonce: str
) -> dict[str, object]:
    """Return the claims of a token, if it was issued to us for this sign-in.

    Raises `KeyNotFound`, or `SignInRefused` for any other fault.
    """
    try:
        signed = jws.extract_compact(id_token.encode(), registry=_SIGNATURES)
        header = signed.headers()
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS or header.get("typ") not in PLAIN_TYPES:
            raise _refused()
        if "crit" in header:
            # `crit` names extensions that must be understood (RFC 7515, 4.1.11). None
            # is supported.
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
    for jwk in listed:
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
            continue
        try:
            if jwk["kty"] == "RSA" and len(jwk["n"]) < SMALLEST_RSA_MODULUS:
                continue
            yield _KINDS[jwk["kty"]].import_key(jwk)
        except (JoseError, LookupError, ValueError, TypeError):
            # A broken key does not prevent the use of the others.
            continue


def _refused() -> SignInRefused:
    # One text for all: to name the check that failed would only help forgers.
    return SignInRefused("The provider's statement of who signed in cannot be trusted.")
