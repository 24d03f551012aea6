/** The nouns of the HTTP API as this app reads them. Amounts are integers of minor units; instants are ISO 8601. */
export type Id = string;
export type Instant = string;

export interface Profile {
  id: Id;
  handle: string;
  name: string;
  hue: number;
  relation?: "none" | "asked" | "asks_you" | "friends" | "you";
}

export interface Me {
  id: Id;
  handle: string;
  name: string;
  locale: "en" | "fr";
  hue: number;
  has_pin: boolean;
  link: string;
  qr_svg: string;
}

export interface Message {
  id: Id;
  conversation_id: Id;
  seq: number;
  sender_id: Id;
  client_id: Id;
  kind: "text" | "ref";
  body: string | null;
  ref_kind: string | null;
  ref_id: Id | null;
  at: Instant;
}

export interface Conversation {
  id: Id;
  person: Profile;
  last_message: Message | null;
  unread: number;
  read_seq: number;
  their_read_seq: number;
  last_seq: number;
}

export interface CardFace {
  brand: string;
  last4: string;
  bank: string;
}

export interface Card extends CardFace {
  id: Id;
  funding: string;
  exp_month: number;
  exp_year: number;
  state: string;
  can_fund: boolean;
  can_receive: boolean;
  fast_funds: boolean;
  kept: boolean;
  pays: boolean;
  receives: boolean;
}

export interface Arrival {
  earliest: Instant;
  latest: Instant;
  fast: boolean;
  reason_code: string;
  reason_facts: Record<string, string | number>;
}

export type Can = "cancel" | "accept" | "decline" | "arrived" | "not_arrived" | "step_up" | "add_card";

export interface StepUp {
  needed: boolean;
  reason: string | null;
  methods: ("pin" | "passkey")[];
  until: Instant | null;
}

export interface TimelineEntry {
  state: string;
  at: Instant;
  detail: Record<string, unknown> | null;
}

export interface Payment {
  id: Id;
  version: number;
  conversation_id: Id;
  payer: Profile;
  payee: Profile;
  viewer: "payer" | "payee";
  amount_minor: number;
  currency: string;
  note: string;
  state: string;
  cause: string | null;
  dispute: string | null;
  created_at: Instant;
  updated_at: Instant;
  undo_until: Instant | null;
  step_up: StepUp | null;
  expires_at: Instant | null;
  next_update_at: Instant | null;
  decline_code: string | null;
  funding: CardFace | null;
  receiving: CardFace | null;
  arrival: Arrival | null;
  late: boolean;
  approval: string | null;
  trace: string | null;
  can: Can[];
  timeline: TimelineEntry[];
}

export interface FriendRequest {
  id: Id;
  person: Profile;
  at: Instant;
}

export interface Friends {
  friends: Profile[];
  incoming: FriendRequest[];
  outgoing: FriendRequest[];
}

export interface LimitWindow {
  name: "day" | "week";
  cap_minor: number;
  used_minor: number;
  room_minor: number;
  again_at: Instant | null;
}

export interface Limits {
  currency: string;
  per_payment_minor: number;
  windows: LimitWindow[];
}

export interface Quote {
  /** null while nobody can say: the friend has no card yet. */
  arrival: Arrival | null;
  fee_minor: number;
  step_up: boolean;
}

export interface Sandbox {
  sandbox: true;
  now: Instant;
  offset_seconds: number;
}

export interface Bootstrap {
  feed_seq: number;
  me: Me;
  conversations: Conversation[];
  payments: Payment[];
  cards: Card[];
  friends: Friends;
  limits: Limits;
  sandbox: Sandbox | null;
}

export interface Update {
  feed_seq: number;
  kind: string;
  payload: unknown;
  at: Instant;
}

export interface SyncPage {
  updates: Update[];
  feed_seq: number;
  more: boolean;
}

export interface HistoryPage {
  messages: Message[];
  payments: Payment[];
  more: boolean;
}

export interface Signed {
  person: Me;
  session_id: Id;
}

export interface Session {
  id: Id;
  device_name: string;
  created_at: Instant;
  seen_at: Instant;
  current: boolean;
}

export interface Passkey {
  id: Id;
  name: string;
  created_at: Instant;
  used_at: Instant | null;
}

export interface PasskeyOptions<Options> {
  challenge_id: Id;
  options: Options;
}

export interface PasskeyProof {
  challenge_id: Id;
  credential: unknown;
}

export interface CardTicket {
  form_url: string;
  origin: string;
  expires_at: Instant;
}
