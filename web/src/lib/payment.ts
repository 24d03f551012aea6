/** What a payment is called, by how far it has come. Its chip and sentence are `says.ts`'s. */
import type { Payment } from "./api/types.ts";
import { t } from "./i18n/index.ts";

const PAID = new Set(["crediting", "credit_unknown", "credited", "available"]);
const PAYING = new Set(["created", "step_up", "debiting", "debit_unknown", "in_review", "awaiting_recipient"]);

/** The money has left the payer for good: "paid" is true. */
export const paid = ({ state }: Payment): boolean => PAID.has(state);

export const other = (payment: Payment) => (payment.viewer === "payer" ? payment.payee : payment.payer);

export function heading(payment: Payment): string {
  const params = { name: other(payment).name };
  const sends = payment.viewer === "payer";
  if (PAID.has(payment.state)) return t(sends ? "payment.you_paid" : "payment.paid_you", params);
  if (PAYING.has(payment.state)) return t(sends ? "payment.you_pay" : "payment.pays_you", params);
  return t(sends ? "payment.to" : "payment.from", params);
}
