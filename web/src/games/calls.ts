/** What a buyer asks the server. */
import { call, query } from "../lib/api/client.ts";
import type { components } from "../lib/api/schema.d.ts";
import type { Id } from "../lib/api/types.ts";

type Schemas = components["schemas"];

export type Bought = Schemas["Bought"];
export type Offer = Schemas["PurchaseOffer"];
export type Outcome = NonNullable<Offer["tester"]>;
export type Reason = Schemas["PurchaseDisputeBody"]["reason"];

export const OUTCOMES: readonly Outcome[] = [
  "ok",
  "fail",
  "async_ok",
  "async_fail",
  "timeout_unknown",
  "duplicate_webhook",
  "late_chargeback",
  "refund_race",
];
export const REASONS: readonly Reason[] = ["not_received", "not_as_described", "mistake", "unauthorized"];

const at = (id: Id, ...rest: string[]) => ["/v1/games/purchases", id, ...rest].join("/");

export const purchase = (id: Id) => call<Offer>("GET", at(id));
export const purchases = (cursor?: string) =>
  call<Schemas["BoughtPage"]>("GET", `/v1/games/purchases${query({ limit: 30, cursor })}`);
export const buy = (id: Id, how: { card_id: Id | null; outcome: Outcome | null }) =>
  call<Offer>("POST", at(id, "buy"), how);
export const cancel = (id: Id) => call<Offer>("POST", at(id, "cancel"));
export const confirm = (id: Id, proof: { pin: string } | { passkey: Record<string, unknown> }) =>
  call<Offer>("POST", at(id, "step-up"), proof);
export const confirmOptions = (id: Id) =>
  call<{ options: PublicKeyCredentialRequestOptionsJSON }>("POST", at(id, "step-up", "options"), {});
export const dispute = (id: Id, reason: Reason, words: string) =>
  call<Offer>("POST", at(id, "dispute"), { reason, words });
