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

/** Country, check digits and the rest, which leave 1 when divided by 97. Source: ISO 13616. */
export function ibanProblem(iban: string): Key | null {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return "bank.why_iban";
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((one) => parseInt(one, 36)).join("");
  const rest = [...digits].reduce((left, digit) => (left * 10 + Number(digit)) % 97, 0);
  return rest === 1 ? null : "problem.iban_invalid";
}

export const holderProblem = (holder: string, most: number): Key | null =>
  holder.trim() && holder.length <= most ? null : "bank.why_holder";

/** Cents as people copy them from a statement: 12, 0.12, $0.12 or 0,12. */
export function cents(text: string): number | null {
  const found = /^\$?\s*(?:0?[.,])?(\d{1,2})$/.exec(text.trim());
  const value = found ? Number(found[1]) : 0;
  return value >= 1 && value <= 99 ? value : null;
}
