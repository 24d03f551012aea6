"""Every endpoint, by the room that it opens."""

from tuppence.http.routes import (
    banks,
    books,
    business_keys,
    businesses,
    cards,
    chat,
    corrections,
    documents,
    friends,
    health,
    ledger,
    payments,
    people,
    sandbox,
    sync,
)

ROUTERS = tuple(
    room.router
    for room in (
        payments,
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
        business_keys,
        sandbox,
        health,
    )
)
