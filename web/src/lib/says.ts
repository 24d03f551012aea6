/** What a payment says. Every word comes from docs/design/what-a-payment-says.json: there is no second place. */
import SAYS from "@says";
import { clock } from "./clock.ts";
import { locale, region } from "./i18n/index.ts";
import { formatMoney } from "./money.ts";
import * as when from "./when.ts";
import type { Arrival, CardFace, Payment } from "./api/types.ts";

type Words = { en: string; fr: string };
export type Tone = "ok" | "wait" | "bad" | "info";
export type Action = keyof typeof SAYS.actions;
/** A sentence in pieces; the strong ones are the dates and times that it promises. */
export type Piece = { text: string; strong: boolean };

interface Row {
  key: string;
  state: string;
  viewer: string;
  when: Readonly<Record<string, unknown>>;
  chip: { icon: string; tone: string; word: Words };
  sentence: Words;
  actions: string[];
}

const ROWS: readonly Row[] = SAYS.rows;

export interface Said {
  key: string;
  icon: string;
  tone: Tone;
  word: string;
  sentence: Piece[];
  actions: Action[];
}

/** The first row whose state, viewer and every condition hold; null for a payment that this viewer is never shown. */
export function rowFor(payment: Payment): Row | null {
  const facts: Record<string, unknown> = {
    cause: payment.cause,
    decline_code: payment.decline_code,
    dispute: payment.dispute,
    late: payment.late,
    fast: payment.arrival?.fast ?? false,
    dated: payment.arrival !== null,
    step_up_needed: payment.step_up?.needed ?? false,
  };
  const holds = (row: Row) => Object.entries(row.when).every(([fact, value]) => facts[fact] === value);
  return ROWS.find((row) => row.state === payment.state && row.viewer === payment.viewer && holds(row)) ?? null;
}

export function says(payment: Payment): Said | null {
  const row = rowFor(payment);
  if (!row) return null;
  return {
    key: row.key,
    icon: row.chip.icon,
    tone: row.chip.tone as Tone,
    word: row.chip.word[locale.value],
    sentence: pieces(row.sentence[locale.value], factsOf(payment)),
    actions: offered(row, payment),
  };
}

/** What the row offers and the server allows; trying another card is a new payment, so it needs nobody's leave. */
function offered(row: Row, payment: Payment): Action[] {
  const can: readonly string[] = payment.can;
  return (row.actions as Action[]).filter((action) => action === "another_card" || can.includes(action));
}

/**
 * Milliseconds left to undo, 0 when the window is over. Never more than the window: what we know of the server's clock
 * is right to half a second, and five seconds that begin with a six look like a mistake.
 */
export function undoLeft(payment: Payment, now_ms = clock.now()): number {
  if (!payment.undo_until || !payment.can.includes("cancel")) return 0;
  const until = Date.parse(payment.undo_until);
  return Math.max(0, Math.min(until - now_ms, until - Date.parse(payment.updated_at)));
}

export const actionWord = (action: Action): string => SAYS.actions[action][locale.value];

export const stepWord = (state: string): string =>
  (SAYS.timeline as Record<string, Words>)[state]?.[locale.value] ?? state;

/** Why it takes as long as it does. `bank` is named to the payee only: it is theirs. */
export function reason(arrival: Arrival, bank: string | null): string {
  const words = (SAYS.arrival_reasons as Record<string, Words>)[arrival.reason_code];
  if (!words) return "";
  const theBank = locale.value === "fr" ? "La banque" : "The bank";
  return words[locale.value].replace(/\{(\w+)\}/g, (_, name: string) =>
    String(name === "bank" ? (bank ?? theBank) : (arrival.reason_facts[name] ?? "")),
  );
}

export const interval = (arrival: Arrival): string => when.days(arrival.earliest, arrival.latest);

type Facts = Record<string, Piece | undefined>;

function factsOf(payment: Payment): Facts {
  const card: CardFace | null = payment.viewer === "payer" ? payment.funding : payment.receiving;
  const plain = (text: string | null | undefined): Piece | undefined => (text ? { text, strong: false } : undefined);
  const strong = (at: string | null | undefined, say: (at: string) => string): Piece | undefined =>
    at ? { text: say(at), strong: true } : undefined;
  const { arrival } = payment;
  return {
    amount: plain(formatMoney(payment.amount_minor, payment.currency, region.value)),
    payer: plain(payment.payer.name),
    payee: plain(payment.payee.name),
    brand: plain(card ? (card.brand === "bank" ? card.bank : brandName(card.brand)) : undefined),
    last4: plain(card?.last4),
    trace: plain(payment.trace),
    date: strong(payment.expires_at, when.day),
    time: strong(payment.next_update_at, soon),
    until: strong(payment.step_up?.until, when.time),
    latest: strong(arrival?.latest, when.day),
    time_latest: strong(arrival?.latest, soon),
    interval: arrival ? { text: interval(arrival), strong: true } : undefined,
  };
}

/** A time, with its day when that is not today. */
const soon = (at: string): string => (when.daysAgo(at, clock.now()) === 0 ? when.time(at) : when.dayAndTime(at));

/** Cut a sentence at its placeholders. The two ends of an interval are said as one, so that one day is said once. */
function pieces(template: string, facts: Facts): Piece[] {
  return template
    .replace("{earliest} – {latest}", "{interval}")
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (!name) return { text: part, strong: false };
      const fact = facts[name] ?? { text: "…", strong: false };
      return { text: `\u2068${fact.text}\u2069`, strong: fact.strong };
    });
}

const BRANDS: Record<string, string> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  discover: "Discover",
};
export const brandName = (brand: string): string => BRANDS[brand.toLowerCase()] ?? brand;

/** "Visa ••9876", or the bank's name where money is received on an account. */
export const face = (card: CardFace): string =>
  card.brand === "bank" ? bankFace(card) : `${brandName(card.brand)} ••${card.last4}`;

/** "Harbor Savings ••0010" */
export const bankFace = ({ bank, last4 }: { bank: string; last4: string }): string => `${bank} ••${last4}`;
