/** The receipt's timeline: what happened, then what is still to come. Pure. */
import type { Payment } from "../lib/api/types.ts";

export type Step =
  | { kind: "done"; key: string; state: string; at: string; detail: Record<string, unknown> }
  | { kind: "expected"; key: string };

const UNDER_WAY = new Set(["crediting", "credit_unknown", "credited"]);

export function steps(payment: Payment): Step[] {
  const done = payment.timeline.map((entry, index): Step => ({
    kind: "done",
    key: `${index} ${entry.state}`,
    state: entry.state,
    at: entry.at,
    detail: entry.detail ?? {},
  }));
  return payment.arrival && UNDER_WAY.has(payment.state) ? [...done, { kind: "expected", key: "expected" }] : done;
}
