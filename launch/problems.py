"""What can go wrong in a launch: one class per failure, each with a page's worth of plain words.

`detail` is safe to log: it never holds a token, a code, a secret, a state or anything of the patient.
"""

from __future__ import annotations

import re
from typing import ClassVar

AGAIN = "Close this and open the app again from the patient's chart in the EHR."
ASK_IT = "Tell whoever runs the app at your site; the reference below finds the entry in its log."
SLUG_LENGTH = 60
TEXT_LENGTH = 300


class LaunchProblem(Exception):
    """A launch that cannot go on. code: stable slug; title: what happened; means, do: for the reader; status: of the page."""

    code: ClassVar[str] = "launch-failed"
    title: ClassVar[str] = "The app could not be opened"
    means: ClassVar[str] = "Something went wrong between the EHR and the app. Nothing was read or changed."
    do: ClassVar[str] = AGAIN
    status: ClassVar[int] = 400

    def __init__(self, detail: str = "") -> None:
        self.detail = plain(detail)
        super().__init__(f"{self.title}. {self.detail}".rstrip(" ."))


class IssuerMissing(LaunchProblem):
    code = "issuer-missing"
    title = "The launch did not say which EHR it came from"
    means = "An EHR that opens the app names itself in the address (`iss`). This address has no such name, or it was opened by hand."
    do = "Open the app from a patient's chart in the EHR, or choose your EHR on the app's own start page."


class IssuerNotAllowed(LaunchProblem):
    code = "issuer-not-allowed"
    title = "This EHR is not on the app's list"
    means = "The app opens only for EHRs that its operator has registered. It sent nothing to the one named here."
    do = (
        "Check that you came from your own EHR. If so, ask the operator of the app to register that EHR's FHIR address."
    )
    status = 403


class LaunchMissing(LaunchProblem):
    code = "launch-missing"
    title = "The EHR did not say which launch this is"
    means = (
        "A launch from a chart carries a `launch` value that stands for the patient you have open. It is missing here."
    )
    do = AGAIN + " If it happens each time, the app is registered in the EHR with an incomplete launch address."


class EhrUnreachable(LaunchProblem):
    code = "ehr-unreachable"
    title = "The EHR did not answer"
    means = "The app asked the EHR's server and got no usable answer in time. Your chart is unharmed; the app has shown nothing yet."
    do = "Wait a minute and open the app again from the chart. If it goes on, tell whoever runs the EHR's interfaces."
    status = 502


class DiscoveryFailed(LaunchProblem):
    code = "discovery-failed"
    title = "The EHR does not say how to sign in"
    means = (
        "Its SMART configuration is missing, unreadable, or points to a place the app must not trust with a sign-in."
    )
    do = ASK_IT + " If the EHR signs people in on another host, that host must be registered with it."
    status = 502


class StateUnknown(LaunchProblem):
    code = "state-unknown"
    title = "This answer does not belong to a launch the app started here"
    means = "It was used before, it belongs to another window, or it was made up. To be safe the app did not look at it further."
    do = AGAIN


class StateExpired(LaunchProblem):
    code = "state-expired"
    title = "The launch took too long"
    means = "Between opening the app and signing in more time passed than a launch may take."
    do = AGAIN


class SessionLost(LaunchProblem):
    code = "session-lost"
    title = "Your browser did not bring back the app's cookie"
    means = "Inside another site's frame some browsers block cookies, so the app cannot tell that this answer is yours."
    do = "Open the app in a tab of its own from its start page, or allow cookies for it; then launch again."


class IssuerMismatch(LaunchProblem):
    code = "issuer-mismatch"
    title = "The answer came from another server than the one asked"
    means = "The sign-in was started at one EHR and answered in the name of another. The app gave nothing to either."
    do = AGAIN + " If it happens again, report it as a security matter."


class AccessDenied(LaunchProblem):
    code = "access-denied"
    title = "Access was not granted"
    means = "You, or a rule in the EHR, declined to let the app read this chart. Nothing was read."
    do = "If that was not meant, open the app again and allow it; if you were not asked, your EHR account may not include this app."
    status = 403

    def __init__(self, description: str = "", detail: str = "access_denied") -> None:
        self.description = plain(description)
        super().__init__(detail)


class ServerRefused(LaunchProblem):
    """error: RFC 6749 section 4.1.2.1 code; description: the server's words, to be shown escaped and never logged."""

    code = "server-refused"
    title = "The EHR refused the launch"
    means = (
        "Its sign-in server turned the app's request down. This is usually a matter of how the app is registered there."
    )
    do = ASK_IT
    status = 502

    def __init__(self, error: str = "", description: str = "") -> None:
        self.error = slug(error)
        self.description = plain(description)
        super().__init__(self.error)


class CodeMissing(ServerRefused):
    code = "code-missing"
    title = "The EHR sent neither permission nor a reason"
    means = "The sign-in came back without the code that the app needs."
    do = AGAIN


class TokenRefused(ServerRefused):
    code = "token-refused"
    title = "The EHR did not accept the launch's code"
    means = "The code is good once and for a short while; or the app's registration there (client id, secret or key) has changed."
    do = AGAIN + " If it happens each time, have the app's client id and secret or key checked in the EHR."


class TokenUnreadable(LaunchProblem):
    code = "token-unreadable"
    title = "The EHR's answer to the sign-in cannot be read"
    means = "The app expected an access token and got something else, such as a web page."
    do = ASK_IT
    status = 502


class PatientMissing(LaunchProblem):
    code = "patient-missing"
    title = "No patient came with the launch"
    means = "The app reads one patient's chart, and the EHR did not say whose. It may have been opened from a list or a menu."
    do = "Open a patient's chart first and start the app from there."


class IdTokenInvalid(LaunchProblem):
    code = "id-token-invalid"
    title = "The EHR's statement of who you are does not check out"
    means = (
        "Its signature, issuer, addressee, time or one-time number is wrong, so the app trusts nothing of this launch."
    )
    do = (
        AGAIN
        + " If it happens again, report it: clocks may differ, keys may have changed, or someone may be interfering."
    )
    status = 403


class SessionEnded(LaunchProblem):
    code = "session-ended"
    title = "The session with the EHR has ended"
    means = "The EHR no longer lets the app read this chart. What is on screen stays as it was and may be out of date."
    do = AGAIN
    status = 401


def plain(text: object, limit: int = TEXT_LENGTH) -> str:
    """The text on one line, printable, cut to the limit; "" for anything that is no text."""
    if not isinstance(text, str):
        return ""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def slug(text: object) -> str:
    """An error code made safe to log: RFC 6749 codes are plain words."""
    return re.sub(r"[^A-Za-z0-9_.:/-]", "", text if isinstance(text, str) else "")[:SLUG_LENGTH]
