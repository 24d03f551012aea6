/** What the games' dashboard asks the server, each time for one business. */
import { call, download, query } from "../../lib/api/client.ts";
import type { components } from "../../lib/api/schema.d.ts";
import type { Id } from "../../lib/api/types.ts";

type Schemas = components["schemas"];

export type Game = Schemas["Game"];
export type GameBody = Schemas["GameBody"];
export type Catalogue = Schemas["GameCatalogue"];
export type Sold = Schemas["Sold"];
export type Page = Schemas["SoldPage"];
export type Day = Schemas["GamesDay"];
export type Overview = Schemas["GamesOverview"];
export type Payouts = Schemas["GamePayouts"];
export type Statement = Schemas["GameStatement"];
export type Tester = Schemas["GameTester"];
export type Outcome = Tester["outcome"];
export type Answer = Schemas["PurchaseDisputeAnswerBody"]["outcome"];
export type Report = "detail" | "digest";

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
export const ANSWERS: readonly Answer[] = [
  "refunded_in_cash",
  "granted_replacement_item",
  "denied_refund",
  "banned_user",
];

/** Everything that one business may ask. */
export function callsOf(business: Id) {
  const ask = <T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown) =>
    call<T>(method, `/v1/games${path}`, body, business);
  const sold = (game: Id, purchase: Id) => `/${game}/purchases/${purchase}`;
  return {
    games: () => ask<{ data: Game[] }>("GET", ""),
    set: (id: Id, body: GameBody) => ask<Game>("PUT", `/${id}`, body),
    secret: (id: Id) => ask<{ secret: string }>("GET", `/${id}/secret`),
    rotate: (id: Id) => ask<{ secret: string }>("POST", `/${id}/secret`),
    catalogue: (id: Id) => ask<Catalogue>("GET", `/${id}/catalogue`),
    refresh: (id: Id) => ask<Catalogue>("POST", `/${id}/catalogue`),
    quote: (id: Id, quote: Id, sku: string) => ask<Schemas["GameQuote"]>("PUT", `/${id}/quotes/${quote}`, { sku }),
    sales: (id: Id, cursor?: string) => ask<Page>("GET", `/${id}/purchases${query({ limit: 30, cursor })}`),
    disputes: (id: Id) => ask<Page>("GET", `/${id}/disputes`),
    fulfil: (game: Id, purchase: Id) => ask<Sold>("POST", `${sold(game, purchase)}/fulfil`),
    refund: (game: Id, purchase: Id, refund: Id, amount_minor: number, reason: string) =>
      ask<Sold>("PUT", `${sold(game, purchase)}/refunds/${refund}`, { amount_minor, reason }),
    answer: (game: Id, purchase: Id, outcome: Answer) =>
      ask<Sold>("POST", `${sold(game, purchase)}/dispute/answer`, { outcome }),
    testers: (id: Id) => ask<{ data: Tester[] }>("GET", `/${id}/testers`),
    setTester: (id: Id, handle: string, outcome: Outcome) =>
      ask<{ data: Tester[] }>("PUT", `/${id}/testers/${encodeURIComponent(handle)}`, { outcome }),
    removeTester: (id: Id, handle: string) =>
      ask<{ data: Tester[] }>("DELETE", `/${id}/testers/${encodeURIComponent(handle)}`),
    overview: () => ask<Overview>("GET", "/overview"),
    payouts: () => ask<Payouts>("GET", "/payouts"),
    setBank: (bank_id: Id) => ask<Payouts>("PUT", "/payouts/bank", { bank_id }),
    payInvoice: (charge: Id, card_id: Id) => ask<Statement>("PUT", `/payouts/invoice/${charge}`, { card_id }),
    report: (kind: Report) => download(`/v1/games/reports/${kind}?format=csv`, `games-${kind}.csv`, business),
  };
}

export type Calls = ReturnType<typeof callsOf>;
