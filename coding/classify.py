"""Stage: which family a service belongs to, by the drug, the payer's profile, the diagnosis and documented complexity.

A drug's class under each profile stands in tables/drugs.csv; the other profile's reading is always left as a step.
"""

from __future__ import annotations

from coding.drugs import Drug
from coding.fluids import is_for_deficit
from coding.log import Log
from coding.model import CHEMO, HYDRATION, NOT_MET, THERAPEUTIC, UNKNOWN, Encounter
from coding.policy import Policy
from coding.service import Service
from coding.words import first_diagnosis

IF_COMPLEX = ("chemo_if_complexity_documented", "therapeutic_unless_complexity_documented")
DRIPS = ("insulin", "heparin")
PROFILE_COLUMN = {"seed_commercial": "commercial", "medicare_2025": "medicare", "mac_article_2021_2024": "commercial"}
PROFILE_NAME = {"commercial": "the commercial profile", "medicare": "the Medicare profile"}


def classify(services: list[Service], encounter: Encounter, policy: Policy, log: Log) -> list[Service]:
    """The same services, each with its family: chemo, therapeutic or hydration."""
    return [service._replace(family=_family(service, encounter, policy, log)) for service in services]


def _family(service: Service, encounter: Encounter, policy: Policy, log: Log) -> str:
    item = service.items[0]
    if item.fluid:
        if is_for_deficit(item):
            log.met(
                "hydration.electrolyte-therapeutic",
                f"{service.name} was given to correct a deficit: a drug, not hydration.",
                service.ids,
            )
            return THERAPEUTIC
        log.met("hydration.definition", f"{service.name} is plain or maintenance fluid: hydration.", service.ids)
        return HYDRATION
    if item.drug.key.startswith(DRIPS):
        log.met(
            "run.insulin-heparin",
            f"{service.name} is a drug like any other here: its drip is an infusion, its shot a shot.",
            service.ids,
        )
    families = [_drug_family(found.drug, service, encounter, policy, log) for found in item.actives]
    if item.drug.kind == "electrolyte":
        log.met(
            "hydration.electrolyte-therapeutic",
            f"{service.name} is an electrolyte given as a drug, not a maintenance fluid.",
            service.ids,
        )
    if len(item.actives) > 1:
        log.met("mix.one-bag", f"{service.name} shared one bag or syringe: one administration.", service.ids)
    return CHEMO if CHEMO in families else THERAPEUTIC


def _drug_family(drug: Drug, service: Service, encounter: Encounter, policy: Policy, log: Log) -> str:
    column = PROFILE_COLUMN[policy["profile"]]
    if column == "commercial":
        mine, other = drug.commercial, drug.medicare
    else:
        mine, other = drug.medicare, drug.commercial
    if mine == other == THERAPEUTIC or (mine not in (CHEMO, "by_indication", *IF_COMPLEX) and mine == other):
        return THERAPEUTIC
    complexity = policy["complexity_documented"] == "yes" or service.has("complexity")
    found = _read(mine, drug, service, encounter, complexity, log)
    _explain(drug, mine, other, found, column, service, complexity, log)
    return found


def _read(value: str, drug: Drug, service: Service, encounter: Encounter, complexity: bool, log: Log | None) -> str:
    """One column of the drug table read for this service."""
    if value == CHEMO:
        return CHEMO
    if value in IF_COMPLEX:
        return CHEMO if complexity else THERAPEUTIC
    if value == "by_indication":
        return _by_indication(drug, service, encounter, complexity, log)
    return THERAPEUTIC


def _by_indication(drug: Drug, service: Service, encounter: Encounter, complexity: bool, log: Log | None) -> str:
    charted = service.reasons()
    codes = charted or tuple(one.code for one in encounter.conditions)
    neoplasm = first_diagnosis("neoplasm", codes)
    other_use = next(
        (code for code in codes if _typical(code, drug) and code != neoplasm and not _neoplastic(code)), ""
    )
    if log is not None and not neoplasm and not other_use:
        log.problem(
            "INDICATION_MISSING",
            service.ids[0],
            f"{drug.name} is coded by its indication, and the chart links no diagnosis to it that decides; it is coded as therapeutic.",
            f"A charted neoplasm as the reason for {drug.name} moves it to the chemotherapy family.",
            ("chemo.profile",),
        )
    if log is not None and neoplasm and other_use and not charted:
        log.problem(
            "INDICATION_CONFLICT",
            service.ids[0],
            f"Both {neoplasm} and {other_use} are charted and either can be the reason for {drug.name}; it is coded as therapeutic.",
            f"The diagnosis for which {drug.name} was ordered, linked to the order or the administration.",
            ("chemo.profile",),
        )
        return THERAPEUTIC
    if neoplasm:
        return CHEMO
    return CHEMO if complexity and drug.kind != "hormonal" else THERAPEUTIC


def _typical(code: str, drug: Drug) -> bool:
    return any(code[:3] == typical[:3] for typical in drug.icd10)


def _neoplastic(code: str) -> bool:
    return bool(first_diagnosis("neoplasm", (code,)))


def _explain(
    drug: Drug, mine: str, other: str, found: str, column: str, service: Service, complexity: bool, log: Log
) -> None:
    ids = service.ids
    here = PROFILE_NAME[column]
    if mine == CHEMO == other:
        rule = "chemo.hormonal" if drug.kind == "hormonal" else "chemo.scope"
        log.met(rule, f"{drug.name} is in the chemotherapy family whatever the indication.", ids)
        return
    if drug.kind == "hormonal":
        use = "a neoplasm" if found == CHEMO else "another use than a neoplasm"
        log.met("chemo.hormonal", f"{drug.name} is a hormonal antineoplastic, here for {use}.", ids)
        return
    log.met("chemo.profile", f"{drug.name} is {_family_words(found)} under {here}.", ids)
    if drug.kind == "cms-named" and mine == CHEMO:
        log.met("chemo.cms-named", f"{drug.name} is one of the antibodies that CMS names.", ids)
    there = PROFILE_NAME["medicare" if column == "commercial" else "commercial"]
    code = _first_code(service, CHEMO if found == THERAPEUTIC else THERAPEUTIC)
    if mine in IF_COMPLEX and found == THERAPEUTIC:
        _option(drug, service, code, log)
    elif mine in IF_COMPLEX and complexity:
        log.met("chemo.complexity", f"The chart or the user documents the complexity of giving {drug.name}.", ids)
    elif (other == CHEMO) != (found == CHEMO):
        log.mattered.add("profile")
        log.step(
            "chemo.profile",
            NOT_MET,
            f"{drug.name} is {_family_words(found)} under {here}; {there} can read it otherwise.",
            code,
            f"A payer that follows {there}.",
            ids,
        )


def _option(drug: Drug, service: Service, code: str, log: Log) -> None:
    log.problem(
        "COMPLEXITY_OPTION",
        service.ids[0],
        f"{drug.name} may be reported in the chemotherapy family if its complexity is documented; it is coded as therapeutic.",
        "Charted special preparation, frequent monitoring, rate changes and reaction risk (complexity_documented = yes).",
        ("chemo.complexity",),
    )
    log.step(
        "chemo.complexity",
        UNKNOWN,
        f"Nothing charted shows the complexity of giving {drug.name}.",
        code,
        "Documented complexity.",
        service.ids,
    )


def _family_words(family: str) -> str:
    return "chemotherapy" if family == CHEMO else "therapeutic"


def _first_code(service: Service, family: str) -> str:
    if service.route in ("sc", "im"):
        return "96401" if family == CHEMO else "96372"
    if service.technique == "push":
        return "96409" if family == CHEMO else "96374"
    return "96413" if family == CHEMO else "96365"
