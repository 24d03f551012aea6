/**
 * The server's time. A `Date` header says the second, not the millisecond: each answer bounds the difference
 * between the two clocks from both sides, and the bounds close in as answers come.
 */
import { signal } from "@preact/signals";

const SECOND_MS = 1000;

export class ServerClock {
  #least_ms = -Infinity;
  #most_ms = Infinity;
  /** How far the sandbox's business time runs ahead of real time. 0 when live. */
  sandbox_ms = 0;

  /** An answer with this `Date` header was asked for and received at these local times. */
  observe(date: string | null, sent_ms: number, received_ms: number): void {
    const server_ms = date === null ? NaN : Date.parse(date);
    if (Number.isNaN(server_ms)) return;
    const least = server_ms - received_ms;
    const most = server_ms + SECOND_MS - sent_ms;
    const contradicts = least > this.#most_ms || most < this.#least_ms;
    this.#least_ms = contradicts ? least : Math.max(this.#least_ms, least);
    this.#most_ms = contradicts ? most : Math.min(this.#most_ms, most);
  }

  /** Server minus local, in real time. */
  get difference_ms(): number {
    return Number.isFinite(this.#least_ms) ? (this.#least_ms + this.#most_ms) / 2 : 0;
  }

  /** Business time now: what deadlines, arrivals and limits are told in. */
  now(local_ms = Date.now()): number {
    return local_ms + this.difference_ms + this.sandbox_ms;
  }
}

export const clock = new ServerClock();

/** Ticks once a second for whatever shows a countdown or the clock. */
export const now = signal(clock.now());

export const tick = (): void => {
  now.value = clock.now();
};
