"""Why a drug that was given has no line, collected so that a visit asks once for each kind (rule drug.units)."""

from __future__ import annotations

from coding.drugs import Drug
from coding.log import Log

_RULES = ("drug.units",)
_NEVER_BILLED = ("flush",)


class Gaps:
    """Names of drugs by what keeps them from a line, in the order in which they arise. A Gaps lives inside one coding.

    undosed: what is charted of the dose; premixed, supplied: the words that say so.
    """

    __slots__ = ("premixed", "supplied", "uncoded", "undosed")

    def __init__(self) -> None:
        self.undosed: dict[str, str] = {}
        self.uncoded: dict[str, None] = {}
        self.premixed: dict[str, str] = {}
        self.supplied: dict[str, tuple[str, str]] = {}

    def no_code(self, drug: Drug) -> None:
        """A drug of the tables without a billing code; an unknown drug has a question of its own."""
        if drug.known and drug.kind not in _NEVER_BILLED:
            self.uncoded[drug.name] = None

    def ask(self, log: Log) -> None:
        """One problem for each kind."""
        if self.undosed:
            names = ", ".join(f"{name} ({said})" if said else name for name, said in self.undosed.items())
            log.problem(
                "DOSE_MISSING",
                "",
                f"No dose that can be counted is charted for {names}; there is no drug line for it.",
                "The dose given, in mg, g, mcg or units.",
                _RULES,
            )
        if self.premixed:
            names = ", ".join(f'{name.partition(" (")[0]} ("{said}")' for name, said in self.premixed.items())
            log.problem(
                "ELECTROLYTE_IN_FLUID",
                "",
                f"{names}: how much was added to the fluid, or that it came in the bag, is not charted; there is no drug line for it.",
                "The amount that was added to the bag, or that the bag came mixed from its maker.",
                _RULES,
            )
        for name, (resource, said) in self.supplied.items():
            log.problem(
                "DRUG_SUPPLY",
                resource,
                f'{name} was not from your own stock by the chart ("{said}"); there is no drug line for it.',
                "Whose drug it was, where it was yours.",
                _RULES,
            )
        if self.uncoded:
            log.problem(
                "HCPCS_UNKNOWN",
                "",
                f"No HCPCS code is loaded for {', '.join(self.uncoded)}; there is no drug line for it.",
                "The code of the drug, where it is billed apart.",
                _RULES,
            )
