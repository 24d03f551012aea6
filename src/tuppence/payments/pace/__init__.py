"""How fast each bank really posts: noted from what people tap, and promised from then on."""

from tuppence.payments.pace.model import Kept, Lags, Noted
from tuppence.payments.pace.queries import lags_of, note, promises
from tuppence.payments.pace.rules import learn, noted, prior

__all__ = ["Kept", "Lags", "Noted", "lags_of", "learn", "note", "noted", "prior", "promises"]
