"""JW or JZ: what was left of the containers of one dose or of several, as charted (rules drug.wastage, drug.no-waste).

    charted vials                    ──▶ opened, at most the smallest containers that fit ──▶ less the units given
    no vials, but a discarded amount ──▶ dose and discarded amount, rounded down          ──▶ less the units given
    "no waste"                       ──▶ nothing discarded

Units given are rounded up and discarded units down, so together they are never above what was opened. Where the figures do not
add up, or what was left was kept, there is neither modifier, and a question. What was dispensed is neither opened nor discarded: it is
held against charted waste, and proves none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from coding.dosed import Dosed, Question, Wasted
from coding.model import Quantity, Waste
from coding.rules import THRESHOLDS
from coding.vials import in_words, whole

UNDOCUMENTED, CONTRADICTION = "WASTE_UNDOCUMENTED", "WASTE_CONTRADICTION"
NO_AMOUNT, NOT_SMALLEST = "WASTE_AMOUNT_MISSING", "VIALS_NOT_SMALLEST"
NOT_SET = "no JW or JZ is set"


def wasted(drug: Dosed, charted: Sequence[Waste]) -> Wasted:
    """What the notes of one dose, or of doses from the same containers, prove of discarded drug.

    Without proof neither JW nor JZ, and a question.
    """
    if any(one.multi_dose for one in charted):
        said = f'a container for several doses leaves no waste to bill ("{_quote(charted)}")'
        return Wasted(evidence=said, multi_dose=True)
    thrown = [drug.of(one.discarded) for one in charted if one.discarded]
    none = any(one.none for one in charted) or (bool(thrown) and not any(thrown))
    opened = sum((count * drug.of(size) for one in charted for count, size in one.vials), Decimal(0))
    doubt = _doubt(drug, charted)
    if doubt:
        return doubt
    if opened:
        said = f'vials for {_plain(opened)} units were opened ("{_quote(charted)}")'
        return _from_opened(drug, opened, charted, thrown, none, said)
    if not (none or any(thrown)) or any(one.kept and not one.discarded for one in charted):
        return _unproved(drug, charted)
    out = sum((drug.of(one.dispensed) for one in charted if one.dispensed), Decimal(0))
    if out and _whole_containers(drug, charted):
        said = f'{_plain(out)} units were dispensed in whole containers ("{_quote(charted)}")'
        return _from_opened(drug, out, charted, thrown, none, said)
    if any(thrown):
        return _from_discarded(drug, sum(thrown, Decimal(0)), _quote(charted))
    return _from_none(drug, _quote(charted))


def would_leave(drug: Dosed) -> str:
    """What the smallest containers would leave of the doses, for a question; "" where the table has none of the product."""
    containers = drug.smallest() if len(drug.doses) == 1 else ()
    if not containers or drug.vials is None:
        return ""
    left = left_over(drug, drug.of_base(sum(containers)))
    rest = f"{left} units left over" if left >= THRESHOLDS.waste_minimum_units else "nothing left to bill"
    return f"{drug.name}: the smallest vials that fit are {in_words(containers, drug.vials.base)}, {rest}"


def left_over(drug: Dosed, held: Decimal) -> int:
    """Whole units left of what the containers held, the units given rounded up."""
    return max(0, math.floor(held) - drug.billed)


def _doubt(drug: Dosed, charted: Sequence[Waste]) -> Wasted | None:
    """What keeps the notes from being worked out at all."""
    if _both(charted):
        says = f"The chart says both that {drug.name} was wasted and that none was; {NOT_SET}."
        return _asked(CONTRADICTION, says, "A corrected waste note.")
    amounts = [size for one in charted for _, size in one.vials]
    amounts += [one for each in charted for one in (each.discarded, each.dispensed, *each.several) if one]
    if drug.shared and amounts:
        says = f"{drug.name} was in one bag with another drug, and the waste note does not say whose vials or waste it means."
        return _asked(CONTRADICTION, f"{says} No JW or JZ is set.", "Vials and waste of each drug.")
    foreign = next((one for one in amounts if drug.in_code(one) is None), None)
    if foreign:
        says = f"Vials or waste of {drug.name} are charted in {foreign.unit}, and {drug.code.code} counts {drug.unit}; {NOT_SET}."
        return _asked(CONTRADICTION, says, "The amount in the unit of the code, or the strength of the solution.")
    return _not_worked_out(drug, charted) if any(one.unread for one in charted) else None


def _both(charted: Sequence[Waste]) -> bool:
    """Whether drug was discarded and none was: in one note, or in two that name no vials to tell them apart."""
    thrown = [one for one in charted if one.several or (one.discarded and one.discarded.value > 0)]
    if any(one.none for one in thrown):
        return True
    return bool(thrown) and any(one.none for one in charted) and not any(one.vials for one in charted)


def _from_opened(
    drug: Dosed, opened: Decimal, charted: Sequence[Waste], thrown: list[Decimal], none: bool, said: str
) -> Wasted:
    rest = opened - drug.units
    least = THRESHOLDS.waste_minimum_units
    if not _adds_up(drug, rest, charted, thrown, none):
        lost = f"{_plain(sum(thrown, Decimal(0)))} discarded" if thrown else "no waste is charted" if none else ""
        means = " and ".join(filter(None, (f"{said}, {_plain(drug.units)} units were given", lost)))
        says = f"Dose, vials and waste of {drug.name} do not add up: {means}; {NOT_SET}."
        return _asked(CONTRADICTION, says, "The vials, the dose given and the amount discarded, so that they agree.")
    if rest >= least and not thrown and any(one.kept for one in charted):
        return _unproved(drug, charted, opened)
    says = f"More was opened of {drug.name} than its dose needs: {{fit}} would do."
    held, questions = _at_most_smallest(drug, opened, says, "Why larger vials or more of them were opened.")
    left = left_over(drug, held)
    if left < least:
        return Wasted(0, True, said, questions=questions, held=held)
    if thrown:
        return Wasted(left, False, f"{said}; {left} units were discarded", questions=questions, held=held)
    names = ", ".join(_amount(one) for each in charted for one in each.several)
    what = f"the chart names different discarded amounts ({names})" if names else "no discarded amount is charted"
    says = f"{left} units of {drug.name} are left of what was opened, but {what}."
    asked = Question(NO_AMOUNT, says, "The amount discarded, and a witness where your policy wants one.")
    return Wasted(left, False, f"{said}; {left} units are left of them", questions=(*questions, asked), held=held)


def _adds_up(drug: Dosed, rest: Decimal, charted: Sequence[Waste], thrown: list[Decimal], none: bool) -> bool:
    """Whether what is left of the opened containers, in units, agrees with what is charted as discarded or not."""
    least = THRESHOLDS.waste_minimum_units
    several = [drug.of(one) for each in charted for one in each.several]
    if rest < 0 or (thrown and abs(sum(thrown) - rest) >= least):
        return False
    if none and not any(thrown) and rest >= least:
        return False
    return not several or any(abs(one - rest) < least for one in (*several, sum(several)))


def _from_discarded(drug: Dosed, thrown: Decimal, quote: str) -> Wasted:
    said = f'waste is charted ("{quote}")'
    says = f"The waste charted for {drug.name} is more than {{fit}} would leave."
    asks = "The vials opened, and why larger ones or more of them were."
    held, questions = _at_most_smallest(drug, drug.units + thrown, says, asks)
    left = left_over(drug, held)
    if left < THRESHOLDS.waste_minimum_units:
        return Wasted(0, True, said, questions=questions, held=held)
    return Wasted(left, False, f"{said}; {left} units were discarded", questions=questions, held=held)


def _at_most_smallest(drug: Dosed, opened: Decimal, says: str, asks: str) -> tuple[Decimal, tuple[Question, ...]]:
    """What was opened, at most what the smallest containers hold; the question where it was more."""
    containers = drug.smallest()
    most = drug.of_base(sum(containers)) if containers else opened
    if drug.vials is None or math.floor(most) >= math.floor(opened):
        return opened, ()
    fit = in_words(containers, drug.vials.base)
    return most, (Question(NOT_SMALLEST, f"{says.format(fit=fit)} Waste is counted from those.", asks),)


def _from_none(drug: Dosed, quote: str) -> Wasted:
    containers = drug.smallest(pooled=True)
    left = left_over(drug, drug.of_base(sum(containers))) if containers else 0
    if left >= THRESHOLDS.waste_minimum_units and drug.vials:
        fit = in_words(containers, drug.vials.base)
        says = f'No waste is charted of {drug.name} ("{quote}"), but {fit}, the smallest vials that fit, leave {left} units; no JZ is set.'
        return _asked(CONTRADICTION, says, "The vials opened.")
    return Wasted(0, True, f'no waste is charted ("{quote}")', held=drug.units)


def _unproved(drug: Dosed, charted: Sequence[Waste], opened: Decimal | None = None) -> Wasted:
    """Notes that prove no discarding: what was left was kept, only the dispensed amount is charted, or nothing in them can be counted."""
    if not charted:
        return Wasted(silent=True)
    quote = _quote(charted)
    if any(one.kept for one in charted):
        would = f" By vials and dose, {left_over(drug, opened)} units are left." if opened else _hint(drug)
        says = f'The chart does not say that what was left of {drug.name} was discarded ("{quote}"); {NOT_SET}.{would}'
        return _asked(NO_AMOUNT, says, "What became of the rest, and the amount discarded if it was.")
    if all(one.dispensed and not one.several for one in charted):
        says = f'Only what was dispensed of {drug.name} is charted ("{quote}"), not what was opened or discarded; {NOT_SET}.{_hint(drug)}'
        return _asked(UNDOCUMENTED, says, "The vials opened and the amount discarded, or a note of no waste.")
    return _not_worked_out(drug, charted)


def _not_worked_out(drug: Dosed, charted: Sequence[Waste]) -> Wasted:
    said = f'What is charted of vials or waste of {drug.name} cannot be worked out ("{_quote(charted)}")'
    return _asked(CONTRADICTION, f"{said}; {NOT_SET}.{_hint(drug)}", "One amount discarded, or the vials opened.")


def _hint(drug: Dosed) -> str:
    worked = would_leave(drug)
    return f" {worked}." if worked else ""


def _whole_containers(drug: Dosed, charted: Sequence[Waste]) -> bool:
    for one in charted:
        if one.dispensed and drug.vials:
            found = drug.in_containers(one.dispensed)
            if found is None or not whole(found, drug.vials.sizes):
                return False
    return drug.vials is not None


def _asked(code: str, says: str, would_change: str) -> Wasted:
    return Wasted(questions=(Question(code, says, would_change),))


def _quote(charted: Sequence[Waste]) -> str:
    return "; ".join(dict.fromkeys(waste.quote for waste in charted if waste.quote))


def _amount(quantity: Quantity) -> str:
    return f"{quantity.value:g} {quantity.unit}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
