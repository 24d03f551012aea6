"""Four friends for the demo: everything through the public API, and nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from tuppence.cli.client import Friend, Refused
from tuppence.settings import Settings

PASSWORD = "two-pence-each"  # noqa: S105 - of made-up people in a sandbox
PIN = "4271"
DEVICE = "Demo"


@dataclass(frozen=True)
class Seed:
    """Somebody to be, and which test card is theirs."""

    name: str
    handle: str
    bank: str


ANN, BO, CHLOE, DAN = SEEDS = (
    Seed("Ann Lee", "ann.lee", "Maple Credit Union"),
    Seed("Bo Berg", "bo.berg", "Juniper Bank"),
    Seed("Chloé Roy", "chloe.roy", "Sequoia National"),
    Seed("Dan Diaz", "dan.diaz", "Prairie State Bank"),
)
_GOOD_LABELS = ("Everyday", "Next morning", "Slow-posting")
_TALKS: Sequence[tuple[Seed, Seed, Sequence[tuple[Seed, str]]]] = (
    (ANN, DAN, ((DAN, "Climbing on Saturday? I have a spare rope."), (ANN, "Yes! I'll bring lunch."))),
    (CHLOE, ANN, ((CHLOE, "On va au marché dimanche ?"), (ANN, "Oui, à dix heures."))),
    (
        ANN,
        BO,
        (
            (BO, "The ramen was so good."),
            (ANN, "It was. You paid for both of us, didn't you?"),
            (BO, "I did. Twenty covers your half."),
            (ANN, "Sending it now."),
        ),
    ),
)


async def plant(settings: Settings) -> dict[str, Friend]:
    """The four of them, signed in, by handle. Whatever is there already is left as it is."""
    friends = {seed: device_of(seed, settings) for seed in SEEDS}
    if await _all_there(friends[ANN]):
        for friend in list(friends.values())[1:]:
            await friend.sign_in(PASSWORD, DEVICE)
    else:
        for seed, friend in friends.items():
            await settle(seed, friend)
        await _befriend_all(list(friends.values()))
        for one, other, lines in _TALKS:
            await _talk(friends, one, other, lines)
    return {seed.handle: friend for seed, friend in friends.items()}


def device_of(seed: Seed, settings: Settings) -> Friend:
    address = f"http://{settings.host}:{settings.port}"
    acquirer = settings.acquirer_api if settings.vault_mode == "token" else None
    return Friend(address, settings.vault_api_url, seed.name, seed.handle, acquirer_address=acquirer)


async def _all_there(ann: Friend) -> bool:
    """Ann's last talk is the last thing planted."""
    try:
        await ann.sign_in(PASSWORD, DEVICE)
    except Refused:
        return False
    talks = (await ann.call("GET", "/v1/sync/bootstrap"))["conversations"]
    return len([talk for talk in talks if talk["last_message"]]) >= len(_TALKS)


async def settle(seed: Seed, friend: Friend) -> None:
    """An account, a PIN, a card."""
    try:
        await friend.sign_up(PASSWORD, DEVICE)
    except Refused:
        await friend.sign_in(PASSWORD, DEVICE)
    if not (await friend.call("GET", "/v1/me"))["has_pin"]:
        await friend.call("PUT", "/v1/me/pin", {"pin": PIN, "password": PASSWORD})
    if not (await friend.call("GET", "/v1/cards"))["cards"]:
        await friend.add_card(await card_of(friend, seed.bank, _GOOD_LABELS))


async def card_of(friend: Friend, bank: str | None, labels: Sequence[str]) -> dict[str, object]:
    """A test card that the form offers, by its bank and what it does."""
    for card in await friend.test_cards():
        if card["label"] in labels and bank in (None, card["bank"]):
            return card
    raise LookupError(f"the sandbox has no such card: {bank}, {labels}")


async def _befriend_all(friends: list[Friend]) -> None:
    for n, friend in enumerate(friends):
        known = {one["handle"] for one in (await friend.call("GET", "/v1/friends"))["friends"]}
        for other in friends[n + 1 :]:
            if other.handle not in known:
                await friend.befriend(other)


async def _talk(friends: dict[Seed, Friend], one: Seed, other: Seed, lines: Sequence[tuple[Seed, str]]) -> None:
    first = lines[0][0]  # a conversation is the opener's alone until the first message
    conversation = await friends[first].talk_to(friends[other if first is one else one])
    for who, text in lines:
        await friends[who].say(conversation, text)
