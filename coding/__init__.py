"""The coding engine: what was given, how and when, becomes billing lines with their reasons. Standard library only.

>>> from coding import Administration, Encounter, Moment, Substance, code
>>> nine = 1_770_000_000
>>> row = Administration("A1", (Substance("Infliximab"),), route="iv", technique="infusion",
...                      start=Moment(nine), stop=Moment(nine + 127 * 60))
>>> coded = code(Encounter("E1", "outpatient", administrations=(row,)))
>>> [(line.code, line.units) for line in coded.lines]
[('96365', 1), ('96366', 1)]
"""

from coding.engine import code, code_visits
from coding.model import (
    Administration,
    Coded,
    Condition,
    Encounter,
    Fact,
    Moment,
    Order,
    Procedure,
    Quantity,
    Substance,
    Waste,
)
from coding.policy import Policy, policy_for

__all__ = [
    "Administration",
    "Coded",
    "Condition",
    "Encounter",
    "Fact",
    "Moment",
    "Order",
    "Policy",
    "Procedure",
    "Quantity",
    "Substance",
    "Waste",
    "code",
    "code_visits",
    "policy_for",
]
