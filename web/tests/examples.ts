/** Values to test with: each says what it is about and takes the rest from here. */
import type { Card, Limits, Message, Payment, Profile } from "../src/lib/api/types.ts";
import type { State } from "../src/lib/feed/state.ts";

export const ME = "ann";
export const BO = "bo";
export const CHAT = "chat-1";

export const person = (id: string, name: string): Profile => ({ id, handle: id, name, hue: 20 });

export const aMessage = (about: Partial<Message>): Message => ({
  id: `message-${about.seq ?? 1}`,
  conversation_id: CHAT,
  seq: 1,
  sender_id: BO,
  client_id: `client-${about.seq ?? 1}`,
  kind: "text",
  body: "hello",
  ref_kind: null,
  ref_id: null,
  at: "2026-11-24T12:00:00Z",
  ...about,
});

export const aPayment = (about: Partial<Payment>): Payment => ({
  id: "payment-1",
  version: 1,
  conversation_id: CHAT,
  payer: person(ME, "Ann"),
  payee: person(BO, "Bo"),
  viewer: "payer",
  amount_minor: 2000,
  currency: "USD",
  note: "",
  state: "created",
  cause: null,
  dispute: "none",
  created_at: "2026-11-24T12:00:00Z",
  updated_at: "2026-11-24T12:00:00Z",
  undo_until: null,
  step_up: null,
  expires_at: null,
  next_update_at: null,
  decline_code: null,
  funding: { brand: "visa", last4: "9876", bank: "Maple Credit Union" },
  receiving: null,
  arrival: null,
  late: false,
  approval: null,
  trace: null,
  can: [],
  timeline: [],
  ...about,
});

export const aCard = (about: Partial<Card>): Card => ({
  id: "card-1",
  brand: "visa",
  funding: "debit",
  last4: "9876",
  exp_month: 4,
  exp_year: 2029,
  bank: "Maple Credit Union",
  state: "active",
  can_fund: true,
  can_receive: true,
  fast_funds: false,
  kept: true,
  pays: false,
  receives: false,
  ...about,
});

export const LIMITS: Limits = {
  currency: "USD",
  per_payment_minor: 30_000,
  windows: [
    { name: "day", cap_minor: 30_000, used_minor: 2000, room_minor: 28_000, again_at: "2026-11-25T12:00:00Z" },
    { name: "week", cap_minor: 100_000, used_minor: 2000, room_minor: 98_000, again_at: null },
  ],
};

export const aState = (): State => ({
  feed_seq: 0,
  me: { ...person(ME, "Ann"), locale: "en", has_pin: true, link: "", qr_svg: "" },
  conversations: {
    [CHAT]: {
      id: CHAT,
      person: person(BO, "Bo"),
      last_message: null,
      unread: 0,
      read_seq: 0,
      their_read_seq: 0,
      their_delivered_seq: 0,
      last_seq: 0,
    },
  },
  histories: {},
  payments: {},
  cards: [],
  bank_accounts: [],
  disputes: {},
  friends: { friends: [], incoming: [], outgoing: [], blocked: [] },
  limits: LIMITS,
  sandbox: null,
});
