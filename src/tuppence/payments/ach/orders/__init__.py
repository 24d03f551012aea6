"""Orders: money pulled from bank accounts and paid to them by ACH, for whoever in the house asks."""

from tuppence.payments.ach.orders.actions import CLEAR, RETRY, give_up, note, put, retry
from tuppence.payments.ach.orders.model import PURCHASE, Credit, Debit, Order
from tuppence.payments.ach.orders.queries import orders
from tuppence.payments.ach.orders.states import State

__all__ = [
    "CLEAR",
    "PURCHASE",
    "RETRY",
    "Credit",
    "Debit",
    "Order",
    "State",
    "give_up",
    "note",
    "orders",
    "put",
    "retry",
]
