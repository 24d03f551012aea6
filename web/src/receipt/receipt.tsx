import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Payment, Profile } from "../lib/api/types.ts";
import { isolate, t } from "../lib/i18n/index.ts";
import { heading } from "../lib/payment.ts";
import { back } from "../lib/route.ts";
import { face, says } from "../lib/says.ts";
import { learnPayment, state, words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { PaymentActions } from "../pay/actions.tsx";
import { Amount } from "../ui/amount.tsx";
import { IconButton } from "../ui/button.tsx";
import { Chip, Sentence } from "../ui/chip.tsx";
import { toast } from "../ui/toast.tsx";
import { Keep, Share } from "./keep.tsx";
import { Wrong } from "./wrong.tsx";
import { Timeline } from "./timeline.tsx";

export function Receipt({ paymentId }: { paymentId: Id }) {
  const [problem, setProblem] = useState("");
  const payment = state.value!.payments[paymentId];
  useEffect(() => {
    if (!payment) api.payment(paymentId).then(learnPayment, (error: unknown) => setProblem(words(error)));
  }, [paymentId]);
  return (
    <div class="screen">
      <header class="bar">
        <IconButton name="chevron-left" label={t("app.back")} onClick={back} />
        <h1>{t("receipt.title")}</h1>
        {payment ? <Share payment={payment} /> : <span class="bar-space" />}
      </header>
      <div class="scroll" tabIndex={0}>
        {payment ? (
          <Paper payment={payment} />
        ) : (
          <p class="loading" role="status">
            {problem || t("app.loading")}
          </p>
        )}
      </div>
    </div>
  );
}

function Paper({ payment }: { payment: Payment }) {
  const said = says(payment);
  return (
    <article class="receipt">
      <p class="muted">{heading(payment)}</p>
      <Amount minor={payment.amount_minor} currency={payment.currency} class="amount giant-figure" />
      {payment.note && (
        <p class="muted" dir="auto">
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
      <h2>{t("receipt.timeline")}</h2>
      <Timeline payment={payment} />
      <Facts payment={payment} />
      <Wrong payment={payment} />
      <Keep payment={payment} />
    </article>
  );
}

function Facts({ payment }: { payment: Payment }) {
  const { payer, payee, funding, receiving, approval, trace, created_at, id } = payment;
  return (
    <dl class="facts">
      <Fact name={t("receipt.from")} value={person(payer)} />
      <Fact name={t("receipt.to")} value={person(payee)} />
      {funding && <Fact name={t("receipt.funding")} value={`${face(funding)} · ${funding.bank}`} />}
      {receiving && <Fact name={t("receipt.receiving")} value={`${face(receiving)} · ${receiving.bank}`} />}
      <Fact name={t("receipt.fee")} value={t("receipt.free")} />
      <Fact
        name={t("receipt.time")}
        value={when.full(created_at)}
        also={t("receipt.utc", { when: when.utc(created_at) })}
      />
      {approval && <Fact name={t("receipt.approval")} value={approval} copy />}
      {trace && <Fact name={t("receipt.trace")} value={trace} copy />}
      <Fact name={t("receipt.id")} value={id} copy />
    </dl>
  );
}

/** Name and handle each keep their own direction: a name in Hebrew must not turn the handle round. */
const person = ({ name, handle }: Profile): string => `${isolate(name)} · ${isolate(`@${handle}`)}`;

function Fact({ name, value, also, copy = false }: { name: string; value: string; also?: string; copy?: boolean }) {
  const put = () => void navigator.clipboard.writeText(value).then(() => toast(t("app.copied")));
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        {copy ? <bdi class="code">{value}</bdi> : <span>{value}</span>}
        {also && <small>{also}</small>}
      </dd>
      {copy && (
        <dd class="fact-copy">
          <IconButton name="copy" label={`${t("app.copy")}: ${name}`} onClick={put} />
        </dd>
      )}
    </div>
  );
}
