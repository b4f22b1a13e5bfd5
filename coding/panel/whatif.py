"""A case in words answered by the engine: lines, minutes, why, and the reading of others."""

from __future__ import annotations

from collections.abc import Sequence

from coding.engine import code, code_visits
from coding.explain import totals
from coding.model import NOT_MET, TELLS, Coded, DrugLine, Encounter, Line, Problem
from coding.panel.answer import ASKS_BACK, WHAT_IF, Answer, Choice, Evidence, Sentence
from coding.panel.scratch import Scratch
from coding.panel.sentences import (
    from_considered,
    from_line,
    from_problem,
    from_unbilled,
    other_reading,
    phrase,
    without_clocks,
)
from coding.policy import Policy
from coding.rules import CARDS

READINGS = ("PROFILE_READING", "COMPLEXITY_OPTION", "SAME_DRUG_READINGS", "VISIT_REASON_READING", "CLOCK_ORDER_READING",
            "BOLUS_READINGS", "PUSH_DURING_OWN_INFUSION", "PUSH_AFTER_INFUSION", "HYDRATION_PUSH_MINUTES",
            "SECOND_SITE_UNSUPPORTED", "INDICATION_MISSING", "EARLY_STOP", "NOT_PAYABLE")  # fmt: skip


def codes_in_words(lines: tuple[tuple[str, int], ...]) -> str:
    """Codes and units added up: "96365 x1, 96366 x1"."""
    return ", ".join(f"{code_} x{units}" for code_, units in lines)


def claim(lines: Sequence[Line | DrugLine]) -> str:
    """The lines in the order of the claim, those of one code and modifiers added up: "96365 x1, 96365-59 x1"."""
    added: dict[str, int] = {}
    for line in lines:
        name = "-".join((line.code, *line.modifiers))
        added[name] = added.get(name, 0) + line.units
    return codes_in_words(tuple(added.items()))


def policy_of(scratch: Scratch, policy: Policy) -> Policy:
    """The policy with the setting that the words name."""
    if scratch.setting == policy.setting:
        return policy
    return policy.under(scratch.setting)


def coded(scratch: Scratch, policy: Policy) -> Coded:
    """The engine's answer for a case in words."""
    own = policy_of(scratch, policy)
    if not scratch.later:
        return code(scratch.encounter, own)
    visits = code_visits((scratch.encounter, *scratch.later), own)
    return visits[0]._replace(
        lines=tuple(line for one in visits for line in one.lines),
        drug_lines=tuple(line for one in visits for line in one.drug_lines),
        considered=tuple(each for one in visits for each in one.considered),
        not_billed=tuple(each for one in visits for each in one.not_billed),
        problems=tuple(each for one in visits for each in one.problems),
        steps=tuple(each for one in visits for each in one.steps),
    )


def answer_case(scratch: Scratch, policy: Policy, before: tuple[tuple[str, int], ...] | None = None) -> Answer:
    """Lines and reasons of a case in words; a question back where its minutes are open. before: the lines of the talk so far."""
    found = coded(scratch, policy)
    if scratch.open and not any(line.minutes for line in found.lines):
        return _ask_minutes(scratch, found)
    added = totals(found)
    short: list[Sentence] = [phrase("lines-if", codes=claim(found.lines)) if added else phrase("lines-none")]
    short += _minutes(found)
    if before is not None:
        same = phrase("same-lines") if before == added else None
        short += [same] if same else [phrase("was-lines", codes=codes_in_words(before))] if before else []
    if scratch.open:
        short.append(phrase("ask-minutes", names=_names(scratch.open)))
    near = [one for one in found.considered if one.verdict == NOT_MET]
    not_reached = [from_considered(one, change=not scratch.hidden & set(one.administrations)) for one in near]
    unbilled = [from_unbilled(one) for one in found.not_billed]
    if not added:
        short += unbilled[:2] or not_reached[:1]
    asked = [one for one in found.problems if one.code in READINGS]
    other = [from_problem(one, change=False) for one in asked] + _if_complex(scratch, policy, found)
    working = [from_line(line, scratch.hidden) for line in found.lines]
    working += [one for one in (*unbilled, *not_reached) if one not in short]
    if scratch.hidden:
        short, working, other = (without_clocks(part, scratch.said) for part in (short, working, other))
    rules = _rules(found)
    return Answer(
        WHAT_IF,
        tuple(dict.fromkeys(short)),
        working=tuple(dict.fromkeys(working)),
        other=tuple(dict.fromkeys([*other, *_cards_of(asked)])),
        assumed=_assumed(scratch, policy),
        lines=found.lines,
        drug_lines=found.drug_lines,
        hypothetical=True,
        rules=rules,
        evidence=tuple(Evidence("line", line.code, line.substance) for line in found.lines),
        choices=_choices(scratch),
    )


def _if_complex(scratch: Scratch, policy: Policy, found: Coded) -> list[Sentence]:
    """The other ladder of a biologic that payers take for chemo where its complexity is charted."""
    if any(one.code == "PROFILE_READING" for one in found.problems):
        return []
    return if_complex(scratch.encounter, policy_of(scratch, policy), found)


def if_complex(encounter: Encounter, policy: Policy, found: Coded) -> list[Sentence]:
    """The lines if a payer accepted charted complexity of giving a drug, where they differ from those found."""
    other = policy.under(overrides={"profile": "medicare_2025", "complexity_documented": "yes"})
    lines = code(encounter, other).lines
    return [phrase("if-complex", codes=claim(lines))] if lines and claim(lines) != claim(found.lines) else []


def _minutes(found: Coded) -> list[Sentence]:
    """The minutes of each drug that has timed lines, said once."""
    said: dict[str, int] = {}
    for line in found.lines:
        if line.minutes is not None:
            said.setdefault(line.substance, line.minutes)
    return [phrase("total-minutes", name=name, minutes=minutes) for name, minutes in said.items()]


def _cards_of(problems: Sequence[Problem]) -> list[Sentence]:
    told = [one for one in problems if one.severity == TELLS and one.code == "SAME_DRUG_READINGS"]
    return [sentence for one in told for rule in one.rules[:1] for sentence in other_reading(rule)]


def _rules(found: Coded) -> tuple[str, ...]:
    rules = [rule for line in found.lines for rule in line.rules]
    rules += [rule for one in found.not_billed for rule in one.rules]
    rules += [rule for one in found.considered if one.verdict == NOT_MET for rule in one.rules]
    return tuple(rule for rule in dict.fromkeys(rules) if rule in CARDS)[:8]


def _assumed(scratch: Scratch, policy: Policy) -> tuple[Sentence, ...]:
    said = [phrase(f"setting-{scratch.setting}", payer=payer_in_words(policy))]
    said += [phrase("assume-slip", said=slip, name=name) for slip, name in scratch.slips]
    said += [phrase(f"assume-{one}") for one in scratch.assumed if not one.startswith("setting-")]
    return (*said, phrase("hypothetical"))


def payer_in_words(policy: Policy) -> str:
    """The payer as the panel names it."""
    return policy.payer if policy.payer == "commercial" else policy.title


def _ask_minutes(scratch: Scratch, found: Coded) -> Answer:
    short = [phrase("ask-minutes", names=_names(scratch.open))]
    rest = [from_line(line, scratch.hidden) for line in found.lines]
    return Answer(
        ASKS_BACK,
        tuple(short),
        working=tuple(without_clocks(rest, scratch.said) if scratch.hidden else rest),
        assumed=(),
        hypothetical=True,
        rules=("documentation.start-and-stop",),
    )


def _names(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _choices(scratch: Scratch) -> tuple[Choice, ...]:
    other = "And in an office?" if scratch.setting == "facility" else "And in a hospital?"
    return (Choice(other, other),)
