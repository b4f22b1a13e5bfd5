"""Charts that somebody damaged: any part of a chart may be anything, and the answer is still an answer."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coding.engine import code_visits
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from smart_app.export import as_json
from smart_app.words import page

EXAMPLE = json.loads(
    (Path(__file__).parent.parent / "smart_app" / "examples" / "infliximab.json").read_text(encoding="utf-8")
)
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-10, 10**9), st.floats(allow_nan=False), st.text(max_size=8),
    st.just([]), st.just({}), st.just([{}]),
    st.sampled_from(("2026-11-10", "2026-11-10T09:00:00", "2026-13-40T99:00:00Z", "#nothing", "Encounter/none", "mL", "NaN")),
)  # fmt: skip


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(node, dict):
        for key, value in node.items():
            found += _places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += _places(value, (*path, index))
    return found


PLACES = [place for place in _places(EXAMPLE) if len(place) > 3]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=4))
def test_a_damaged_chart_is_answered_and_no_administration_vanishes(damage: list[tuple[tuple[Any, ...], Any]]) -> None:
    bundle = copy.deepcopy(EXAMPLE)
    for place, junk in damage:
        node = bundle
        try:
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue
    chart = read_bundle(bundle)
    answers = with_chart(chart, code_visits(chart.encounters))
    for encounter, coded in zip(chart.encounters, answers, strict=True):
        json.dumps(as_json(coded, chart.bundle))
        assert page(encounter, coded, chart.bundle)
    listed = {one.resource for coded in answers for one in coded.not_billed}
    listed |= {id for coded in answers for line in coded.lines for id in line.administrations}
    listed |= {resource for resource, _ in chart.unread}
    given_ids = {
        entry["resource"]["id"]
        for entry in bundle["entry"]
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
        and entry["resource"].get("resourceType") == "MedicationAdministration" and isinstance(entry["resource"].get("id"), str)
        and entry["resource"]["id"]
    }  # fmt: skip
    assert given_ids <= {resource.removeprefix("MedicationAdministration/") for resource in listed}
