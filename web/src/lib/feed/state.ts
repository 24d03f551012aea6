/** What this device knows: one snapshot, kept true by updates. Plain data, no behaviour. */
import type {
  BankAccount,
  Bootstrap,
  Card,
  Conversation,
  Dispute,
  Friends,
  Id,
  Limits,
  Me,
  Message,
  Payment,
  Sandbox,
} from "../api/types.ts";

export interface History {
  /** In order of `seq`, from the oldest that was read to the newest. */
  readonly messages: readonly Message[];
  /** The newest page was read, so nothing is missing between these and the end. */
  readonly read: boolean;
  /** Nothing older exists. */
  readonly complete: boolean;
}

export interface State {
  readonly feed_seq: number;
  readonly me: Me;
  readonly conversations: Readonly<Record<Id, Conversation>>;
  readonly histories: Readonly<Record<Id, History>>;
  readonly payments: Readonly<Record<Id, Payment>>;
  readonly cards: readonly Card[];
  readonly bank_accounts: readonly BankAccount[];
  /** Those that were read or told of since; a receipt reads its own. */
  readonly disputes: Readonly<Record<Id, Dispute>>;
  readonly friends: Friends;
  readonly limits: Limits;
  readonly sandbox: Sandbox | null;
}

export const NO_HISTORY: History = { messages: [], read: false, complete: false };

export const byId = <T extends { id: Id }>(items: readonly T[]): Record<Id, T> =>
  Object.fromEntries(items.map((item) => [item.id, item]));

/** A fresh snapshot knows no history: between what was read before and its last message there may be a hole. */
export function fromBootstrap(answer: Bootstrap): State {
  return {
    feed_seq: answer.feed_seq,
    me: answer.me,
    conversations: byId(answer.conversations),
    histories: {},
    payments: byId(answer.payments),
    cards: answer.cards,
    bank_accounts: answer.bank_accounts,
    disputes: {},
    friends: answer.friends,
    limits: answer.limits,
    sandbox: answer.sandbox,
  };
}
