"""The mistakes that the practice EHR can be told to make, by name; for one launch or for everybody.

A fault may carry an argument after a colon, where its sentence says so: 403-on-type:Coverage.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from threading import Lock

DISCOVERY = {
    "discovery-404": "There is no smart-configuration; only the CapabilityStatement names the endpoints.",
    "discovery-500": "The smart-configuration and the CapabilityStatement both answer 500.",
    "discovery-html": "The smart-configuration is a web page.",
    "discovery-elsewhere": "The smart-configuration names authorize and token endpoints on another host.",
    "discovery-incomplete": "The smart-configuration lacks the token endpoint.",
    "relative-endpoints": "The smart-configuration gives its endpoints without scheme and host.",
    "issuer-slash": "The issuer in the smart-configuration ends in a slash; the id_token's does not.",
    "no-pkce-listed": "The smart-configuration does not mention PKCE, though PKCE is required.",
    "no-revocation": "The smart-configuration offers no revocation endpoint.",
}
AUTHORIZATION = {
    "deny": "The person refuses the app: access_denied.",
    "auth-invalid-scope": "The authorization server refuses the scopes: invalid_scope.",
    "auth-server-error": "The authorization server fails: server_error, with markup in its description.",
    "state-missing": "The callback carries no state.",
    "state-wrong": "The callback carries another state than the one that was sent.",
    "callback-iss-other": "The callback names another issuer (RFC 9207).",
    "code-missing": "The callback carries neither code nor error.",
}
TOKEN = {
    "token-invalid-grant": "The token endpoint refuses every code: invalid_grant.",
    "token-invalid-client": "The token endpoint does not know the app's credentials: invalid_client.",
    "token-html": "The token endpoint answers 200 with a web page.",
    "token-500": "The token endpoint answers 500.",
    "token-slow": "The token endpoint takes its time.",
    "refresh-refused": "The code is taken, but every refresh is refused: invalid_grant.",
    "no-patient": "The token comes without a patient.",
    "no-encounter": "The token comes without an encounter.",
    "wider-scopes": "More is granted than was asked.",
    "narrower-scopes": "The grant leaves out one type that was asked: Condition, or the type after the colon.",
    "other-notation": "The granted scopes come back in the other notation: v1 for v2, v2 for v1.",
    "no-scope-member": "The token response does not say which scopes were granted.",
    "empty-scope": "The token response grants an empty scope.",
    "expired-at-once": "The first access token lives one second and is refused from the start; a refresh helps.",
    "string-expires": "expires_in is a string.",
    "no-expires": "expires_in is missing.",
    "no-refresh": "No refresh token comes, though it was asked for.",
    "no-rotation": "A refresh brings no new refresh token; the old one stays good.",
    "no-id-token": "No id_token comes, though it was asked for.",
    "bad-id-token": "The id_token is signed by a key that is not published.",
    "id-token-other-nonce": "The id_token carries another nonce.",
    "id-token-other-audience": "The id_token was made for another app.",
    "id-token-other-issuer": "The id_token comes from another issuer.",
    "id-token-expired": "The id_token expired an hour ago.",
    "id-token-no-kid": "The id_token does not say which key signed it.",
    "id-token-unsigned": "The id_token claims alg none and has no signature.",
    "id-token-profile": "The id_token has profile in place of fhirUser, as old servers do.",
    "relative-user": "fhirUser is a relative reference.",
    "foreign-user": "fhirUser is on another host.",
    "refresh-odd-id-token": "A refresh brings an id_token without audience and nonce.",
    "lower-bearer": "token_type is written bearer.",
    "banner-missing": "need_patient_banner is missing.",
    "banner-string": 'need_patient_banner is the text "true".',
    "banner-false": "need_patient_banner is false: the EHR shows the patient itself.",
    "hostile-style-url": "smart_style_url points to another host.",
    "hostile-style": "The style sheet tries to break out of its values.",
    "extra-context": "intent, tenant, fhirContext in both forms, and members nobody knows.",
}
FHIR = {
    "slow": "Every FHIR answer takes its time.",
    "hang": "FHIR answers do not come at all.",
    "401-mid-read": "The first access token stops working after its first FHIR answer; a refresh helps.",
    "401-always": "FHIR refuses every access token.",
    "403-on-type": "One type is forbidden, whatever the scopes say: Condition, or the type after the colon.",
    "404-type": "One type does not exist here: MedicationAdministration, or the type after the colon.",
    "404-encounter": "The encounter of the launch cannot be read.",
    "429-retry-after": "The first try of each request is throttled: 429 with Retry-After 1.",
    "429-date": "The first try of each request is throttled: 429 with Retry-After as a date.",
    "503": "The first try of each request answers 503.",
    "503-stays": "Every request answers 503.",
    "500": "Every request answers 500; only one type where one stands after the colon.",
    "html-instead-of-json": "Searches answer 200 with a web page; only one type where one stands after the colon.",
    "truncated-json": "Searches break off in the middle; only one type where one stands after the colon.",
    "outcome-with-200": "The search of administrations answers 200 with an OperationOutcome in place of a Bundle.",
    "outcome-entry": "The Bundle of administrations carries a warning that the record may be incomplete.",
    "wrong-patient": "The Bundle of administrations holds one of another patient.",
    "duplicate-page": "The first page of administrations comes twice.",
    "empty-page": "The first page of administrations is empty and has a next link.",
    "endless-next": "The pages of administrations never end; each link is new.",
    "circular-next": "The next link of administrations points to the page it stands on.",
    "foreign-next": "The next link of administrations points to another host.",
    "next-off-base": "The next link of administrations points outside the FHIR base.",
    "next-expired": "The second page of administrations has expired: 410.",
    "huge-bundle": "The Bundle of administrations is larger than any chart.",
    "invalid-resource": "One administration among the good ones does not conform.",
    "bare-bundle": "Bundles come without total, fullUrl and search mode.",
}
STAGES = {"Discovery": DISCOVERY, "Authorization": AUTHORIZATION, "Token": TOKEN, "FHIR": FHIR}
FAULTS: dict[str, str] = {name: says for stage in STAGES.values() for name, says in stage.items()}


class FaultUnknown(ValueError):
    """A fault was asked for that the practice EHR cannot commit; the message names it."""


def named(written: Iterable[str]) -> tuple[str, ...]:
    """Fault names, also several in one text between commas. Raises FaultUnknown."""
    names = tuple(name.strip() for text in written for name in text.split(",") if name.strip())
    for name in names:
        if name.partition(":")[0] not in FAULTS:
            raise FaultUnknown(f"There is no fault {name!r}. The table of faults lists the names.")
    return names


class Active:
    """The faults in force for one request."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.partition(":")[0]: name.partition(":")[2] for name in names}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __bool__(self) -> bool:
        return bool(self._names)

    def hits(self, name: str, kind: str, default: str = "") -> bool:
        """True where the fault is on and meant for this FHIR type; an empty default means every type."""
        return name in self._names and (self._names[name] or default or kind) == kind

    def argument(self, name: str, default: str) -> str:
        """What stands after the colon of a fault that is on."""
        return self._names.get(name) or default


class Faults:
    """Which faults are on: for everybody, and, for requests that belong to no launch (discovery), those of the latest launch."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: set[Hashable] = set()
        self.everywhere: tuple[str, ...] = ()
        self.latest: tuple[str, ...] = ()

    def switch(self, names: Iterable[str]) -> None:
        """These faults for everybody from now on, in place of those before. Raises FaultUnknown and then changes nothing."""
        self.everywhere = named(names)
        with self._lock:
            self._seen.clear()

    def active(self, own: Iterable[str] | None = None) -> Active:
        """The faults in force for a launch with its own faults; for a request outside any launch leave own out."""
        return Active((*self.everywhere, *(self.latest if own is None else own)))

    def first(self, *key: Hashable) -> bool:
        """True the first time that this key is seen: for faults that strike once."""
        with self._lock:
            if key in self._seen:
                return False
            self._seen.add(key)
            return True
