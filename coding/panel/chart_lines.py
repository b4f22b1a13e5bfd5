"""Answers from the lines of a chart or a case: why they stand, why not others, what would change them."""

from __future__ import annotations

from coding.codes import INITIALS
from coding.engine import code
from coding.explain import break_points, totals, why_not
from coding.model import ASKS, NOT_MET, STOPS, Considered, Line
from coding.panel.aboutcode import cards_of
from coding.panel.answer import Sentence
from coding.panel.pointed import Found, Pointed
from coding.panel.sentences import (
    from_card,
    from_considered,
    from_line,
    from_problem,
    from_step,
    from_unbilled,
    other_reading,
    phrase,
)
from coding.panel.subject import Subject
from coding.panel.subject import lines_of as subject_lines
from coding.panel.whatif import codes_in_words
from coding.policy import Policy

HOURS = ("96361", "96366", "96370", "96415", "96423")
CHEMO_CODES = "964"
LISTED = 6  # break points that are named


def lines_of(of: Pointed) -> Found:
    """Every line and why it stands."""
    said = [from_line(line, of.subject.hidden) for line in of.all_lines]
    return [of.whole], said, [rule for line in of.coded.lines for rule in line.rules[:1]]


def units_of(of: Pointed) -> Found:
    """Why so many units: the minutes, and what the next unit would need."""
    lines = _pointed(of) or list(of.coded.lines)
    hours = (
        [line for line in lines if line.code in HOURS] or [line for line in lines if line.minutes is not None] or lines
    )
    near = [one for one in of.coded.considered if one.code in HOURS and _touches(one, hours)]
    short = [of.whole, *(from_line(line, of.subject.hidden) for line in hours)]
    short += [from_considered(one, change=False) for one in near]
    if not of.coded.lines:
        short += [from_problem(one) for one in of.coded.problems if one.severity == STOPS]
    return short, [from_card("time.additional-hour")], [rule for line in hours for rule in line.rules]


def _touches(one: Considered, lines: list[Line]) -> bool:
    return any(set(one.administrations) & set(line.administrations) for line in lines)


def _pointed(of: Pointed) -> list[Line]:
    """The lines of the drugs and codes that a question names."""
    by_drug = list(of.lines_by_drug)
    by_code = [line for line in of.coded.lines if line.code in of.codes]
    both = [line for line in by_drug if line.code in of.codes]
    return both or (by_drug if by_drug and not by_code else by_code)


def why_not_of(of: Pointed) -> Found:
    """Why a code is not there, or stands where another was expected."""
    billed = [line for line in of.coded.lines if line.code in of.codes] or list(of.lines_by_drug)
    absent = [one for one in of.codes if all(line.code != one for line in of.coded.lines)]
    considered = [one for wanted in absent or of.codes for one in why_not(of.coded, wanted)]
    short = [of.whole] if not considered and not billed else []
    short += [from_considered(one, change=of.clocked) for one in considered]
    short += [from_card(_reason(one, of.subject)) for one in absent if one in INITIALS and considered]
    short += [from_line(line, of.subject.hidden) for line in billed]
    rules = [rule for one in considered for rule in one.rules] + [rule for line in billed for rule in line.rules]
    for wanted in absent:
        if not why_not(of.coded, wanted):
            rule = _reason(wanted, of.subject)
            short.append(phrase("not-reached", code=wanted))
            short.append(from_card(rule))
            rules.append(rule)
    short += [
        from_problem(one, change=False)
        for one in of.coded.problems
        if one.code == "PROFILE_READING" and any(named.startswith(CHEMO_CODES) for named in of.codes)
    ]
    return short, [of.whole], rules


def _reason(wanted: str, subject: Subject) -> str:
    """The card that says why a code that nothing came near is not there."""
    billed = {line.code for line in subject.coded.lines}
    if wanted in INITIALS and billed & INITIALS:
        return "hydration.secondary" if wanted == "96360" else "initial.one-per-site"
    if wanted == "96367" and "96368" in billed:
        return "concurrent.split"
    if wanted.startswith(CHEMO_CODES) and not any(one.startswith(CHEMO_CODES) for one in billed):
        return "chemo.profile"
    return cards_of(wanted)[0] if cards_of(wanted) else "edit.add-on-primary"


def initial_of(of: Pointed) -> Found:
    """Which service is initial, and why."""
    first = [line for line in of.coded.lines if line.code in INITIALS]
    if not first:
        return [phrase("no-initial")], [of.whole], ["initial.one-per-site"]
    short = [phrase("which-initial", code=line.code, name=line.substance) for line in first]
    rank = "initial.facility-rank" if of.subject.policy.setting == "facility" else "initial.professional-reason"
    working = [*(from_line(line, of.subject.hidden) for line in first), from_card(rank)]
    return short, working, [rank, "initial.tie"]


def modifier_of(of: Pointed) -> Found:
    """Why a line carries a modifier."""
    marked = [line for line in of.coded.lines if line.modifiers]
    steps = [one for one in of.coded.steps if one.rule in ("site.second-site", "encounter.same-day")]
    said = [
        phrase("line-has", code=line.code, modifier=", ".join(line.modifiers), name=line.substance) for line in marked
    ]
    said += [from_step(one) for one in steps]
    rules = [rule for line in marked for rule in line.rules]
    rest = [from_line(line, of.subject.hidden) for line in of.coded.lines if line.code in INITIALS or line in marked]
    unsupported = [from_problem(one) for one in of.coded.problems if one.code == "SECOND_SITE_UNSUPPORTED"]
    short = [*said, *unsupported] or [phrase("no-modifier"), from_card("edit.modifier-59")]
    return [*short, of.whole], [*rest, from_card("site.second-site")], rules


def drug_of(of: Pointed) -> Found:
    """What became of the administrations of a drug."""
    rows = of.rows or of.subject.encounter.administrations
    ids = {one.id for one in rows}
    lines = subject_lines(of.subject, tuple(rows))
    unbilled = [one for one in of.coded.not_billed if one.resource in ids]
    problems = [one for one in of.coded.problems if one.resource in ids and one.severity in (STOPS, ASKS)]
    short = [from_line(line, of.subject.hidden) for line in lines] + [from_unbilled(one) for one in unbilled]
    near = [one for one in of.coded.considered if ids & set(one.administrations) and one.verdict == NOT_MET]
    working = [from_considered(one) for one in near] + [from_problem(one) for one in problems]
    rules = [rule for line in lines for rule in line.rules] + [rule for one in unbilled for rule in one.rules]
    return short or [phrase("not-on-chart")], working, rules


def family_of(of: Pointed) -> Found:
    """The lines if the payer sorted the drug into the other family."""
    other = code(of.subject.encounter, other_profile(of.subject))
    short = [
        phrase("would-be", codes=codes_in_words(totals(other))) if totals(other) else phrase("chart-none"),
        of.whole,
    ]
    return short, [from_card("chemo.profile"), *other_reading("chemo.profile")], ["chemo.profile", "chemo.complexity"]


def other_profile(subject: Subject) -> Policy:
    """The policy under the other payer profile, with complexity taken as charted where only that would change the lines."""
    profile = "seed_commercial" if subject.policy["profile"] == "medicare_2025" else "medicare_2025"
    other = subject.policy.under(overrides={"profile": profile})
    if totals(code(subject.encounter, other)) == totals(subject.coded):
        return other.under(overrides={"complexity_documented": "yes"})
    return other


def break_points_of(of: Pointed) -> Found:
    """The minutes at which the answer changes."""
    rows = of.rows or tuple(one for one in of.subject.encounter.administrations if one.technique in ("infusion", ""))
    short: list[Sentence] = []
    for one in rows[:2]:
        for point in break_points(of.subject.encounter, one.id, of.subject.policy)[:LISTED]:
            short.append(
                phrase(
                    "break-point",
                    name=one.text or "it",
                    minutes=point.minutes,
                    codes=codes_in_words(point.lines) or "no line",
                )
            )
    return short or [phrase("not-on-chart")], [of.whole], ["time.additional-hour", "time.infusion-minimum"]


def resources_of(of: Pointed) -> Found:
    """The administrations that each line rests on."""
    lines = _pointed(of) or list(of.coded.lines)
    short = [
        phrase("rests-on", code=line.code, rows=", ".join(line.administrations))
        for line in lines
        if line.administrations
    ]
    return (
        short or [of.whole],
        [from_line(line, of.subject.hidden) for line in lines],
        [rule for line in lines for rule in line.rules[:1]],
    )
