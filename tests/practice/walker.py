"""A plain SMART client made of requests calls, and a small chart to launch it on."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from launch.practice.run import Running

CALLBACK = "http://127.0.0.1:9/callback"
LAUNCH = "http://127.0.0.1:9/launch"
SECRET = "s3cret of+the/app%=="  # noqa: S105, nobody's
TYPES = ("Patient", "Encounter", "Condition", "MedicationAdministration", "Medication")
ALL = [
    "launch",
    "launch/patient",
    "launch/encounter",
    "openid",
    "fhirUser",
    "offline_access",
    *(f"patient/{one}.rs" for one in TYPES),
]
EHR_SCOPES = [scope for scope in ALL if not scope.startswith("launch/")]
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RSA = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
EC = ECKey.generate_key("P-384", {"use": "sig"}, auto_kid=True)
JWKS = {"keys": [key.as_dict(private=False) for key in (RSA, EC)]}


def registration(type_: str, **more: Any) -> dict[str, Any]:
    """A client of one type, called app-<type>."""
    proofs: dict[str, dict[str, Any]] = {"public": {}, "symmetric": {"secret": SECRET}, "asymmetric": {"jwks": JWKS}}
    base: dict[str, Any] = {
        "client_id": f"app-{type_}",
        "type": type_,
        "redirect_uris": [CALLBACK],
        "launch_url": LAUNCH,
        "scopes": ALL,
    }
    return base | proofs[type_] | more


def administration(patient: str, encounter: str, number: int, when: str) -> dict[str, Any]:
    """One infusion of an hour."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"{patient}-given-{number}",
        "status": "completed",
        "medicationReference": {"reference": f"urn:uuid:drug-{patient}"},
        "subject": {"reference": f"urn:uuid:{patient}"},
        "context": {"reference": f"Encounter/{encounter}"},
        "effectivePeriod": {"start": f"{when}:00:00-06:00", "end": f"{when}:59:00-06:00"},
        "dosage": {"rateQuantity": {"value": 0.90, "unit": "mL/h"}},
    }


def chart(patient: str, family: str, rows: int) -> dict[str, Any]:
    """A Bundle of one patient with one encounter and so many infusions."""
    subject = {"reference": f"urn:uuid:{patient}"}
    parts: list[dict[str, Any]] = [
        {
            "resourceType": "Patient",
            "id": patient,
            "name": [{"family": family, "given": ["Robin"]}],
            "birthDate": "1984-02-11",
        },
        {"resourceType": "Medication", "id": f"drug-{patient}", "code": {"text": "Infliximab"}},
        {
            "resourceType": "Encounter",
            "id": f"{patient}-visit",
            "status": "finished",
            "class": {"code": "AMB", "display": "ambulatory"},
            "subject": subject,
            "period": {"start": "2026-11-10T08:00:00-06:00", "end": "2026-11-10T18:00:00-06:00"},
        },
        {"resourceType": "Condition", "id": f"{patient}-why", "code": {"text": "Crohn's disease"}, "subject": subject},
    ]
    parts += [
        administration(patient, f"{patient}-visit", number, f"2026-11-10T{8 + number % 10:02}")
        for number in range(rows)
    ]
    return {
        "resourceType": "Bundle",
        "id": f"day-{patient}",
        "type": "collection",
        "entry": [_entry(one) for one in parts],
    }


def _entry(resource: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


@dataclass
class Walker:
    """One app session against a running practice EHR; every step may be spoiled by the test."""

    running: Running
    type: str = "public"
    key: Any = field(default_factory=lambda: RSA)
    alg: str = "RS384"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    token: dict[str, Any] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return f"app-{self.type}"

    @property
    def auth(self) -> str:
        return f"{self.running.url}/auth"

    @property
    def fhir(self) -> str:
        return f"{self.running.url}/fhir"

    def open(self, patient: str = "ann", *faults: str) -> str:
        """The launch value of an EHR launch."""
        asked = {"client": self.client_id, "format": "json", "fault": list(faults)}
        answer = requests.get(f"{self.running.url}/practice/open/{patient}", params=asked, timeout=5)
        answer.raise_for_status()
        return str(answer.json()["launch"])

    def request(self, launch: str = "", scopes: list[str] | None = None, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        standalone = [scope for scope in ALL if scope != "launch"]
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": " ".join(scopes or (EHR_SCOPES if launch else standalone)),
            "state": self.state,
            "aud": self.fhir,
            "nonce": self.nonce,
            "code_challenge": digest,
            "code_challenge_method": "S256",
            "launch": launch or None,
        }
        return {name: value for name, value in (asked | changes).items() if value is not None}

    def authorize(self, launch: str = "", scopes: list[str] | None = None, **changes: str | None) -> requests.Response:
        asked = self.request(launch, scopes, **changes)
        return requests.get(f"{self.auth}/authorize", params=asked, allow_redirects=False, timeout=5)

    def code(self, patient: str = "ann", *faults: str, scopes: list[str] | None = None) -> str:
        """A fresh code of an EHR launch."""
        return landed(self.authorize(self.open(patient, *faults), scopes))["code"]

    def assertion(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.auth}/token",
            "exp": now + 240,
            "jti": secrets.token_hex(16),
        }
        header = {"alg": self.alg, "kid": self.key.kid, "typ": "JWT"} | changes.pop("header", {})
        header = {name: value for name, value in header.items() if value is not None}
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])

    def proof(self, assertion: str = "") -> dict[str, Any]:
        """What proves the client, as keyword arguments of requests.post."""
        if self.type == "symmetric":
            pair = f"{quote_plus(self.client_id)}:{quote_plus(SECRET)}"
            return {"headers": {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, "data": {}}
        if self.type == "asymmetric":
            return {"data": {"client_assertion_type": ASSERTION, "client_assertion": assertion or self.assertion()}}
        return {"data": {"client_id": self.client_id}}

    def post(self, end: str, form: dict[str, str], proof: dict[str, Any] | None = None) -> requests.Response:
        proof = self.proof() if proof is None else proof
        return requests.post(f"{self.auth}/{end}", **proof | {"data": form | proof.get("data", {})}, timeout=5)

    def exchange(self, code: str, proof: dict[str, Any] | None = None, **changes: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        return self.post("token", form | changes, proof)

    def refresh(self, value: str = "", **changes: str) -> requests.Response:
        return self.post(
            "token", {"grant_type": "refresh_token", "refresh_token": value or self.token["refresh_token"]} | changes
        )

    def launched(self, patient: str = "ann", *faults: str, scopes: list[str] | None = None) -> Walker:
        """A whole EHR launch; the token response is in token."""
        answer = self.exchange(self.code(patient, *faults, scopes=scopes))
        assert answer.status_code == 200, answer.text
        self.token = answer.json()
        return self

    def get(self, path: str, *, bearer: str | None = None, timeout: float = 5, **params: Any) -> requests.Response:
        """A FHIR request; path may be a whole address, as next links are."""
        address = path if path.startswith("http") else f"{self.fhir}/{path}"
        value = self.token["access_token"] if bearer is None else bearer
        headers = {"Accept": "application/fhir+json"} | ({"Authorization": f"Bearer {value}"} if value else {})
        return requests.get(address, params=params, headers=headers, timeout=timeout, allow_redirects=False)

    def given(self, **params: Any) -> requests.Response:
        """The search of administrations."""
        return self.get("MedicationAdministration", patient="ann", **params)


def landed(answer: requests.Response) -> dict[str, str]:
    """What the callback received; the redirect must go to the registered address."""
    assert answer.status_code == 302, answer.text
    address = answer.headers["Location"]
    assert address.startswith(CALLBACK + "?"), address
    return dict(parse_qsl(urlsplit(address).query))


def following(bundle: dict[str, Any]) -> str:
    """The next link of a Bundle; empty where there is none."""
    return next((str(link["url"]) for link in bundle["link"] if link["relation"] == "next"), "")


def ids(bundle: dict[str, Any]) -> list[str]:
    """The ids of a Bundle's resources."""
    return [entry["resource"].get("id", "") for entry in bundle.get("entry", [])]
