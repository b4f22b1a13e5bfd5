"""What passes between the stages: a charted row with its drug known, and a service that may earn a line."""

from __future__ import annotations

from typing import NamedTuple

from coding import timeline
from coding.drugs import Drug, Found
from coding.model import Administration
from coding.timeline import Spans


class Item(NamedTuple):
    """One charted row and what is in its bag or syringe.

    actives: the drugs (or, in a plain bag, the fluid). key: the ingredients, the same for the same infusate
    (rule sequential.different-dose). fluid: nothing but fluid and standard electrolytes. kinds: those of tables/drugs.csv.
    """

    row: Administration
    actives: tuple[Found, ...]
    key: str
    name: str
    fluid: bool
    offset: int
    kinds: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The id of the administration."""
        return self.row.id

    @property
    def drug(self) -> Drug:
        """The first, mostly the only, drug."""
        return self.actives[0].drug


class Service(NamedTuple):
    """One thing given, all its rows together: the candidate for a line.

    technique: infusion, push, injection, and the rest of model.Administration. spans: when it flowed, pauses taken out.
    minutes: those spans, whole. by_time: an infusion so short that it counts as a push.
    grade: the weakest evidence of its times. cut: modifier for an infusion stopped early, or "". runs: its separate runs.
    open: its last row has no stop. site: the access site as charted on its first row that says one.
    """

    items: tuple[Item, ...]
    ids: tuple[str, ...]
    name: str
    key: str
    technique: str
    route: str
    spans: Spans
    minutes: int
    start: int
    offset: int
    grade: str = "charted"
    family: str = ""
    by_time: bool = False
    cut: str = ""
    runs: tuple[Spans, ...] = ()
    open: bool = False
    site: str = ""

    @property
    def id(self) -> str:
        """The stable id that breaks ties: that of its first row."""
        return self.ids[0]

    @property
    def drug(self) -> Drug:
        """The first drug of the infusate."""
        return self.items[0].drug

    @property
    def components(self) -> tuple[str, ...]:
        """The ingredient keys of the infusate."""
        return tuple(found.drug.key for found in self.items[0].actives)

    @property
    def when(self) -> str:
        """Its clock times in words."""
        if self.spans:
            return timeline.words(self.spans, self.offset)
        return timeline.clock(self.start, self.offset)

    def has(self, fact: str) -> bool:
        """Whether the chart says this of any of its rows."""
        return any(item.row.facts and item.row.has(fact) for item in self.items)

    def quote(self, fact: str) -> str:
        """The chart's words for a fact of any of its rows, or ""."""
        return next((item.row.quote(fact) for item in self.items if item.row.has(fact)), "")

    def reasons(self) -> tuple[str, ...]:
        """ICD-10-CM codes charted for its rows or their orders, in charted order, once each."""
        found: dict[str, None] = {}
        for item in self.items:
            for code in item.row.reasons:
                found[code] = None
            if item.row.order:
                for code in item.row.order.reason_codes:
                    found[code] = None
        return tuple(found)
