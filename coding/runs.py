"""Stage: rows become services. Rate steps, new bags and pauses of one infusion are one service (rule run.merge)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from coding import timeline
from coding.documentation import Timed
from coding.log import Log
from coding.model import DERIVED, Administration
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Item, Service
from coding.sites import same_site
from coding.timeline import DAY, MINUTE, Spans


def assemble(timed: list[Timed], policy: Policy, log: Log) -> list[Service]:
    """Services in order of start; each row is in exactly one, or refused as a pause of nothing."""
    services = []
    flowing: dict[tuple[str, str], list[Timed]] = {}
    for one in sorted(timed, key=lambda row: (row.start, row.item.id)):
        technique, route = way(one, log)
        if technique == "infusion":
            flowing.setdefault((one.item.key, route), []).append(one)
        elif is_pause(one.item.row):
            log.refuse((one.item.id,), f"{one.item.name} was held: nothing was given.", "excluded.status")
        else:
            services.append(_single(one, technique, route))
    for (_, route), rows in flowing.items():
        for group in _groups(rows, policy):
            service = _merged(group, route, policy, log)
            if service:
                services.append(service)
    services.sort(key=lambda service: (service.start, service.id))
    return services


def is_pause(row: Administration) -> bool:
    """A row that says that nothing flowed: on hold, or a rate of zero."""
    return row.status == "held" or (row.rate is not None and row.rate.value == 0)


def way(one: Timed, log: Log) -> tuple[str, str]:
    """(technique, route) of a row, assumed and said so where the chart gives only one of them."""
    row = one.item.row
    technique, route = row.technique, row.route
    if route == "sc" or route == "im":
        return ("infusion" if technique == "infusion" and route == "sc" else _injected(technique)), route
    if technique in ("push", "injection") and route == "iv":
        return "push", route
    if technique and route:
        return technique, route
    if technique in ("infusion", "push"):
        _assume(one, f"no route is charted; a charted {technique} is read as intravenous", "ROUTE_MISSING", log)
        return technique, "iv"
    if route == "iv":
        technique = "infusion" if is_pause(row) or _looks_infused(one) else "push"
        if not is_pause(row):
            _assume(one, f"only the route is charted; it is read as {technique}", "TECHNIQUE_ASSUMED", log)
    return technique, route


def _injected(technique: str) -> str:
    return technique if technique in ("on-body", "pump") else "injection"


def _looks_infused(one: Timed) -> bool:
    if one.item.fluid or one.item.row.rate is not None or one.item.drug.push_plausible == "N":
        return True
    return one.stop is not None and one.stop > one.start


def _assume(one: Timed, says: str, code: str, log: Log) -> None:
    log.problem(
        code,
        one.item.id,
        f"{one.item.name}: {says}.",
        "A charted route and method (push, infusion, injection) replace the assumption.",
        ("documentation.start-and-stop",),
    )


def _single(one: Timed, technique: str, route: str) -> Service:
    item = one.item
    spans: Spans = ((one.start, one.stop),) if one.stop is not None and one.stop > one.start else ()
    return Service(
        (item,),
        (item.id,),
        item.name,
        item.key,
        technique,
        route,
        spans,
        timeline.minutes(spans),
        one.start,
        item.offset,
        one.grade,
        open=one.stop is None,
        site=item.row.site,
    )


def _groups(rows: list[Timed], policy: Policy) -> Iterable[list[Timed]]:
    if len(rows) == 1:
        return (rows,)
    groups: list[list[Timed]] = []
    for row in rows:
        for group in reversed(groups):
            if _joins(group, row, policy):
                group.append(row)
                break
        else:
            groups.append([row])
    return groups


def _joins(group: list[Timed], row: Timed, policy: Policy) -> bool:
    last = group[-1]
    before, after = last.item.row, row.item.row
    order, next_order = (before.order.id if before.order else ""), (after.order.id if after.order else "")
    if order and next_order and order != next_order:
        return False
    resumed = after.has("resumed") or after.has("same-bag")
    one_order = bool(order) and order == next_order
    if not resumed and not one_order and not is_pause(before) and not same_site(before.site, after.site):
        return False
    stops = [one.stop for one in group if one.stop is not None]
    if last.stop is None:
        return one_order and (is_pause(before) or is_pause(after) or _rate_step(before, after))
    gap = row.start - max(stops)
    if resumed or (is_pause(before) and bool(order)):
        return True
    return gap <= (THRESHOLDS.same_order_gap_minutes if one_order else int(policy["restart_gap_min"])) * MINUTE


def _rate_step(before: Administration, after: Administration) -> bool:
    return before.rate is not None and after.rate is not None and before.rate != after.rate


def _merged(group: list[Timed], route: str, policy: Policy, log: Log) -> Service | None:
    items = tuple(one.item for one in group)
    ids = tuple(item.id for item in items)
    active = [one for one in group if not is_pause(one.item.row)]
    if not active:
        log.refuse(ids, f"{items[0].name} was held and never ran.", "excluded.status")
        return None
    spans, grade = _flow(group, active)
    pauses = timeline.union((one.start, one.stop) for one in group if one.stop is not None and is_pause(one.item.row))
    spans = timeline.subtract(spans, pauses)
    bridged = _bridge(spans, pauses, policy["bag_gap_counts_max_min"]) if policy["bag_gap_counts_max_min"] else spans
    first = active[0]
    if len(group) > 1:
        _tell(group, active, spans, ids, log)
    return Service(
        tuple(one.item for one in active) + tuple(one.item for one in group if one not in active),
        ids,
        first.item.name,
        first.item.key,
        "infusion",
        route,
        bridged,
        timeline.minutes(bridged),
        first.start,
        first.item.offset,
        grade,
        runs=(bridged,),
        open=active[-1].stop is None,
        site=next((item.row.site for item in items if item.row.site), ""),
    )


def _flow(group: list[Timed], active: list[Timed]) -> tuple[Spans, str]:
    spans, grade = [], active[0].grade
    for one in active:
        stop = one.stop
        if stop is None:
            later = next((other for other in group if other.start > one.start), None)
            if later is None or later.start - one.start > DAY:
                continue
            stop, grade = later.start, DERIVED
        elif one.grade == DERIVED:
            grade = DERIVED
        spans.append((one.start, stop))
    return timeline.union(spans), grade


def _bridge(spans: Spans, pauses: Spans, most_minutes: int) -> Spans:
    gaps = [
        (a[1], b[0])
        for a, b in itertools.pairwise(spans)
        if b[0] - a[1] <= most_minutes * MINUTE and not timeline.shared(((a[1], b[0]),), pauses)
    ]
    return timeline.union(spans + tuple(gaps))


def _tell(group: list[Timed], active: list[Timed], spans: Spans, ids: tuple[str, ...], log: Log) -> None:
    first = active[0].item
    when = timeline.words(spans, first.offset)
    if len(active) > 1:
        log.met("run.merge", f"{len(active)} rows of {first.name} are one infusion: {when}.", ids)
        rates = {one.item.row.rate for one in active if one.item.row.rate}
        if len(rates) > 1:
            log.met("run.titrated", f"{first.name} changed rate; a rate change starts no new service.", ids)
    if len(spans) > 1 or len(active) < len(group):
        log.met("run.pause", f"{first.name} paused; only {when} counts.", ids)
        _assumed_pause(group, spans, first, log)
        elapsed = (spans[-1][1] - spans[0][0]) // MINUTE if spans else 0
        log.met(
            "time.actual-minutes",
            f"{elapsed} minutes passed and {timeline.minutes(spans)} flowed; only those count.",
            ids,
        )
    sites = {one.item.row.site for one in active if one.item.row.site}
    if len(sites) > 1 or any(one.item.row.has("infiltrated") for one in active):
        log.met("initial.restart", f"{first.name} was restarted; a restarted line is the same service.", ids)


def _assumed_pause(group: list[Timed], spans: Spans, first: Item, log: Log) -> None:
    """A gap that nothing charted explains is read as a pause, and asked about."""
    rows = [one.item.row for one in group]
    one_order = len({row.order.id for row in rows if row.order}) == 1 and all(row.order for row in rows)
    if one_order or any(
        is_pause(row) or row.has("resumed") or row.has("same-bag") or row.has("new-bag") for row in rows
    ):
        return
    gaps = [(after[0] - before[1]) // MINUTE for before, after in itertools.pairwise(spans)]
    log.problem(
        "SEGMENT_GAP",
        first.id,
        f"{first.name} has {' and '.join(map(str, gaps))} minutes without flow between its rows, read as a pause of one infusion.",
        "An order on the rows, or a note that it was a new dose, settles it.",
        ("run.merge",),
    )
