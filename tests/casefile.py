"""Golden cases: tests/cases/*.toml read into the engine's own values (tests/cases/README.md tells the format).

A case is one chart written as a person would say it, with the answer that the rulebook gives and why.
Nothing here judges: a clock becomes an instant, a word becomes a fact, and a key that the format does not know is an error.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from coding.model import (
    FACILITY,
    MET,
    NOT_MET,
    PROFESSIONAL,
    UNKNOWN,
    Administration,
    Coded,
    Condition,
    DrugLine,
    Encounter,
    Fact,
    Line,
    Moment,
    Order,
    Procedure,
    Quantity,
    Substance,
    Waste,
)

CASES = Path(__file__).parent / "cases"

FACTS = {
    "keep-open", "flush", "carrier", "between-blood", "port-flush", "second-site-needed",
    "transfusion-premedication", "split-dose", "running-on-arrival", "resumed", "same-bag", "new-bag",
    "infiltrated", "stopped-early", "on-body", "portable-pump", "implanted-pump", "pump-refill",
    "continues-at-home", "practice-pump", "test-dose", "loading-dose", "basal-rate", "clinician-present",
    "complexity", "hydration-reason", "procedural", "sedation", "contrast", "vaccine", "extra-sc-site",
    "declot", "volume-infused", "planned-only", "slowed", "refused",
}  # fmt: skip

_CASE = {"name", "source", "setting", "payer", "policy", "encounter", "visits", "diagnoses", "procedures", "given",
         "day", "zone", "expected"}  # fmt: skip
_VISIT = {"id", "kind", "place", "start", "stop", "open", "reason", "reason_codes", "services", "parts", "facts"}
_ROW = {"id", "visit", "drug", "drugs", "diluents", "text", "how", "route", "clock", "day", "zone", "stop_zone", "status",
        "dose", "rate", "site", "order", "reason", "reason_text", "facts", "waste", "planned", "procedure", "rxnorm"}  # fmt: skip
_EXPECTED = {"lines", "drug_lines", "modifiers_exact", "considered", "problems", "no_problems", "not_billed", "fires",
             "silent", "diagnoses", "why"}  # fmt: skip
_TECHNIQUES = {"infusion", "push", "injection", "pump", "refill", "on-body", "transfusion", "pca", "flush",
               "instillation", ""}  # fmt: skip
_SKIN = {"injection", "on-body"}

_TIME = r"\d\d:\d\d(?::\d\d)?"
_CLOCK = re.compile(
    rf"(?:\+(?P<day>\d+) )?(?P<start>{_TIME})?(?:(?P<dash>-)(?:(?P<stop>{_TIME})(?:\+(?P<later>\d+))?)?)?"
)
_QUANTITY = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(.*)")
_VIALS = re.compile(r"(\d+) x (.+)")


class CaseError(ValueError):
    """A case file that cannot be read; says which file and case, and what to change."""


class ExpectedLine(NamedTuple):
    """One line that the answer must hold. Empty modifiers, date or administration: not compared."""

    code: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    date: str = ""
    administration: str = ""


class Expected(NamedTuple):
    """What a case asks of the answer; lines and drug_lines are None where the case does not ask."""

    lines: tuple[ExpectedLine, ...] | None
    drug_lines: tuple[ExpectedLine, ...] | None
    modifiers_exact: bool
    considered: Mapping[str, str]
    problems: tuple[str, ...]
    no_problems: tuple[str, ...]
    not_billed: tuple[str, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    diagnoses: Mapping[str, tuple[str, ...]]
    why: str


class Case(NamedTuple):
    """One golden case, ready for the engine. policy: switches that differ from the payer's own. file: the TOML file's name."""

    name: str
    source: str
    setting: str
    payer: str
    policy: Mapping[str, object]
    encounters: tuple[Encounter, ...]
    expected: Expected
    file: str


def load(folder: Path = CASES) -> list[Case]:
    """Every case of every file in the folder, by file name, then in the order written."""
    return [case for path in sorted(folder.glob("*.toml")) for case in read(path.read_text("utf-8"), path.name)]


def read(text: str, file: str) -> Iterator[Case]:
    """The cases of one TOML text. Raises CaseError."""
    for raw in tomllib.loads(text).get("case", []):
        try:
            yield _case(raw, file)
        except (CaseError, KeyError, TypeError, AttributeError, ValueError) as problem:
            raise CaseError(f"{file}: {raw.get('name', 'case without a name')}: {problem}") from problem


def _case(raw: dict[str, Any], file: str) -> Case:
    _known(raw, _CASE, "case")
    setting = raw.get("setting", FACILITY)
    if setting not in (FACILITY, PROFESSIONAL):
        raise CaseError(f"setting {setting!r} is neither {FACILITY} nor {PROFESSIONAL}")
    if "encounter" in raw and "visits" in raw:
        raise CaseError("give encounter or visits, not both")
    day, zone = raw.get("day", dt.date(2026, 3, 10)), raw.get("zone", "-06:00")
    rows = [(row.get("visit", 1), _administration(row, n, day, zone)) for n, row in enumerate(raw.get("given", []), 1)]
    visits = raw.get("visits", [raw.get("encounter", {})])
    if stray := [row.id for visit, row in rows if not 1 <= visit <= len(visits)]:
        raise CaseError(f"{stray} name a visit that the case does not have")
    conditions = tuple(_condition(said, n) for n, said in enumerate(raw.get("diagnoses", []), 1))
    procedures = tuple(_procedure(said, day, zone) for said in raw.get("procedures", []))
    encounters = tuple(
        _encounter(said, n, setting, day, zone, tuple(row for visit, row in rows if visit == n))._replace(
            conditions=conditions, procedures=procedures
        )
        for n, said in enumerate(visits, 1)
    )
    return Case(raw["name"], raw["source"], setting, raw.get("payer", "commercial"), raw.get("policy", {}), encounters,
                _expected(raw["expected"]), file)  # fmt: skip


def _encounter(
    said: dict[str, Any], number: int, setting: str, day: dt.date, zone: str, rows: tuple[Administration, ...]
) -> Encounter:
    """Where the case gives no start or stop, 08:00 and 17:00, or the first and last charted time outside them."""
    _known(said, _VISIT, "encounter")
    starts = [row.start.at for row in rows if row.start]
    ends = starts + [row.stop.at for row in rows if row.stop]
    start: int | None
    stop: int | None
    start = _at(said["start"], day, zone) if "start" in said else min([_at("08:00", day, zone), *starts])
    stop = _at(said["stop"], day, zone) if "stop" in said else max([_at("17:00", day, zone), *ends])
    identity = said.get("id", f"E{number}")
    if not identity:
        start = stop = None
    elif said.get("open", False):
        stop = None
    return Encounter(
        id=identity,
        kind=said.get("kind", "outpatient"),
        place=said.get("place", "22" if setting == FACILITY else "11"),
        start=start,
        stop=stop,
        offset=_offset(zone),
        open=said.get("open", False),
        patient="P1",
        reason=said.get("reason", ""),
        reason_codes=tuple(said.get("reason_codes", ())),
        administrations=rows,
        services=tuple(said.get("services", ())),
        parts=tuple(said.get("parts", ())),
        facts=_facts(said.get("facts", ())),
    )


def _administration(row: dict[str, Any], number: int, day: dt.date, zone: str) -> Administration:
    _known(row, _ROW, "row")
    how = row.get("how", "")
    if how not in _TECHNIQUES:
        raise CaseError(f"how {how!r} is not one of {sorted(_TECHNIQUES)}")
    route = row.get("route", "sc" if how in _SKIN else "iv")
    drugs = tuple(_substance(drug) for drug in row.get("drugs", [row["drug"]] if "drug" in row else []))
    if not drugs:
        raise CaseError("a row needs drug or drugs")
    if "rxnorm" in row:
        drugs = (drugs[0]._replace(codes=(("rxnorm", row["rxnorm"]),)), *drugs[1:])
    diluents = tuple(Substance(text, active=False) for text in row.get("diluents", ()))
    zone = row.get("zone", zone)
    start, stop = clock(row.get("clock", ""), row.get("day", day), zone, row.get("stop_zone", zone))
    reasons = row.get("reason", ())
    return Administration(
        id=row.get("id", f"A{number}"),
        substances=drugs + diluents,
        text=row.get("text", " + ".join(drug.text for drug in drugs)),
        route=route,
        technique=how,
        status=row.get("status", "given"),
        start=start,
        stop=stop,
        dose=_maybe(row.get("dose")),
        rate=_maybe(row.get("rate")),
        planned=row.get("planned"),
        site=row.get("site", "L forearm PIV" if route == "iv" else ""),
        order=_order(row["order"]) if "order" in row else None,
        procedure=row.get("procedure", ""),
        reasons=(reasons,) if isinstance(reasons, str) else tuple(reasons),
        reason_text=row.get("reason_text", ""),
        facts=_facts(row.get("facts", ())),
        waste=_waste(row["waste"]) if "waste" in row else None,
    )


def clock(said: str, day: dt.date, zone: str, stop_zone: str) -> tuple[Moment | None, Moment | None]:
    """Start and stop of "09:14-11:21", "09:14-", "09:14", "-15:00", "22:00-06:30+1" or "+1 02:00".

    A leading "+1 " moves the whole row to the next day; a trailing "+1" moves the stop on from the row's day.
    The stop is never moved unasked: "10:00-09:10" stops before it starts.
    """
    if not said:
        return None, None
    found = _CLOCK.fullmatch(said)
    if not found or not (found["start"] or found["stop"]):
        raise CaseError(f"clock {said!r} is not a time or a span of times")
    base = day + dt.timedelta(days=int(found["day"] or 0))
    start = _moment(found["start"], base, zone) if found["start"] else None
    later = base + dt.timedelta(days=int(found["later"] or 0))
    return start, _moment(found["stop"], later, stop_zone) if found["stop"] else None


def _moment(time: str, day: dt.date, zone: str) -> Moment:
    moment = dt.datetime.combine(day, dt.time.fromisoformat(time), _zone(zone))
    return Moment(int(moment.timestamp()), _offset(zone), source="clock")


def _at(said: str, day: dt.date, zone: str) -> int:
    start, _ = clock(said, day, zone, zone)
    if start is None:
        raise CaseError(f"{said!r} is not a start time")
    return start.at


def _zone(said: str) -> dt.timezone:
    return dt.timezone(dt.timedelta(seconds=_offset(said)))


def _offset(said: str) -> int:
    if not (found := re.fullmatch(r"([+-])(\d\d):(\d\d)", said)):
        raise CaseError(f"zone {said!r} is not like -06:00")
    seconds = int(found[2]) * 3600 + int(found[3]) * 60
    return -seconds if found[1] == "-" else seconds


def _substance(said: str | dict[str, Any]) -> Substance:
    if isinstance(said, str):
        return Substance(said)
    _known(said, {"text", "dose", "rxnorm"}, "drug")
    codes = (("rxnorm", said["rxnorm"]),) if "rxnorm" in said else ()
    return Substance(said["text"], codes, _maybe(said.get("dose")))


def _order(said: str | dict[str, Any]) -> Order:
    if isinstance(said, str):
        return Order(said)
    _known(said, {"id", "text", "reason", "reason_codes"}, "order")
    return Order(said["id"], said.get("text", ""), said.get("reason", ""), tuple(said.get("reason_codes", ())))


def _condition(said: str, number: int) -> Condition:
    code, _, text = said.partition(" ")
    return Condition(code, text, f"D{number}")


def _procedure(said: dict[str, Any], day: dt.date, zone: str) -> Procedure:
    _known(said, {"id", "text", "code", "clock"}, "procedure")
    start, stop = clock(said.get("clock", ""), day, zone, zone)
    return Procedure(said["id"], said.get("text", ""), said.get("code", ""), start and start.at, stop and stop.at)


def _facts(said: Iterable[str]) -> tuple[Fact, ...]:
    facts = tuple(Fact(name, quote) for name, _, quote in (fact.partition(": ") for fact in said))
    if strange := [fact.name for fact in facts if fact.name not in FACTS]:
        raise CaseError(f"no such fact: {strange}")
    return facts


def _waste(said: dict[str, Any]) -> Waste:
    _known(said, {"vials", "discarded", "none", "quote"}, "waste")
    vials = tuple(_vials(text) for text in said.get("vials", ()))
    return Waste(vials, _maybe(said.get("discarded")), said.get("none", False), said.get("quote", ""))


def _vials(said: str) -> tuple[int, Quantity]:
    if not (found := _VIALS.fullmatch(said)):
        raise CaseError(f"vials {said!r} are not like '4 x 100 mg'")
    return int(found[1]), _quantity(found[2])


def _maybe(said: str | None) -> Quantity | None:
    return None if said is None else _quantity(said)


def _quantity(said: str) -> Quantity:
    if not (found := _QUANTITY.fullmatch(said)):
        raise CaseError(f"quantity {said!r} is not a number with a unit")
    return Quantity(float(found[1].replace(",", "")), found[2])


def _expected(said: dict[str, Any]) -> Expected:
    _known(said, _EXPECTED, "expected")
    wanted = {key: tuple(said.get(key, ())) for key in ("problems", "no_problems", "not_billed", "fires", "silent")}
    return Expected(
        lines=tuple(line(text) for text in said["lines"]) if "lines" in said else None,
        drug_lines=tuple(line(text) for text in said["drug_lines"]) if "drug_lines" in said else None,
        modifiers_exact=said.get("modifiers_exact", False),
        considered=said.get("considered", {}),
        diagnoses={code: tuple(codes) for code, codes in said.get("diagnoses", {}).items()},
        why=said["why"],
        **wanted,
    )


def line(said: str) -> ExpectedLine:
    """A line of "96365", "96366 x2", "96365-59", "J1745 x40 -JZ", "96376 @2026-03-11" or "96365 #A2"."""
    head, *marks = said.split(" ")
    code, *modifiers = head.split("-")
    found = ExpectedLine(code)
    for mark in marks:
        sign, text = mark[:1], mark[1:]
        if sign == "x" and text.isdigit():
            found = found._replace(units=int(text))
        elif sign == "-" and len(text) == 2:
            modifiers.append(text)
        elif sign == "@" and dt.date.fromisoformat(text):
            found = found._replace(date=text)
        elif sign == "#" and text:
            found = found._replace(administration=text)
        else:
            raise CaseError(f"line {said!r}: {mark!r} is not like x2, -59, @2026-03-11 or #A1")
    if not re.fullmatch(r"[0-9A-Z]{5}", code):
        raise CaseError(f"line {said!r} does not begin with a code")
    return found._replace(modifiers=tuple(sorted(modifiers)))


def _known(said: Mapping[str, Any], keys: set[str], where: str) -> None:
    if strange := sorted(set(said) - keys):
        raise CaseError(f"{where} has keys that the format does not know: {', '.join(strange)}")


def differences(expected: Expected, answers: Sequence[Coded]) -> list[str]:
    """Where the answers, one per encounter, miss what the case asks; empty when they agree.

    Units are summed by code, so a line may be split by date or by drug; modifiers, dates and administrations count
    only where the case writes them. A rule is named where a line, a considered code, an unbilled row, a problem or a step
    carries it; a step that was not reached names nothing, and one that is not met does not break a silence.
    """
    said: list[str] = []
    for label, wanted, got in (
        ("lines", expected.lines, [line for answer in answers for line in answer.lines]),
        ("drug lines", expected.drug_lines, [line for answer in answers for line in answer.drug_lines]),
    ):
        if wanted is not None:
            said += _lines_differ(label, wanted, got, expected.modifiers_exact)
    problems = {problem.code for answer in answers for problem in answer.problems}
    refused = {row.resource for answer in answers for row in answer.not_billed}
    weighed = {(row.code, row.verdict) for answer in answers for row in answer.considered}
    links = {(row.code, code) for answer in answers for row in answer.lines for code in row.diagnoses}
    rows: list[Any] = []
    for answer in answers:
        rows += [*answer.lines, *answer.drug_lines, *answer.considered, *answer.not_billed, *answer.problems]
    shown = {rule for row in rows for rule in row.rules}
    steps = [step for answer in answers for step in answer.steps]
    loud = shown | {step.rule for step in steps if step.verdict in (MET, UNKNOWN)}
    named = loud | {step.rule for step in steps if step.verdict == NOT_MET}
    said += [f"problem {code} is not raised" for code in expected.problems if code not in problems]
    said += [f"problem {code} is raised" for code in expected.no_problems if code in problems]
    said += [f"{row} is not among the unbilled" for row in expected.not_billed if row not in refused]
    said += [
        f"{code} is not {verdict!r}" for code, verdict in expected.considered.items() if (code, verdict) not in weighed
    ]
    said += [
        f"{code} lacks {dx}" for code, all_dx in expected.diagnoses.items() for dx in all_dx if (code, dx) not in links
    ]
    said += [f"rule {rule} is not named" for rule in expected.fires if rule not in named]
    said += [f"rule {rule} is named" for rule in expected.silent if rule in loud]
    return said


def _lines_differ(
    label: str, wanted: Sequence[ExpectedLine], got: Sequence[Line | DrugLine], exact: bool
) -> Iterator[str]:
    def total(key: Callable[[Any], object], rows: Sequence[Any]) -> Counter[object]:
        sums: Counter[object] = Counter()
        for row in rows:
            sums[key(row)] += row.units
        return sums

    whole = total(lambda row: (row.code, tuple(sorted(row.modifiers))) if exact else row.code, wanted)
    found = total(lambda row: (row.code, tuple(sorted(row.modifiers))) if exact else row.code, got)
    if whole != found:
        yield f"{label}: want {sorted(whole.items(), key=str)}, got {sorted(found.items(), key=str)}"
    for want, units in total(lambda row: row._replace(units=0), wanted).items():
        assert isinstance(want, ExpectedLine)
        alike = [
            row.units
            for row in got
            if row.code == want.code
            and set(want.modifiers) <= set(row.modifiers)
            and want.date in ("", row.date)
            and (not want.administration or want.administration in row.administrations)
        ]
        if (sum(alike) < units) or ((want.date or want.modifiers) and sum(alike) != units):
            yield f"{label}: want {units} of {want.code} {want[2:]}, got {sum(alike)}"
