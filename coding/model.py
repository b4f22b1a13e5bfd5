"""The values that the engine takes and gives: plain, frozen, comparable.

Instants are whole seconds since 1970-01-01 UTC and carry the offset of the clock on which they were written,
so durations are exact across time zones and dates are those that the chart shows. Durations are whole minutes, never
rounded up (rule time.actual-minutes).
"""

from __future__ import annotations

from typing import NamedTuple

# Evidence grade of a time, best first (design: the words).
CHARTED, DEVICE, DERIVED, ABSENT = "charted", "device", "derived", "absent"

# Verdict of a step.
MET, NOT_MET, NOT_REACHED, UNKNOWN = "met", "not met", "not reached", "unknown"

# Severity of a problem: it stops a line; it asks something that may change a line; it only tells.
STOPS, ASKS, TELLS = "stops", "asks", "tells"

FACILITY, PROFESSIONAL = "facility", "professional"
CHEMO, THERAPEUTIC, HYDRATION, EXCLUDED = "chemo", "therapeutic", "hydration", "excluded"


class Moment(NamedTuple):
    """An instant as the chart gives it.

    at: seconds since 1970-01-01 UTC. offset: seconds east of UTC of the clock that wrote it.
    grade: charted, device or derived. source: the element it was read from, or how it was derived.
    """

    at: int
    offset: int = 0
    grade: str = CHARTED
    source: str = ""


class Quantity(NamedTuple):
    """A number with its unit as charted (UCUM where the chart has it: mg, g, ug, mL, mL/h, [iU], meq)."""

    value: float
    unit: str = ""


class Fact(NamedTuple):
    """Something the chart says in words, by our name for it, with the words that say it."""

    name: str
    quote: str = ""


class Substance(NamedTuple):
    """One ingredient as charted. codes: (system, code) pairs, system in rxnorm, hcpcs, ndc or a URL.

    dose: how much of it was given. active is False where the chart itself marks the ingredient as diluent.
    strength: as charted, "10 mg/mL": how much is in a volume or a piece, never how much was given.
    """

    text: str
    codes: tuple[tuple[str, str], ...] = ()
    dose: Quantity | None = None
    active: bool | None = None
    strength: str = ""


class Order(NamedTuple):
    """The request behind an administration. reason: in words; reason_codes: ICD-10-CM.

    status: what keeps it from showing that the drug was ordered: entered-in-error cancelled draft do-not-perform, an intent that
    authorizes nothing (proposal plan option), or unread where it is named and not at hand; else "". written: when it was made out.
    dose: that of one administration, where the order names exactly one.
    """

    id: str
    text: str = ""
    reason: str = ""
    reason_codes: tuple[str, ...] = ()
    status: str = ""
    written: Moment | None = None
    dose: Quantity | None = None


class Condition(NamedTuple):
    """A diagnosis of the encounter: ICD-10-CM code with its dot, words, resource id."""

    code: str
    text: str = ""
    id: str = ""


class Procedure(NamedTuple):
    """A procedure of the encounter, with the instants between which it was done (seconds), where charted."""

    id: str
    text: str = ""
    code: str = ""
    start: int | None = None
    stop: int | None = None


class Waste(NamedTuple):
    """What the chart says of vials and discarded drug. vials: (count, size) pairs; none: it says that nothing was wasted.

    dispensed: what the pharmacy gave out for the dose. multi_dose: it came from a container that serves several doses.
    several: different discarded amounts, none of them in discarded. kept: what was left was not thrown away (it was returned, saved or
    shared), or is only expected to be. unread: it names a discarded amount that cannot be read. A quote alone: nothing in it counts.
    """

    vials: tuple[tuple[int, Quantity], ...] = ()
    discarded: Quantity | None = None
    none: bool = False
    quote: str = ""
    dispensed: Quantity | None = None
    multi_dose: bool = False
    several: tuple[Quantity, ...] = ()
    kept: bool = False
    unread: bool = False


class Administration(NamedTuple):
    """One charted row: what was given, how and when, before any judgement.

    route: iv sc im ia it ip pleural lesion id po topical inhaled other, or "" where the chart does not say.
    technique: push infusion injection pump refill on-body transfusion pca flush instillation, or "".
    status: given running held stopped not-given error.
    planned: minutes that the order or a vendor field expects; never a stop.
    site: the access site in the chart's words. reasons: ICD-10-CM codes given for this administration.
    """

    id: str
    substances: tuple[Substance, ...]
    text: str = ""
    route: str = ""
    technique: str = ""
    status: str = "given"
    start: Moment | None = None
    stop: Moment | None = None
    dose: Quantity | None = None
    rate: Quantity | None = None
    planned: int | None = None
    site: str = ""
    order: Order | None = None
    procedure: str = ""
    reasons: tuple[str, ...] = ()
    reason_text: str = ""
    facts: tuple[Fact, ...] = ()
    waste: Waste | None = None

    def has(self, name: str) -> bool:
        """Whether the chart says this of the administration."""
        return name in [fact[0] for fact in self.facts] if self.facts else False

    def quote(self, name: str) -> str:
        """The chart's words for a fact, or ""."""
        return next((fact.quote for fact in self.facts if fact.name == name), "")


class Encounter(NamedTuple):
    """One visit or stay: linked encounters are one (rule encounter.observation-days).

    kind: outpatient emergency observation inpatient home, or "" where the chart does not say.
    place: CMS place-of-service code, or "". start and stop: seconds. offset: seconds east of UTC at the place of service,
    used for dates where times are written in UTC. open: the visit has not ended. services: CPT or HCPCS codes already charted.
    """

    id: str
    kind: str = ""
    place: str = ""
    start: int | None = None
    stop: int | None = None
    offset: int = 0
    open: bool = False
    patient: str = ""
    reason: str = ""
    reason_codes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    administrations: tuple[Administration, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    services: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


class Step(NamedTuple):
    """One considered rule: what it looked at, what it found, what would change that.

    code: the billing code considered, or "". facts: (name, value) pairs, minutes where a name ends in _minutes.
    """

    rule: str
    verdict: str
    says: str
    code: str = ""
    would_change: str = ""
    administrations: tuple[str, ...] = ()
    facts: tuple[tuple[str, object], ...] = ()


class Problem(NamedTuple):
    """Something a person should know, decide or chart. code: stable, see tables/problems.toml."""

    code: str
    severity: str
    resource: str
    says: str
    would_change: str = ""
    rules: tuple[str, ...] = ()


class Line(NamedTuple):
    """One line of the claim: a code on a date. minutes: those that support it, or None where minutes do not matter."""

    code: str
    units: int
    date: str
    modifiers: tuple[str, ...] = ()
    substance: str = ""
    minutes: int | None = None
    administrations: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    why: str = ""


class DrugLine(NamedTuple):
    """One HCPCS line for the drug itself. units: billing units of the code."""

    code: str
    units: int
    date: str
    modifiers: tuple[str, ...] = ()
    substance: str = ""
    administrations: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    why: str = ""


class Considered(NamedTuple):
    """A code that was weighed and not billed, or billed in fewer units than another fact would give."""

    code: str
    verdict: str
    rules: tuple[str, ...]
    why: str
    would_change: str = ""
    administrations: tuple[str, ...] = ()


class NotBilled(NamedTuple):
    """An administration that ends in no line, and why."""

    resource: str
    why: str
    rules: tuple[str, ...] = ()


class Coded(NamedTuple):
    """The whole answer for one encounter: the one value that page, panel, export and command line read."""

    encounter: str
    setting: str
    payer: str
    rules_version: str
    switches: tuple[tuple[str, object], ...]
    lines: tuple[Line, ...] = ()
    drug_lines: tuple[DrugLine, ...] = ()
    considered: tuple[Considered, ...] = ()
    not_billed: tuple[NotBilled, ...] = ()
    problems: tuple[Problem, ...] = ()
    steps: tuple[Step, ...] = ()
