/** The nouns of the HTTP API under short names. Generated from docs/openapi.json: `npm run types` after it changed. */
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Id = string;
/** ISO 8601, UTC. */
export type Instant = string;

export type Arrival = Omit<Schemas["Arrival"], "reason_facts"> & { reason_facts: Record<string, string | number> };
export type Asking = Schemas["Asking"];
export type AskingApp = Schemas["AskingApp"];
export type Connection = Schemas["Connection"];
export type Scope = Asking["scopes"][number];
export type ShownGrant = Schemas["ShownGrant"];
export type AddBankBody = Schemas["AddBankBody"];
export type BankAccount = Schemas["BankAccount"];
export type Mandate = Schemas["Mandate"];
export type MandateWords = Schemas["MandateWords"];
export type AgreeBody = Schemas["AgreeBody"];
export type SandboxBank = Schemas["SandboxBank"];
export type SandboxAccount = Schemas["SandboxAccount"];
export type SandboxLine = Schemas["SandboxLine"];
export type BankStatementLine = Schemas["BankStatementLine"];
export type Bootstrap = Omit<Schemas["Bootstrap"], "payments"> & { payments: Payment[] };
export type Card = Schemas["Card"];
export type CardFace = Schemas["CardFace"];
export type CardTicket = Schemas["CardTicket"];
export type Conversation = Schemas["Conversation"];
export type FriendRequest = Schemas["FriendRequest"];
export type Dispute = Schemas["Dispute"];
export type Friends = Schemas["Friends"];
export type HistoryPage = Omit<Schemas["History"], "payments"> & { payments: Payment[] };
export type Limits = Schemas["Limits"];
export type LimitWindow = Schemas["Window"];
export type Me = Schemas["Me"];
export type Message = Schemas["Message"];
export type Passkey = Schemas["Passkey"];
/** A line of the timeline is a state, or something that happened while it lasted, such as "late". */
type TimelineEntry = Omit<Schemas["TimelineEntry"], "state"> & { state: string };
export type Payment = Omit<Schemas["Payment"], "arrival" | "timeline"> & {
  arrival: Arrival | null;
  timeline: TimelineEntry[];
};
export type PaymentPage = Omit<Schemas["Payments"], "data"> & { data: Payment[] };
export type PaymentState = Schemas["State"];
export type Profile = Schemas["Profile"];
export type Quote = Omit<Schemas["Quote"], "arrival"> & { arrival: Arrival | null };
export type ReceivingWay = Omit<Schemas["Receiving"], "arrival"> & { arrival: Arrival };
export type Reportable = Schemas["Reportable"];
export type ReportBody = Schemas["ReportBody"];
export type Sandbox = Schemas["Sandbox"];
export type SendBody = Schemas["SendBody"];
export type BankHabits = Schemas["BankHabits"];
export type Session = Schemas["Session"];
export type SignedIn = Schemas["SignedIn"];
export type SyncPage = Omit<Schemas["Updates"], "updates"> & { updates: Update[] };
export type Tie = Schemas["Tie"];
/** What its kind promises of the payload, `feed/apply.ts` says. */
export type Update = Omit<Schemas["Update"], "payload"> & { payload: unknown };
