"""A message field by field, for people. Masked unless somebody asks otherwise by name, and where nobody logs it."""

from tuppence.rails.card.codec import MASK, Message
from tuppence.rails.card.spec import FIELDS


def dump(message: Message, *, masked: bool = True) -> str:
    """One line a data element: number, name, value. Masked values tell their length, for that is often the fault."""
    lines = [f"{'':>4}  {'message type':<32.32}  {message.mti}"]
    for number, text in sorted(message.fields.items()):
        known = FIELDS.get(number)
        hidden = masked and not (known and known.shown)
        name = known.name if known else "not of this dialect"
        lines.append(f"{number:>4}  {name:<32.32}  {f'{MASK} ({len(text)})' if hidden else text}")
    return "\n".join(lines)
