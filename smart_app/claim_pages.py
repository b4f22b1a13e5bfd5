"""The pages that hold a claim against the chart of the visit, and the documentation against what a claim needs.

What is uploaded or typed is read, answered in the same response, and kept nowhere.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.exceptions import RequestEntityTooLarge

from coding.billed import BilledClaim
from coding.check import check, placed
from coding.checklist import checklist as checklist_of
from coding.policy import Policy
from smart_app.claim_frame import Opened, opened, show
from smart_app.claims.faults import ClaimFault
from smart_app.claims.payer_meant import payer_meant
from smart_app.claims.reading import read_bytes
from smart_app.launching import services
from smart_app.uploads import MOST
from smart_app.view_check import CheckView, check_view
from smart_app.view_checklist import checklist_view
from smart_app.visit import coverage, own_launch, policy_asked, policy_named

claim_pages = Blueprint("claim_pages", __name__)
LONGEST = 20_000  # characters of typed lines
LONGEST_ID = 80
NOTHING = "Type the lines or choose a file first."
BOTH = "Type the lines or choose a file, not both."
TOO_LONG = f"More than {LONGEST:,} characters were typed; send the claim as a file."
TOO_LARGE = f"More was sent than {MOST // 1_000_000} MB, or in too many parts. Send one claim, not an export of many."
KEPT_FROM_US = ("not granted", "not available")


@claim_pages.get("/e/<id>/claim")
def claim(id: str) -> str:
    """The form for a claim."""
    browser, launch = own_launch(id)
    return _page(opened(browser, launch, policy_asked()))


@claim_pages.post("/e/<id>/claim")
def check_claim(id: str) -> str | tuple[str, int]:
    """The claim that was sent, against the chart of the visit."""
    browser, launch = own_launch(id)
    request.max_content_length = request.max_form_memory_size = MOST
    typed, billed, fault, status = "", None, "", 400
    try:
        typed = request.form.get("lines", "").replace("\r\n", "\n")
        billed = _billed(typed)
    except RequestEntityTooLarge:
        fault, status = TOO_LARGE, 413
    except ClaimFault as error:
        fault = str(error)
    if billed is None:
        services().audit.record("claim not read", launch.id, status=status)
        return _page(opened(browser, launch, policy_asked()), typed, fault=fault), status
    billed = placed(billed)
    one = opened(browser, launch, _policy(billed))
    encounter, coded = one.visit
    assumed = not (request.args.get("payer") or coverage().payer or _payer_of(billed))
    own = services().config.own
    findings = check(billed, coded, encounter, one.policy, own.limits, beside=one.beside(), payer_assumed=assumed)
    services().audit.record(
        "claim checked", launch.id, form=billed.form, lines=len(billed.lines), findings=len(findings)
    )
    view = check_view(billed, findings, one.policy, one.places(), own.fees)
    return _page(one, typed, view, _remarks(billed, one), billed.notes)


def _billed(typed: str) -> BilledClaim:
    """The claim that was typed or uploaded. Raises ClaimFault, and RequestEntityTooLarge."""
    file = request.files.get("file")
    sent = file.read() if file else b""
    if sent and typed.strip():
        raise ClaimFault(BOTH)
    if not sent and not typed.strip():
        raise ClaimFault(NOTHING)
    if len(typed) > LONGEST:
        raise ClaimFault(TOO_LONG)
    return read_bytes(sent or typed.encode(), request.form.get("claim", "").strip()[:LONGEST_ID])


def _policy(billed: BilledClaim) -> Policy:
    """What the address says goes before what the claim says, and that before the Coverage."""
    return policy_named(_payer_of(billed) or coverage().payer, billed.setting)


def _payer_of(billed: BilledClaim) -> str:
    """The payer that the claim means, where a policy of it is loaded."""
    return payer_meant(billed).payer


def _remarks(billed: BilledClaim, one: Opened) -> tuple[str, ...]:
    """What must be said of the policy that the claim was held against."""
    found = []
    if billed.setting and billed.setting != one.policy.setting:
        found.append(
            f"The form of the claim is {billed.setting}, and it is checked as {one.policy.setting}, which was chosen."
        )
    meant = payer_meant(billed)
    if meant.payer and meant.payer == one.policy.payer:
        found += [meant.remark] if meant.remark else []
    elif billed.payer or meant.payer:
        found.append("The claim names a payer other than the one whose policy it is checked under.")
    return tuple(found)


def _page(
    one: Opened,
    typed: str = "",
    checked: CheckView | None = None,
    remarks: tuple[str, ...] = (),
    notes: tuple[tuple[str, str], ...] = (),
    fault: str = "",
) -> str:
    return show("claim.html", one, typed=typed, c=checked, remarks=remarks, notes=notes, fault=fault)


@claim_pages.get("/e/<id>/checklist")
def checklist(id: str) -> str:
    """What the chart holds of each thing given, what it lacks, and what to ask."""
    browser, launch = own_launch(id)
    one = opened(browser, launch, policy_asked())
    encounter, coded = one.visit
    kept = {notice.type for notice in one.found.fetched.notices if notice.kind in KEPT_FROM_US}
    found = checklist_of(encounter, coded, one.policy, kept)
    services().audit.record("checklist read", launch.id)
    return show("checklist.html", one, c=checklist_view(found, one.places()))
