"""Questions about one drug: its code family under each payer's rules, and its billing units. All from the drug tables, by the engine."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from coding.codes import label
from coding.drugs import Drug, hcpcs_for, identify
from coding.engine import code
from coding.model import Administration, Condition, Encounter, Moment, Quantity, Substance, Waste
from coding.panel.answer import RULE, Answer, Evidence, Sentence
from coding.panel.mentions import Mention
from coding.panel.said import DOSE, Token
from coding.panel.scratch import DAY, MIDNIGHT
from coding.panel.sentences import from_card, from_line, other_reading, phrase
from coding.policy import Policy, policy_for

HOURS = 91  # minutes: the first that earn a further hour, so that both codes of a ladder show
NEOPLASM, OTHER = "C85.90", "M06.9"
ROUTES = (("iv", "infusion", "as an infusion"), ("sc", "injection", "under the skin"), ("im", "injection", "into a muscle"),
          ("iv", "push", "as a push"), ("it", "injection", "into the spinal canal"), ("ia", "infusion", "into an artery"))  # fmt: skip
_VIALS = re.compile(
    r"(\d+|an?|one|two|three|four|five|six)\s+(?:(\d[\d,.]*)\s*(mg|mcg|g|units?|ml)\s+)?(?:single[ -]dose\s+)?(?:vials?|sdvs?)\b"
)
_OUT_OF = re.compile(r"(\d[\d,.]*)\s*(mg|mcg|g|units?)\s+(?:single[ -](?:dose|use)\s+|sd\s+)?(?:vial|sdv)\b")
_PER_UNIT = re.compile(
    r"(\d[\d,.]*)\s*(mg|mcg|g|units?)\s*(?:per|/|=|is|a)\s*(?:one\s+|1\s+|billing\s+|hcpcs\s+)*unit\b"
)
_NO_WASTE = re.compile(
    r"\b(?:no|zero|without|nothing)\s+(?:was\s+)?(?:waste[d]?|wastage|discard(?:ed)?|left ?over)\b|\bused (?:it )?all\b|\bnothing left\b"
)
_WASTED = re.compile(r"\b(?:discarded|wasted|waste|thrown|threw|tossed|rest|remainder|left ?over)\b")
_COUNT = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def family(mention: Mention, policy: Policy, wanted: frozenset[str] = frozenset()) -> Answer:
    """Which code family one drug takes, by route, under commercial and Medicare rules. wanted: routes that the question names."""
    found = identify(mention.name)
    drug = found.drug
    name = mention.name[:1].upper() + mention.name[1:]
    if not drug.known:
        return Answer(RULE, (phrase("drug-unknown", drug=name), from_card("drug.unknown")), rules=("drug.unknown",))
    short: list[Sentence] = []
    rules: list[str] = []
    evidence: list[Evidence] = []
    for route, technique, words in ROUTES:
        if not _usual(drug, route, technique, wanted):
            continue
        sentences, used, codes = _by_route(name, drug, route, technique, words, policy.setting, first=not short)
        short += sentences
        rules += used
        evidence += [Evidence("code", one, label(one) or "") for one in codes]
    if not short:
        return Answer(
            RULE, (phrase("drug-own", drug=name), from_card("excluded.own-code")), rules=("excluded.own-code",)
        )
    cards = tuple(dict.fromkeys([*rules, *_family_cards(drug)]))
    return Answer(
        RULE,
        tuple(dict.fromkeys(short)),
        working=(from_card(cards[0]),) if cards else (),
        other=other_reading("chemo.profile") if "chemo.profile" in cards else (),
        rules=cards,
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _usual(drug: Drug, route: str, technique: str, wanted: frozenset[str]) -> bool:
    if wanted & {"it", "ia"} or route in ("it", "ia"):
        return route in wanted
    if wanted & {"sc", "im"}:
        return technique == "injection" and route in wanted
    if "push" in wanted:
        return technique == "push"
    if technique == "injection":
        return drug.goes_by(route) and not any(one.startswith("iv") for one in drug.routes)
    named = f"iv {technique}"
    return any(one.startswith(named) for one in drug.routes) and (
        technique == "infusion" or "iv infusion" not in drug.routes or drug.commercial != "chemo"
    )


def _family_cards(drug: Drug) -> list[str]:
    if drug.kind == "hormonal":
        return ["chemo.hormonal"]
    if drug.commercial == drug.medicare == "chemo" or drug.commercial == drug.medicare == "therapeutic":
        return ["chemo.scope"]
    return ["chemo.profile", "chemo.cms-named" if drug.kind == "cms-named" else "chemo.complexity"]


def _by_route(
    name: str, drug: Drug, route: str, technique: str, words: str, setting: str, first: bool
) -> tuple[list[Sentence], list[str], list[str]]:
    commercial, rules = _codes(name, route, technique, policy_for(setting, "commercial"), "")
    medicare, _ = _codes(name, route, technique, policy_for(setting, "medicare"), "")
    cancer, _ = _codes(name, route, technique, policy_for(setting, "commercial"), NEOPLASM)
    complex_, _ = _codes(name, route, technique, policy_for(setting, "medicare", {"complexity_documented": "yes"}), "")
    if not commercial:
        return [], [], []
    said: list[Sentence] = []
    if drug.commercial == "by_indication" and cancer != commercial:
        said.append(phrase("drug-indication", drug=name, one=_and(cancer), two=_and(commercial)))
        said.append(phrase("drug-family-two", drug=name, one=_and(commercial), two=_and(medicare))) if medicare not in (
            commercial,
            cancer,
        ) else None
        return said, rules, [*commercial, *cancer]
    if medicare != commercial:
        said.append(phrase("drug-family-two", drug=name, one=_and(commercial), two=_and(medicare)))
        return said, rules, [*commercial, *medicare]
    if not first:
        return [phrase("drug-route", route=words, code=_and(commercial))], rules, list(commercial)
    kind = "chemo" if commercial[0].startswith("964") else "therapeutic"
    said.append(phrase("drug-family-one", drug=name, family=kind, codes=_and(commercial)))
    if complex_ != medicare and technique == "infusion":
        said.append(phrase("drug-complex", two=_and(complex_)))
        return said, rules, [*commercial, *complex_]
    return said, rules, list(commercial)


def _and(codes: tuple[str, ...]) -> str:
    if len(codes) == 2:
        return f"{codes[0]}, and {codes[1]} for further hours"
    return " and ".join(codes)


def _codes(name: str, route: str, technique: str, policy: Policy, diagnosis: str) -> tuple[tuple[str, ...], list[str]]:
    start = Moment(MIDNIGHT, 0)
    stop = Moment(MIDNIGHT + HOURS * 60, 0) if technique == "infusion" else None
    row = Administration("1", (Substance(name),), name, route, technique, start=start, stop=stop)
    conditions = (Condition(diagnosis),) if diagnosis else ()
    place = "11" if policy.setting == "professional" else ""
    coded = code(Encounter("drug", "outpatient", place, conditions=conditions, administrations=(row,)), policy)
    return tuple(dict.fromkeys(line.code for line in coded.lines)), [
        rule for line in coded.lines for rule in line.rules[:1]
    ]


def units(text: str, tokens: tuple[Token, ...], mention: Mention | None, policy: Policy) -> Answer | None:
    """Billing units of a dose, with waste where vials or no waste are said. None where the question gives no dose to count."""
    doses = [one.what for one in tokens if one.kind == DOSE and isinstance(one.what, Quantity)]
    vial = _OUT_OF.search(text)
    size = _PER_UNIT.search(text)
    if mention is None:
        return _plain_sum(doses, vial, size)
    name = mention.name[:1].upper() + mention.name[1:]
    rows = hcpcs_for(identify(mention.name), date=DAY)
    if len(rows) == 1 and not doses:
        row = rows[0]
        said = phrase("units-size", code=row.code, drug=name, size=f"{row.unit_qty:g} {row.unit_uom}")
        return Answer(RULE, (said,), working=(from_card("drug.units"),), rules=("drug.units",), lines=None)
    if not rows:
        return Answer(
            RULE,
            (phrase("units-none", drug=name),),
            working=(from_card("drug.units"),),
            rules=("drug.units", "drug.unknown"),
        )
    if len(rows) > 1:
        codes = ", ".join(row.code for row in rows)
        return Answer(
            RULE,
            (phrase("units-several", drug=name, codes=codes),),
            working=(from_card("drug.units"),),
            rules=("drug.units",),
        )
    return _computed(text, doses, name, mention, policy)


def _computed(text: str, doses: list[Quantity], name: str, mention: Mention, policy: Policy) -> Answer:
    dose = doses[0]
    row = Administration("1", (Substance(mention.name),), mention.name, "iv", "infusion", dose=dose,
                         start=Moment(MIDNIGHT, 0), stop=Moment(MIDNIGHT + 3600, 0), waste=_waste(text, doses))  # fmt: skip
    coded = code(Encounter("units", "outpatient", administrations=(row,)), policy)
    short = [from_line(line) for line in coded.drug_lines]
    if not short:
        return Answer(RULE, (phrase("units-none", drug=name),), rules=("drug.units",))
    first = coded.drug_lines[0]
    head = hcpcs_for(identify(mention.name), date=DAY)[0]
    said = phrase(
        "units-are",
        drug=name,
        units=first.units,
        code=first.code,
        dose=f"{dose.value:g} {dose.unit}",
        size=f"{head.unit_qty:g} {head.unit_uom}",
    )
    marked = any(line.modifiers for line in coded.drug_lines)
    cards = ("drug.units", *(("drug.wastage", "drug.no-waste")))
    return Answer(
        RULE,
        (said, *((from_card("drug.no-waste"),) if not marked else ())),
        working=(*short, from_card("drug.units")),
        lines=(),
        drug_lines=coded.drug_lines,
        hypothetical=True,
        rules=cards,
        evidence=tuple(Evidence("line", line.code, line.substance) for line in coded.drug_lines),
    )


def _waste(text: str, doses: list[Quantity]) -> Waste | None:
    """The vials and the absence of waste that a question names."""
    none = bool(_NO_WASTE.search(text))
    vials = []
    for found in _VIALS.finditer(text):
        count = int(found[1]) if found[1].isdigit() else _COUNT[found[1]]
        if found[2]:
            vials.append((count, Quantity(float(found[2].replace(",", "")), found[3])))
        elif none and count:
            vials.append((count, Quantity(doses[0].value / count, doses[0].unit)))
    quotes = [found.group() for pattern in (_VIALS, _NO_WASTE) for found in pattern.finditer(text)]
    opened = sum(count * size.value for count, size in vials if size.unit == doses[0].unit)
    rest = (
        Quantity(opened - doses[0].value, doses[0].unit)
        if opened > doses[0].value and not none and _WASTED.search(text)
        else None
    )
    return Waste(tuple(vials), rest, none, "; ".join(quotes)) if vials or none else None


def _plain_sum(doses: list[Quantity], vial: re.Match[str] | None, size: re.Match[str] | None) -> Answer | None:
    """Units given and discarded of a dose, a vial and a unit size that the question itself names."""
    if not doses or size is None:
        return None
    dose = Decimal(str(doses[0].value))
    unit = Decimal(size[1].replace(",", ""))
    given = math.ceil(dose / unit)
    said = [phrase("units-sum", dose=f"{dose:g}", unit=f"{unit:g}", given=given, measure=size[2])]
    if vial is not None:
        whole = Decimal(vial[1].replace(",", ""))
        left = max(0, math.floor(min((whole - dose) / unit, whole / unit - given)))
        said.append(phrase("waste-units", units=left) if left else phrase("waste-none"))
    return Answer(
        RULE, tuple(said), working=(from_card("drug.wastage"),), rules=("drug.units", "drug.wastage", "drug.no-waste")
    )
