"""What is left when no code stands in the place of another: too few hours, too many units, lines that are missing or unsupported."""

from __future__ import annotations

from coding.billed import ASK, Finding
from coding.check_case import Case
from coding.check_kinds import BELONGS
from coding.check_lines import Open, Wanted, judged
from coding.check_never import FIRST_FLUID, FURTHER_FLUID, REPEAT
from coding.check_words import found, plain, proof, reasons, wanted_words
from coding.codes import CODES, INITIALS, label
from coding.model import NOT_MET, UNKNOWN, Line

HOUR = "hour"
RULE_59 = "edit.modifier-59"


def units(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Codes that the claim and the chart both have, in other units; hydration that is not countable; codes without support."""
    findings: list[Finding] = []
    hydration = open.of(FIRST_FLUID, FURTHER_FLUID)
    if any(hydration.excess(code) > 0 for code in hydration.codes):
        open = open.less(hydration)
        findings.append(_hydration(case, hydration))
    for code in open.codes:
        taken = open.of(code)
        if taken.billed and taken.wanted and open.excess(code) < 0:
            findings.append(_too_few(case, code, taken))
        elif taken.billed and taken.wanted:
            findings.append(_too_many(case, code, taken))
        else:
            continue
        open = open.less(taken)
    return _unsupported(case, open, findings)


def _hydration(case: Case, taken: Open) -> Finding:
    considered = case.considered((FIRST_FLUID, FURTHER_FLUID), NOT_MET, UNKNOWN)
    why = reasons(considered)
    beside = [step for step in case.coded.steps if step.rule == "hydration.not-concurrent" and step.verdict == "met"]
    said = dict.fromkeys([step.says for step in beside])
    refused = [one.why for one in case.coded.not_billed if any(rule.startswith(FLUID_RULES) for rule in one.rules)]
    shown = f"{_upper(proof(taken.wanted, case))}." if taken.wanted else ""
    why = " ".join(
        filter(None, (shown, *said, "" if said or shown else why or " ".join(dict.fromkeys(refused)) or NO_FLUID))
    )
    rules = [rule for one in considered for rule in one.rules]
    ids = [id for one in considered for id in one.administrations] + [
        id for one in beside for id in one.administrations
    ]
    return found(case, "hydration-not-countable", taken, rules=rules, ids=ids, why=why)


NO_FLUID = "No fluid is charted that could count."
FLUID_RULES = ("hydration.", "excluded.carrier", "excluded.keep-open", "excluded.flush")


def _too_few(case: Case, code: str, taken: Open) -> Finding:
    if CODES[code].role == HOUR:
        rule = "hydration.units" if code == FURTHER_FLUID else "time.additional-hour"
        return found(case, "under-billed-hours", taken, rules=(rule,))
    return _missed(case, taken)


def _missed(case: Case, taken: Open) -> Finding:
    return found(case, "missed-line", taken, why=f"{_upper(proof(taken.wanted, case))}.")


def _too_many(case: Case, code: str, taken: Open) -> Finding:
    considered = case.considered((code,), NOT_MET)
    why = _with_proof(taken, case, reasons(considered))
    kind = "repeat-push-inside-window" if code == REPEAT else "over-billed-units"
    rules = [rule for one in considered for rule in one.rules] or [rule for line in taken.wanted for rule in line.rules]
    return found(case, kind, taken, rules=rules, ids=[id for one in considered for id in one.administrations], why=why)


def _with_proof(taken: Open, case: Case, why: str) -> str:
    return why or f"{_upper(proof(taken.wanted, case))}."


def _surplus(case: Case, code: str, taken: Open, already: tuple[Line, ...]) -> Finding:
    """Whole lines beyond those that make up what is coded."""
    considered = case.considered((code,), NOT_MET)
    kind = "repeat-push-inside-window" if code == REPEAT else "over-billed-units"
    rules = [rule for one in considered for rule in one.rules] or [rule for line in already for rule in line.rules]
    ids = [id for line in already for id in line.administrations]
    minutes = max((line.minutes for line in already if line.minutes is not None), default=None)
    why = _with_proof(Open((), already), case, reasons(considered))
    wanted = f"{wanted_words(already)} in all, which other lines bill"
    return found(case, kind, taken, rules=rules, ids=ids, minutes=minutes, why=why, wanted=wanted)


def _unsupported(case: Case, open: Open, findings: list[Finding]) -> tuple[Open, list[Finding]]:
    """Billed codes that the chart does not have; further hours go with the first hour that they hang on."""
    codes = [code for code in open.over if not open.of(code).wanted]
    done: set[str] = set()
    for code in sorted(codes, key=lambda one: CODES[one].role == HOUR if one in CODES else False):
        if code in done:
            continue
        together = [code]
        if code in CODES and CODES[code].role != HOUR:
            mates = [one for one in codes if one in CODES and CODES[one].role == HOUR and one not in done]
            together += [one for one in mates if code in CODES[one].accepts]
        done.update(together)
        taken = open.of(*together)
        already = tuple(line for line in case.coded.lines if line.code == code)
        if already:
            findings.append(_surplus(case, code, taken, already))
            open = open.less(taken)
            continue
        considered = case.considered(together, NOT_MET, UNKNOWN)
        why = reasons(considered) or _instead(case, code)
        kind = "repeat-push-inside-window" if code == REPEAT and considered else "unsupported-code"
        rules = [rule for one in considered for rule in one.rules]
        ids = [id for one in considered for id in one.administrations]
        findings.append(found(case, kind, taken, rules=rules, ids=ids, why=why))
        open = open.less(taken)
    return open, findings


def _instead(case: Case, code: str) -> str:
    """Where what is charted of the code's family is counted, or that nothing is."""
    related = tuple(line for line in case.coded.lines if code in CODES and _kin(line.code, code))
    if related:
        return f"What is charted of its kind is counted as {wanted_words(related)}: {proof(related, case)}."
    return f"Nothing charted is of its kind{f' ({label(code)})' if label(code) else ''}."


def _kin(one: str, other: str) -> bool:
    """Codes of one family and one technique: infusions among themselves, pushes among themselves."""
    return CODES[one].family == CODES[other].family and ("push" in CODES[one].role) == ("push" in CODES[other].role)


def missing(case: Case, open: Open, drugs: Open) -> list[Finding]:
    """What the chart supports and the claim does not have: administrations, drug lines, or both of one drug."""
    findings = []
    billed = case.billed_codes
    for group in _by_rows(open.wanted):
        ids = {id for line in group for id in line.administrations}
        own = [line for line in case.coded.drug_lines if ids & set(line.administrations)]
        if all(line.code in CODES and CODES[line.code].role == HOUR for line in group):
            findings.append(_too_few(case, group[0].code, Open((), group)))
            continue
        if any(line.code in billed for line in own):
            findings.append(found(case, "administration-missing", Open((), group)))
            continue
        findings.append(_missed(case, Open((), group)))
    if drugs.wanted:
        findings.append(found(case, "drug-line-missing", Open((), drugs.wanted)))
    return findings


def _by_rows(lines: tuple[Wanted, ...]) -> list[tuple[Wanted, ...]]:
    """Lines of the same administrations together: a first hour with its further hours is one thing missed."""
    groups: list[list[Wanted]] = []
    for line in lines:
        mine = next((one for one in groups if set(one[0].administrations) & set(line.administrations)), None)
        if mine is None:
            groups.append([line])
        else:
            mine.append(line)
    return [tuple(group) for group in groups]


def marks(case: Case, marked: Open) -> list[Finding]:
    """Administration lines that are right but for a judged modifier."""
    findings = []
    for code in marked.codes:
        taken = marked.of(code)
        billed = {one for line in taken.billed for one in judged(code, line.modifiers)}
        wanted = {one for line in taken.wanted for one in judged(code, line.modifiers)}
        surplus, lacking = billed - wanted, wanted - billed
        if "59" in surplus and code in INITIALS:
            why = "The chart shows neither a second site that was needed nor a second visit of that day."
            findings.append(found(case, "modifier-59-unsupported", taken, why=why))
        elif surplus == {"59"}:
            why = "Nothing charted here asks for it; only an edit pair with another line of the day could."
            findings.append(found(case, "modifier-59-unsupported", taken, severity=ASK, why=why))
        elif "59" in lacking or (not surplus and not lacking):
            ids = {id for line in taken.wanted if judged(code, line.modifiers) for id in line.administrations}
            steps = [step for step in case.coded.steps if step.rule == RULE_59 and set(step.administrations) & ids]
            why = " ".join(dict.fromkeys(step.says for step in steps))
            findings.append(
                found(case, "modifier-59-missing", taken, why=f"{why} {_upper(proof(taken.wanted, case))}.")
            )
        else:
            shown = plain(taken.wanted[0].why) if lacking else _misplaced(surplus)
            findings.append(found(case, "modifier-misplaced", taken, why=shown))
    return findings


def _misplaced(modifiers: set[str]) -> str:
    return " ".join(f"{one}: {BELONGS[one]}." for one in sorted(modifiers) if one in BELONGS)


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]
