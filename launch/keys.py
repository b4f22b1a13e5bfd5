"""The app's own keys, with which it proves who it is (private_key_jwt; SMART client-confidential-asymmetric, RFC 7517).

A Keys value never changes; `rotate` gives a new one that still publishes the keys before, so that an EHR with a cached key set
goes on accepting assertions of either generation.
"""

from __future__ import annotations

import json
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

RSA_BITS = 3072
GENERATIONS = 2
TYPES = {"RS384": "RSA", "ES384": "EC"}
REMEDY = "make new ones and register their public half."


class KeysFault(ValueError):
    """The stored keys cannot be read. The message never shows them."""


class Keys:
    """Private keys for RS384 and ES384, newest first."""

    def __init__(self, keys: tuple[RSAKey | ECKey, ...]) -> None:
        self._keys = keys

    @classmethod
    def generate(cls) -> Keys:
        """A new key for each algorithm; kid is the RFC 7638 thumbprint."""
        return cls((_marked(RSAKey.generate_key(RSA_BITS), "RS384"), _marked(ECKey.generate_key("P-384"), "ES384")))

    @classmethod
    def load(cls, text: str) -> Keys:
        """Keys from what `dump` wrote: a private JWK set. Raises KeysFault."""
        try:
            raw = json.loads(text)["keys"]
            keys = tuple(import_key(item) for item in raw)
        except (ValueError, KeyError, TypeError, JoseError) as error:
            raise KeysFault(f"The app's keys cannot be read ({type(error).__name__}); {REMEDY}") from None
        usable = tuple(key for key in keys if isinstance(key, RSAKey | ECKey) and key.is_private and key.alg in TYPES)
        if {key.alg for key in usable} != set(TYPES):
            raise KeysFault(f"The app's keys must hold a private RS384 and a private ES384 key; {REMEDY}")
        return cls(tuple(key if key.kid else _marked(key, str(key.alg)) for key in usable))

    def dump(self) -> str:
        """All keys, private halves included, as a JWK set in JSON. Keep it secret."""
        return json.dumps({"keys": [key.as_dict(private=True) for key in self._keys]}, sort_keys=True)

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public halves of current and previous keys, to be served without sign-in."""
        return {"keys": [{**key.as_dict(private=False), "key_ops": ["verify"]} for key in self._keys]}

    def rotate(self) -> Keys:
        """New keys to sign with, together with those now current; older ones are dropped."""
        kept = self._keys[: len(TYPES) * (GENERATIONS - 1)]
        return Keys(Keys.generate()._keys + kept)

    def signer(self, alg: str) -> tuple[RSAKey | ECKey, str]:
        """The newest private key for "RS384" or "ES384", and its kid. Raises KeyError for another algorithm."""
        for key in self._keys:
            if key.alg == alg:
                return key, key.kid or ""
        raise KeyError(alg)

    def __repr__(self) -> str:
        return f"Keys({', '.join(f'{key.alg} {str(key.kid)[:8]}' for key in self._keys)})"


def _marked(key: RSAKey | ECKey, alg: str) -> RSAKey | ECKey:
    parameters = {"kid": key.thumbprint(), "alg": alg, "use": "sig"}
    marked = import_key({**key.as_dict(private=True), **parameters})
    assert isinstance(marked, RSAKey | ECKey)  # noqa: S101 - what came out of such a key goes back into one
    return marked
