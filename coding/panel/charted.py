"""Answers about the open chart, or about the case of the talk: from the engine's lines, steps and problems, never computed here."""

from __future__ import annotations

from collections.abc import Callable

from coding.codes import INITIALS
from coding.engine import code
from coding.explain import break_points, totals, why_not
from coding.model import ASKS, NOT_MET, STOPS, Considered, Line
from coding.panel.answer import CHART, Answer, Choice, Evidence, Sentence
from coding.panel.mentions import Mention
from coding.panel.retrieve import CODE, Row
from coding.panel.sentences import (
    from_card,
    from_considered,
    from_line,
    from_problem,
    from_row,
    from_unbilled,
    other_reading,
    phrase,
    without_clocks,
)
from coding.panel.subject import Subject, lines_of, rows_of
from coding.panel.whatif import READINGS, codes_in_words
from coding.policy import Policy, policy_for
from coding.rules import CARDS

HOURS = ("96361", "96366", "96370", "96415", "96423")
FLUIDS = ("96360", "96361")
LISTED = 6
WASTE = ("WASTE_UNDOCUMENTED", "WASTE_CONTRADICTION", "DOSE_MISSING", "HCPCS_SEVERAL")
TIMES = ("STOP_MISSING", "START_MISSING", "STILL_RUNNING", "STOP_BEFORE_START", "ZERO_DURATION", "DATE_ONLY")

Found = tuple[list[Sentence], list[Sentence], list[str]]  # short, working, rules


def answer_chart(row: Row, question: str, drugs: tuple[Mention, ...], subject: Subject) -> Answer:
    """The answer of a computed row for a chart or a case."""
    codes = tuple(dict.fromkeys(one.upper() for one in CODE.findall(question)))
    short, working, rules = _COMPUTE[row.compute](subject, codes, drugs, row)
    if not subject.clocked:
        short, working = list(without_clocks(tuple(short))), list(without_clocks(tuple(working)))
    lines = subject.coded.lines
    if row.compute == "family":
        lines = code(subject.encounter, _other_profile(subject)).lines
    other = [from_problem(one, change=False) for one in subject.coded.problems if one.code in READINGS]
    cards = tuple(one for one in dict.fromkeys([*rules, *row.cards]) if one in CARDS)[:6]
    return Answer(
        CHART,
        tuple(dict.fromkeys(short)),
        working=tuple(dict.fromkeys(one for one in working if one not in short)) or (from_card(cards[0]),),
        other=tuple(dict.fromkeys(one for one in other if one not in short)),
        lines=lines,
        drug_lines=subject.coded.drug_lines if row.compute in ("waste", "lines") else (),
        hypothetical=not subject.real or row.compute == "family",
        rules=cards,
        evidence=_evidence(subject, short + working),
        choices=tuple(Choice(one, one) for one in row.next),
        matched=row.id,
    )


def _evidence(subject: Subject, said: list[Sentence]) -> tuple[Evidence, ...]:
    if not subject.real:
        return ()
    told = {(one.kind, one.ref) for one in said}
    lines = [line for line in subject.coded.lines if ("line", line.code) in told]
    found = [Evidence("line", line.code, line.substance) for line in lines]
    found += [Evidence("problem", one.code, one.resource) for one in subject.coded.problems if ("problem", one.code) in told]
    ids = dict.fromkeys(id for line in lines for id in line.administrations)
    ids |= dict.fromkeys(one.resource for one in subject.coded.problems if ("problem", one.code) in told)
    ids |= dict.fromkeys(ref for kind, ref in told if kind == "not billed")
    rows = {row.id: row for row in subject.encounter.administrations}
    found += [Evidence("administration", id, rows[id].text) for id in ids if id in rows]
    return tuple(dict.fromkeys(found))


def _whole(subject: Subject) -> Sentence:
    added = totals(subject.coded)
    key = "chart" if subject.real else "lines-if"
    if added:
        return phrase("chart-lines" if key == "chart" else "lines-if", codes=codes_in_words(added))
    return phrase("chart-none" if key == "chart" else "lines-none")


def _missing(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    problems = subject.coded.problems
    stops = [one for one in problems if one.severity == STOPS or one.code in TIMES]
    asks = [one for one in problems if one.severity == ASKS and one not in stops]
    short = [from_problem(one) for one in stops] or [phrase("nothing-missing")]
    short += [from_problem(one) for one in asks[: max(0, LISTED - len(stops))]] if not stops else []
    working = [from_problem(one) for one in asks] if stops else []
    if any(one.code == "STOP_MISSING" for one in stops):
        working.insert(0, from_card("documentation.derived-stop"))
    return short, [*working, _whole(subject)], [rule for one in (*stops, *asks) for rule in one.rules]


def _lines(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    said = [from_line(line, subject.clocked) for line in (*subject.coded.lines, *subject.coded.drug_lines)]
    return [_whole(subject)], said, [rule for line in subject.coded.lines for rule in line.rules[:1]]


def _units(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    lines = _pointed(subject, codes, drugs) or list(subject.coded.lines)
    hours = [line for line in lines if line.code in HOURS] or [line for line in lines if line.minutes is not None] or lines
    near = [one for one in subject.coded.considered if one.code in HOURS and _touches(one, hours)]
    short = [_whole(subject), *(from_line(line, subject.clocked) for line in hours)]
    short += [from_considered(one, change=False) for one in near]
    if not subject.coded.lines:
        short += [from_problem(one) for one in subject.coded.problems if one.severity == STOPS]
    return short, [from_card("time.additional-hour")], [rule for line in hours for rule in line.rules]


def _touches(one: Considered, lines: list[Line]) -> bool:
    return any(set(one.administrations) & set(line.administrations) for line in lines)


def _pointed(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...]) -> list[Line]:
    by_drug = lines_of(subject, rows_of(subject, drugs))
    by_code = [line for line in subject.coded.lines if line.code in codes]
    both = [line for line in by_drug if line.code in codes]
    return both or (list(by_drug) if by_drug and not by_code else by_code)


def _why_not(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    billed = [line for line in subject.coded.lines if line.code in codes] or list(lines_of(subject, rows_of(subject, drugs)))
    absent = [one for one in codes if all(line.code != one for line in subject.coded.lines)]
    considered = [one for wanted in absent or codes for one in why_not(subject.coded, wanted)]
    short = [_whole(subject)] if not considered and not billed else []
    short += [from_considered(one, change=subject.clocked) for one in considered]
    short += [from_line(line, subject.clocked) for line in billed]
    rules = [rule for one in considered for rule in one.rules] + [rule for line in billed for rule in line.rules]
    for wanted in absent:
        if not why_not(subject.coded, wanted):
            rule = _reason(wanted, subject)
            short.append(phrase("not-reached", code=wanted))
            short.append(from_card(rule))
            rules.append(rule)
    short += [from_problem(one, change=False) for one in subject.coded.problems if one.code == "PROFILE_READING" and any(code_.startswith("964") for code_ in codes)]
    return short, [_whole(subject)], rules


def _reason(wanted: str, subject: Subject) -> str:
    """The card that says why a code that nothing came near is not there."""
    billed = {line.code for line in subject.coded.lines}
    if wanted in INITIALS and billed & INITIALS:
        return "hydration.secondary" if wanted == "96360" else "initial.one-per-site"
    if wanted == "96367" and "96368" in billed:
        return "concurrent.split"
    by_code = {"96361": "hydration.minimum", "96360": "hydration.minimum", "96366": "time.additional-hour", "96415": "time.additional-hour",
               "96367": "sequential.new-drug", "96417": "sequential.new-drug", "96368": "concurrent.once", "96375": "push.new-drug",
               "96376": "push.same-drug", "96374": "push.new-drug", "96411": "push.chemo", "96409": "push.chemo", "96413": "chemo.profile",
               "96372": "injection.each-dose", "96401": "chemo.injection"}  # fmt: skip
    return by_code.get(wanted, "edit.add-on-primary")


def _initial(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    first = [line for line in subject.coded.lines if line.code in INITIALS]
    if not first:
        return [phrase("no-initial")], [_whole(subject)], ["initial.one-per-site"]
    short = [phrase("which-initial", code=line.code, name=line.substance) for line in first]
    rank = "initial.facility-rank" if subject.policy.setting == "facility" else "initial.professional-reason"
    return short, [*(from_line(line, subject.clocked) for line in first), from_card(rank)], [rank, "initial.tie"]


def _hydration(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    lines = [line for line in subject.coded.lines if line.code in FLUIDS]
    rows = {one.id for one in subject.encounter.administrations if _is_fluid(subject, one.id)}
    unbilled = [one for one in subject.coded.not_billed if one.resource in rows]
    near = [one for one in subject.coded.considered if one.code in FLUIDS]
    problems = [one for one in subject.coded.problems if one.resource in rows and one.severity in (STOPS, ASKS)]
    short = [from_line(line, subject.clocked) for line in lines]
    short += [from_unbilled(one) for one in unbilled] + [from_considered(one) for one in near]
    rules = [rule for one in (*lines, *unbilled, *near) for rule in one.rules]
    if not short:
        short = [phrase("no-fluid"), from_card("excluded.carrier")]
        rules = ["hydration.definition", "excluded.carrier", "excluded.flush"]
    return short, [*(from_problem(one) for one in problems), from_card("hydration.minimum")], rules


def _is_fluid(subject: Subject, id: str) -> bool:
    fluid = Mention("normal saline", "sodium chloride 0.9%", 0, 0, True)
    return id in {row.id for row in rows_of(subject, (fluid,))}


def _waste(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    problems = [one for one in subject.coded.problems if one.code in WASTE]
    short = [from_problem(one) for one in problems] + [from_line(line) for line in subject.coded.drug_lines]
    return short or [phrase("not-on-chart")], [from_card("drug.wastage"), from_card("drug.no-waste")], ["drug.wastage", "drug.no-waste", "drug.units"]


def _modifier(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    marked = [line for line in subject.coded.lines if line.modifiers]
    steps = [one for one in subject.coded.steps if one.rule in ("site.second-site", "encounter.same-day")]
    from coding.panel.sentences import from_step

    said = [phrase("line-has", code=line.code, modifier=", ".join(line.modifiers), name=line.substance) for line in marked]
    said += [from_step(one) for one in steps]
    rules = [rule for line in marked for rule in line.rules]
    rest = [from_line(line, subject.clocked) for line in subject.coded.lines if line.code in INITIALS or line in marked]
    unsupported = [from_problem(one) for one in subject.coded.problems if one.code == "SECOND_SITE_UNSUPPORTED"]
    short = [*said, *unsupported] or [phrase("no-modifier"), from_card("edit.modifier-59")]
    return [*short, _whole(subject)], [*rest, from_card("site.second-site")], rules


def _drug(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    rows = rows_of(subject, drugs) or subject.encounter.administrations
    ids = {one.id for one in rows}
    lines = lines_of(subject, tuple(rows))
    unbilled = [one for one in subject.coded.not_billed if one.resource in ids]
    problems = [one for one in subject.coded.problems if one.resource in ids and one.severity in (STOPS, ASKS)]
    short = [from_line(line, subject.clocked) for line in lines] + [from_unbilled(one) for one in unbilled]
    near = [one for one in subject.coded.considered if ids & set(one.administrations) and one.verdict == NOT_MET]
    working = [from_considered(one) for one in near] + [from_problem(one) for one in problems]
    rules = [rule for one in (*lines, *unbilled) for rule in one.rules]
    return short or [phrase("not-on-chart")], working, rules


def _planned(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    problems = [one for one in subject.coded.problems if one.code in TIMES]
    short = [*from_row(row), *(from_problem(one) for one in problems)]
    return short, [from_card("documentation.derived-stop")], ["documentation.derived-stop", "documentation.missing-stop"]


def _family(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    other = code(subject.encounter, _other_profile(subject))
    short = [phrase("would-be", codes=codes_in_words(totals(other))) if totals(other) else phrase("chart-none"), _whole(subject)]
    return short, [from_card("chemo.profile"), *other_reading("chemo.profile")], ["chemo.profile", "chemo.complexity"]


def _other_profile(subject: Subject) -> Policy:
    """The policy under the other payer profile, with complexity taken as charted where only that would change the lines."""
    own = {name: subject.policy[name] for name in subject.policy.overridden}
    profile = "seed_commercial" if subject.policy["profile"] == "medicare_2025" else "medicare_2025"
    other = policy_for(subject.policy.setting, subject.policy.payer, {**own, "profile": profile})
    if totals(code(subject.encounter, other)) == totals(subject.coded):
        return policy_for(subject.policy.setting, subject.policy.payer, {**own, "profile": profile, "complexity_documented": "yes"})
    return other


def _break_points(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    rows = rows_of(subject, drugs) or tuple(one for one in subject.encounter.administrations if one.technique in ("infusion", ""))
    short: list[Sentence] = []
    for one in rows[:2]:
        for point in break_points(subject.encounter, one.id, subject.policy)[:LISTED]:
            short.append(phrase("break-point", name=one.text or "it", minutes=point.minutes, codes=codes_in_words(point.lines) or "no line"))
    return short or [phrase("not-on-chart")], [_whole(subject)], ["time.additional-hour", "time.infusion-minimum"]


def _resources(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    lines = _pointed(subject, codes, drugs) or list(subject.coded.lines)
    short = [phrase("rests-on", code=line.code, rows=", ".join(line.administrations)) for line in lines if line.administrations]
    return short or [_whole(subject)], [from_line(line, subject.clocked) for line in lines], [rule for line in lines for rule in line.rules[:1]]


def _unbilled(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    short = [from_unbilled(one) for one in subject.coded.not_billed]
    working = [from_considered(one) for one in subject.coded.considered]
    rules = [rule for one in (*subject.coded.not_billed, *subject.coded.considered) for rule in one.rules]
    return short or [phrase("all-billed")], [*working, _whole(subject)], rules


def _policy(subject: Subject, codes: tuple[str, ...], drugs: tuple[Mention, ...], row: Row) -> Found:
    said = phrase(f"setting-{subject.policy.setting}", payer=subject.policy.payer)
    switches = [phrase("switch-is", name=name, value=value) for name, value in subject.coded.switches]
    return [said], switches, ["chemo.profile"]


_COMPUTE: dict[str, Callable[[Subject, tuple[str, ...], tuple[Mention, ...], Row], Found]] = {
    "missing": _missing,
    "lines": _lines,
    "units": _units,
    "why-not": _why_not,
    "initial": _initial,
    "hydration": _hydration,
    "waste": _waste,
    "modifier": _modifier,
    "drug": _drug,
    "planned": _planned,
    "family": _family,
    "break-points": _break_points,
    "resources": _resources,
    "unbilled": _unbilled,
    "policy": _policy,
}
COMPUTED = frozenset(_COMPUTE)
