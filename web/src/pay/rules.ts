/** Why a payment cannot be sent yet. The server decides; this only spares people a refusal. Pure. */
import type { Card, Limits, LimitWindow } from "../lib/api/types.ts";

export interface PayFacts {
  /** null: what was typed is no amount. */
  minor: number | null;
  typed: boolean;
  limits: Limits;
  card: Card | undefined;
  online: boolean;
}

export type WhyNot =
  | { why: "amount" | "unreadable" | "card" | "offline" }
  | { why: "per_payment"; most_minor: number }
  | { why: "room"; window: LimitWindow };

export function whyNot({ minor, typed, limits, card, online }: PayFacts): WhyNot | null {
  if (!online) return { why: "offline" };
  if (minor === null && typed) return { why: "unreadable" };
  if (!minor) return { why: "amount" };
  if (minor > limits.per_payment_minor) return { why: "per_payment", most_minor: limits.per_payment_minor };
  const tight = tightest(limits);
  if (tight && minor > tight.room_minor) return { why: "room", window: tight };
  return card ? null : { why: "card" };
}

/** The window that leaves least room: the one worth telling about. */
export const tightest = (limits: Limits): LimitWindow | undefined =>
  limits.windows.reduce<LimitWindow | undefined>(
    (least, one) => (least && least.room_minor <= one.room_minor ? least : one),
    undefined,
  );

/** Cards that can pay, the default one first. */
export const payCards = (cards: readonly Card[]): Card[] =>
  cards.filter((card) => card.can_fund && card.state === "active").sort((a, b) => Number(b.pays) - Number(a.pays));
