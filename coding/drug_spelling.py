"""The nearest known word to a misspelled one, or none where two drugs are near (look-alike names are never guessed)."""

from __future__ import annotations

from collections.abc import Mapping, Set

SHORTEST = 6
LONG = 12


def allowed(word: str) -> int:
    """How many slips of the pen a word may hold: none under six letters, one under twelve, else two."""
    return 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, change or swap with the next, counted no further than most + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1]


class Vocabulary:
    """Known words with the ingredients whose names hold them. closed: words that stand in the way but are never the answer."""

    def __init__(self, keys: Mapping[str, Set[str]], closed: Set[str] = frozenset()) -> None:
        self._keys = keys
        self._closed = closed
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(keys):
            if len(word) >= SHORTEST and word.isalpha():
                self._by_letter.setdefault(word[0], []).append(word)

    def nearest(self, word: str) -> tuple[str, tuple[str, ...]]:
        """(the one known word within reach, ()) or ("", ingredients as near); ("", ()) for a known or far word.

        A rival one slip further off than the best still makes it ambiguous.
        """
        most = allowed(word)
        if not most or word in self._keys:
            return "", ()
        near: dict[str, int] = {}
        for known in self._by_letter.get(word[0], ()):
            slips = distance(word, known, most + 1)
            if slips <= most + 1:
                near[known] = slips
        best = min(near.values(), default=most + 1)
        if best > most:
            return "", ()
        close = [known for known, slips in near.items() if slips <= best + 1]
        winner = min(close, key=lambda known: (near[known], known))
        mine = self._keys[winner]
        if winner not in self._closed and all(known == winner or self._keys[known] & mine for known in close):
            return winner, ()
        return "", tuple(sorted({key for known in close for key in self._keys[known]}))
