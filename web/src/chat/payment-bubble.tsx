import { useEffect } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Payment } from "../lib/api/types.ts";
import { heading } from "../lib/payment.ts";
import { t } from "../lib/i18n/index.ts";
import { says } from "../lib/says.ts";
import { learnPayment, state } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Amount } from "../ui/amount.tsx";
import { Chip, Sentence } from "../ui/chip.tsx";
import { PaymentActions } from "../pay/actions.tsx";

/** A payment in its place in the conversation. It shows what the server says, never what we hope. */
export function PaymentBubble({ paymentId, mine, at }: { paymentId: Id; mine: boolean; at: string }) {
  const payment = state.value!.payments[paymentId];
  useEffect(() => {
    if (!payment) void api.payment(paymentId).then(learnPayment, () => undefined);
  }, [paymentId, !payment]);
  if (!payment) return <p class={`pay ${mine ? "mine" : "theirs"} muted`}>{t("payment.unknown")}</p>;
  return <PaymentCard payment={payment} mine={mine} at={at} />;
}

function PaymentCard({ payment, mine, at }: { payment: Payment; mine: boolean; at: string }) {
  const said = says(payment);
  return (
    <article class={`pay ${mine ? "mine" : "theirs"}`} aria-label={heading(payment)}>
      <a class="pay-link" href={`/receipt/${payment.id}`}>
        <span class="pay-verb">
          <span>{heading(payment)}</span>
          <time dateTime={at}>{when.time(at)}</time>
        </span>
        <Amount minor={payment.amount_minor} currency={payment.currency} />
        <span class="heard">{t("payment.receipt")}</span>
      </a>
      {payment.note && (
        <p class="pay-note" dir="auto">
          {payment.note}
        </p>
      )}
      {said && (
        <>
          <Chip said={said} />
          <Sentence pieces={said.sentence} />
          <PaymentActions payment={payment} said={said} />
        </>
      )}
    </article>
  );
}
