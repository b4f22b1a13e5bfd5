"""MAR events -> runs: a list of single events (started, rate change, stopped) reads the same as a period.

Each event that opens a stretch of flow (or a pause) takes the time of the next event as its stop; the events that only close or
confirm a stretch are folded into it. A stop is never invented: what nobody closed stays open.
"""

from __future__ import annotations

from coding.model import Administration
from smart_app.administrations import Draft
from smart_app.notes import merge_facts

_CONTINUES = ("rate", "verify")


def fold_events(drafts: list[Draft]) -> tuple[list[Draft], list[tuple[str, str]]]:
    """(rows that remain in their order, (id, id that it was folded into) of the others) of one stay."""
    if not any(draft.role for draft in drafts):
        return drafts, []
    changed: dict[str, Draft] = {draft.row.id: draft for draft in drafts}
    folded: list[tuple[str, str]] = []
    for chain in _chains(drafts):
        _fold_chain(chain, changed, folded)
    gone = {name for name, _ in folded}
    return [changed[draft.row.id] for draft in drafts if draft.row.id not in gone], folded


def _chains(drafts: list[Draft]) -> list[list[Draft]]:
    """Rows of one order and drug (or one drug without an order) that have a single time, in the order of time."""
    chains: dict[object, list[Draft]] = {}
    for draft in drafts:
        row = draft.row
        single = row.start is not None and row.stop is None
        if (
            single
            and row.status not in ("error", "not-given")
            and (draft.role or row.technique not in ("push", "injection"))
        ):
            chains.setdefault((row.order.id if row.order else "", draft.drug), []).append(draft)
    return [sorted(chain, key=_at) for chain in chains.values() if any(draft.role for draft in chain)]


def _at(draft: Draft) -> int:
    return draft.row.start.at if draft.row.start is not None else 0


def _fold_chain(chain: list[Draft], changed: dict[str, Draft], folded: list[tuple[str, str]]) -> None:
    open_id, paused = "", False
    for draft in chain:
        role, name = draft.role or "start", draft.row.id
        if role == "stop":
            if open_id:
                _close(open_id, draft, changed)
                _absorb(open_id, draft, changed)
                folded.append((name, open_id))
            else:
                changed[name] = draft._replace(row=draft.row._replace(start=None, stop=draft.row.start))
            open_id = ""
            continue
        if role == "verify" and open_id:
            _absorb(open_id, draft, changed)
            folded.append((name, open_id))
            continue
        # A second start, or a restart of what nobody stopped, does not tell when the flow before it ended.
        if open_id and (paused or role in ("rate", "pause")):
            _close(open_id, draft, changed)
        open_id, paused = name, role == "pause"
    if open_id and changed[open_id].role in _CONTINUES and not any(changed[draft.row.id].row.stop for draft in chain):
        # Nothing opened or closed this flow: the time of a check or a rate change is no start.
        changed[open_id] = changed[open_id]._replace(row=changed[open_id].row._replace(start=None))


def _close(name: str, by: Draft, changed: dict[str, Draft]) -> None:
    row, moment = changed[name].row, by.row.start
    if moment is None:
        return
    ended = by.role == "stop" and row.status == "running"
    stop = moment._replace(source=f"{by.role or 'next row'} of MedicationAdministration/{by.row.id}")
    changed[name] = changed[name]._replace(row=row._replace(stop=stop, status="given" if ended else row.status))


def _absorb(name: str, other: Draft, changed: dict[str, Draft]) -> None:
    """Facts, waste and an unscheduled stop of a folded event go to the row that it was folded into."""
    row: Administration = changed[name].row
    row = row._replace(
        facts=merge_facts(row.facts, other.row.facts),
        waste=row.waste or other.row.waste,
        status="stopped" if other.row.status == "stopped" and row.status == "given" else row.status,
    )
    changed[name] = changed[name]._replace(row=row)
