import type { Payment } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { interval, reason, stepWord } from "../lib/says.ts";
import * as when from "../lib/when.ts";
import { Icon } from "../ui/icon.tsx";
import { steps, type Step } from "./steps.ts";

export function Timeline({ payment }: { payment: Payment }) {
  return (
    <ol class="timeline">
      {steps(payment).map((step) =>
        step.kind === "expected" ? (
          <Expected key={step.key} payment={payment} />
        ) : (
          <Done key={step.key} step={step} payment={payment} />
        ),
      )}
    </ol>
  );
}

function Done({ step, payment }: { step: Extract<Step, { kind: "done" }>; payment: Payment }) {
  return (
    <li class="done">
      <span class="dot">
        <Icon name="check" size={12} />
      </span>
      <b>{stepWord(step.state)}</b>
      <small>
        <time dateTime={step.at}>{when.precise(step.at)}</time>
        {extras(step, payment).map((extra) => (
          <span key={extra}> · {extra}</span>
        ))}
      </small>
    </li>
  );
}

/** The numbers by which a bank finds it, at the step that they belong to. */
function extras({ state, at }: Extract<Step, { kind: "done" }>, payment: Payment): string[] {
  if (state === "created" && payment.viewer === "payer" && payment.undo_until) {
    const seconds = Math.round((Date.parse(payment.undo_until) - Date.parse(at)) / 1000);
    return seconds > 0 ? [t("receipt.undo_window", { n: seconds })] : [];
  }
  if (state === "crediting" && payment.approval) return [`${t("receipt.approval")} ${payment.approval}`];
  if (state === "credited" && payment.trace) return [`${t("receipt.trace")} ${payment.trace}`];
  return [];
}

function Expected({ payment }: { payment: Payment }) {
  const arrival = payment.arrival!;
  const mine = payment.viewer === "payee";
  const why = reason(arrival, mine ? (payment.receiving?.bank ?? null) : null);
  return (
    <li class="todo">
      <span class="dot" />
      <b>{mine ? t("receipt.expected_you") : t("receipt.expected", { name: payment.payee.name })}</b>
      <small>
        {arrival.fast ? t("pay.arrives_fast") : t("receipt.between", { interval: interval(arrival) })}
        {why && ` · ${t("receipt.why", { reason: why })}`}
      </small>
    </li>
  );
}
