/** What can be told of a bank account before the server is asked. Each answer is the key of a sentence, or null. */
import type { Key } from "../lib/i18n/index.ts";

const WEIGHTS = [3, 7, 1];

/** Nine digits whose weighted sum ends in zero. Source: ABA, key to routing numbers. */
export function routingProblem(routing: string): Key | null {
  if (!/^\d{9}$/.test(routing)) return "bank.why_routing";
  const sum = [...routing].reduce((total, digit, place) => total + Number(digit) * WEIGHTS[place % 3]!, 0);
  return sum % 10 === 0 ? null : "problem.routing_invalid";
}

export const accountProblem = (account: string): Key | null =>
  /^\d{5,17}$/.test(account) ? null : "bank.why_account";

export const holderProblem = (holder: string): Key | null =>
  holder.trim() && holder.length <= 22 ? null : "bank.why_holder";

/** Cents as people copy them from a statement: 12, 0.12, $0.12 or 0,12. */
export function cents(text: string): number | null {
  const found = /^\$?\s*(?:0?[.,])?(\d{1,2})$/.exec(text.trim());
  const value = found ? Number(found[1]) : 0;
  return value >= 1 && value <= 99 ? value : null;
}
