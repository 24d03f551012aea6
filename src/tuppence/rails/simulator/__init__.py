"""A card network and a handful of banks that do not exist: ISO 8583 over TCP, balances, a journal, a control port."""

from tuppence.rails.simulator.control import ControlRefused, control
from tuppence.rails.simulator.journal import JournalDamaged, JournalInUse
from tuppence.rails.simulator.server import Simulator, running, serve
from tuppence.rails.simulator.switch import posting_time

__all__ = [
    "ControlRefused",
    "JournalDamaged",
    "JournalInUse",
    "Simulator",
    "control",
    "posting_time",
    "running",
    "serve",
]
