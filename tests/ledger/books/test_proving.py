"""A payment's proof convinces somebody who has the operator's key and nothing else, and any change to it is found."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.books.conftest import Kept

from tuppence.core import uuid7
from tuppence.ledger import books, chart
from tuppence.ledger.model import Expiry
from tuppence.ledger.proof import receipt
from tuppence.ledger.proof.statement import canonical, public_text, sign


async def proof(kept: Kept, name: str, *accounts: UUID) -> dict[str, Any]:
    """As it travels: written and read again."""
    async with kept.database.transaction(read_only=True) as tx:
        return dict(json.loads(canonical(await books.prove(tx, kept.payments[name], accounts))))


async def test_every_payment_is_proven_with_all_its_steps(kept: Kept) -> None:
    """Delivered, let go, lapsed, parked or in transit: each entry is in the tree, what lapsed included."""
    await kept.state()
    steps = {name: receipt.verify(await proof(kept, name), kept.public).entries for name in kept.payments}

    assert {"delivered": 3, "let go": 3, "lapsed": 3, "parked": 2, "waiting": 1} == {
        name: len(entries) for name, entries in steps.items()
    }
    assert isinstance(steps["lapsed"][-1], Expiry)


async def test_what_is_owed_is_shown_to_be_counted(kept: Kept) -> None:
    """Money in transit is counted as this payment's; parked money as its owner's, shown to its owner alone."""
    await kept.state()
    parked = chart.personal("parked", kept.person, "USD")
    owed = {
        name: [item.amount_minor for _, item in receipt.verify(await proof(kept, name, parked), kept.public).owed]
        for name in ("waiting", "delivered")
    }

    assert {"waiting": [99, 450], "delivered": [450]} == {name: sorted(some) for name, some in owed.items()}
    assert [] == receipt.verify(await proof(kept, "delivered"), kept.public).owed


async def test_what_is_not_signed_for_is_not_proven_yet(kept: Kept) -> None:
    """Nothing booked, nothing sealed, sealed but not stated, and stated but moved on since are told apart."""
    kept.payments["never"] = uuid7()
    with pytest.raises(books.NothingBooked):
        await proof(kept, "never")
    with pytest.raises(books.NotSealedYet):
        await proof(kept, "waiting")
    await books.seal_all(kept.database)
    with pytest.raises(books.NotSealedYet):
        await proof(kept, "waiting")
    await kept.state()
    receipt.verify(await proof(kept, "waiting"), kept.public)
    await kept.pay(1, kept.payments["waiting"])
    with pytest.raises(books.NotSealedYet) as refused:
        await proof(kept, "waiting")

    assert 1 <= refused.value.facts["retry_after_seconds"] <= 10


async def test_a_later_statement_is_shown_to_continue_the_closed_day(kept: Kept) -> None:
    """With a closed day behind it the document says that nothing of that day was changed since."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await books.keep_up(kept.database, kept.key, tomorrow)
    await kept.pay(5, kept.payments["waiting"])
    await kept.state(tomorrow)
    document = await proof(kept, "waiting")
    verified = receipt.verify(document, kept.public)
    assert verified.since is not None
    assert verified.since["closes_day"]
    rewritten = deepcopy(document)
    forged = rewritten["since"]["statement"]["statement"]
    forged["entries"]["root"] = "00" * 32
    rewritten["since"]["statement"] = sign(forged, kept.key).wire()

    with pytest.raises(receipt.Broken, match="not a continuation"):
        receipt.verify(rewritten, kept.public)


async def test_no_byte_can_be_changed(kept: Kept) -> None:
    """Every byte of the document, replaced by each of several others, is found or does not change what it says."""
    await kept.state()
    document = await proof(kept, "waiting", chart.personal("parked", kept.person, "USD"))
    raw, passed = canonical(document), []
    for place in range(len(raw)):
        for other in {raw[place] ^ 1, raw[place] ^ 4, raw[place] ^ 32, ord("0"), ord("e"), ord(" ")} - {raw[place]}:
            spoilt = raw[:place] + bytes([other]) + raw[place + 1 :]
            try:
                receipt.verify(json.loads(spoilt), kept.public)
            except (receipt.Broken, ValueError):
                continue
            passed.append(spoilt)

    assert [] == passed


async def test_another_operators_proof_is_refused(kept: Kept) -> None:
    """A document that is whole, but signed by another key, proves nothing; nor does one that was signed anew."""
    await kept.state()
    document = await proof(kept, "waiting")
    other = Ed25519PrivateKey.generate()
    resigned = deepcopy(document)
    resigned["statement"] = sign(document["statement"]["statement"], other).wire()

    for one, key in ((document, public_text(other)), (resigned, kept.public), (resigned, public_text(other))):
        with pytest.raises(receipt.Broken, match="not signed by this key"):
            receipt.verify(one, key)


async def test_a_proof_is_of_one_payment(kept: Kept) -> None:
    """Entries of another payment cannot be passed off as this one's, nor can a proof prove nothing."""
    await kept.state()
    document, other = await proof(kept, "waiting"), await proof(kept, "lapsed")
    for entries, said in ((other["entries"], "another payment"), ([], "nothing is proven")):
        with pytest.raises(receipt.Broken, match=said):
            receipt.verify(document | {"entries": entries}, kept.public)


async def test_a_statement_that_owes_too_little_is_refused_though_signed(kept: Kept) -> None:
    """An operator who signs for less than its accounts hold of people's money, or for books that do not balance."""
    signed = await kept.state()
    low, lame = deepcopy(signed.document), deepcopy(signed.document)
    low["liabilities"][0]["sum_minor"] -= 1
    lame["trial_balance"][0]["debits_posted"] += 1

    for document, said in ((low, "is owed"), (lame, "debits differ")):
        with pytest.raises(receipt.Broken, match=said):
            receipt.signed(sign(document, kept.key).wire(), kept.public, "statement")


_SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5)
JSON = st.recursive(_SCALARS, lambda some: st.lists(some) | st.dictionaries(st.text(max_size=5), some), max_leaves=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_a_strangers_file_is_refused_in_plain_words(kept: Kept, data: st.DataObject) -> None:
    """Whatever stands in the place of any member, or instead of all, is said to be broken and crashes nothing."""
    await kept.state()
    document = await proof(kept, "waiting", chart.personal("parked", kept.person, "USD"))
    path = data.draw(st.sampled_from(list(places(document))))
    spoilt = put(document, path, data.draw(JSON))
    if spoilt == document:
        return

    with pytest.raises(receipt.Broken):
        receipt.verify(spoilt, kept.public)
    with pytest.raises(receipt.Broken):
        receipt.verify_statement(data.draw(JSON), kept.public)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, the whole first."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from places(one, (*path, name))


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """The document with another value in one place."""
    if not path:
        return other
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], other)
    return copied
