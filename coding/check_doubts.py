"""What cannot be called wrong: a finding that an answer, another visit, an unread line or another payer may do away with is a question."""

from __future__ import annotations

from coding.billed import ASK, WRONG, Finding
from coding.check_answers import NO_STOP
from coding.check_case import Case
from coding.check_kinds import DOUBTS, SOFTENS
from coding.check_words import to_settle

VEIN = "iv"


def doubted(case: Case, finding: Finding) -> Finding:
    """The finding, or the same as a question with the reason for the doubt."""
    if finding.severity != WRONG:
        return finding
    says, rules = _of_rows(case, finding)
    says += [DOUBTS[name].says.format(ids=ids) for name, ids in _of_claim(case) if finding.kind in DOUBTS[name].kinds]
    if not says:
        return finding
    said = dict.fromkeys((finding.says, *says))
    return finding._replace(severity=ASK, says=" ".join(said), rules=tuple(dict.fromkeys((*finding.rules, *rules))))


def hangs(case: Case, finding: Finding) -> Finding:
    """The same as a question: some stop of a row that has none would do away with it."""
    asked = [one for one in case.coded.problems if one.code in NO_STOP]
    says = dict.fromkeys((finding.says, *(DOUBTS["open-stop"].says.format(says=one.says) for one in asked)))
    rules = dict.fromkeys((*finding.rules, *(rule for one in asked for rule in one.rules)))
    return finding._replace(severity=ASK, says=" ".join(says), rules=tuple(rules))


def _of_rows(case: Case, finding: Finding) -> tuple[list[str], list[str]]:
    """What the chart itself asks of a row on which the finding rests, where an answer may change its lines."""
    codes = {code for row in SOFTENS if finding.kind in row.kinds for code in row.problems}
    asked = [one for one in case.coded.problems if one.code in codes and one.resource in finding.administrations]
    return [to_settle(one.says, one.would_change) for one in asked], [rule for one in asked for rule in one.rules]


def _of_claim(case: Case) -> list[tuple[str, str]]:
    """(doubt, what it names) that hold for this claim and this chart."""
    found = []
    if case.claim.unread:
        found.append(("unread-lines", ", ".join(place for place, _ in case.claim.unread)))
    if case.beside:
        found.append(("another-visit", ", ".join(case.beside)))
    if unsited := [row.id for row in case.encounter.administrations if row.route == VEIN and not row.site]:
        found.append(("uncharted-site", ", ".join(unsited)))
    return found
