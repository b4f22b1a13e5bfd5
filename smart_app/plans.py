"""How long a text plans something to run, in minutes. A plan is never a stop (rule documentation.derived-stop)."""

from __future__ import annotations

import re
from functools import lru_cache

from smart_app.quantities import minutes_per
from smart_app.wordlists import either, table

_PLAN = table("phrases")["plan"]
_ABOUT: tuple[str, ...] = tuple(_PLAN["about"])
_SAY = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PLAN["say"])
_PUMP = re.compile(_PLAN["pump"], re.IGNORECASE)
_PUMP_SAY = _SAY + tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PLAN["pump_say"])
_UNLESS = either(_PLAN["unless"])
_SHORT_HOUR = "st"


@lru_cache(maxsize=32_768)
def planned_minutes(text: str) -> int | None:
    """Minutes that a text expects ("over 90 minutes", "46 h at home"), the longer end of a range, or None."""
    lowered = text.lower()
    if not any(word in lowered for word in _ABOUT) or _UNLESS.search(text):
        return None
    for pattern in _PUMP_SAY if _PUMP.search(text) else _SAY:
        found = pattern.search(text)
        if found is None:
            continue
        said = found.groupdict()
        name = said["unit"].rstrip(".").lower()
        factor = 24 * 60 if name.startswith("day") else minutes_per("h" if name.startswith(_SHORT_HOUR) else name, None)
        if factor is None:
            continue
        total = float(said["value"].replace(",", ".")) * factor + float(said.get("more") or 0)
        return int(total) or None
    return None
