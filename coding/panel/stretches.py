"""A question cut into stretches: at commas, "and", "with", full stops, and at words of order between two drugs."""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.said import DRUG, SEPARATOR, Token

LATER, THEN = "later", "then"
FAR = 24  # letters that "no" reaches forward


class Stretch(NamedTuple):
    """Tokens between two cuts. join: what stands before it (with, and, or punctuation)."""

    join: str
    tokens: tuple[Token, ...]

    def of(self, kind: str) -> list[Token]:
        """Its tokens of one kind."""
        return [one for one in self.tokens if one.kind == kind]


def stretches(found: tuple[Token, ...]) -> list[Stretch]:
    """The stretches of a question, left to right, without what it denies ("no premeds")."""
    result: list[Stretch] = []
    join, rest = "", list[Token]()
    for one in _affirmed(found):
        if one.kind in (SEPARATOR, "join"):
            if rest:
                result.append(Stretch(join, tuple(rest)))
                join, rest = "", []
            join = one.value if join in ("", "and", ",") or one.kind == "join" else join
        else:
            rest.append(one)
    if rest:
        result.append(Stretch(join, tuple(rest)))
    parts: list[Stretch] = []
    for place, stretch in enumerate(result):
        later = {drug.value for other in result[place + 1 :] for drug in other.of(DRUG)}
        parts += _at_relations(stretch, later)
    return parts


def _affirmed(found: tuple[Token, ...]) -> list[Token]:
    """Without the drugs that "no" or "without" denies, and what is said of them up to the next cut."""
    kept: list[Token] = []
    denied = -1
    for one in found:
        if one.kind == "negation":
            denied = one.last
        elif one.kind == SEPARATOR:
            denied = -1
            kept.append(one)
        elif denied >= 0 and one.first - denied <= FAR and one.kind in (DRUG, "technique", "route", "mark", "join"):
            denied = one.last
        else:
            kept.append(one)
    return kept


def _at_relations(stretch: Stretch, later: set[str]) -> list[Stretch]:
    """A stretch with drugs on both sides of a relation is two: "benadryl push before remicade".

    later: drugs that are named again further on. Where the right one is, it is only a landmark here, and all that follows
    it belongs to the left one: "ns before kyprolis 1230-1310, kyprolis 1310-1320".
    """
    drugs = stretch.of(DRUG)
    for place, one in enumerate(stretch.tokens):
        if one.kind != "relation":
            continue
        left = [drug for drug in drugs if drug.last <= one.first]
        right = [drug for drug in drugs if drug.first >= one.last]
        if left and len(right) == 1 and right[0].value in later and one.value not in (THEN, LATER):
            return [stretch._replace(tokens=tuple(token for token in stretch.tokens if token is not right[0]))]
        cut = place if one.value in (THEN, LATER) else place + 1
        follows = one.value == THEN and left and place + 1 < len(stretch.tokens)
        if ((left and right) or follows) and cut > 0:
            return [
                Stretch(stretch.join, stretch.tokens[:cut]),
                *_at_relations(Stretch("", stretch.tokens[cut:]), later),
            ]
    return [stretch]
