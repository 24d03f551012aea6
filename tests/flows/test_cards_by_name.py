"""A sandbox's cards without the form: asked for by what they do."""

import asyncio
import json
import re

import pytest
from tests.flows.conftest import Newcomer, Pair, seen

from tuppence.cli.client import Refused
from tuppence.core import uuid7


async def test_a_card_is_had_by_what_it_does(newcomer: Newcomer) -> None:
    """The list tells what there is and no number; a card behaves as it is called; one that is refused says why."""
    ann, bo = await newcomer("Ann", card=None), await newcomer("Bo")
    await ann.befriend(bo)
    offered = (await ann.call("GET", "/v1/test/cards"))["cards"]
    card = await ann.call("POST", "/v1/test/cards", {"card": "not_enough_money"})
    other = await bo.call("POST", "/v1/test/cards", {"card": "everyday", "bank": "Sequoia National"})
    payment_id = await Pair(ann, bo).pay(2000)
    payment = await seen(ann, payment_id, "debit_failed")

    assert {"everyday", "not_enough_money", "no_answer_money_taken"} <= {one["card"] for one in offered}
    assert not re.search(r"\d{12}", json.dumps(offered))
    assert (True, True) == (card["can_fund"], card["kept"])
    assert "Sequoia National" == other["bank"]
    assert "insufficient_funds" == payment["decline_code"]
    for name, code, reason in (
        ("credit_card", "test_card_refused", "credit_card"),
        ("gold", "test_card_unknown", None),
    ):
        with pytest.raises(Refused) as refused:
            await ann.call("POST", "/v1/test/cards", {"card": name})
        assert (code, reason) == (refused.value.code, refused.value.problem.get("reason"))


async def test_a_test_card_is_had_once_by_an_id(newcomer: Newcomer) -> None:
    """The same request again is the same card, whoever repeats it; another body, or somebody else, has the id taken."""
    ann, bo = await newcomer("Ann", card=None), await newcomer("Bo", card=None)
    asked = {"id": str(uuid7()), "card": "everyday", "bank": "Sequoia National"}
    card = await ann.call("POST", "/v1/test/cards", asked)
    again = await asyncio.gather(*(ann.call("POST", "/v1/test/cards", asked) for _ in range(3)))

    assert [asked["id"]] * 4 == [one["id"] for one in (card, *again)]
    assert [asked["id"]] == [one["id"] for one in (await ann.call("GET", "/v1/cards"))["cards"]]
    for who, body in ((ann, asked | {"keep": False}), (bo, asked)):
        with pytest.raises(Refused) as refused:
            await who.call("POST", "/v1/test/cards", body)
        assert "id_taken" == refused.value.code
