"""Lists: every list of the API's own description is paged by a signed cursor, or says why it needs no pages."""

from typing import Any

from tests.http.conftest import API

WHOLE = {
    "bootstrap": "the newest of each; what comes after is in the feed",
    "list_ads_accounts": "a business has few",
    "list_ads_campaigns": "at most some hundred, and their caps are looked at together",
    "list_ads_credits": "what is left of credits; used-up ones end",
    "list_approvals": "those that are live, each of which a person agreed to",
    "list_apps": "at most 20",
    "list_bank_accounts": "at most some",
    "list_blocks": "those whom one person blocked",
    "list_businesses": "those that one person belongs to",
    "list_cards": "at most some",
    "list_clocks": "there is one",
    "list_connections": "one for each app",
    "list_endpoints": "at most some",
    "list_event_types": "a table of the code",
    "list_friends": "those of one person",
    "list_game_disputes": "what waits first: the 200 that matter most, in an order that changes as they are answered",
    "list_games": "a business has few",
    "list_keys": "a business has few, and those that are over tell what was",
    "list_mandates": "one for each account and business",
    "list_members": "those of one business",
    "list_passkeys": "those of one person",
    "list_payouts": "one a half-month",
    "list_receiving": "one for each card or account",
    "list_sessions": "one for each device",
    "list_test_cards": "a table of the simulator",
    "list_testers": "those of one game",
    "query_ledger_accounts": "a filter by time, as TigerBeetle's: `timestamp_max` goes on",
    "query_ledger_transfers": "a filter by time, as TigerBeetle's: `timestamp_max` goes on",
    "read_account_balances": "a filter by time, as TigerBeetle's: `timestamp_max` goes on",
    "read_account_transfers": "a filter by time, as TigerBeetle's: `timestamp_max` goes on",
    "read_ads_delivery": "one for each campaign",
    "read_ads_history": "the latest only",
    "read_ads_spend": "a stretch of days that is asked for",
    "read_attempts": "at most ten, and those of replays",
    "read_banks": "the simulator's",
    "read_bank_statement": "of one simulated account",
    "read_catalogue": "a game's own list",
    "read_history": "by the conversation's own numbers, both ways",
    "read_overview": "thirty days",
    "read_updates": "by the feed's own numbers",
    "tally_attempts": "48 hours",
}
# A thing, not a list, though it has parts: a payment's timeline, the lines of a bill.
THINGS = {
    "prove_payment",
    "read_ads_account",
    "read_ads_bill",
    "read_ads_statement",
    "read_charge",
    "read_correction",
    "read_dispute",
    "read_endpoint",
    "read_limits",
    "read_oauth_metadata",
    "read_payment",
    "read_payout",
    "read_purchase",
    "read_reportable",
    "read_reportable_charge",
    "read_sold",
}


def _answer(told: dict[str, Any]) -> dict[str, Any]:
    """The members of what an operation answers with."""
    content = told["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    members: dict[str, Any] = API["components"]["schemas"].get(name, {}).get("properties", {})
    return members


def test_every_list_is_paged_or_says_why_not() -> None:
    """A new list is one or the other; a cursor comes with `next_cursor` and `has_more`, and is asked for by `limit`."""
    lists, paged = set(), set()
    for path in API["paths"].values():
        told, members = path.get("get", {}), _answer(path.get("get", {"responses": {}}))
        if any(one.get("type") == "array" for one in members.values()):
            lists.add(told["operationId"])
        asked = {one["name"] for one in told.get("parameters", ())}
        if "cursor" in asked:
            paged.add(told["operationId"])
            assert {"next_cursor", "has_more"} <= members.keys(), told["operationId"]
            assert "limit" in asked, told["operationId"]
            assert "cursor_invalid" in str(told["responses"]["422"]), told["operationId"]

    assert sorted(lists) == sorted([*paged, *WHOLE, *THINGS])
    assert all(WHOLE.values())
