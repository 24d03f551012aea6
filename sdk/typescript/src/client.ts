/** The client. `token` is a key of your business (`tup_…`) or what a person let your app do (`tuo_…`). */
import { NoAnswer, Refused } from "./errors.ts";
import { newId } from "./ids.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Payment = Schemas["Payment"];
export type Grant = Schemas["Grant"];
export type Charge = Schemas["Charge"];
export type Event = Schemas["Event"];
export type Sold = Schemas["Sold"];
export type GameQuote = Schemas["GameQuote"];
/** A member that has a default may be left out. */
type Given<T, Needed extends keyof T> = Partial<T> & Pick<T, Needed>;
type Query = Record<string, string | number | undefined | null>;

const API_VERSION = "2026-11-26"; // what this was written for
const TRIES = 3;
const WAIT_MS_MAX = 30_000;
const REPEATABLE = new Set(["GET", "PUT", "DELETE"]);

export interface Options {
  timeoutMs?: number;
  businessId?: string;
  fetch?: typeof globalThis.fetch;
}

export class Tuppence {
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #fetch: typeof globalThis.fetch;

  constructor(
    readonly url: string,
    token: string,
    { timeoutMs = 30_000, businessId, fetch = globalThis.fetch }: Options = {},
  ) {
    this.#headers = {
      Authorization: `Bearer ${token}`,
      "X-Api-Version": API_VERSION,
      ...(businessId && { "Tuppence-Business": businessId }),
    };
    this.#timeoutMs = timeoutMs;
    this.#fetch = fetch;
  }

  /** Whom you act for. Scope `profile:read`. */
  me = () => this.call<Schemas["Me"]>("GET", "/v1/me");

  /** Money between friends, for a person who let your app in. Scopes `payments:read` and `payments:send`. */
  readonly payments = {
    send: (ask: Given<Schemas["SendBody"], "payee_id" | "amount_minor" | "currency">, id = newId()) =>
      this.call<Payment>("PUT", `/v1/payments/${id}`, ask),
    get: (id: string) => this.call<Payment>("GET", `/v1/payments/${id}`),
    list: (filter: "all" | "sent" | "received" = "all") => this.pages<Payment>("/v1/payments", { filter }),
    cancel: (id: string) => this.call<Payment>("POST", `/v1/payments/${id}/cancel`),
    /** The address of a frame that shows it in your page. */
    bubble: (id: string) => this.call<Schemas["Bubble"]>("POST", `/v1/payments/${id}/bubbles`),
  };

  /** What people let your business charge: send them to `approve_url`. Scopes `charges:read` and `charges:write`. */
  readonly grants = {
    ask: (ask: Given<Schemas["GrantBody"], "kind" | "says" | "currency" | "per_charge_minor">, id = newId()) =>
      this.call<Grant>("PUT", `/v1/grants/${id}`, ask),
    get: (id: string) => this.call<Grant>("GET", `/v1/grants/${id}`),
    revoke: (id: string) => this.call<Grant>("POST", `/v1/grants/${id}/revoke`),
  };

  /** Charges under a grant. `charging` and `unknown` are no answers yet: read again, or wait for the event. */
  readonly charges = {
    take: (ask: Schemas["TakeBody"], id = newId()) => this.call<Charge>("PUT", `/v1/charges/${id}`, ask),
    get: (id: string) => this.call<Charge>("GET", `/v1/charges/${id}`),
    refund: (chargeId: string, ask: Schemas["GiveBackBody"], id = newId()) =>
      this.call<Charge>("PUT", `/v1/charges/${chargeId}/refunds/${id}`, ask),
  };

  /** What campaigns used: at most a thousand events, each with an id of yours. Scope `ads:write`. */
  readonly ads = {
    report: (events: readonly Schemas["AdsUsageBody"][]) =>
      this.call<Schemas["AdsUsageResults"]>("POST", "/v1/ads/events/batch", { events }),
  };

  /** A game's quotes and purchases. Scopes `games:read` and `games:write`. */
  readonly games = {
    quote: (gameId: string, ask: Given<Schemas["GameQuoteBody"], "sku">, id = newId()) =>
      this.call<GameQuote>("PUT", `/v1/games/${gameId}/quotes/${id}`, ask),
    purchase: (gameId: string, id: string) => this.call<Sold>("GET", `/v1/games/${gameId}/purchases/${id}`),
    purchases: (gameId: string) => this.pages<Sold>(`/v1/games/${gameId}/purchases`, {}),
    fulfil: (gameId: string, id: string) => this.call<Sold>("POST", `/v1/games/${gameId}/purchases/${id}/fulfil`),
    refund: (gameId: string, purchaseId: string, ask: Given<Schemas["GameRefundBody"], "reason">, id = newId()) =>
      this.call<Sold>("PUT", `/v1/games/${gameId}/purchases/${purchaseId}/refunds/${id}`, ask),
  };

  /** What happened to your business, as webhooks tell it. Scope `events:read`. */
  readonly events = {
    list: (type?: string) => this.pages<Event>("/v1/events", { type }),
  };

  /**
   * Any endpoint. Repeats what is safe to repeat.
   * @throws Refused · NoAnswer
   */
  async call<T>(method: string, path: string, body?: unknown, query: Query = {}): Promise<T> {
    for (let tried = 1; ; tried++) {
      const response = await this.#once(method, path, body, query);
      if (tried < TRIES && mayRepeat(method, response)) {
        await new Promise((wake) => setTimeout(wake, waitMs(tried, response)));
        continue;
      }
      if (!response) throw new NoAnswer(`${method} ${path}`);
      const text = await response.text();
      if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
      throw new Refused(response.status, problemIn(text));
    }
  }

  /** Every item of a list, page after page. */
  async *pages<T>(path: string, query: Query): AsyncGenerator<T> {
    let cursor: string | null | undefined;
    do {
      const page = await this.call<{ data: T[]; next_cursor?: string | null }>("GET", path, undefined, {
        ...query,
        cursor,
      });
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor);
  }

  async #once(method: string, path: string, body: unknown, query: Query): Promise<Response | null> {
    const address = new URL(path, this.url);
    for (const [name, value] of Object.entries(query)) if (value != null) address.searchParams.set(name, String(value));
    const typed = body === undefined ? {} : { "Content-Type": "application/json" };
    try {
      return await this.#fetch(address, {
        method,
        headers: { ...this.#headers, ...typed },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
    } catch {
      return null;
    }
  }
}

/** Without an answer, or told to come back: whatever has an id, or changes nothing. */
function mayRepeat(method: string, response: Response | null): boolean {
  if (!response) return REPEATABLE.has(method);
  return response.status === 429 || (response.status === 503 && REPEATABLE.has(method));
}

function waitMs(tried: number, response: Response | null): number {
  const told = Number(response?.headers.get("Retry-After") ?? NaN);
  return Number.isFinite(told) ? Math.min(told * 1000, WAIT_MS_MAX) : Math.random() * 250 * 2 ** tried;
}

function problemIn(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
