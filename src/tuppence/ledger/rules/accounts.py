"""What opening one account means."""

from tuppence.ledger.model import ID_MAX, ZERO, Account, AccountFlags
from tuppence.ledger.rules.state import State
from tuppence.ledger.statuses import CreateAccountStatus as Status

_BOTH_LIMITS = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS
_ALL_FLAGS = _BOTH_LIMITS | AccountFlags.LINKED | AccountFlags.HISTORY | AccountFlags.IMPORTED | AccountFlags.CLOSED


def create_account(state: State, event: Account, at: int) -> Status:
    """Open an account, at a time unless it brings its own, or say why not."""
    refused = _refuse_id(state, event) or _refuse_shape(event) or _refuse_import(state, event)
    if refused:
        return refused
    state.add_account(event._replace(timestamp=event.timestamp or at))
    return Status.CREATED


def _refuse_id(state: State, event: Account) -> Status | None:
    if event.reserved:
        return Status.RESERVED_FIELD
    if event.flags & ~_ALL_FLAGS:
        return Status.RESERVED_FLAG
    if event.id == ZERO:
        return Status.ID_MUST_NOT_BE_ZERO
    if event.id == ID_MAX:
        return Status.ID_MUST_NOT_BE_INT_MAX
    known = state.accounts.get(event.id)
    return None if known is None else _compare(event, known)


def _compare(event: Account, known: Account) -> Status:
    """`exists`, or how a repeat differs from what is there. The flags are today's, CLOSED included."""
    if event.flags != known.flags:
        return Status.EXISTS_WITH_DIFFERENT_FLAGS
    if event.user_data_128 != known.user_data_128:
        return Status.EXISTS_WITH_DIFFERENT_USER_DATA_128
    if event.user_data_64 != known.user_data_64:
        return Status.EXISTS_WITH_DIFFERENT_USER_DATA_64
    if event.user_data_32 != known.user_data_32:
        return Status.EXISTS_WITH_DIFFERENT_USER_DATA_32
    if event.ledger != known.ledger:
        return Status.EXISTS_WITH_DIFFERENT_LEDGER
    if event.code != known.code:
        return Status.EXISTS_WITH_DIFFERENT_CODE
    return Status.EXISTS


def _refuse_shape(event: Account) -> Status | None:
    if event.flags & _BOTH_LIMITS == _BOTH_LIMITS:
        return Status.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    if event.debits_pending:
        return Status.DEBITS_PENDING_MUST_BE_ZERO
    if event.debits_posted:
        return Status.DEBITS_POSTED_MUST_BE_ZERO
    if event.credits_pending:
        return Status.CREDITS_PENDING_MUST_BE_ZERO
    if event.credits_posted:
        return Status.CREDITS_POSTED_MUST_BE_ZERO
    if not event.ledger:
        return Status.LEDGER_MUST_NOT_BE_ZERO
    if not event.code:
        return Status.CODE_MUST_NOT_BE_ZERO
    return None


def _refuse_import(state: State, event: Account) -> Status | None:
    """History is imported in order, and no two rows share a time."""
    if not event.flags & AccountFlags.IMPORTED:
        return None
    if event.timestamp <= state.newest_account or event.timestamp in state.transfer_times:
        return Status.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    return None
