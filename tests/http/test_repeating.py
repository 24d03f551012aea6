"""Repeating is safe: every POST of the API's own description says how, or why it need not be."""

from typing import Any

import pytest
from tests.http.conftest import API

# The member of the body, or of each item in it, that is the caller's id and makes a repeat visible.
BY_ID = {
    "create_ledger_accounts": "id",
    "create_ledger_transfers": "id",
    "meter_ads_usage": "id",
    "roll_key": "new_id",
    "say": "client_id",
    "sign_up": "id",
    "store_test_card": "id",
}
# What comes twice finds it done: a step of something that the path names, taken from a state that is left by it.
BY_STATE = {
    "accept_friend",
    "accept_payment",
    "answer_business_dispute",
    "answer_dispute",
    "answer_game_dispute",
    "approve",
    "approve_correction",
    "approve_payout",
    "buy",
    "cancel_payment",
    "cancel_purchase",
    "close_ads_account",
    "confirm_ads_hold",
    "confirm_bank_account",
    "consume",
    "decline_friend",
    "decline_payment",
    "dispute_purchase",
    "fulfil",
    "give_up_grant",
    "hold_payout",
    "pay_ads_account",
    "redeem_ads_coupon",
    "reject_correction",
    "release_payout",
    "say_arrived",
    "say_not_arrived",
    "step_up",
    "step_up_purchase",
    "withdraw_dispute",
}
EXEMPT = {
    "add_passkey": "a challenge is good once",
    "advance_clock": "only forward; `to` says where to, and is safe to repeat",
    "answer_authorization": "a second yes adds nothing to the first; each code is good for a minute",
    "begin_approval": "makes a challenge, which ends by itself",
    "begin_passkey": "makes a challenge, which ends by itself",
    "begin_passkey_sign_in": "makes a challenge, which ends by itself",
    "begin_purchase_step_up": "makes a challenge, which ends by itself",
    "begin_step_up": "makes a challenge, which ends by itself",
    "create_card_ticket": "makes a ticket, which ends by itself",
    "give_back_token": "what is given back stays so",
    "give_tokens": "a code and a refresh token are good once, as OAuth has it",
    "introspect_token": "reads",
    "look_at_authorization": "reads",
    "make_app_secret": "shown once: ask again if the answer was lost, the one before is good for a day more",
    "move_clock": "only forward; `to` says where to, and is safe to repeat",
    "open_bubble": "makes a ticket, which ends by itself",
    "open_conversation": "two people have one conversation",
    "ping_endpoint": "each is an event of its own, which is what is asked for",
    "refresh_catalogue": "reads the game's own list anew",
    "replay_events": "delivers again, which is what is asked for; events keep their ids",
    "rotate_secret": "shown once: ask again if the answer was lost, the one before signs on beside it",
    "rotate_webhook_secret": "shown once: ask again if the answer was lost, the one before signs on beside it",
    "sign_in": "each session is one of its own, and is ended in Settings",
    "sign_in_with_passkey": "a challenge is good once",
    "trigger_event": "each is an event of its own, marked as an example",
}
POSTS = {told["post"]["operationId"]: (path, told["post"]) for path, told in API["paths"].items() if "post" in told}


def test_every_post_says_how_it_is_repeated() -> None:
    """A new one is in one of the three tables, and only in one; what is gone is in none."""
    named = [*BY_ID, *BY_STATE, *EXEMPT]

    assert sorted(POSTS) == sorted(named)
    assert all(EXEMPT.values())


@pytest.mark.parametrize("name", sorted(BY_STATE))
def test_a_step_names_what_it_moves(name: str) -> None:
    """By an id in its path, so that a repeat finds the same thing."""
    assert "{" in POSTS[name][0]


@pytest.mark.parametrize("name", sorted(BY_ID))
def test_a_caller_s_id_is_in_the_body(name: str) -> None:
    """Of each item, where the body is a batch of them."""
    body = POSTS[name][1]["requestBody"]["content"]["application/json"]["schema"]

    assert BY_ID[name] in _members(body)


def _members(schema: dict[str, Any]) -> set[str]:
    """The names of an object, and of the items in its lists."""
    if "$ref" in schema:
        schema = API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found = set(schema.get("properties", ()))
    for member in schema.get("properties", {}).values():
        found |= _members(member["items"]) if member.get("type") == "array" else set()
    return found
