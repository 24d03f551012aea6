/** Updates in order, each once. A hole is noticed by its number, given a moment to fill, then read from the server. */
import type { Update } from "../api/types.ts";

export interface Sorted {
  /** To apply now, in this order. */
  readonly ready: readonly Update[];
  /** Ahead of a hole: kept until it closes. */
  readonly early: readonly Update[];
}

/** How long a hole may stay open before we ask: frames of one socket come in order, so this is generous. */
export const HOLE_MS = 500;

/** Sort what came (`early` and news together) against the last number that was applied. Pure. */
export function sort(last: number, updates: readonly Update[]): Sorted {
  const coming = new Map<number, Update>();
  for (const update of updates) if (update.feed_seq > last) coming.set(update.feed_seq, update);
  const ready: Update[] = [];
  for (let next = last + 1; coming.has(next); next++) {
    ready.push(coming.get(next)!);
    coming.delete(next);
  }
  return { ready, early: [...coming.values()] };
}
