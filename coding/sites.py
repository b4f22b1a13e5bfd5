"""Stage: which vascular access sites count apart (rules initial.one-per-site, site.second-site, concurrent.lumens)."""

from __future__ import annotations

import re
from functools import lru_cache

from coding.log import Log
from coding.model import NOT_MET
from coding.service import Service

_LUMEN = re.compile(
    r"[\s,;(/-]*\b(?:(?:proximal|distal|medial|middle|brown|white|blue|red|purple|gray|grey|yellow|side|main|first|second|#?\d+)\s+)?"
    r"(?:lumen|port side|port [ab12]|hub|pigtail)s?\b.*$"
)
_SIDES = {"left": "l", "right": "r", "lt": "l", "rt": "r"}
_SAME = {
    "peripheral iv": "piv",
    "peripheral": "piv",
    "antecubital": "ac",
    "internal jugular": "ij",
    "external jugular": "ej",
    "ivad": "port",
    "port-a-cath": "port",
    "portacath": "port",
    "mediport": "port",
    "lower arm": "forearm",
}
_CENTRAL = ("picc", "cvc", "port", "hickman", "broviac", "groshong", "lumen", "tunneled", "catheter")
_PARTS = {"red", "blue", "white", "brown", "purple", "gray", "grey", "yellow", "green", "proximal", "distal", "medial",
          "lateral", "middle", "chamber", "septum", "double", "single"}  # fmt: skip
_NOISE = {"iv", "piv", "site", "line", "catheter", "the", "in", "vein", "of", "access", "gauge", "arm"}


@lru_cache(maxsize=4_096)
def site_key(text: str) -> frozenset[str]:
    """The words that tell one access site from another; lumens and ports of one device are one site."""
    said = text.lower()
    for long, short in _SAME.items():
        said = said.replace(long, short)
    said = _LUMEN.sub("", said)
    central = any(device in said for device in _CENTRAL)
    words = (re.sub(r"[^a-z]", "", word) for word in re.split(r"[\s,;/()-]+", said))
    sides = (_SIDES.get(word, word) for word in words)
    noise = _NOISE | _PARTS if central else _NOISE
    return frozenset(word for word in sides if word and word not in noise)


def same_site(a: str, b: str) -> bool:
    """Whether two charted sites are one; a site that is not charted contradicts nothing."""
    return a == b or not a or not b or site_key(a) == site_key(b)


def group_by_site(services: list[Service], log: Log) -> list[list[Service]]:
    """One group of vein services for each site whose need is documented; all others are one group, the first."""
    base: list[Service] = []
    apart: dict[frozenset[str], list[Service]] = {}
    keys = {service.id: site_key(service.site) for service in services if service.site}
    needed = {keys[service.id] for service in services if service.id in keys and service.has("second-site-needed")}
    if not needed and len(set(keys.values())) < 2:
        if any(service.site and len(_lumens(services)) > 1 for service in services):
            _same_catheter(services, log)
        return [services]
    if needed >= set(keys.values()):
        first = min((service for service in services if service.id in keys), key=lambda one: (one.start, one.id))
        needed = needed - {keys[first.id]}
    for service in services:
        key = keys.get(service.id, frozenset())
        if key in needed:
            apart.setdefault(key, []).append(service)
        else:
            base.append(service)
    if apart:
        for group in apart.values():
            quote = next(
                item.row.quote("second-site-needed")
                for one in group
                for item in one.items
                if item.row.has("second-site-needed")
            )
            log.met("site.second-site", f'A second access site was needed: "{quote}".', _ids(group))
    _unsupported(base, keys, log)
    return [base, *apart.values()] if base else list(apart.values())


def _lumens(services: list[Service]) -> set[str]:
    return {service.site for service in services if service.site}


def _same_catheter(services: list[Service], log: Log) -> None:
    log.met("concurrent.lumens", "Several lumens of one catheter are one access site.", _ids(services))


def _unsupported(base: list[Service], keys: dict[str, frozenset[str]], log: Log) -> None:
    """Two sites in use at once without a documented reason are coded as one, and said so."""
    by_site: dict[frozenset[str], list[Service]] = {}
    for service in base:
        if service.id in keys:
            by_site.setdefault(keys[service.id], []).append(service)
    if len(by_site) < 2 or all(
        one.has("resumed") or one.has("infiltrated") for group in list(by_site.values())[1:] for one in group
    ):
        return
    groups = list(by_site.values())
    if not any(_overlap(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]):
        return
    second = groups[1]
    sites = " and ".join(group[0].site for group in groups)
    log.problem(
        "SECOND_SITE_UNSUPPORTED",
        second[0].id,
        f"{sites} were in use at once, but nothing charted says why a second site was needed; they are coded as one site.",
        "A note of the need (for example incompatible drugs due at the same time) gives the second site its own initial service.",
        ("site.second-site",),
    )
    log.step(
        "site.second-site",
        NOT_MET,
        "No charted reason for a second access site, so there is one initial service.",
        "96365",
        "A charted need for the second site.",
        _ids(second),
    )


def _overlap(a: list[Service], b: list[Service]) -> bool:
    for one in a:
        for other in b:
            end, other_end = _end(one), _end(other)
            if (one.start < other_end and other.start < end) or one.start == other.start:
                return True
    return False


def _end(service: Service) -> int:
    return service.spans[-1][1] if service.spans else service.start


def _ids(services: list[Service]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for service in services for id in service.ids))
