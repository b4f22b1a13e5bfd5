"""What the practice EHR has handed out: launches, codes, access and refresh tokens; in memory, safe among threads."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

LAUNCH_SECONDS = 300
CODE_SECONDS = 60
ACCESS_SECONDS = 3600


class User(NamedTuple):
    """Who is signed in. id: the Practitioner's FHIR id."""

    id: str
    name: str
    role: str


class Opened(NamedTuple):
    """One press on a patient: what the opaque launch value stands for."""

    token: str
    client_id: str
    patient: str
    encounter: str
    faults: tuple[str, ...]
    at: float


class Grant(NamedTuple):
    """What one authorization allows. Every token that comes of it falls when the grant is revoked."""

    id: str
    client_id: str
    patient: str
    encounter: str
    user: User
    scopes: tuple[str, ...]
    faults: tuple[str, ...]


class Code(NamedTuple):
    """An authorization code, in the form that Authlib asks for."""

    value: str
    grant: Grant
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    nonce: str
    at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.at)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Token(NamedTuple):
    """An access or refresh token, in the form that Authlib asks for. expires_at: epoch seconds; first: came with the code."""

    value: str
    kind: str
    grant: Grant
    scopes: tuple[str, ...]
    expires_at: float
    first: bool

    def check_client(self, client: object) -> bool:
        return bool(getattr(client, "client_id", None) == self.grant.client_id)

    def get_scope(self) -> str:
        return " ".join(self.scopes)


class Ledger:
    """Everything handed out and everything taken back. clock: gives epoch seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._lock = Lock()
        self._opened: dict[str, Opened] = {}
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}
        self._spent: set[str] = set()
        self._revoked: set[str] = set()
        self._jtis: dict[tuple[str, str], float] = {}

    def open(self, client_id: str, patient: str, encounter: str, faults: tuple[str, ...]) -> Opened:
        """A new one-time launch value for this patient and encounter."""
        opened = Opened(secrets.token_urlsafe(24), client_id, patient, encounter, faults, self.clock())
        with self._lock:
            self._opened[opened.token] = opened
        return opened

    def opened(self, token: str) -> Opened | None:
        """The launch behind an opaque value while it is unused and younger than LAUNCH_SECONDS."""
        found = self._opened.get(token)
        return found if found and found.at + LAUNCH_SECONDS > self.clock() else None

    def use(self, token: str) -> bool:
        """Take a launch value out of use; False where somebody did so before."""
        with self._lock:
            return self._opened.pop(token, None) is not None

    def give(self, code: Code) -> None:
        with self._lock:
            self._codes[code.value] = code

    def peek(self, code: str) -> Code | None:
        """The code as handed out, spent or not."""
        return self._codes.get(code)

    def take(self, code: str, client_id: str) -> Code | None:
        """Spend a code. None where it is unknown, another client's, expired or spent; a spent one revokes what it gave (RFC 6749 4.1.2)."""
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.grant.client_id != client_id:
                return None
            if code in self._spent:
                self._revoked.add(found.grant.id)
                return None
            self._spent.add(code)
            return found if found.at + CODE_SECONDS > self.clock() else None

    def issue(self, token: Token) -> None:
        with self._lock:
            self._tokens[token.value] = token

    def token(self, value: str, kind: str = "") -> Token | None:
        """A token by its value, spent or not; kind narrows to access or refresh."""
        found = self._tokens.get(value)
        return found if found and kind in ("", found.kind) else None

    def spend(self, token: Token) -> bool:
        """Use a refresh token once. A second use revokes its whole grant (RFC 9700 4.14.2) and gives False."""
        with self._lock:
            if token.value in self._spent:
                self._revoked.add(token.grant.id)
            if not self._alive(token):
                return False
            self._spent.add(token.value)
            return True

    def alive(self, token: Token) -> bool:
        """True while a token is neither spent, revoked nor expired."""
        with self._lock:
            return self._alive(token)

    def revoke(self, token: Token) -> None:
        """RFC 7009: a refresh token takes its grant with it, an access token only itself."""
        with self._lock:
            self._revoked.add(token.grant.id if token.kind == "refresh" else token.value)

    def first_use(self, client_id: str, jti: str, expires_at: float) -> bool:
        """True where this client has not used this jti before (RFC 7523 3). Kept until the assertion has expired, with a margin."""
        with self._lock:
            now = self.clock()
            self._jtis = {key: until for key, until in self._jtis.items() if until > now}
            if (client_id, jti) in self._jtis:
                return False
            self._jtis[client_id, jti] = max(expires_at, now) + 120
            return True

    def _alive(self, token: Token) -> bool:
        gone = {token.value, token.grant.id} & self._revoked or token.value in self._spent
        return not gone and token.expires_at > self.clock()
