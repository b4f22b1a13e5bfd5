"""Stage: an order that is marked as none in force raises a question and takes no line away (rule documentation.order)."""

from __future__ import annotations

from collections.abc import Iterable

from coding.checklist_table import ORDERS, UNREAD
from coding.log import Log
from coding.model import UNKNOWN
from coding.service import Item

WOULD_CHANGE = "The signed order that it was given under."


def ask_orders(items: Iterable[Item], log: Log) -> None:
    """One question for each order behind something given that is a draft, a proposal, cancelled or entered in error."""
    doubted: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        order = item.row.order
        if order is not None and order.status in ORDERS and order.status != UNREAD:
            doubted.setdefault((order.id, ORDERS[order.status].says), []).append(item)
    for (id, marked), rows in doubted.items():
        names = " and ".join(dict.fromkeys(item.name for item in rows))
        says = f"{names}: order {id} is {marked}, so it does not show that the drug was ordered."
        log.problem("ORDER_IN_DOUBT", rows[0].id, says, WOULD_CHANGE, ("documentation.order",))
        log.step("documentation.order", UNKNOWN, says, "", WOULD_CHANGE, tuple(item.id for item in rows))
