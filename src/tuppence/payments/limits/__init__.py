"""How much somebody may still send."""

from tuppence.payments.limits.queries import access_limits, uses, view, views

__all__ = ["access_limits", "uses", "view", "views"]
