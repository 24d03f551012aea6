"""Every endpoint, by the room that it opens."""

from tuppence.http.routes import (
    apps,
    banks,
    books,
    bubbles,
    business_keys,
    businesses,
    cards,
    chat,
    connections,
    corrections,
    disputes,
    documents,
    friends,
    game_money,
    games,
    health,
    ledger,
    oauth,
    payments,
    people,
    purchases,
    sandbox,
    sync,
)

ROUTERS = tuple(
    room.router
    for room in (
        payments,
        disputes,
        documents,
        chat,
        sync,
        people,
        friends,
        cards,
        banks,
        books,
        ledger,
        corrections,
        businesses,
        apps,
        business_keys,
        connections,
        oauth,
        bubbles,
        game_money,  # before games: its paths are words where theirs are ids
        purchases,
        games,
        sandbox,
        health,
    )
)
