"""A row that happens again: written once with how often and how far apart, spelled out as an EHR would send it."""

from __future__ import annotations

from typing import Any

_DAY = 24 * 60


def spelled_out(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with "times" and "every" (minutes) become that many rows; "drift" (minutes) makes them as uneven as a ward is."""
    found: list[dict[str, Any]] = []
    for row in rows:
        drift = row.get("drift", [0])
        for turn in range(row.get("times", 1)):
            later = turn * row.get("every", 0) + drift[turn % len(drift)]
            plain = {key: value for key, value in row.items() if key not in ("times", "every", "drift")}
            for end in ("start", "stop"):
                if end in plain and later:
                    plain[end] = _moved(plain[end], later)
            found.append(plain)
    return found


def _moved(written: str, minutes: int) -> str:
    day, _, time = written.rpartition(" ")
    hours, past = time.split(":")
    total = int(day or 0) * _DAY + int(hours) * 60 + int(past) + minutes
    return f"+{total // _DAY} {total % _DAY // 60:02d}:{total % 60:02d}"
