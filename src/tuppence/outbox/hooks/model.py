"""What programs of a business hear."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that a business's programs must learn. Data is thin: ids, states, amounts; no names, no notes."""

    business_id: UUID
    type: str
    subject_id: UUID
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in its place in a business's line; `at` is business time."""

    id: UUID
    business_id: UUID
    seq: int
    type: str
    subject_id: UUID
    data: dict[str, Any]
    at: datetime

    def wire(self) -> dict[str, Any]:
        """As the API shows it: what is delivered, and where it stands."""
        return {"id": self.id, "seq": self.seq, "subject_id": self.subject_id} | self.payload()

    def payload(self) -> dict[str, Any]:
        """What is delivered. Source: Standard Webhooks 1.0, "payload structure"."""
        return {"type": self.type, "timestamp": self.at, "data": {"id": self.subject_id} | self.data}
