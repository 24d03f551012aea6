/** Which days a statement covers, by the reader's calendar. Pure. */

export type Choice = "this_month" | "last_month" | "custom";

/** Days as "2026-11-25", both ends included. */
export interface Period {
  from: string;
  to: string;
}

export const day = (at: Date): string =>
  [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

/** A month: the one that now is in, up to today, or one that is over. */
export function month(now_ms: number, monthsAgo: 0 | 1): Period {
  const now = new Date(now_ms);
  const first = new Date(now.getFullYear(), now.getMonth() - monthsAgo, 1);
  const last = monthsAgo === 0 ? now : new Date(now.getFullYear(), now.getMonth(), 0);
  return { from: day(first), to: day(last) };
}

const DAY_MS = 86_400_000;
const DAYS_MOST = 366;

/** Why there is no statement of these days, or null. */
export function whyNot({ from, to }: Period): "missing" | "backwards" | "too_long" | null {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) return "missing";
  if (last < first) return "backwards";
  return (last - first) / DAY_MS >= DAYS_MOST ? "too_long" : null;
}
