"""One administration as a letter prints it. Nothing of the chart that may name a person is printed: only codes, numbers and known words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from coding.denial_facts import NO_WASTE, OF_VISIT, Given
from coding.letter_table import plain_site, reasons
from coding.model import ABSENT, CHARTED, DERIVED
from coding.timeline import MINUTE

NOT_DOCUMENTED = "not documented"
ONE_TIME = "one time"
BY_PUMP = "by pump"
ON_HOLD = "on hold"
AS_ABOVE = "same dose"
ROUTES = {
    "iv": "IV",
    "sc": "under skin",
    "im": "muscle",
    "ia": "artery",
    "it": "spinal",
    "ip": "abdomen",
    "id": "skin",
    "po": "mouth",
}
GRADES = {CHARTED: "charted", "device": "pump log", DERIVED: "derived", ABSENT: "absent"}
DRUG, DOSE, ROUTE, SITE, REASON = (f"[{what} as charted]" for what in ("drug", "dose", "route", "site", "reason"))
_PRINTED_ROUTES = {*ROUTES, "pleural", "lesion", "topical", "inhaled", "other"}
_PARTS = re.compile(r" in | \+ ")
_DATED = re.compile(r"\d{4}-")
_MEASURE = re.compile(r"[\d.,e+-]+ ?[A-Za-z%µ\[\]/*0-9]{0,12}(?: (?:opened|dispensed|discarded))?")


class Entry(NamedTuple):
    """One administration in a table; every cell as words."""

    drug: str
    dose: str
    route: str
    start: str
    stop: str
    minutes: str
    evidence: str


def entry(given: Given) -> Entry:
    """One administration as words."""
    none = BY_PUMP if given.technique == "pump" else ONE_TIME if given.once else NOT_DOCUMENTED
    return Entry(
        given.drug,
        ON_HOLD if given.held else AS_ABOVE if given.repeats and given.dose else given.dose or NOT_DOCUMENTED,
        ROUTES.get(given.route, given.route) or NOT_DOCUMENTED,
        (f"{given.date} {given.start}" if given.dated else given.start) or NOT_DOCUMENTED,
        given.stop or none,
        "" if given.minutes is None or given.held else str(given.minutes),
        GRADES.get(given.grade, given.grade),
    )


def plain(given: Given) -> Given:
    """The same without words that may name a person: of an unknown drug, a site, an unknown unit; what is left out is in brackets."""
    return given._replace(
        drug=given.drug if given.known else DRUG,
        dose=given.dose if all(map(_MEASURE.fullmatch, filter(None, _PARTS.split(given.dose)))) else DOSE,
        route=given.route if not given.route or given.route in _PRINTED_ROUTES else ROUTE,
        site=(plain_site(given.site) or SITE) if given.site else "",
        waste=tuple(one for one in given.waste if one == NO_WASTE or _MEASURE.fullmatch(re.sub(r"^\d+ x ", "", one))),
    )


def joined(given: list[Given]) -> tuple[Given, ...]:
    """Rows of one flow that touch (rate steps) as one row, so that a repeated dose is not read as given twice."""
    found: list[Given] = []
    for one in given:
        last = found[-1] if found else None
        if (
            last is not None
            and one.repeats
            and (last.drug, last.route, last.site, last.end) == (one.drug, one.route, one.site, one.begin)
            and last.begin is not None
            and last.minutes is not None
            and one.end is not None
            and one.minutes is not None
        ):
            found[-1] = last._replace(
                stop=f"{one.date} {one.stop}" if one.date != last.date and not _DATED.match(one.stop) else one.stop,
                end=one.end,
                minutes=(one.end - last.begin) // MINUTE,
                grade=one.grade if one.grade != CHARTED else last.grade,
                derived_from=one.derived_from or last.derived_from,
                waste=(*last.waste, *one.waste),
            )
        else:
            found.append(one)
    return tuple(found)


def reason(given: Given) -> str:
    """Why it was given: its charted codes and what known words say, else the diagnoses of the visit as such; "" where there is nothing."""
    meant = reasons(given.said)
    if given.reasons:
        return ", ".join((*given.reasons, *meant))
    said = f"{', '.join(meant)} {REASON}".strip() if meant or given.indication else ""
    visit = f"{OF_VISIT}: {', '.join(given.of_visit)}" if given.of_visit else ""
    return "; ".join(filter(None, (said, visit)))


def charted(given: Given) -> bool:
    """Whether the chart says of it, or of its order, why it was given."""
    return bool(given.reasons or given.indication or reasons(given.said))


def when(given: Iterable[Given]) -> str:
    """Times in a sentence: "23:10 to 2026-11-13 00:55", "10:12 and 11:15"; rows that touch as one."""
    spans: list[tuple[Given, Given]] = []
    for one in given:
        if spans and one.begin is not None and spans[-1][1].end == one.begin and one.end is not None:
            spans[-1] = (spans[-1][0], one)
        else:
            spans.append((one, one))
    return " and ".join(_span(first, last) for first, last in spans)


def _span(first: Given, last: Given) -> str:
    start = entry(first).start
    if not (first.start and last.stop):
        return start
    over = last.date != first.date and not _DATED.match(last.stop)
    return f"{start} to {last.date} {last.stop}" if over else f"{start} to {last.stop}"


def lacking(given: Given) -> tuple[str, ...]:
    """What is not charted of it."""
    return (
        *([] if given.dose else ["dose"]),
        *([] if given.route else ["route"]),
        *([] if given.site or given.route != "iv" else ["access site"]),
        *([] if charted(given) else ["indication"]),
        *([] if given.order else ["link to the order"]),
        *([] if given.start else ["start"]),
        *([] if given.stop or given.once else ["stop"]),
    )
