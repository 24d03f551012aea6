/**
 * What an update does to what we know: old snapshot + updates = new snapshot. Pure; the order and the once-only of
 * updates is `order.ts`'s work, yet each step here may be repeated safely, since answers bring the same rows too.
 */
import type {
  BankAccount,
  Card,
  Conversation,
  Dispute,
  FriendRequest,
  Id,
  Me,
  Message,
  Payment,
  Profile,
  Tie,
  Update,
} from "../api/types.ts";
import { NO_HISTORY, type History, type State } from "./state.ts";

export interface Receipt {
  conversation_id: Id;
  person_id: Id;
  read_seq: number;
  /** Told to the reader's own devices: what is left. */
  unread?: number;
}

export function apply(state: State, update: Update): State {
  return { ...change(state, update), feed_seq: update.feed_seq };
}

/** A kind that this version does not know changes nothing here; whoever cares re-reads (see `stale.ts`). */
function change(state: State, { kind, payload }: Update): State {
  switch (kind) {
    case "conversation":
      return withConversation(state, payload as Conversation);
    case "message":
      return hear(state, payload as Message);
    case "receipt":
      return withReceipt(state, payload as Receipt);
    case "payment":
      return withPayment(state, payload as Payment);
    case "card":
      return withCard(state, payload as Card);
    case "bank":
      return withBank(state, payload as BankAccount);
    case "dispute":
      return withDispute(state, payload as Dispute);
    case "me":
      return { ...state, me: { ...state.me, ...(payload as Partial<Me>) } };
    case "friend":
      return withTie(state, payload as Tie);
    default:
      return state;
  }
}

export function withConversation(state: State, conversation: Conversation): State {
  return { ...state, conversations: { ...state.conversations, [conversation.id]: conversation } };
}

const UNREAD_MOST = 1000; // The server counts no further.

/** A message that came by the feed: the new end of its conversation, and news unless it is our own. */
function hear(state: State, message: Message): State {
  const known = withMessages(state, message.conversation_id, [message]);
  const conversation = known.conversations[message.conversation_id];
  if (!conversation) return known;
  const news = message.sender_id !== state.me.id && message.seq > conversation.read_seq;
  const unread = Math.min(conversation.unread + (news ? 1 : 0), UNREAD_MOST);
  return withConversation(known, { ...conversation, last_seq: message.seq, last_message: message, unread });
}

/** Merge messages by id: one that was revealed comes back with a later `seq` and leaves its old place. */
export function withMessages(
  state: State,
  conversation: Id,
  news: readonly Message[],
  page: Partial<History> = {},
): State {
  const history = state.histories[conversation] ?? NO_HISTORY;
  const merged = new Map(history.messages.map((message) => [message.id, message]));
  for (const message of news) if ((merged.get(message.id)?.seq ?? 0) <= message.seq) merged.set(message.id, message);
  const messages = [...merged.values()].sort((a, b) => a.seq - b.seq);
  return { ...state, histories: { ...state.histories, [conversation]: { ...history, ...page, messages } } };
}

function withReceipt(state: State, receipt: Receipt): State {
  const conversation = state.conversations[receipt.conversation_id];
  if (!conversation) return state;
  const { read_seq, unread = 0 } = receipt;
  const change = receipt.person_id === state.me.id ? { read_seq, unread } : { their_read_seq: read_seq };
  return withConversation(state, { ...conversation, ...change });
}

/** Something was said where we know of no conversation: only a new snapshot tells what it is. */
export const isStale = (state: State, { kind, payload }: Update): boolean =>
  kind === "message" && !((payload as Message).conversation_id in state.conversations);

function withTie(state: State, { person, relation, request_id, at, blocked: blocks }: Tie): State {
  const { friends, incoming, outgoing, blocked } = state.friends;
  const asks = request_id && at ? [{ id: request_id, person, at }] : [];
  const renamed = Object.values(state.conversations).find((one) => one.person.id === person.id);
  const known = renamed ? withConversation(state, { ...renamed, person: { ...renamed.person, ...person } }) : state;
  return {
    ...known,
    friends: {
      friends: placed(friends, person, relation === "friends" && !blocks),
      incoming: [...without(incoming, person), ...(relation === "asks_you" ? asks : [])],
      outgoing: [...without(outgoing, person), ...(relation === "asked" ? asks : [])],
      blocked: placed(blocked, person, blocks),
    },
  };
}

const without = (requests: readonly FriendRequest[], person: Profile) =>
  requests.filter((one) => one.person.id !== person.id);
const placed = (people: readonly Profile[], person: Profile, here: boolean) =>
  [...people.filter(({ id }) => id !== person.id), ...(here ? [person] : [])].sort((a, b) =>
    a.name.localeCompare(b.name),
  );

/** The later version wins, whichever way it came. */
export function withPayment(state: State, payment: Payment): State {
  const known = state.payments[payment.id];
  if (known && known.version > payment.version) return state;
  return { ...state, payments: { ...state.payments, [payment.id]: payment } };
}

export const withPayments = (state: State, payments: readonly Payment[]): State => payments.reduce(withPayment, state);

export function withCard(state: State, card: Card): State {
  const others = state.cards.filter((one) => one.id !== card.id);
  if (card.state === "removed") return { ...state, cards: others };
  // At most one card pays and one receives: a new default takes the place of the old one.
  const rest = others.map((one) => ({
    ...one,
    pays: one.pays && !card.pays,
    receives: one.receives && !card.receives,
  }));
  return {
    ...state,
    bank_accounts: card.receives ? state.bank_accounts.map((one) => ({ ...one, receives: false })) : state.bank_accounts,
    cards: state.cards.some((one) => one.id === card.id) ? inPlace(state.cards, rest, card) : [...rest, card],
  };
}

function inPlace(order: readonly Card[], rest: readonly Card[], card: Card): Card[] {
  return order.map((one) => (one.id === card.id ? card : rest.find((other) => other.id === one.id)!));
}

/** Money is received on one thing: an account that receives takes that from cards and from other accounts. */
/** The higher version stands, however often or late it comes. */
export function withDispute(state: State, dispute: Dispute): State {
  const known = state.disputes[dispute.id];
  if (known && known.version >= dispute.version) return state;
  return { ...state, disputes: { ...state.disputes, [dispute.id]: dispute } };
}

export function withBank(state: State, account: BankAccount): State {
  if (account.state === "removed") return withoutBank(state, account.id);
  const others = account.receives
    ? state.bank_accounts.map((one) => ({ ...one, receives: false }))
    : state.bank_accounts;
  const known = others.some((one) => one.id === account.id);
  return {
    ...state,
    cards: account.receives ? state.cards.map((one) => ({ ...one, receives: false })) : state.cards,
    bank_accounts: known ? others.map((one) => (one.id === account.id ? account : one)) : [...others, account],
  };
}

export const withoutBank = (state: State, id: Id): State => ({
  ...state,
  bank_accounts: state.bank_accounts.filter((one) => one.id !== id),
});
