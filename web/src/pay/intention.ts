/**
 * A tap on Pay is one intention with one id. It is repeated with that id until the server answers, so that a lost
 * answer is not a second payment; and it is written down first, so that a page which dies in between finds out.
 */
import { signal } from "@preact/signals";
import * as api from "../lib/api/calls.ts";
import type { SendAsk } from "../lib/api/calls.ts";
import { NoAnswer, Problem } from "../lib/api/problem.ts";
import type { Id, Payment } from "../lib/api/types.ts";
import { retryAfter } from "../lib/feed/stream.ts";

export interface Intention {
  readonly id: Id;
  readonly owner: Id;
  readonly ask: SendAsk;
}

const KEY = "tuppence.sending";

/** No answer yet after the first try: the person should know why it takes long. */
export const retrying = signal(false);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** @throws Problem when the server refused: nothing was taken. */
export async function fulfil(intention: Intention): Promise<Payment> {
  localStorage.setItem(KEY, JSON.stringify(intention));
  try {
    for (let tries = 0; ; tries++) {
      try {
        return await api.send(intention.id, intention.ask);
      } catch (error) {
        if (!unanswered(error)) throw error;
        retrying.value = true;
        await sleep(retryAfter(tries));
      }
    }
  } finally {
    retrying.value = false;
    localStorage.removeItem(KEY);
  }
}

/** The outcome is unknown, or the server was busy: the same request again tells, and does nothing twice. */
const unanswered = (error: unknown): boolean =>
  error instanceof NoAnswer || (error instanceof Problem && (error.status >= 500 || error.status === 429));

export type Aftermath = { sent: Payment } | { notSent: SendAsk } | null;

/** After a reload: what became of the payment that was under way. It is asked after, never sent again. */
export async function aftermath(owner: Id): Promise<Aftermath> {
  const kept = localStorage.getItem(KEY);
  const intention = kept ? (JSON.parse(kept) as Intention) : null;
  if (!intention || intention.owner !== owner) return null;
  try {
    const sent = await api.payment(intention.id);
    localStorage.removeItem(KEY);
    return { sent };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) return null; // Still unknown: asked again at the next start.
    localStorage.removeItem(KEY);
    return { notSent: intention.ask };
  }
}
