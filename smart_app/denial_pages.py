"""The page about a denial: what it means, whether the chart supports the claim, and a letter where it does.

What is typed is answered in the same response and kept nowhere.
"""

from __future__ import annotations

from flask import Blueprint, request

from coding.billed import BilledClaim
from coding.check import check, placed
from coding.denial import fitting, judge
from coding.denial_read import read
from coding.denial_table import Denial
from smart_app.asking import readable, same_days
from smart_app.claim_frame import Opened, opened, show
from smart_app.claims.faults import ClaimFault
from smart_app.claims.typed import read_typed
from smart_app.launching import services
from smart_app.view_denial import DenialView, denial_views
from smart_app.visit import own_launch, policy_asked

denial_pages = Blueprint("denial_pages", __name__)
LONGEST = 2_000  # characters of a denial
LONGEST_LINES = 10_000
EMPTY = "Type the number of the denial, such as CO-97 or N822, or what was denied and why."
UNKNOWN = f"Chairtime knows no such denial. {EMPTY}"
NOT_IN_TABLE = "{numbers}: not in Chairtime's table. "
TOO_LONG = f"The denial is longer than {LONGEST:,} characters; give its number, or fewer words."
FIELDS = ("denial", "lines", "first")
CALLED = {"lines": "Billed lines", "first": "Lines as first sent"}


@denial_pages.get("/e/<id>/denial")
def denial(id: str) -> str:
    """The form for a denial."""
    browser, launch = own_launch(id)
    return _page(opened(browser, launch, policy_asked()), dict.fromkeys(FIELDS, ""))


@denial_pages.post("/e/<id>/denial")
def answer_denial(id: str) -> str | tuple[str, int]:
    """What the denial means for the visit."""
    browser, launch = own_launch(id)
    one = opened(browser, launch, policy_asked())
    sent = {name: request.form.get(name, "").replace("\r\n", "\n") for name in FIELDS}
    try:
        meant = _meant(sent["denial"])
        billed, first = _claim(sent, "lines"), _claim(sent, "first")
    except ClaimFault as error:
        services().audit.record("denial not read", launch.id)
        return _page(one, sent, fault=str(error)), 400
    encounter, coded = one.visit
    beside = same_days(one.visit, one.found.treated)
    findings = check(billed, coded, encounter, one.policy, beside=beside) if billed else ()
    fit = fitting(meant, billed, (*coded.lines, *coded.drug_lines))
    chosen = [each for each in meant if each.id == request.form.get("pattern")] or fit
    judged = [judge(each, coded, encounter, one.policy, billed, findings, beside) for each in chosen]
    views = denial_views(judged, coded, one.places(), first, billed)
    services().audit.record(
        "denial answered",
        launch.id,
        denials=", ".join(each.denial.id for each in judged),
        letter=any(each.letter for each in views),
    )
    others = tuple(each for each in meant if each.id not in [shown.id for shown in views])
    return _page(one, sent, views, others)


def _meant(said: str) -> tuple[Denial, ...]:
    """The denials that were typed. Raises ClaimFault."""
    if len(said) > LONGEST:
        raise ClaimFault(TOO_LONG)
    if not readable(said):
        raise ClaimFault(EMPTY)
    meant = read(readable(said))
    if not meant.denials:
        numbers = ", ".join(meant.numbers.unknown)
        raise ClaimFault((NOT_IN_TABLE.format(numbers=numbers) if numbers else "") + UNKNOWN)
    return meant.denials


def _claim(sent: dict[str, str], name: str) -> BilledClaim | None:
    """The lines of a field, None where it is empty. Raises ClaimFault where one of them cannot be read."""
    if not sent[name].strip():
        return None
    if len(sent[name]) > LONGEST_LINES:
        raise ClaimFault(f"{CALLED[name]}: more than {LONGEST_LINES:,} characters; give one claim.")
    try:
        read = read_typed(sent[name])
    except ClaimFault as error:
        raise ClaimFault(f"{CALLED[name]}: {error}") from None
    if read.unread:
        raise ClaimFault(f"{CALLED[name]}: " + " ".join(f"{place}: {why}" for place, why in read.unread))
    return placed(read)


def _page(
    one: Opened,
    sent: dict[str, str],
    views: tuple[DenialView, ...] = (),
    others: tuple[Denial, ...] = (),
    fault: str = "",
) -> str:
    return show("denial.html", one, sent=sent, answers=views, others=others, fault=fault, longest=LONGEST)
