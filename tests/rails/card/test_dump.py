"""A message shown to people: what belongs to a card is masked unless asked for by name."""

from tests.simulation.canary import disguises

from tuppence.app.custody import shown
from tuppence.core import uuid7
from tuppence.rails.card import dialect
from tuppence.rails.card.codec import Message, pack
from tuppence.rails.card.dialect import Acquirer
from tuppence.rails.card.dump import dump
from tuppence.rails.card.framing import framed
from tuppence.rails.card.link import Stamps
from tuppence.vault.network import Card, Check, Financial, Movement, Secret

NUMBER, CVV, ZIP = "4000110000000017", "737", "10001"
CARD = Card(Secret(NUMBER), 12, 2035)


def messages() -> list[Message]:
    """Every kind that carries a card."""
    stamp, who = Stamps(1).next(), Acquirer()
    pay = Financial(uuid7(), Movement.DEBIT, 2000, "USD", stamp, uuid7(), CARD)
    return [dialect.financial(pay, who), dialect.check(Check(CARD, Secret(CVV), Secret(ZIP), "USD"), stamp, who)]


def test_a_dump_is_masked_by_default() -> None:
    """Number, expiry, code and ZIP are not in it in any disguise; their places and lengths are."""
    for message in messages():
        shown = dump(message)

        assert not any(one in shown.encode() for one in disguises(NUMBER).values())
        assert "3512" not in shown
        assert f"92{len(CVV):02d}{CVV}" not in shown
        assert "primary account number            ••• (16)" in shown
        assert message.mti in shown


def test_unmasked_it_shows_what_was_sent() -> None:
    """Asked for by name, every data element is there: the seeded find, so that the masked one proves something."""
    for message in messages():
        shown = dump(message, masked=False)

        assert NUMBER in shown
        assert all(text.strip() in shown for text in message.fields.values())


def test_a_field_of_no_dialect_is_masked() -> None:
    """What the spec does not know may be anything."""
    shown = dump(Message("0200", {2: NUMBER, 127: NUMBER}))

    assert NUMBER not in shown
    assert "127  not of this dialect" in shown


def test_the_command_shows_a_message_or_names_the_field() -> None:
    """`tuppence vault message`: framed or not, masked; a damaged one is refused with the path and without the data."""
    raw = pack(messages()[0])
    broken = raw.replace(NUMBER.encode(), NUMBER[:-1].encode() + b"x")

    framed_code, framed_text = shown(framed(raw))
    code, text = shown(raw)
    bad_code, bad_text = shown(broken)

    assert (0, 0, framed_text) == (framed_code, code, text)
    assert (1, True, False) == (bad_code, bad_text.startswith("0200.2:"), NUMBER[:-1] in bad_text)
