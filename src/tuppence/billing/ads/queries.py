"""Reading advertisers' accounts."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tuppence.billing.ads.errors import AdsAccountNotFound, CampaignNotFound
from tuppence.billing.ads.model import Account, Campaign, Cycle
from tuppence.db import Statements, Tx

SQL = Statements(__package__)


async def accounts_by_id(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Account]:
    return {one.id: one for one in await tx.fetch(SQL.accounts, Account, ids=list(ids))}


async def access_account(tx: Tx, business_id: UUID, account_id: UUID) -> Account:
    """A business's own account. Raises: AdsAccountNotFound."""
    found = await accounts_by_id(tx, [account_id])
    if account_id not in found or found[account_id].business_id != business_id:
        raise AdsAccountNotFound
    return found[account_id]


async def access_accounts(tx: Tx, business_id: UUID) -> list[Account]:
    """Every account of a business, the oldest first."""
    return await tx.fetch(SQL.accounts_of_business, Account, business_id=business_id)


async def campaigns_of(tx: Tx, account_id: UUID) -> list[Campaign]:
    return await tx.fetch(SQL.campaigns_of, Campaign, account_id=account_id)


async def campaigns_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Campaign]:
    return {one.id: one for one in await tx.fetch(SQL.campaigns, Campaign, ids=list(ids))}


async def access_campaign(tx: Tx, account_id: UUID, campaign_id: UUID) -> Campaign:
    """A campaign of an account. Raises: CampaignNotFound."""
    found = await campaigns_by_id(tx, [campaign_id])
    if campaign_id not in found or found[campaign_id].account_id != account_id:
        raise CampaignNotFound
    return found[campaign_id]


async def sole_methods(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Those of these cards, each with its person, that alone pay for an account with something unpaid."""
    found = await tx.scalars(
        SQL.sole_methods, card_id=[card for card, _ in pairs], person_id=[person for _, person in pairs]
    )
    return set(found)


async def cycles_of(tx: Tx, account_id: UUID) -> list[Cycle]:
    """Every cycle of an account, in order."""
    return await tx.fetch(SQL.cycles_of_accounts, Cycle, accounts=[account_id])
